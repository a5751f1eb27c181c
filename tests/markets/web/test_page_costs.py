"""What a page may cost: queries that do not grow with the rows, and bytes within a budget."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.markets.web.world import bid, buy, say

pytestmark = pytest.mark.django_db

HTML_MAX = 30_000
CSS_MAX = 20_000
SCRIPTS_MAX = 50_000

ANONYMOUS = {
    "home": 22,
    "questions": 7,
    "news": 10,
    "leaderboard": 2,
    "calibration": 3,
    "question": 17,
    "choice": 16,
    "odds": 4,
    "book": 3,
    "article": 9,
}
KEPT = {"leaderboard", "calibration"}
"""Pages that read less when somebody asked before."""

SIGNED_IN = {
    "home": 25,
    "questions": 10,
    "portfolio": 7,
    "wallet": 5,
    "leaderboard": 6,
    "person": 9,
    "question": 26,
    "trade_quote": 8,
    "article": 12,
}


@pytest.fixture
def grow(ask, write_article, cite, alice, bob):
    """Add questions, each cited, traded and forecast on; return the addresses of every page."""

    def make(count):
        for number in range(count):
            question = ask(title=f"Will line {number} open this year?", tags=(f"line-{number}",))
            choice = ask(
                title=f"Who will run line {number}?",
                type="multiple_choice",
                outcomes=("State", "City", "Nobody"),
                prior=(0.5, 0.3, 0.2),
            )
            article = write_article(number)
            for asked in (question, choice):
                cite(asked, article)
                for turn in range(1 + number):
                    buy(alice, asked, f"{asked.pk}-a{turn}")
                    buy(bob, asked, f"{asked.pk}-b{turn}", 5)
                    bid(alice, asked, f"{asked.pk}-c{turn}")
                    bid(bob, asked, f"{asked.pk}-d{turn}")
            say(bob, question, f"{question.pk}-said", 0.6, 0.4)
            say(alice, question, f"{question.pk}-said", 0.7, 0.3)
        return {
            **{
                name: reverse(f"pages:{name}")
                for name in (
                    "home",
                    "questions",
                    "news",
                    "leaderboard",
                    "calibration",
                    "portfolio",
                    "wallet",
                )
            },
            "person": reverse("pages:person", args=["alice"]),
            "question": reverse("pages:question", args=[question.slug]),
            "choice": reverse("pages:question", args=[choice.slug]),
            "odds": reverse("pages:odds", args=[question.slug]),
            "book": reverse("pages:book", args=[choice.slug]),
            "trade_quote": reverse("pages:trade_quote", args=[question.slug])
            + "?request_key=k&side=buy&claim=0&amount=5",
            "article": reverse("pages:article", args=[article.pk]),
        }

    return make


def query_counts(client, addresses, names):
    counts = {}
    for name in names:
        if name in KEPT:
            client.get(addresses[name])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(addresses[name]).status_code == 200
        counts[name] = len(captured)
    return counts


def test_pages_ask_the_database_as_often_for_many_rows_as_for_few(client, as_alice, grow):
    few = grow(1)
    assert query_counts(client, few, ANONYMOUS) == ANONYMOUS
    assert query_counts(as_alice, few, SIGNED_IN) == SIGNED_IN

    many = grow(4)
    assert query_counts(client, many, ANONYMOUS) == ANONYMOUS
    assert query_counts(as_alice, many, SIGNED_IN) == SIGNED_IN


def compressed(content):
    return len(gzip.compress(content, mtime=0))


def test_the_question_page_stays_within_its_budget_of_bytes(as_alice, grow):
    html = as_alice.get(grow(3)["question"]).content

    def files(pattern):
        names = [name.decode() for name in re.findall(pattern, html)]
        return sum(compressed(Path(finders.find(name)).read_bytes()) for name in names)

    styles = files(rb'<link rel="stylesheet" href="/static/([^"]+)"')
    scripts = files(rb'<script src="/static/([^"]+)"')
    assert compressed(html) <= HTML_MAX
    assert 0 < styles <= CSS_MAX
    assert 0 < scripts <= SCRIPTS_MAX
