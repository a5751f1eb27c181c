"""What every page promises: it stands without scripts, under the policy, for the right people."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from articles.models.article import Quality
from markets.core.house_policy import CURRENT, policy_text
from markets.services import lifecycle, questions, resolution
from markets.services.clarifications import clarify
from tests.cast import question_text
from tests.markets.web.world import SENTENCE, buy, say

pytestmark = pytest.mark.django_db

PUBLIC = ["home", "questions", "news", "leaderboard", "about", "account_login", "account_signup"]
OWN = ["portfolio", "wallet"]


def address(name, *args):
    return reverse(name if name.startswith("account_") else f"pages:{name}", args=args)


def page_of(client, question, **query):
    return client.get(address("question", question.slug), query)


def text_of(response):
    """The words of a page as a reader meets them."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def world(question, choice, write_article, cite, alice, bob):
    """Two questions with an article, a trade and forecasts."""
    article = write_article()
    cite(question, article)
    cite(choice, article)
    buy(bob, question, "bobs", 20)
    say(alice, question, "alices", 0.7, 0.3)
    return question, choice, article


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_open_for_everybody(client, world, name):
    response = client.get(address(name))

    assert response.status_code == 200
    assert "Credits have no cash value" in text_of(response)


@pytest.mark.parametrize("name", OWN)
def test_own_pages_send_strangers_to_sign_in_and_back(client, db, name):
    response = client.get(address(name))

    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next=/{name}/"


def every_page(client, world):
    question, choice, article = world
    yield from (client.get(address(name)) for name in [*PUBLIC, *OWN])
    yield from (page_of(client, each, side="sell", claim="0") for each in (question, choice))
    yield client.get(address("article", article.pk))
    yield client.get(address("odds", question.slug))
    yield client.get("/nothing/here/")


def test_no_page_holds_an_inline_script_or_style(as_alice, world):
    for response in every_page(as_alice, world):
        html = response.content.decode()
        assert not re.search(r"<[^>]+\sstyle=", html)
        assert not re.search(r"<[^>]+\son[a-z]+=", html)
        assert "<style" not in html
        assert "javascript:" not in html
        for script in re.findall(r"<script\b[^>]*>", html):
            assert " src=" in script
        policy = response["Content-Security-Policy"]
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy


def test_no_page_asks_another_host_for_anything(as_alice, world):
    for response in every_page(as_alice, world):
        html = response.content.decode()
        assert not re.findall(r'<(?:script|link|img)\b[^>]*(?:src|href)="(?:https?:)?//', html)


def test_what_is_not_there_has_a_page_of_its_own(client, db):
    for path in ("/nothing/", "/questions/no-such-question/", "/questions/12345/", "/articles/9/"):
        response = client.get(path)
        assert response.status_code == 404
        assert "There is nothing here" in text_of(response)


def test_an_address_that_no_row_could_hold_is_not_found_rather_than_an_error(client, db):
    for path in ("/questions/a%00b/", f"/questions/{'9' * 30}/", "/articles/99999999999999999999/"):
        assert client.get(path).status_code == 404
    assert client.get("/news/?tag=%00&source=%00").status_code == 200
    assert client.get("/questions/?q=%00&tag=%00&page=-7").status_code == 200


def test_a_question_known_by_number_is_shown_under_its_name(client, question):
    response = client.get(f"/questions/{question.pk}/")

    assert response["Location"] == address("question", question.slug)


def test_a_question_that_is_not_public_is_for_editors_only(client, as_charlie, as_eve, eve):
    draft = questions.draft_question(text=question_text(), editor=eve, now=timezone.now())

    assert page_of(client, draft).status_code == 404
    assert page_of(as_charlie, draft).status_code == 404
    assert page_of(as_eve, draft).status_code == 200
    assert "not open yet" in text_of(page_of(as_eve, draft))
    assert as_charlie.get(address("odds", draft.slug)).status_code == 404
    assert as_charlie.post(address("forecast", draft.slug)).status_code == 404


def test_a_question_names_the_markets_and_the_crowds_odds_apart(client, world):
    words = text_of(page_of(client, world[0]))

    assert re.search(r"Market Yes 5\d% “Yes”, by 1 trader", words)
    assert "Crowd 70% “Yes”, by 1 forecaster · the middle half say 70% to 70%" in words


def test_an_untraded_market_says_that_its_odds_are_where_the_editors_began(client, question):
    words = text_of(page_of(client, question))

    assert "Market Yes 50% “Yes”. Nobody has traded yet: this is where the editors began." in words


def test_a_hidden_crowd_is_counted_but_not_quoted(client, ask, alice):
    question = ask(reveal_at=timezone.now() + timedelta(days=1))
    say(alice, question, "alices", 0.83, 0.17)

    response = page_of(client, question)

    assert "1 forecaster. Shown from" in text_of(response)
    assert "83%" not in response.content.decode()
    assert "line--crowd" not in client.get(address("question", question.slug)).content.decode()


