"""Scores can be read by everybody, and recomputed by hand from what the API says."""

import pytest

from markets.core.numeric import Bins
from markets.models import ScoredSeries
from markets.queries import series as module
from markets.services import lifecycle
from tests.instants import NOON
from tests.markets.api.by_hand import by_hand, pages
from tests.markets.api.calling import refused
from tests.markets.decided import CLOSED, DAY, amend, decide, decide_and_score, lively, say, trade

pytestmark = pytest.mark.django_db

NUMBER = {
    "title": "How much trade in 2026?", "type": "numeric", "outcomes": (), "prior": (),
    "bins": Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="bn dollars"),
}  # fmt: skip


@pytest.fixture
def question(publish):
    """It closes in the past of these tests, so that it can be decided."""
    return publish()


@pytest.fixture
def scored(question, alice, bob, charlie, eve):
    lively(question, alice, bob, charlie)
    decide_and_score(question, eve)
    return question


@pytest.fixture
def number(publish, alice, bob, charlie, eve):
    asked = publish(**NUMBER)
    say(alice, asked, 0.02, 0.1, 0.6, 0.2, 0.06, 0.02, at=NOON + DAY)
    say(bob, asked, *[1 / 6] * 6, at=NOON + 2 * DAY)
    trade(charlie, asked, (1, 2), at=NOON + 3 * DAY)
    say(alice, asked, 0.05, 0.3, 0.4, 0.15, 0.05, 0.05, at=NOON + 6 * DAY)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(asked, eve, value=10.75)
    return asked


def approximately(scores):
    return {
        kind: score if score is None else pytest.approx(score, rel=1e-9, abs=1e-9)
        for kind, score in scores.items()
    }


@pytest.mark.parametrize(
    ("outcome_numbers", "refused_paths"),
    [
        (8, {"scores/alice", "series/market", "series/mean"}),  # of five forecasts on two outcomes
        (10, set()),
    ],
)
def test_what_is_too_large_to_take_apart_is_refused(
    scored, anyone, monkeypatch, outcome_numbers, refused_paths
):
    monkeypatch.setattr("markets.queries.working.WORKED_MAX", outcome_numbers)

    for path in ("scores/alice", "series/market", "series/mean"):
        answer = anyone.get(f"/questions/{scored.pk}/{path}")
        if path in refused_paths:
            refused(answer, "working_too_large")
        else:
            assert answer.status_code == 200
    assert len(anyone.get(f"/questions/{scored.pk}/scores").json()["results"]) == 3


def test_the_market_is_too_large_to_take_apart_with_too_many_fills(
    publish, alice, eve, anyone, monkeypatch
):
    question = publish()
    for hours in range(3):
        trade(alice, question, (0,), at=NOON + hours * DAY / 24)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(question, eve)

    monkeypatch.setattr("markets.queries.working.WORKED_MAX", 4)

    refused(anyone.get(f"/questions/{question.pk}/series/market"), "working_too_large")


@pytest.mark.parametrize("series", ScoredSeries)
def test_the_working_of_one_series_computes_no_other(scored, anyone, series, monkeypatch):
    computed = []
    crowd = module._crowd
    monkeypatch.setattr(
        module, "_crowd", lambda said, method: computed.append(method) or crowd(said, method)
    )

    for _ in range(2):
        anyone.get(f"/questions/{scored.pk}/series/{series}")

    assert computed == ([] if series == ScoredSeries.MARKET else [series.value]), "and only once"


