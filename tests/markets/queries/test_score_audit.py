"""Every rule of scores, broken once in a real database and seen caught."""

from datetime import timedelta

import pytest
import structlog
import time_machine
from django.core.management import CommandError, call_command

from markets import tasks
from markets.models import Profit, Resolution, Score, SeriesScore, Settlement
from markets.queries.audit.scores import (
    SCORE_RULES,
    score_findings,
    scored_resolutions,
    unscored_findings,
)
from markets.services import corrections, scoring, settlement
from tests.markets.decided import DAY, DECIDED, decide_and_score, lively

pytestmark = pytest.mark.django_db
SCORED = DECIDED + DAY


@pytest.fixture(autouse=True)
def _heard(monkeypatch):
    """A logger that is bound anew, to whatever the settings of logging are by now."""
    monkeypatch.setattr(tasks, "logger", structlog.get_logger())


@pytest.fixture
def scored(question, alice, bob, charlie, eve):
    """A question on which three forecast and two traded, all of it scored."""
    lively(question, alice, bob, charlie)
    return decide_and_score(question, eve)


def found():
    """What the whole audit of scores says: the rules, and the sentences."""
    findings = [*unscored_findings()]
    for each in scored_resolutions():
        findings += score_findings(each)
    return [(finding.line, finding.sentence) for finding in findings]


def test_what_the_scoring_stored_is_right(scored):
    assert scored_resolutions() == [scored.pk]
    assert found() == []


def test_a_score_that_is_off_by_a_little_is_found(scored, bob):
    stored = Score.objects.get(forecaster=bob)
    Score.objects.filter(pk=stored.pk).update(peer=stored.peer * (1 + 3e-9))

    ((line, sentence),) = found()

    assert line == "scores right"
    assert sentence.startswith(
        f"market {scored.question_id}: forecaster {bob.pk}'s score has peer "
    )
    assert sentence.endswith(f"which is {stored.peer} when computed anew")


def test_a_score_that_another_processor_would_have_rounded_otherwise_is_right(scored, bob):
    stored = Score.objects.get(forecaster=bob)
    Score.objects.filter(pk=stored.pk).update(peer=stored.peer * (1 + 1e-13))

    assert found() == []


def test_a_score_where_there_should_be_none_is_found(scored, bob):
    Score.objects.filter(forecaster=bob).update(crps=0.5)

    assert [line for line, _ in found()] == ["scores right"]


def test_a_score_of_the_odds_that_is_wrong_is_found(scored):
    SeriesScore.objects.filter(series="market").update(baseline=0)

    ((line, sentence),) = found()

    assert line == "scores right"
    assert "the score of market has baseline 0.0" in sentence


def test_a_profit_that_is_wrong_by_a_microcredit_is_found(scored, alice):
    profit = Profit.objects.get(trader=alice)
    Profit.objects.filter(pk=profit.pk).update(amount=profit.amount + 1)

    ((line, sentence),) = found()

    assert line == "scores right"
    assert f"trader {alice.pk}'s profit has amount {profit.amount + 1}" in sentence


@pytest.mark.parametrize("model", [Score, SeriesScore, Profit])
def test_a_row_that_is_missing_is_found(scored, model):
    model.objects.order_by("pk").first().delete()

    assert [line for line, _ in found()] == ["scores complete"]


@pytest.mark.parametrize("model", [Score, Profit])
def test_a_row_of_somebody_who_did_nothing_is_found(scored, model, eve):
    row = model.objects.order_by("pk").first()
    row.pk = None
    setattr(row, "forecaster" if model is Score else "trader", eve)
    row.save(force_insert=True)

    assert [line for line, _ in found()] == ["scores and no more"]