def test_a_question_shows_its_rules_dates_articles_and_trades(client, world):
    question, _, article = world
    words = text_of(page_of(client, question))

    assert question.resolution_criteria in words
    assert "Closes" in words
    assert "Answer due by" in words
    assert SENTENCE in words
    assert article.title in words
    assert re.search(r"Yes when it appeared 50% .*now 5\d%", words)
    assert re.search(r"bob bought Yes [\d.]+ 20\.00", words)


def test_the_chart_is_drawn_without_scripts_and_has_a_table_behind_it(client, world):
    html = page_of(client, world[0], range="1w").content.decode()

    assert re.search(r'<path class="line line--0" d="M0 500[HV\d]+H1000"/>', html)
    assert re.search(r'<path class="line line--crowd" d="M\d+ 300H1000"/>', html)
    assert html.count("<tr><td>") >= 24
    assert 'href="?range=1w#chart" aria-current="true"' in html


def test_the_history_comes_as_columns_and_as_a_sheet(client, world):
    question = world[0]
    columns = client.get(address("history", question.slug)).json()
    sheet = client.get(address("history_csv", question.slug)).content.decode().splitlines()

    assert columns["lines"] == [{"index": 0, "label": "Yes"}]
    assert columns["columns"]["market_0"][0] == 0.5
    assert columns["columns"]["crowd_0"][-1] == 0.7
    assert sheet[0] == "at,series,yes,no"
    assert sheet[1].endswith("Z,market,0.5,0.5")
    assert sheet[-1].endswith(",crowd,0.7,0.3")


def test_fresh_odds_come_only_when_they_differ_from_those_shown(client, world, bob):
    question = world[0]
    shown = client.get(address("odds", question.slug)).content.decode()
    seen = re.search(r"seen=([^\"]+)\"", shown)[1]

    assert client.get(f"{address('odds', question.slug)}?seen={seen}").status_code == 204
    buy(bob, question, "again", 30)
    moved = client.get(f"{address('odds', question.slug)}?seen={seen}")
    assert moved.status_code == 200
    assert "The odds have moved." in text_of(moved)


def test_the_front_page_leads_with_the_article_and_the_odds_that_it_raised(client, world):
    question, _, article = world
    html = client.get(address("home")).content.decode()

    assert html.index(article.title) < html.index(question.title)
    assert html.index(question.title) < html.index("Most traded")


def test_the_front_page_stands_before_there_is_anything_to_show(client, db):
    words = text_of(client.get(address("home")))

    assert "No article has raised a question yet." in words


def test_an_article_marks_the_sentence_and_shows_the_odds_beside_it(client, world):
    question, choice, article = world
    html = client.get(address("article", article.pk)).content.decode()

    assert f"<mark>{SENTENCE}</mark>" in html
    assert html.count("<mark>") == 1
    assert "Engineers put the cost" in html
    assert "By Leyla Mammadova" in html
    assert html.count(address("question", question.slug)) == 1
    assert html.count(address("question", choice.slug)) == 1


def test_of_a_foreign_article_only_an_excerpt_and_the_quoted_sentence_are_shown(
    client, as_eve, question, write_article, cite
):
    article = write_article(is_free=False)
    cite(question, article)

    html = client.get(address("article", article.pk)).content.decode()

    assert f"<mark>{SENTENCE}</mark>" in html
    assert "Ministers rode the finished stretch" in html
    assert "Shipping firms" not in html
    assert "Shipping firms" in as_eve.get(address("article", article.pk)).content.decode()


def test_an_article_that_failed_the_quality_gate_is_for_editors_only(client, as_eve, write_article):
    article = write_article()
    Article.objects.update(quality=Quality.PAYWALL)

    assert client.get(address("article", article.pk)).status_code == 404
    assert article.title not in client.get(address("news")).content.decode()
    assert as_eve.get(address("article", article.pk)).status_code == 200


def test_news_are_found_by_source_and_tag(client, write_article):
    article = write_article(tags=("transport",))

    for query, is_found in (
        ({"tag": "transport"}, True),
        ({"tag": "sport"}, False),
        ({"source": "observer.example.com"}, True),
        ({"source": "elsewhere.example"}, False),
    ):
        found = article.title in client.get(address("news"), query).content.decode()
        assert found is is_found


def test_questions_are_found_by_words_status_and_tag(client, question, ask):
    rail = ask(title="Will the railway open?", tags=("transport",))

    def found(**query):
        html = client.get(address("questions"), query).content.decode()
        return [each.title in html for each in (question, rail)]

    assert found() == [True, True]
    assert found(q="railway") == [False, True]
    assert found(tag="transport") == [False, True]
    assert found(status="resolved") == [False, False]
    assert found(type="binary", sort="closing_soon") == [True, True]


