"""The short form of `make faults`: each scenario once or twice, on servers of its own.

The scenarios kill PostgreSQL and whole programs, so they run beside this session and not in it.
"""

import os
import re
import subprocess
import sys

from tests.processes import ROOT

LIMIT_SECONDS = 480


def broken(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m tests.faults` with servers of its own, whatever this session uses."""
    given = {"DATABASE_URL", "VALKEY_URL", "DJANGO_SETTINGS_MODULE"}
    environment = {name: text for name, text in os.environ.items() if name not in given}
    return subprocess.run(
        [sys.executable, "-m", "tests.faults", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_SECONDS,
        check=False,
    )  # fmt: skip


def counts(outcome: subprocess.CompletedProcess[str], what: str) -> list[int]:
    """How many of `what` each scenario says that it saw."""
    found = re.findall(rf"([\d,]+)\s+{what}", outcome.stdout)
    assert found, outcome.stdout + outcome.stderr
    return [int(count.replace(",", "")) for count in found]


def test_kills_and_crowds_lose_and_double_no_acknowledged_order_and_deadlock_nowhere():
    outcome = broken("postgres", "traders", "crowd", "--kills", "2", "--operations", "25")

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert counts(outcome, "kills") == [2, 2]
    assert min(counts(outcome, "acknowledged")) > 80
    assert counts(outcome, "operations")[-1] == 64 * 25


def test_an_order_that_is_acknowledged_before_it_is_safe_is_seen_to_be_lost():
    outcome = broken("postgres", "traders", "--kills", "2", "--careless")

    assert outcome.returncode == 1
    for victim in ("postgres", "traders"):
        assert re.search(rf"✗ {victim}: \d+ orders were acknowledged and are not", outcome.stdout)
