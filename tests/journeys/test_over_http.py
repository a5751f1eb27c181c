"""The whole way over HTTP, from a pasted article to paid and scored."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from articles.models import Article, Draft
from markets import tasks
from markets.models import Position, Question, Score
from markets.queries.ledger import audit
from users.models import Scope
from users.services import issue_api_key

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ARTICLE = """\
Second harbour tunnel nears the finish
By Ida Marsh
22 November 2026

Crews in Westhaven joined the last two segments of the harbour tunnel on Friday, the port authority
said. The Westhaven harbour tunnel is scheduled to open by 31 March 2027.

The tunnel cost $2.4 billion, about a fifth more than was planned. It will carry 40,000 vehicles a
day under the harbour and take most lorries off the old bridge, which was built for a quarter of
today's traffic and has been closed to the heaviest of them since spring.
"""


class Api:
    """A program with a key of its own."""

    def __init__(self, user, *scopes):
        _, self.key = issue_api_key(user=user, label="test", scopes=scopes, now=MONDAY)
        self.client = Client()

    def get(self, path):
        return self.client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.key}"})

    def post(self, path, body, *, key):
        return self.client.post(
            f"/api/v1/{path}", body, content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}", "Idempotency-Key": key},
        )  # fmt: skip


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def press(client, path, **fields):
    """Post a form of the desk, and follow where a success leads."""
    answer = client.post(path, fields)
    assert answer.status_code == 302, re.findall(r'(?s)class="[^"]*error[^"]*".*?<', answer.text)
    return answer["Location"]


def publish_from_article(desk):
    """Paste the article, take up its draft, preview and publish."""
    press(desk, "/admin/articles/article/add/", way="text", text=ARTICLE)
    draft = Draft.objects.get(version__article=Article.objects.get())
    page = press(desk, f"/admin/markets/question/take-up/{draft.pk}/")
    assert draft.quote in ARTICLE
    question = Question.objects.get(draft=draft)
    assert page == f"/admin/markets/question/{question.pk}/change/"
    preview = f"/admin/markets/question/{question.pk}/preview/"
    assert question.title in desk.get(preview).text
    press(desk, preview)
    return question


def resolve_yes(question, eve, erin):
    """One editor proposes after the dry run, the other confirms."""
    page = f"/admin/markets/question/{question.pk}/propose/"
    answer = {
        "answer": "0", "weights": "", "rationale": "The first cars drove through.",
        "evidence-TOTAL_FORMS": "1", "evidence-INITIAL_FORMS": "0",
        "evidence-0-quote": "The tunnel opened this morning.",
        "evidence-0-url": "https://example.com/opened",
    }  # fmt: skip
    dry_run = signed_in(eve).post(page, answer)
    seen = re.search(r'name="seen" value="([^"]+)"', dry_run.text)[1]
    press(signed_in(eve), page, **answer, seen=seen)
    press(signed_in(erin), f"/admin/markets/question/{question.pk}/confirm/", version="1")


def test_from_a_pasted_article_to_a_paid_and_scored_question(alice, bob, eve, erin):
    everything = (Scope.READ, Scope.FORECAST, Scope.TRADE)
    with time_machine.travel(MONDAY, tick=True):
        question = publish_from_article(signed_in(eve))
        assert question.title == "Will the Westhaven harbour tunnel open by 31 March 2027?"
        for_alice, for_bob = Api(alice, *everything), Api(bob, *everything)
        before = for_alice.get(f"questions/{question.pk}/odds").json()

        order = for_alice.post(
            "orders",
            {"question": question.pk, "claim": ["yes"], "side": "buy", "budget": "40"},
            key="alice-1",
        )
        forecast = for_bob.post(
            "forecasts",
            {"question": question.pk, "probabilities": {"yes": 0.35, "no": 0.65}, "stake": "25"},
            key="bob-1",
        )
        for_alice.post(
            "forecasts", {"question": question.pk, "probabilities": {"yes": 0.9}}, key="alice-2"
        )
        after = for_alice.get(f"questions/{question.pk}/odds").json()

    assert (order.status_code, forecast.status_code) == (201, 201)
    assert (before["price_source"], before["seq"]) == ("prior", 0)
    assert (after["price_source"], after["seq"]) == ("maker", 2)
    assert after["outcomes"][0]["probability"] != before["outcomes"][0]["probability"]
    assert after["crowd"]["forecaster_count"] == 2
    assert for_alice.get("me/wallet").json()["balance"] == "960"

    question.refresh_from_db()
    with time_machine.travel(question.closes_at + timedelta(minutes=1), tick=True):
        tasks.advance_lifecycle()
        refused = for_alice.post(
            "orders",
            {"question": question.pk, "claim": ["yes"], "side": "buy", "budget": "1"},
            key="late",
        )
        resolve_yes(question, eve, erin)
        tasks.settle_due()
        tasks.score_due()
        tasks.tally_due()

    assert refused.json()["code"] == "market_not_open"
    shares = Position.objects.get(trader=alice).shares[0]
    wallet = for_alice.get("me/wallet").json()
    assert float(wallet["balance"]) == pytest.approx(960 + shares / 1e6)
    assert for_alice.get(f"questions/{question.slug}").json()["status"] == "final"
    scores = {score.forecaster: score for score in Score.objects.all()}
    assert scores[alice].peer > 0 > scores[bob].peer
    assert scores[alice].peer == pytest.approx(-scores[bob].peer)
    assert "alice" in Client().get("/leaderboard/").text
    assert audit() == []