def test_what_readers_write_is_shown_as_text_and_never_as_markup(client, ask):
    question = ask(title="Will <script>alert(1)</script> & co. stop?")

    html = page_of(client, question).content.decode()

    assert "<script>alert" not in html
    assert "Will &lt;script&gt;alert(1)&lt;/script&gt; &amp; co. stop?" in html


def test_a_source_without_an_address_is_no_link(client, ask):
    question = ask(resolution_sources=("javascript:alert(1)", "https://ministry.example/x"))

    html = page_of(client, question).content.decode()

    assert 'href="javascript' not in html
    assert '<a href="https://ministry.example/x" rel="nofollow noopener">ministry.example' in html


def test_a_proposed_answer_shows_its_evidence_and_until_when_it_may_be_challenged(
    client, question, eve
):
    resolution.propose(
        question_id=question.pk,
        outcome_weights=[1.0, 0.0],
        evidence=[{"quote": "The first train has crossed.", "url": "https://ministry.example/9"}],
        rationale="The ministry says so.",
        proposer=eve,
        now=timezone.now(),
    )

    words = text_of(page_of(client, question))

    assert "Proposed answer Yes Proposed by eve" in words
    assert "The first train has crossed." in words
    assert "Unless somebody challenges it, this becomes final in 23 hours" in words
    assert "Forecasting and trading have closed." in words


def test_a_halted_question_takes_forecasts_but_no_orders(as_alice, question, eve):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="Checking", now=timezone.now())

    response = page_of(as_alice, question)

    assert response.context["takes_forecasts"] is True
    assert "Trading is halted while editors look into something." in text_of(response)
    assert address("trade", question.slug) not in response.content.decode()


def test_a_page_waits_for_no_script_to_offer_its_forms(as_alice, question):
    html = page_of(as_alice, question).content.decode()

    assert f'<form method="post" action="{address("trade", question.slug)}"' in html
    assert 'type="number" name="probability_0" value="50"' in html
    assert 'class="dial__slide" hidden' in html


def test_only_a_known_theme_is_taken_from_the_cookie(client, db):
    for cookie, theme in (("dark", "dark"), ("light", "light"), ('"><script>', "auto")):
        client.cookies["theme"] = cookie
        assert f'data-theme="{theme}"' in client.get(address("about")).content.decode()


def test_a_portfolio_and_a_wallet_show_only_what_is_ones_own(as_alice, as_charlie, question, alice):
    buy(alice, question, "alices", 25)

    mine = text_of(as_alice.get(address("portfolio")))
    transfers = text_of(as_alice.get(address("wallet")))
    theirs = text_of(as_charlie.get(address("portfolio")))

    assert question.title in mine
    assert "Trade" in transfers
    assert "−25.00" in transfers
    assert "Grant to start with" in transfers
    assert question.title not in theirs
    assert "You hold nothing yet." in theirs
    assert "No transfer yet." in text_of(as_charlie.get(address("wallet")))


def test_nobody_withdraws_the_forecast_of_somebody_else(as_charlie, question, alice):
    say(alice, question, "alices", 0.7, 0.3)
    forecast = alice.forecasts.get()

    response = as_charlie.post(address("withdraw", forecast.pk))

    assert response.status_code == 404
    assert not hasattr(alice.forecasts.get(), "withdrawal")


def test_a_form_without_its_token_is_refused_in_words(question, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    response = client.post(address("forecast", question.slug), {"probability_0": "60"})

    assert response.status_code == 403
    assert "Please load the page anew" in text_of(response)
    assert not alice.forecasts.exists()


def test_signing_up_asks_for_a_public_name_and_refuses_one_that_is_taken(client, alice):
    boxes = {
        "email": "new@example.com",
        "name": "alice",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
    }

    refused = client.post(address("account_signup"), boxes)
    taken = client.post(address("account_signup"), {**boxes, "name": "newcomer"})

    assert "This name is taken; choose another." in text_of(refused)
    assert 'value="new@example.com"' in refused.content.decode()
    assert taken.status_code == 302
    assert "newcomer" in text_of(client.get(address("home")))


def test_the_house_policy_is_told_to_forecasters(client):
    assert policy_text(CURRENT) in client.get(address("about")).content.decode()


def test_a_clarification_stands_beside_the_rules_and_is_new_to_earlier_forecasters(
    as_alice, client, question, alice, eve
):
    say(alice, question, "alices", 0.6, 0.4)
    clarify(
        question_id=question.pk, text="An empty test train is none.", editor=eve,
        now=timezone.now(),
    )  # fmt: skip

    mine, others = (text_of(page_of(reader, question)) for reader in (as_alice, client))

    assert "new since your forecast An empty test train is none." in mine
    assert "An empty test train is none." in others
    assert "new since your forecast" not in others
