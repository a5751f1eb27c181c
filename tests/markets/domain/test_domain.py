"""The state machine over the whole domain; DOMAIN_EXAMPLES and DOMAIN_STEPS make it longer."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cast import person
from tests.markets.domain.machine import Domain
from tests.markets.domain.world import EDITORS, EVERYBODY

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("DOMAIN_EXAMPLES", "20"))
STEPS = int(os.environ.get("DOMAIN_STEPS", "40"))


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> type[Domain]:
    """The machine with its cast, which all of its examples share."""
    names = sorted({*EVERYBODY, *EDITORS})
    people = {name: person(name, is_staff=name in EDITORS) for name in names}
    monkeypatch.setattr(Domain, "people", people, raising=False)
    monkeypatch.setattr(Domain, "seen", Counter(), raising=False)
    return Domain


def test_whatever_happens_in_whatever_order_the_invariants_hold(domain):
    run_state_machine_as_test(
        domain,
        settings=settings(
            deadline=None, max_examples=EXAMPLES, stateful_step_count=STEPS,
            derandomize="DOMAIN_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    for what, count in sorted(domain.seen.items()):
        print(f"{count:7,} {what}")