def test_scores_are_ranked_by_the_peer_score(scored, anyone, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        body = anyone.get(f"/questions/{scored.pk}/scores").json()

    assert (body["scoring_state"], body["resolution_version"]) == ("scored", 1)
    assert [(each["rank"], each["forecaster"]) for each in body["results"]] == [
        (1, "charlie"), (2, "alice"), (3, "bob"),
    ]  # fmt: skip
    assert sum(each["peer"] for each in body["results"]) == pytest.approx(0, abs=1e-9)
    assert {each["series"] for each in body["series"]} == set(ScoredSeries.values)
    assert body["attainable_coverage"] == 1


def test_pages_of_scores_go_on_with_the_next_rank(scored, anyone):
    first = anyone.get(f"/questions/{scored.pk}/scores", limit=2).json()
    second = anyone.get(f"/questions/{scored.pk}/scores", limit=2, cursor=first["next"]).json()

    assert [each["rank"] for each in first["results"] + second["results"]] == [1, 2, 3]
    assert second["next"] is None


def test_equal_scores_share_a_rank_across_pages(question, alice, bob, charlie, eve, anyone):
    for each in (alice, bob, charlie):
        say(each, question, 0.7, 0.3, at=NOON)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(question, eve)

    first = anyone.get(f"/questions/{question.pk}/scores", limit=2).json()
    second = anyone.get(f"/questions/{question.pk}/scores", limit=2, cursor=first["next"]).json()

    assert [each["rank"] for each in first["results"] + second["results"]] == [1, 1, 1]


@pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
@pytest.mark.parametrize("which", ["scored", "number"])
def test_every_score_can_be_recomputed_from_the_api_alone(who, which, anyone, request):
    asked = request.getfixturevalue(which)
    stored = {
        each["forecaster"]: each
        for each in anyone.get(f"/questions/{asked.pk}/scores").json()["results"]
    }
    if who not in stored:
        assert (which, who) == ("number", "charlie")  # who only traded
        return

    working = pages(anyone, f"/questions/{asked.pk}/scores/{who}")

    assert {kind: stored[who][kind] for kind in working["scores"]} == working["scores"]
    assert by_hand(working) == approximately(working["scores"])


@pytest.mark.parametrize("which", ["scored", "number"])
def test_the_scores_of_market_and_crowd_can_be_recomputed_too(which, anyone, request):
    asked = request.getfixturevalue(which)
    series = anyone.get(f"/questions/{asked.pk}/scores").json()["series"]

    assert series
    for stored in series:
        working = pages(anyone, f"/questions/{asked.pk}/series/{stored['series']}")
        assert by_hand(working, is_series=True) == approximately(working["scores"])


def test_the_parts_of_a_working_add_up(scored, anyone):
    working = pages(anyone, f"/questions/{scored.pk}/scores/bob")

    for kind in ("baseline", "peer"):
        assert sum(each[kind] for each in working["forecasts"]) == pytest.approx(
            working["scores"][kind]
        )
    assert len(working["forecasts"]) == 2  # one he withdrew, and one that stood until the end
    assert working["life"]["seconds"] == 10 * 86_400


def test_an_early_end_cuts_the_working(question, alice, bob, charlie, eve, anyone):
    lively(question, alice, bob, charlie)
    decided = decide_and_score(question, eve)
    amend(question, decided, effective_at=NOON + 5 * DAY)

    working = pages(anyone, f"/questions/{question.pk}/scores/alice")

    assert working["truth"]["resolution_version"] == 2
    assert working["life"]["ended_at"] == "2026-11-27T12:00:00.000000Z"
    assert working["life"]["attainable_coverage"] == 0.5
    assert by_hand(working)["peer"] == pytest.approx(working["scores"]["peer"])
    assert by_hand(working)["relative_brier"] == pytest.approx(working["scores"]["relative_brier"])


def test_the_state_of_scoring_is_told(question, alice, bob, charlie, eve, anyone):
    def state():
        body = anyone.get(f"/questions/{question.pk}/scores").json()
        shown = anyone.get(f"/questions/{question.pk}").json()["scoring_state"]
        assert body["scoring_state"] == shown
        return shown, len(body["results"])

    lively(question, alice, bob, charlie)
    assert state() == ("none", 0)
    decided = decide(question, eve)
    assert state() == ("pending", 0)
    amend(question, decided)
    assert state() == ("scored", 3)
    amend(question, decided, version=3, is_done=False, outcome_weights=[0, 1])
    assert state() == ("pending", 0)
    amend(question, decided, version=4, is_done=False, verdict="annulled", outcome_weights=None)
    assert state() == ("refunded", 0)


def test_who_has_no_score_is_not_found(scored, question, anyone, eve):
    refused(anyone.get(f"/questions/{scored.pk}/scores/eve"), "score_not_found", "forecaster")
    refused(anyone.get(f"/questions/{scored.pk}/scores/nobody"), "score_not_found", "forecaster")
    refused(anyone.get(f"/questions/{scored.pk}/series/nothing"), "score_not_found", "forecaster")
    refused(anyone.get("/questions/987654/scores"), "question_not_found")


def test_nothing_is_told_before_everybody_is_scored(question, alice, bob, charlie, eve, anyone):
    lively(question, alice, bob, charlie)
    decide(question, eve)

    refused(anyone.get(f"/questions/{question.pk}/scores/alice"), "score_not_found", "forecaster")
    refused(anyone.get(f"/questions/{question.pk}/series/market"), "score_not_found", "forecaster")
