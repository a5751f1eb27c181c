"""What is stored of a settled question's scores, and what never is."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from markets.models import (
    Profit,
    Question,
    Resolution,
    Score,
    SeriesScore,
    Settlement,
    Tally,
    Transfer,
)
from markets.queries.scored import ScoringState, scoring_state
from markets.queries.scores import KINDS, case_of, computed_scores
from markets.queries.series import lines_of
from markets.queries.settlements import load, settlements_to_score
from markets.queries.tallies import questions_to_tally
from markets.services import lifecycle, locks, scoring, settlement, tallying
from tests.instants import NOON
from tests.markets.decided import (
    CLOSED,
    DAY,
    DECIDED,
    amend,
    decide,
    decide_and_score,
    lively,
    trade,
)

pytestmark = pytest.mark.django_db
LATER = DECIDED + 5 * DAY
UNTOLD = {"id", "scored_at"}
"""The columns that may differ when nothing has changed."""


def stored(resolution):
    """Every stored row of a version, without when it was written."""
    return {
        model.__name__: sorted(
            tuple(sorted((key, value) for key, value in row.items() if key not in UNTOLD))
            for row in model.objects.filter(resolution=resolution).values()
        )
        for model in (Score, SeriesScore, Profit)
    }  # fmt: skip


def counts():
    return {model.__name__: model.objects.count() for model in (Score, SeriesScore, Profit)}


@pytest.fixture
def settled(question, alice, bob, charlie, eve):
    lively(question, alice, bob, charlie)
    return decide(question, eve)


@pytest.fixture
def scored(settled):
    assert scoring.score(resolution_id=settled.pk, now=LATER)
    return settled


def test_forecasters_series_and_profits_are_stored(scored):
    assert counts() == {"Score": 3, "SeriesScore": 7, "Profit": 2}
    assert Settlement.objects.get().state == "scored"


def test_what_is_stored_is_what_is_computed(scored):
    computed = computed_scores(scored)

    for row, forecaster in enumerate(computed.forecasters.owners):
        score = Score.objects.get(forecaster=forecaster)
        assert {kind: getattr(score, kind) for kind in KINDS} == {
            kind: computed.forecasters.columns[kind][row] for kind in KINDS
        }
    for row, series in enumerate(computed.series.owners):
        score = SeriesScore.objects.get(series=series)
        assert score.peer == computed.series.columns["peer"][row]


def test_a_profit_is_what_the_ledger_moved(scored, alice, bob):
    for trader in (alice, bob):
        moved = sum(
            each.amount if each.credit.owner_id == trader.pk else -each.amount
            for each in Transfer.objects.filter(market_id=scored.question_id).select_related(
                "debit", "credit"
            )
            if trader.pk in {each.debit.owner_id, each.credit.owner_id}
        )
        assert Profit.objects.get(trader=trader).amount == moved != 0


def test_the_market_is_scored_from_its_prior_on(scored):
    market = SeriesScore.objects.get(series="market")

    assert market.coverage == 1  # from the opening, before anybody forecast
    assert SeriesScore.objects.get(series="mean").coverage == 0.9


def test_scoring_again_gives_the_same_rows(scored):
    before = stored(scored)

    assert not scoring.score(resolution_id=scored.pk, now=LATER)
    assert scoring.score_anew(resolution_id=scored.pk, now=LATER + DAY)

    assert stored(scored) == before
    assert set(Score.objects.values_list("scored_at", flat=True)) == {LATER + DAY}


def test_scoring_anew_heals_rows_that_are_wrong_missing_or_too_many(scored, eve):
    before = stored(scored)
    first, second, _ = Score.objects.order_by("pk")
    Score.objects.filter(pk=first.pk).update(peer=17.0, brier=1.0)
    Score.objects.filter(pk=second.pk).update(forecaster=eve)
    SeriesScore.objects.filter(series="market").delete()
    Profit.objects.update(amount=1)

    assert scoring.score_anew(resolution_id=scored.pk, now=LATER + DAY)

    assert stored(scored) == before


def test_nothing_is_scored_anew_that_was_not_scored(settled):
    assert not scoring.score_anew(resolution_id=settled.pk, now=LATER)
    assert counts() == {"Score": 0, "SeriesScore": 0, "Profit": 0}


def test_a_correction_supersedes_and_leaves_what_was_said_before(scored, question):
    before = stored(scored)

    corrected = amend(question, scored, outcome_weights=[0, 1])

    assert stored(scored) == before
    for old in Score.objects.filter(resolution=scored):
        new = Score.objects.get(resolution=corrected, forecaster=old.forecaster)
        assert new.peer * old.peer < 0  # who was wrong was right
    question.refresh_from_db()
    assert scoring_state(question) == ScoringState.SCORED


def test_a_worker_that_comes_late_for_an_old_version_writes_nothing(settled, question):
    corrected = amend(question, settled, outcome_weights=[0, 1])

    assert not scoring.score(resolution_id=settled.pk, now=LATER)

    assert not Score.objects.filter(resolution=settled).exists()
    overtaken = Settlement.objects.get(resolution=settled)
    assert (overtaken.state, overtaken.scored_at) == ("superseded", None)
    assert Score.objects.filter(resolution=corrected).count() == 3
    assert not scoring.score_anew(resolution_id=settled.pk, now=LATER)
    assert not Score.objects.filter(resolution=settled).exists()


def test_a_version_that_was_never_scored_takes_nothing_from_the_tallies(scored, question):
    """Until the third version is scored, the first one's scores count."""
    assert tallying.tally(question_id=question.pk, now=LATER)
    before = list(Tally.objects.order_by("pk").values())
    second = amend(question, scored, outcome_weights=[0, 1], is_done=False)
    settlement.settle(resolution_id=second.pk, now=LATER)
    third = amend(question, second, outcome_weights=[0.5, 0.5], is_done=False)

    assert not scoring.score(resolution_id=second.pk, now=LATER)

    assert questions_to_tally() == []
    assert not tallying.tally(question_id=question.pk, now=LATER)
    assert list(Tally.objects.order_by("pk").values()) == before
    settlement.settle(resolution_id=third.pk, now=LATER)
    assert scoring.score(resolution_id=third.pk, now=LATER)
    assert questions_to_tally() == [question.pk]


