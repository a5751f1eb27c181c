"""The whole story of an answer, as everybody may read it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.services.ingest import ingest_text
from markets.queries.past import odds_at
from markets.queries.trail import UndoneCounts, trail_of, waiting_correction
from markets.services import corrections, forecasting, lifecycle, resolution, scoring
from tests.articles.services.stories import BRIDGE
from tests.instants import NOON
from tests.markets.services.answering import (
    CLOSED,
    DAY,
    MONTH_LATER,
    PASSED,
    PROPOSED,
    buy,
    correct,
    fresh,
    propose,
    settle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(alice, bob, question):
    buy(alice, question, (0,))
    buy(bob, question, (1,), at=NOON + 5 * DAY)
    forecasting.submit_forecast(
        forecaster=bob, question_id=question.pk, probabilities=(0.5, 0.5), request_key="f",
        now=NOON + 6 * DAY,
    )  # fmt: skip
    lifecycle.halt(question_id=question.pk, editor=question.created_by, reason="x", now=NOON + DAY)
    lifecycle.resume(
        question_id=question.pk, editor=question.created_by, reason="y", now=NOON + 2 * DAY
    )
    lifecycle.advance_due(now=CLOSED)
    return fresh(question)


def steps(question):
    return [(step.kind.value, step.by, step.version) for step in trail_of(question).steps]


def test_before_there_is_an_answer_the_trail_is_the_question_s_life(closed):
    trail = trail_of(closed)

    assert (trail.versions, trail.standing, trail.waiting) == ((), None, None)
    assert steps(closed) == [
        ("opened", "eve", None), ("halted", "eve", None), ("resumed", "eve", None),
        ("closed", "", None),
    ]  # fmt: skip
    assert {step.reason for step in trail.steps} == {""}


def test_challenges_amendments_and_silence_are_told_in_their_order(closed, bob, eve, erin):
    propose(closed, eve)
    resolution.challenge(question_id=closed.pk, challenger=bob, reason="No train.", now=PROPOSED)
    propose(closed, erin, weights=(0, 1), at=PROPOSED)
    resolution.confirm_uncontested(now=PASSED)
    settle(closed)
    scoring.score(resolution_id=fresh(closed).resolution_id, now=PASSED)

    assert steps(fresh(closed))[4:] == [
        ("proposed", "eve", 1), ("challenged", "bob", 1), ("challenge_upheld", "", 1),
        ("amended", "erin", 2), ("uncontested", "", 2), ("paid", "", 2), ("scored", "", 2),
    ]  # fmt: skip
    first, second = trail_of(fresh(closed)).versions
    assert (first.changed, second.changed) == ((), ("outcome_weights",))
    assert first.challenge.reason == "No train."
    assert trail_of(fresh(closed)).standing.number == 2


def test_a_dismissed_challenge_is_told(closed, bob, eve, erin):
    propose(closed, eve)
    resolution.challenge(question_id=closed.pk, challenger=bob, reason="No train.", now=PROPOSED)
    resolution.confirm(question_id=closed.pk, editor=erin, now=PASSED)

    assert steps(fresh(closed))[6:] == [
        ("challenge_dismissed", "", 1), ("confirmed", "erin", 1)
    ]  # fmt: skip


def test_a_correction_says_what_it_changes_and_waits_beside_what_stands(closed, eve, erin):
    propose(closed, eve)
    resolution.confirm(question_id=closed.pk, editor=erin, now=PASSED)
    correct(closed, eve, weights=(1, 0), effective_at=NOON + 5 * DAY)

    trail = trail_of(fresh(closed))

    assert (trail.standing.number, trail.waiting.number) == (1, 2)
    assert trail.waiting.changed == ("effective_at",)
    assert trail.waiting.undone == UndoneCounts(fill_count=1, trader_count=1, forecast_count=1)
    assert not trail.standing.undone
    assert waiting_correction(closed.pk).resolution == trail.waiting.resolution


@pytest.mark.parametrize("decision", ["confirmed", "declined", "withdrawn"])
def test_what_became_of_a_correction_is_told(closed, eve, erin, decision):
    propose(closed, eve)
    resolution.confirm(question_id=closed.pk, editor=erin, now=PASSED)
    correct(closed, eve)
    if decision == "confirmed":
        corrections.confirm_correction(question_id=closed.pk, editor=erin, now=MONTH_LATER)
    else:
        corrections.drop_correction(
            question_id=closed.pk, editor=erin if decision == "declined" else eve,
            reason="It was the same.", now=MONTH_LATER,
        )  # fmt: skip

    trail = trail_of(fresh(closed))

    by = "eve" if decision == "withdrawn" else "erin"
    assert steps(fresh(closed))[-2:] == [
        ("correction_proposed", "eve", 2), (f"correction_{decision}", by, 2)
    ]  # fmt: skip
    assert trail.steps[-1].reason == ("" if decision == "confirmed" else "It was the same.")
    assert trail.standing.number == (2 if decision == "confirmed" else 1)
    assert trail.waiting is None


def test_an_annulment_undoes_no_trade_in_particular_and_scores_nobody(closed, eve):
    resolution.annul(question_id=closed.pk, editor=eve, reason="Two trains.", now=PROPOSED)
    settle(closed)
    scoring.score(resolution_id=fresh(closed).resolution_id, now=PASSED)

    (version,) = trail_of(fresh(closed)).versions
    assert not version.undone
    assert steps(fresh(closed))[4:] == [("annulled", "eve", 1), ("paid", "", 1)]


def test_evidence_has_the_titles_of_its_articles(closed, eve):
    article = ingest_text(text=BRIDGE, url="https://post.example/b", editor=eve, now=NOON)
    quote = "The bridge over the Halvik strait"
    propose(closed, eve, evidence=[{"article": article.pk, "quote": quote}, {"url": "http://a.b"}])

    (version,) = trail_of(fresh(closed)).versions

    assert [(each.quote, each.article_title, each.url) for each in version.evidence] == [
        (quote, article.title, ""), ("", "", "http://a.b"),
    ]  # fmt: skip


def test_a_long_story_takes_no_more_queries_than_a_short_one(closed, eve, erin):
    propose(closed, eve)
    resolution.confirm(question_id=closed.pk, editor=erin, now=PASSED)
    with CaptureQueriesContext(connection) as short:
        trail_of(fresh(closed))
    for _ in range(3):
        correct(closed, eve)
        corrections.drop_correction(
            question_id=closed.pk, editor=erin, reason="No.", now=MONTH_LATER
        )

    with CaptureQueriesContext(connection) as long:
        assert len(trail_of(fresh(closed)).versions) == 4

    assert len(long) == len(short) <= 4


def test_the_odds_of_the_past_know_no_correction_that_waited_or_came_later(closed, eve, erin):
    propose(closed, eve)
    resolution.confirm(question_id=closed.pk, editor=erin, now=PROPOSED)
    correct(closed, eve, at=PASSED)
    corrections.confirm_correction(question_id=closed.pk, editor=erin, now=MONTH_LATER)

    def yes_at(instant):
        odds = odds_at(fresh(closed), as_of=instant, now=MONTH_LATER + DAY)
        return odds.outcomes[0].probability

    assert yes_at(PROPOSED) == yes_at(MONTH_LATER - DAY) == 1
    assert yes_at(MONTH_LATER) == 0