@pytest.mark.parametrize("verdict", ["annulled", "ambiguous"])
def test_scores_of_a_refund_are_found(scored, eve, erin, verdict):
    corrections.propose_correction(
        question_id=scored.question_id, verdict=verdict, rationale="Nobody can tell.",
        proposer=eve, now=SCORED,
    )  # fmt: skip
    corrections.confirm_correction(question_id=scored.question_id, editor=erin, now=SCORED)
    refund = Resolution.objects.latest("pk")
    settlement.settle(resolution_id=refund.pk, now=SCORED)
    scoring.score(resolution_id=refund.pk, now=SCORED)
    assert found() == []  # those of the version that was corrected may stay

    Score.objects.update(resolution=refund)
    SeriesScore.objects.update(resolution=refund)
    Profit.objects.update(resolution=refund)

    assert {line for line, _ in found()} == {"refunded unscored", "scores and no more"}
    assert (
        f"market {scored.question_id}: version 2 refunds every trade, but has 3 scores"
        in " ".join(sentence for _, sentence in found())
    )


def test_scores_of_what_is_not_settled_are_found(scored):
    Settlement.objects.update(state="settling")

    assert {line for line, _ in found()} == {"scored after settling"}
    assert len(found()) == 3


def test_every_rule_of_scores_is_broken_by_some_test():
    assert set(SCORE_RULES) == {
        "scores right", "scores complete", "scores and no more", "refunded unscored",
        "scored after settling",
    }  # fmt: skip


def test_scores_that_are_replaced_meanwhile_are_left_to_the_next_audit(scored, monkeypatch):
    Score.objects.update(peer=0)
    compute = score_findings.__globals__["computed_scores"]

    def slowly(standing):
        scoring.score_anew(resolution_id=scored.pk, now=SCORED + DAY)
        return compute(standing)

    monkeypatch.setitem(score_findings.__globals__, "computed_scores", slowly)

    assert score_findings(scored.pk) == []
    assert found() == []


def test_a_version_that_stands_no_more_is_not_looked_at(scored, eve, erin):
    Score.objects.update(peer=0)
    corrections.propose_correction(
        question_id=scored.question_id, outcome_weights=(0, 1), rationale="It was no.",
        proposer=eve, now=SCORED,
    )  # fmt: skip
    corrections.confirm_correction(question_id=scored.question_id, editor=erin, now=SCORED)

    assert scored_resolutions() == []
    assert score_findings(scored.pk) == []


def test_of_late_means_scored_or_scored_anew_since_then(scored):
    assert scored_resolutions(since=SCORED) == [scored.pk]
    assert scored_resolutions(since=SCORED + timedelta(seconds=1)) == []

    scoring.score_anew(resolution_id=scored.pk, now=SCORED + DAY)

    assert scored_resolutions(since=SCORED + timedelta(seconds=1)) == [scored.pk]


def test_the_command_audits_scores_where_it_is_asked_to(scored, capsys):
    Score.objects.update(peer=0)

    call_command("audit")
    assert "rules of the ledger hold" in capsys.readouterr().out

    with pytest.raises(CommandError) as refused:
        call_command("audit", "--scores")
    assert refused.value.returncode == 1
    assert "scores right" in capsys.readouterr().out


def test_the_command_says_on_how_many_questions_scores_are_right(scored, capsys):
    call_command("audit", "--scores")

    assert "All 6 rules of scores hold, on 1 question." in capsys.readouterr().out


def test_beat_finds_what_was_scored_of_late_and_is_wrong(scored):
    Score.objects.update(peer=0)

    with structlog.testing.capture_logs() as said, time_machine.travel(SCORED + DAY, tick=False):
        tasks.audit_scores()
    with structlog.testing.capture_logs() as quiet, time_machine.travel(SCORED + 3 * DAY):
        tasks.audit_scores()

    assert {entry["line"] for entry in said} == {"scores right"}
    assert quiet == []


def test_beat_says_what_it_had_no_time_for(scored, monkeypatch):
    monkeypatch.setattr(tasks, "AUDIT_SCORES_SECONDS", -1)

    with structlog.testing.capture_logs() as said, time_machine.travel(SCORED, tick=False):
        tasks.audit_scores()

    assert said == [{"event": "scores left unaudited", "resolutions": 1, "log_level": "warning"}]