def test_the_order_in_which_versions_are_scored_never_matters(settled, question):
    corrected = amend(question, settled, outcome_weights=[0, 1])
    before = stored(corrected)

    scoring.score(resolution_id=settled.pk, now=LATER)
    scoring.score_anew(resolution_id=corrected.pk, now=LATER)

    assert stored(corrected) == before
    assert not Score.objects.filter(resolution=settled).exists()


def test_a_correction_of_when_the_answer_was_known_cuts_the_intervals(scored, question, bob):
    corrected = amend(question, scored, effective_at=NOON + 3 * DAY)

    score = Score.objects.get(resolution=corrected, forecaster=bob)
    assert score.attainable_coverage == 0.3
    assert score.coverage == pytest.approx(0.1)
    assert SeriesScore.objects.get(resolution=corrected, series="market").coverage == 0.3


def test_a_refund_scores_nothing(settled, question):
    refunded = amend(question, settled, verdict="annulled", outcome_weights=None, is_done=False)
    Settlement.objects.filter(resolution=refunded).update(state="settled")

    assert scoring.score(resolution_id=refunded.pk, now=LATER)

    assert counts() == {"Score": 0, "SeriesScore": 0, "Profit": 0}
    assert Settlement.objects.get(resolution=refunded).state == "scored"


def test_a_question_on_which_nobody_forecast_scores_its_market_alone(question, alice, eve):
    trade(alice, question, (0,), at=NOON + DAY)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(question, eve)

    assert counts() == {"Score": 0, "SeriesScore": 1, "Profit": 1}
    market = SeriesScore.objects.get()
    assert (market.series, market.peer, market.relative_brier) == ("market", 0, None)


def test_fills_at_the_end_and_after_it_are_no_odds(scored, question):
    """bob's second trade, three days before the close, moved the price."""
    at_it = amend(question, scored, effective_at=NOON + 7 * DAY)
    after_it = amend(question, at_it, effective_at=NOON + 7 * DAY + timedelta(microseconds=1))

    just_before, with_it = (
        SeriesScore.objects.get(resolution=each, series="market") for each in (at_it, after_it)
    )
    assert just_before.log == pytest.approx(with_it.log, abs=1e-9)
    lines = [len(computed_market_line(question, each)) for each in (at_it, after_it)]
    assert lines == [3, 4]


