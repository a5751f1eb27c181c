"""Reading questions, their odds, their history and quotes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from markets.models import Market
from markets.services import lifecycle, questions, resolution
from markets.services.forecasting import submit_forecast
from markets.services.trading import place_order
from tests.cast import question_text
from tests.markets.api.calling import refused


def buy(trader, question, *, claim=(0,), budget=25_000_000, key="k"):
    return place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=budget,
        request_key=key,
    )  # fmt: skip


def forecast(forecaster, question, *probabilities, key="f", now=None):
    return submit_forecast(
        forecaster=forecaster, question_id=question.pk, probabilities=probabilities,
        request_key=key, now=now or timezone.now(),
    )  # fmt: skip


def slugs(response):
    return [question["slug"] for question in response.json()["results"]]


# The list


def test_the_list_holds_public_questions_newest_first(anyone, ask, eve, today):
    first = ask(title="Will the first thing happen by 2027?")
    second = ask(title="Will the second thing happen by 2027?")
    questions.draft_question(text=question_text(title="Draft?"), editor=eve, now=today)

    response = anyone.get("/questions")

    assert response.status_code == 200
    assert slugs(response) == [second.slug, first.slug]
    assert response.json()["next"] is None


def test_pages_of_the_list_fit_together(anyone, ask):
    asked = [ask(title=f"Will thing number {number} happen by 2027?") for number in range(5)]

    first = anyone.get("/questions", limit=2)
    second = anyone.get("/questions", limit=2, cursor=first.json()["next"])
    third = anyone.get("/questions", limit=2, cursor=second.json()["next"])

    assert slugs(first) + slugs(second) + slugs(third) == [each.slug for each in reversed(asked)]
    assert third.json()["next"] is None


@pytest.mark.parametrize("sort", ["newest", "closing_soon", "volume", "forecasters"])
def test_every_order_of_the_list_can_be_walked(anyone, ask, alice, today, sort):
    asked = [
        ask(
            title=f"Will thing number {number} happen by 2027?",
            closes_at=today + timedelta(days=1 + number % 2),
        )
        for number in range(4)
    ]
    buy(alice, asked[1])
    forecast(alice, asked[2], 0.6, 0.4)

    whole = slugs(anyone.get("/questions", sort=sort))
    walked, cursor = [], {}
    for _ in range(4):
        response = anyone.get("/questions", sort=sort, limit=1, **cursor)
        walked += slugs(response)
        cursor = {"cursor": response.json()["next"]}

    assert walked == whole
    assert sorted(walked) == sorted(each.slug for each in asked)
    assert cursor == {"cursor": None}


def test_the_list_is_sorted_by_volume_and_by_forecasters(anyone, ask, alice, bob):
    quiet, loud = ask(title="Is it quiet here in 2027?"), ask(title="Is it loud here in 2027?")
    newest = ask(title="Is it new here in 2027?")
    buy(alice, loud)
    forecast(bob, quiet, 0.6, 0.4)

    assert slugs(anyone.get("/questions", sort="volume"))[0] == loud.slug
    assert slugs(anyone.get("/questions", sort="forecasters"))[0] == quiet.slug
    assert slugs(anyone.get("/questions", sort="newest"))[0] == newest.slug


def test_filters_narrow_the_list(anyone, question, race, eve, today):
    lifecycle.halt(question_id=race.pk, editor=eve, reason="A dispute.", now=today)

    assert slugs(anyone.get("/questions", type="binary")) == [question.slug]
    assert slugs(anyone.get("/questions", status="halted")) == [race.slug]
    assert len(slugs(anyone.get("/questions", status=["halted", "open"]))) == 2
    assert slugs(anyone.get("/questions", q="corridor")) == [question.slug]
    assert slugs(anyone.get("/questions", q="corridor election")) == []
    assert slugs(anyone.get("/questions", article=1)) == []


def test_the_list_is_filtered_by_tag(anyone, ask, question):
    tagged = ask(title="Will the railway carry freight by 2027?", tags=("railway",))

    assert slugs(anyone.get("/questions", tag="railway")) == [tagged.slug]
    assert slugs(anyone.get("/questions", tag="")) == [tagged.slug, question.slug]


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"statuss": "open"}, "unknown_parameter", "statuss"),
        ({"format": "xml"}, "unknown_parameter", "format"),
        ({"api_key": "odk_1_2"}, "unknown_parameter", "api_key"),
        ({"status": "closing"}, "invalid_parameter", "status.0"),
        ({"status": "draft"}, "invalid_parameter", "status.0"),
        ({"type": "numeric"}, "invalid_parameter", "type"),
        ({"sort": "-volume"}, "invalid_parameter", "sort"),
        ({"article": "1_0"}, "invalid_parameter", "article"),
        ({"q": "nul\x00"}, "invalid_parameter", "q"),
        ({"q": "x" * 201}, "invalid_parameter", "q"),
        ({"limit": "201"}, "invalid_parameter", "limit"),
        ({"cursor": "nonsense"}, "invalid_cursor", None),
    ],
)
def test_parameters_that_the_list_does_not_take_are_refused(anyone, parameters, code, field):
    refused(anyone.get("/questions", **parameters), code, *([field] if field else []))


def test_the_list_costs_the_same_however_long_it_is(anyone, ask, alice, django_assert_num_queries):
    asked = [ask(title=f"Will thing number {number} happen by 2027?") for number in range(3)]
    for number, each in enumerate(asked):
        buy(alice, each, key=f"k{number}")

    for limit in (1, 3):
        with django_assert_num_queries(5):  # questions, outcomes, citations, crowds, earlier odds
            anyone.get("/questions", limit=limit)


# One question


def test_a_question_is_found_by_id_and_by_slug(anyone, question):
    by_id, by_slug = (
        anyone.get(f"/questions/{question.pk}"),
        anyone.get(f"/questions/{question.slug}"),
    )

    assert by_id.status_code == by_slug.status_code == 200
    assert by_id.json()["id"] == by_slug.json()["id"] == question.pk


def test_a_question_says_what_is_asked_and_where_to_read_it(anyone, question):
    body = anyone.get(f"/questions/{question.pk}").json()

    assert body["title"] == "Will the corridor open by 2 December 2026?"
    assert body["url"] == f"http://testserver/api/v1/questions/{question.slug}"
    assert body["html_url"] == f"http://testserver/questions/{question.slug}/"
    assert [outcome["key"] for outcome in body["outcomes"]] == ["yes", "no"]
    assert body["closed_at"] is None
    assert body["closes_at"] == question.closes_at.isoformat().replace("+00:00", "Z")
    assert body["resolution"] is None
    assert body["articles"] == []
    assert body["my"] is None


def test_the_page_of_a_question_is_where_the_api_says(anyone, question, client):
    page = anyone.get(f"/questions/{question.pk}").json()["html_url"]

    assert client.get(page.removeprefix("http://testserver")).status_code == 200


def test_numbers_of_an_unopened_question_are_null_and_not_a_half(program_of, eve, today):
    draft = questions.draft_question(text=question_text(), editor=eve, now=today)

    odds = program_of(eve).get(f"/questions/{draft.pk}").json()["odds"]

    assert [outcome["probability"] for outcome in odds["outcomes"]] == [None, None]
    assert [outcome["decimal_odds"] for outcome in odds["outcomes"]] == [None, None]
    assert odds["price_source"] == "prior"


def test_drafts_are_for_editors_only(anyone, alices, eve, today):
    draft = questions.draft_question(text=question_text(), editor=eve, now=today)

    refused(anyone.get(f"/questions/{draft.pk}"), "question_not_found")
    refused(alices.get(f"/questions/{draft.pk}"), "question_not_found")
    refused(anyone.get(f"/questions/{draft.pk}/odds"), "question_not_found")


@pytest.mark.parametrize("name", ["999", "no-such-question", "9" * 40, "0"])
@pytest.mark.parametrize("part", ["", "/odds", "/history", "/quote?claim=yes&budget=1"])
def test_there_is_no_question_of_another_name(anyone, question, name, part):
    refused(anyone.get(f"/questions/{name}{part}"), "question_not_found")


def test_signed_in_a_question_says_what_one_has_in_it(alices, charlies, alice, question):
    buy(alice, question)
    stated = forecast(alice, question, 0.7, 0.3)

    mine = alices.get(f"/questions/{question.pk}")
    theirs = charlies.get(f"/questions/{question.pk}")

    assert mine.json()["my"]["shares"] == {"yes": "49.16251", "no": "0"}
    assert mine.json()["my"]["forecast"]["id"] == stated.pk
    assert mine.json()["my"]["forecast"]["probabilities"] == {"yes": 0.7, "no": 0.3}
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert theirs.json()["my"] == {"shares": None, "forecast": None}


def test_a_key_without_the_read_scope_learns_nothing_of_its_owner(program_of, alice, question):
    from users.models import Scope

    buy(alice, question)

    response = program_of(alice, Scope.TRADE).get(f"/questions/{question.pk}")

    assert response.json()["my"] is None


def test_a_bad_key_is_refused_even_where_none_is_needed(anyone, question):
    response = anyone.get(f"/questions/{question.pk}", headers={"authorization": "Bearer odk_x_y"})

    refused(response, "api_key_invalid")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_decided_question_says_how_and_why(anyone, ask, eve, erin, today):
    question = ask()
    resolution.propose(
        question_id=question.pk, outcome_weights=[1, 0], rationale="It opened.", proposer=eve,
        evidence=[{"quote": "The first train crossed.", "url": "https://news.example/1"}],
        now=today,
    )  # fmt: skip
    resolution.confirm(question_id=question.pk, editor=erin, now=today)

    body = anyone.get(f"/questions/{question.pk}").json()

    assert body["status"] == "resolved"
    assert body["resolution"]["verdict"] == "outcome"
    assert [(each["key"], each["weight"]) for each in body["resolution"]["outcomes"]] == [
        ("yes", 1.0),
        ("no", 0.0),
    ]
    assert body["resolution"]["evidence"] == [
        {"quote": "The first train crossed.", "url": "https://news.example/1", "article": None}
    ]
    assert body["odds"]["price_source"] == "settlement"
    assert body["odds"]["outcomes"][1]["decimal_odds"] is None


def test_an_annulled_question_names_no_outcome(anyone, question, eve, today):
    resolution.annul(question_id=question.pk, editor=eve, reason="Unanswerable.", now=today)

    body = anyone.get(f"/questions/{question.pk}").json()

    assert body["resolution"]["verdict"] == "annulled"
    assert body["resolution"]["outcomes"] is None


def test_one_question_costs_a_fixed_number_of_queries(
    anyone, question, race, django_assert_num_queries
):
    for each in (question, race):
        with django_assert_num_queries(5):  # question, outcomes, citations, crowds, earlier odds
            anyone.get(f"/questions/{each.pk}")


# Odds


def test_odds_name_the_market_and_the_crowd(anyone, question, alice, bob):
    buy(alice, question)
    forecast(bob, question, 0.7, 0.3)

    odds = anyone.get(f"/questions/{question.pk}/odds").json()

    assert odds["question"] == question.pk
    assert odds["seq"] == 1
    assert odds["price_source"] == "maker"
    assert odds["volume"] == "25"
    assert odds["liquidity"] == "721.34752"
    assert odds["trader_count"] == 1
    assert [(each["key"], each["index"], each["label"]) for each in odds["outcomes"]] == [
        ("yes", 0, "Yes"),
        ("no", 1, "No"),
    ]
    assert odds["outcomes"][0]["probability"] == pytest.approx(0.51703, abs=1e-5)
    assert odds["outcomes"][0]["decimal_odds"] == "1.93"
    assert odds["crowd"]["forecaster_count"] == 1
    assert odds["crowd"]["outcomes"][0]["probability"] == 0.7
    assert odds["crowd"]["outcomes"][1]["key"] == "no"


def test_before_anybody_said_anything_the_odds_are_the_prior_and_there_is_no_crowd(anyone, race):
    odds = anyone.get(f"/questions/{race.pk}/odds").json()

    assert odds["price_source"] == "prior"
    assert odds["seq"] == 0
    assert [each["probability"] for each in odds["outcomes"]] == [0.5, 0.3, 0.2]
    assert [each["change_24h"] for each in odds["outcomes"]] == [None, None, None]
    assert odds["crowd"] is None


def test_a_hidden_crowd_is_null_until_it_is_revealed(anyone, ask, alice, today):
    hidden = ask(reveal_at=today + timedelta(days=1))
    forecast(alice, hidden, 0.7, 0.3)

    crowd = anyone.get(f"/questions/{hidden.pk}/odds").json()["crowd"]

    assert [each["probability"] for each in crowd["outcomes"]] == [None, None]
    assert crowd["forecaster_count"] == 1
    assert crowd["reveal_at"] == (today + timedelta(days=1)).isoformat().replace("+00:00", "Z")


def test_odds_may_be_cached_and_shown_by_any_site(anyone, question):
    response = anyone.get(f"/questions/{question.pk}/odds", headers={"origin": "https://a.example"})

    assert response.headers["Cache-Control"] == "public, max-age=1, stale-while-revalidate=5"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_browser_may_ask_beforehand(anyone, question):
    response = anyone.client.options(f"/api/v1/questions/{question.pk}/odds")

    assert response.status_code == 204
    assert response.content == b""
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


def unchanged(anyone, question, etag):
    response = anyone.get(f"/questions/{question.pk}/odds", headers={"if-none-match": etag})
    return response.status_code == 304


@pytest.fixture
def steady(time_machine, today):
    """Stop the clock of the interface at the middle of a minute."""
    time_machine.move_to(today.replace(second=30, microsecond=0), tick=False)
    return time_machine


def test_odds_that_have_not_changed_are_not_sent_again(anyone, question, steady):
    first = anyone.get(f"/questions/{question.pk}/odds")
    again = anyone.get(
        f"/questions/{question.pk}/odds", headers={"if-none-match": first.headers["ETag"]}
    )

    assert first.headers["ETag"].startswith('"0-')
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "public, max-age=1, stale-while-revalidate=5"
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_equal_tags_mean_equal_bytes(anyone, question, steady):
    first = anyone.get(f"/questions/{question.pk}/odds")
    steady.shift(20)
    later = anyone.get(f"/questions/{question.pk}/odds")

    assert later.headers["ETag"] == first.headers["ETag"]
    assert later.content == first.content


def test_a_fill_changes_the_tag(anyone, question, alice, steady):
    etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]

    buy(alice, question)

    assert not unchanged(anyone, question, etag)
    assert anyone.get(f"/questions/{question.pk}/odds").headers["ETag"].startswith('"1-')


def test_a_forecast_changes_the_tag(anyone, question, alice, steady):
    etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]

    forecast(alice, question, 0.7, 0.3)

    assert not unchanged(anyone, question, etag)


def test_a_change_of_status_changes_the_tag(anyone, question, eve, steady):
    etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]

    lifecycle.halt(question_id=question.pk, editor=eve, reason="A dispute.", now=timezone.now())

    assert not unchanged(anyone, question, etag)


def test_the_reveal_of_the_crowd_changes_the_tag(anyone, ask, alice, today, steady):
    hidden = ask(reveal_at=timezone.now() + timedelta(seconds=10))
    forecast(alice, hidden, 0.7, 0.3)
    etag = anyone.get(f"/questions/{hidden.pk}/odds").headers["ETag"]

    steady.shift(10)

    assert not unchanged(anyone, hidden, etag)
    crowd = anyone.get(f"/questions/{hidden.pk}/odds").json()["crowd"]
    assert crowd["outcomes"][0]["probability"] == 0.7


def test_a_minute_later_the_changes_are_counted_anew(anyone, question, steady):
    etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]

    steady.shift(60)

    assert not unchanged(anyone, question, etag)


def test_unchanged_odds_cost_three_queries_and_changed_ones_five(
    anyone, question, steady, django_assert_num_queries
):
    with django_assert_num_queries(5):
        etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]
    with django_assert_num_queries(3):  # question, outcomes, newest crowd
        unchanged(anyone, question, etag)


# History


def test_the_history_tells_how_the_odds_came_about(anyone, question, alice, bob):
    order = buy(alice, question)
    forecast(bob, question, 0.7, 0.3)

    history = anyone.get(f"/questions/{question.pk}/history").json()

    assert history["question"] == question.pk
    assert history["market"][0]["probabilities"] == {"yes": 0.5, "no": 0.5}
    assert history["market"][-1]["at"] == order.placed_at.isoformat().replace("+00:00", "Z")
    assert history["market"][-1]["probabilities"]["yes"] == pytest.approx(0.51703, abs=1e-5)
    assert [point["probabilities"] for point in history["crowd"]] == [{"yes": 0.7, "no": 0.3}]
    assert history["articles"] == []


def test_the_history_can_be_cut_out(anyone, question, alice, today):
    buy(alice, question)

    before = anyone.get(
        f"/questions/{question.pk}/history", end=(today - timedelta(minutes=1)).isoformat()
    )
    by_epoch = anyone.get(
        f"/questions/{question.pk}/history", start=int((today + timedelta(days=1)).timestamp())
    )

    assert len(before.json()["market"]) == 1
    assert by_epoch.json()["market"] == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [({"points": "1"}, "points"), ({"points": "1001"}, "points"), ({"start": "noon"}, "start")],
)
def test_a_history_that_nobody_can_draw_is_refused(anyone, question, parameters, field):
    response = anyone.get(f"/questions/{question.pk}/history", **parameters)

    refused(response, "invalid_parameter", field)


def test_a_history_costs_a_fixed_number_of_queries(
    anyone, question, alice, django_assert_num_queries
):
    buy(alice, question)

    with django_assert_num_queries(7):
        anyone.get(f"/questions/{question.pk}/history")


# Quotes


def test_a_quote_is_what_the_order_then_costs(anyone, question, alice):
    quote = anyone.get(f"/questions/{question.pk}/quote", claim="yes", budget="25").json()

    order = buy(alice, question)

    assert quote == {
        "question": question.pk,
        "seq": 0,
        "claim": ["yes"],
        "side": "buy",
        "cost": "25",
        "shares": "49.16251",
        "average_price": "0.508518",
        "price_before": "0.5",
        "price_after": "0.517032",
        "probabilities_after": dict(
            zip(["yes", "no"], order.fills.get().probabilities, strict=True)
        ),
        "payout_if_right": "49.16251",
    }
    assert order.filled_shares == 49_162_510


def test_a_quote_places_nothing(anyone, question):
    before = Market.objects.values().get(pk=question.pk)

    response = anyone.get(f"/questions/{question.pk}/quote", claim="yes", budget="25")

    assert response.headers["Cache-Control"] == "no-store"
    assert Market.objects.values().get(pk=question.pk) == before


def test_a_claim_of_several_outcomes_is_quoted(anyone, race):
    quote = anyone.get(
        f"/questions/{race.pk}/quote", claim=["ana", "berta"], shares="10", limit="0.9"
    ).json()

    assert quote["claim"] == ["ana", "berta"]
    assert quote["price_before"] == "0.8"
    assert Decimal(quote["cost"]) == pytest.approx(Decimal("8.03"), abs=Decimal("0.01"))


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"budget": "25"}, "invalid_parameter", "claim"),
        ({"claim": "yes", "budget": "25.1234567"}, "invalid_parameter", "budget"),
        ({"claim": "yes", "budget": "25", "side": "hold"}, "invalid_parameter", "side"),
        ({"claim": "yes", "budget": "25", "limit": "1"}, "invalid_parameter", "limit"),
        ({"claim": "maybe", "budget": "25"}, "invalid_claim", "claim"),
        ({"claim": ["yes", "no"], "budget": "25"}, "invalid_claim", "claim"),
        ({"claim": ["yes", "yes"], "budget": "25"}, "invalid_claim", "claim"),
        ({"claim": "yes"}, "invalid_order", None),
        ({"claim": "yes", "budget": "25", "shares": "1"}, "invalid_order", None),
        ({"claim": "yes", "budget": "0"}, "invalid_order", None),
        ({"claim": "yes", "budget": "25", "limit": "0.4"}, "not_fillable", None),
        ({"claim": "yes", "budget": "9999"}, "price_out_of_range", "price"),
        ({"claim": "yes", "side": "sell", "shares": "5"}, "insufficient_shares", "shares"),
    ],
)
def test_a_quote_is_refused_as_the_order_would_be(anyone, question, parameters, code, field):
    response = anyone.get(f"/questions/{question.pk}/quote", **parameters)

    refused(response, code, *([field] if field else []))
