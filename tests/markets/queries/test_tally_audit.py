"""Tallies that drift from the scores they hold are noticed, and those that wait are left alone."""

from datetime import timedelta

import pytest
import structlog
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import F

from markets import tasks
from markets.models import Tally
from markets.queries.audit.tallies import tally_findings
from tests.instants import NOON
from tests.markets.services.verdicts import asked, resolved, scored
from tests.markets.tallied import tally_all

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def _heard(monkeypatch):
    """A logger that is bound anew, to whatever the settings of logging are by now."""
    monkeypatch.setattr(tasks, "logger", structlog.get_logger())


@pytest.fixture
def tallied(alice, bob, eve):
    """Two questions that alice answered and bob traded on."""
    for key in ("line", "bridge"):
        version = resolved(asked(eve, key=key, tags=("rail",)), at=NOON)
        scored(version, at=NOON, peers={alice: 0.1}, profits={bob: -3})
    assert tally_all() == 2


def sentences():
    return [finding.sentence for finding in tally_findings()]


def test_what_the_tallies_hold_adds_up(tallied):
    assert sentences() == []


@pytest.mark.parametrize(
    "column",
    ["question_count", "peer_sum", "baseline_sum", "relative_brier_count", "relative_brier_sum",
     "coverage_sum"],
)  # fmt: skip
def test_a_sum_that_drifted_is_found(tallied, alice, column):
    wrong = 1 if column == "relative_brier_count" else 3
    Tally.objects.filter(forecaster=alice, period="all", tag="").update(**{column: wrong})

    (sentence,) = sentences()

    assert sentence.startswith(f"forecaster {alice.pk} has {column} {wrong}.0 instead of ")


def test_a_drift_beyond_nine_digits_is_found_and_one_of_rounding_is_not(tallied, alice):
    mine = Tally.objects.filter(forecaster=alice, period="all", tag="")

    mine.update(peer_sum=F("peer_sum") + 1e-12)
    assert sentences() == []

    mine.update(peer_sum=F("peer_sum") + 3e-9)
    assert len(sentences()) == 1


@pytest.mark.parametrize("column", ["traded_count", "profit"])
def test_a_profit_that_drifted_is_found(tallied, bob, column):
    Tally.objects.filter(forecaster=bob, period="all", tag="").update(**{column: 1})

    assert [sentence.split(" instead")[0] for sentence in sentences()] == [
        f"forecaster {bob.pk} has {column} 1.0"
    ]


def test_a_tally_that_is_missing_or_of_nothing_is_found(tallied, alice, bob, charlie):
    Tally.objects.filter(forecaster=alice, period="all", tag="").delete()
    Tally.objects.filter(forecaster=bob, period="all", tag="").update(forecaster=charlie)

    assert {sentence.split()[1] for sentence in sentences()} == {
        str(each.pk) for each in (alice, bob, charlie)
    }


def test_whoever_has_a_score_that_waits_to_be_tallied_is_left_alone(tallied, alice, bob, eve):
    Tally.objects.filter(period="all", tag="").update(question_count=7)
    scored(resolved(asked(eve, key="port"), at=LATER), at=LATER, peers={alice: 1.0})

    assert [sentence.split()[1] for sentence in sentences()] == [str(bob.pk)]


def test_the_command_and_the_nightly_audit_say_so(tallied, capsys):
    Tally.objects.filter(period="all", tag="").update(baseline_sum=7)

    with pytest.raises(CommandError):
        call_command("audit", "--scores")
    with structlog.testing.capture_logs() as said, time_machine.travel(LATER, tick=False):
        tasks.audit_scores()

    assert "tallies add up" in capsys.readouterr().out
    assert "tallies add up" in {entry.get("line") for entry in said}
