"""The short form of `make faults`: each scenario once or twice, on servers of its own.

The scenarios kill PostgreSQL and whole programs, so they run beside this session and not in it.
"""

import os
import re
import subprocess
import sys

import pytest

from tests.processes import ROOT

LIMIT_SECONDS = 240


def broken(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m tests.faults` with servers of its own, whatever this session uses."""
    given = {"DATABASE_URL", "VALKEY_URL", "DJANGO_SETTINGS_MODULE"}
    environment = {name: text for name, text in os.environ.items() if name not in given}
    return subprocess.run(
        [sys.executable, "-m", "tests.faults", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_SECONDS,
        check=False,
    )  # fmt: skip


def count(outcome: subprocess.CompletedProcess[str], what: str) -> int:
    """How many of `what` the scenario says that it saw."""
    found = re.search(rf"([\d,]+)\s+{what}", outcome.stdout)
    assert found, outcome.stdout + outcome.stderr
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("victim", ["postgres", "traders"])
def test_no_acknowledged_order_is_lost_or_doubled_when_something_is_killed_under_load(victim):
    outcome = broken(victim, "--kills", "2")

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert count(outcome, "kills") == 2
    assert count(outcome, "acknowledged") > 80


@pytest.mark.parametrize("victim", ["postgres", "traders"])
def test_an_order_that_is_acknowledged_before_it_is_safe_is_seen_to_be_lost(victim):
    outcome = broken(victim, "--kills", "2", "--careless")

    assert outcome.returncode == 1
    assert "orders were acknowledged and are not there" in outcome.stdout


def test_a_crowd_that_does_everything_at_once_deadlocks_nowhere_and_loses_nothing():
    outcome = broken("crowd", "--operations", "25")

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert count(outcome, "operations") == 64 * 25
