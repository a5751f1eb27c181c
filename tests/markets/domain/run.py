"""Running the state machine, in the suite for half a minute or at length."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cast import person
from tests.markets.domain.machine import Domain
from tests.markets.domain.world import EDITORS, EVERYBODY

EXAMPLES = int(os.environ.get("DOMAIN_EXAMPLES", "60"))
STEPS = int(os.environ.get("DOMAIN_STEPS", "50"))
IS_CHANCE = "DOMAIN_EXAMPLES" in os.environ
"""The ordinary suite always lets the same things happen, so that red means a change."""


@contextmanager
def domain() -> Iterator[type[Domain]]:
    """A machine with its cast, which all of its worlds share; the caller has a transaction open."""
    names = sorted({*EVERYBODY, *EDITORS})
    cast = {name: person(name, is_staff=name in EDITORS) for name in names}

    class Cast(Domain):
        people, seen = cast, Counter[str]()

    yield Cast


def run(
    domain: type[Domain],
    *,
    examples: int = EXAMPLES,
    shrinks: bool = True,
    is_chance: bool = IS_CHANCE,
) -> None:
    """Let things happen in as many worlds; raises what went wrong in the smallest one."""
    phases = [Phase.explicit, Phase.generate, *([Phase.shrink] if shrinks else [])]
    run_state_machine_as_test(
        domain,
        settings=settings(
            deadline=None, max_examples=examples, stateful_step_count=STEPS, phases=phases,
            derandomize=not is_chance, database=None, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