def computed_market_line(question, resolution):
    case = case_of(resolution)
    return lines_of(case.question, None, ended_at=case.ended_at)["market"].starts


@pytest.mark.django_db(transaction=True)
def test_a_correction_waits_while_scores_are_written(settled, question, monkeypatch):
    """Whoever holds the question's lock sees the scores of the version that stands, or none."""
    locked, seen = Barrier(2, timeout=20), []

    def store(resolution, computed, now):
        locked.wait()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        real(resolution, computed, now)

    real = scoring._store
    monkeypatch.setattr(scoring, "_store", store)

    def correct():
        locked.wait()
        corrected = Resolution.objects.create(
            question_id=question.pk, version=2, outcome_weights=[0, 1],
            effective_at=settled.effective_at, proposer=settled.proposer, proposed_at=DECIDED,
            challenge_until=DECIDED,
        )  # fmt: skip
        Question.objects.filter(pk=question.pk).update(resolution=corrected)
        seen.append(Score.objects.filter(resolution=settled).count())
        connection.close()

    correcting = Thread(target=correct)
    correcting.start()
    assert scoring.score(resolution_id=settled.pk, now=LATER)
    correcting.join()

    assert seen == [3]  # it waited for the lock, so that all of them were there


@pytest.mark.django_db(transaction=True)
def test_whoever_scores_waits_for_nobody_who_has_the_question(settled):
    """The question comes before its settlement; who finds it taken leaves both alone."""
    taken, tried = Barrier(2, timeout=20), Barrier(2, timeout=20)

    def hold():
        with transaction.atomic():
            locks.lock_question(settled.question_id)
            taken.wait()
            tried.wait()
            assert locks.claim_settlement(settled.pk) is not None
        connection.close()

    holding = Thread(target=hold)
    holding.start()
    taken.wait()
    assert not scoring.score(resolution_id=settled.pk, now=LATER)
    tried.wait()
    holding.join()

    assert scoring.score(resolution_id=settled.pk, now=LATER)


@pytest.mark.django_db(transaction=True)
def test_scored_by_four_workers_at_once_there_is_one_set_of_rows(settled):
    start, done = Barrier(4, timeout=20), []

    def work():
        start.wait()
        done.append(scoring.score(resolution_id=settled.pk, now=LATER))
        connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(done) == [False, False, False, True]
    assert counts() == {"Score": 3, "SeriesScore": 7, "Profit": 2}


# --- Scoring that fails -------------------------------------------------------------------------


@pytest.fixture
def unscorable(settled, monkeypatch):
    """Its scores cannot be computed, until they can be again."""

    def fail(resolution):
        raise ZeroDivisionError("nobody stood")

    monkeypatch.setattr(scoring, "computed_scores", fail)
    return settled


def attempt(resolution, *, at):
    with pytest.raises(ZeroDivisionError):
        scoring.score(resolution_id=resolution.pk, now=at)
    return Settlement.objects.get()


def test_scoring_that_fails_waits_longer_each_time_and_says_why(unscorable):
    waits = [attempt(unscorable, at=LATER).next_attempt_at - LATER for _ in range(3)]

    assert [wait.total_seconds() for wait in waits] == [2, 4, 8]
    failed = Settlement.objects.get()
    assert (failed.state, failed.attempts) == ("settled", 3)
    assert failed.last_error == "ZeroDivisionError: nobody stood"
    assert settlements_to_score(now=LATER + timedelta(seconds=7)) == []
    assert settlements_to_score(now=LATER + timedelta(seconds=8)) == [unscorable.pk]
    assert load(now=LATER).failing == 1


def test_an_editor_has_scores_tried_again_at_once_and_the_failure_is_forgotten(
    unscorable, eve, monkeypatch
):
    attempt(unscorable, at=LATER)

    settlement.retry(resolution_id=unscorable.pk, editor=eve, now=LATER)

    assert settlements_to_score(now=LATER) == [unscorable.pk]
    monkeypatch.setattr(scoring, "computed_scores", computed_scores)
    assert scoring.score(resolution_id=unscorable.pk, now=LATER)
    done = Settlement.objects.get()
    assert (done.state, done.attempts, done.last_error, done.next_attempt_at) == (
        "scored", 0, "", None
    )  # fmt: skip


def test_what_was_just_paid_is_scored_at_once(settled):
    assert settlements_to_score(now=DECIDED) == [settled.pk]
