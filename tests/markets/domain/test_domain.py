"""The state machine over the whole domain; DOMAIN_EXAMPLES and DOMAIN_STEPS make it longer."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cast import person
from tests.markets.domain.machine import Domain
from tests.markets.domain.world import EDITORS, EVERYBODY

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("DOMAIN_EXAMPLES", "60"))
STEPS = int(os.environ.get("DOMAIN_STEPS", "50"))

EVERYTHING = {
    "publish", "advance_due", "halt", "resume", "close", "place_order", "cancel_order",
    "expire_orders", "add_liquidity", "submit_forecast", "withdraw_forecast", "propose",
    "challenge", "confirm", "confirm_uncontested", "propose_correction", "confirm_correction",
    "drop_correction", "annul", "settle_chunk", "settle", "score", "retry",
}  # fmt: skip
"""What happens at least once in every run, however the wind blows."""


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> type[Domain]:
    """The machine with its cast, which all of its examples share."""
    names = sorted({*EVERYBODY, *EDITORS})
    people = {name: person(name, is_staff=name in EDITORS) for name in names}
    monkeypatch.setattr(Domain, "people", people, raising=False)
    monkeypatch.setattr(Domain, "seen", Counter(), raising=False)
    return Domain


def run(domain: type[Domain], *, examples: int = EXAMPLES, shrinks: bool = True) -> None:
    """Let things happen; in the ordinary suite always the same, so that red means a change."""
    phases = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if shrinks else [])]
    run_state_machine_as_test(
        domain,
        settings=settings(
            deadline=None, max_examples=examples, stateful_step_count=STEPS, phases=phases,
            derandomize="DOMAIN_EXAMPLES" not in os.environ, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_whatever_happens_in_whatever_order_the_invariants_hold(domain):
    run(domain)

    assert domain.seen.keys() >= EVERYTHING
