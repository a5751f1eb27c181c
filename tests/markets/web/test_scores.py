"""The page of everybody's scores on a question, and those that show how a score came about."""

from datetime import timedelta

import pytest
from django.urls import reverse

from markets.services import lifecycle, scoring
from tests.instants import NOON
from tests.markets.decided import CLOSED, DAY, amend, decide, decide_and_score, lively, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(publish):
    """It closes in the past of these tests, so that it can be decided."""
    return publish()


@pytest.fixture
def decided(question, alice, bob, charlie, eve):
    lively(question, alice, bob, charlie)
    return decide(question, eve)


@pytest.fixture
def scored(decided):
    assert scoring.score(resolution_id=decided.pk, now=CLOSED + 3 * DAY)
    return decided


def page(client, name, question, *more):
    return client.get(reverse(f"pages:{name}", args=[question.slug, *more]))


def test_everybody_is_listed_with_a_link_to_the_working(scored, question, client):
    html = page(client, "scores", question).content.decode()

    places = [html.index(f"/scores/{name}/") for name in ("charlie", "alice", "bob")]
    assert places == sorted(places)
    assert "/series/market/" in html
    assert "Crowd: track-record weighted mean" in html


def test_a_working_shows_each_forecast_and_what_it_added(scored, question, client):
    answer = page(client, "score", question, "bob")

    html = answer.content.decode()
    assert "How bob scored" in html
    assert html.count("<tr><td>") == 2 + len(answer.context["days"])
    assert answer.context["parts"][0].forecast.starts_at == NOON + 2 * DAY
    assert f"/api/v1/questions/{question.pk}/scores/bob" in html
    assert answer.context["drawing"].ended is None


def test_the_line_has_a_gap_where_nothing_stood(scored, question, client):
    drawing = page(client, "score", question, "bob").context["drawing"]

    assert drawing.own.startswith("M200 700H421")  # two days in, until he withdrew
    assert drawing.own.count("M") == 2
    assert drawing.most == 3


def test_ones_own_score_is_told_to_oneself(scored, question, as_alice):
    html = page(as_alice, "score", question, "alice").content.decode()

    assert "How you scored" in html


def test_the_markets_working_is_shown_too(scored, question, client):
    html = page(client, "series_score", question, "market").content.decode()

    assert "How the market scored" in html
    assert f"/api/v1/questions/{question.pk}/series/market" in html


def test_odds_are_compared_with_a_single_forecaster_and_a_forecaster_with_others_only(
    publish, alice, eve, client
):
    question = publish()
    say(alice, question, 0.6, 0.4, at=NOON)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(question, eve)

    odds = page(client, "series_score", question, "market").content.decode()
    hers = page(client, "score", question, "alice").content.decode()

    assert "stood, and the geometric mean of all 1 was 60%." in odds
    assert "stood; nobody else’s did." in hers


def test_what_is_too_large_to_take_apart_says_so_and_leads_back(
    scored, question, client, monkeypatch
):
    monkeypatch.setattr("markets.queries.working.WORKED_MAX", 2)

    for answer in (
        page(client, "score", question, "bob"), page(client, "series_score", question, "market"),
    ):  # fmt: skip
        assert answer.status_code == 409
        assert "more than 1 forecasts" in answer.content.decode()
        assert reverse("pages:scores", args=[question.slug]) in answer.content.decode()


def test_a_long_working_is_drawn_as_far_as_a_page_goes(scored, question, client, monkeypatch):
    whole = page(client, "score", question, "alice")
    monkeypatch.setattr("markets.web.views.scores.ROWS_DRAWN", 3)

    answer = page(client, "score", question, "alice")

    assert len(answer.context["worked"].steps) == 3
    assert "Drawn until" in answer.content.decode()
    assert answer.context["worked"].next == NOON + 4 * DAY + timedelta(hours=5)
    assert "Drawn until" not in whole.content.decode()
    assert answer.context["told"] == whole.context["told"]
    assert answer.context["drawing"].crowd.endswith("H421")
    assert answer.context["parts_left_out"] == 0


def test_how_many_stood_when_is_in_a_table_too(scored, question, client):
    answer = page(client, "score", question, "bob")

    steps = [
        (each.starts_at, each.ends_at, each.forecaster_count, each.mean)
        for each in answer.context["steps"]
    ]
    assert steps[:2] == [
        (NOON + DAY, NOON + 2 * DAY, 1, pytest.approx(0.6)),
        (NOON + 2 * DAY, NOON + 4 * DAY, 3, pytest.approx((0.6 * 0.3 * 0.9) ** (1 / 3))),
    ]
    assert steps[-1][1] == CLOSED
    html = answer.content.decode()
    assert "<summary>How many stood when</summary>" in html
    assert '<td class="number">3</td><td class="number">55%</td>' in html


def test_an_answer_that_was_known_early_is_marked(scored, question, client):
    amend(question, scored, effective_at=NOON + 6 * DAY)

    answer = page(client, "score", question, "alice")

    assert answer.context["drawing"].ended == 60
    assert "nothing after that counts" in answer.content.decode()


def test_what_is_not_scored_is_not_found(decided, question, client):
    assert page(client, "score", question, "alice").status_code == 404
    assert page(client, "series_score", question, "market").status_code == 404
    assert "as soon as everybody is paid" in page(client, "scores", question).content.decode()


def test_a_name_without_a_score_is_not_found(scored, question, client):
    assert page(client, "score", question, "eve").status_code == 404
    assert page(client, "series_score", question, "nothing").status_code == 404


def test_the_question_links_to_its_scores(scored, question, as_alice, client):
    html = page(client, "question", question).content.decode()
    mine = page(as_alice, "question", question).content.decode()

    assert reverse("pages:scores", args=[question.slug]) in html
    assert reverse("pages:score", args=[question.slug, "alice"]) in mine


def test_pages_of_scores_ask_as_often_for_many_forecasters_as_for_few(
    publish, alice, bob, charlie, eve, client, django_assert_num_queries
):
    few, many = publish(title="Will few say so?"), publish(title="Will many say so?")
    say(alice, few, 0.6, 0.4, at=NOON)
    for each in (alice, bob, charlie):
        for hours in range(5):
            say(each, many, 0.6, 0.4, at=NOON + hours * DAY)
    lifecycle.advance_due(now=CLOSED)
    for asked in (few, many):
        decide_and_score(asked, eve)

    for asked in (few, many):
        with django_assert_num_queries(7):
            page(client, "scores", asked)
        with django_assert_num_queries(8):
            page(client, "score", asked, "alice")
