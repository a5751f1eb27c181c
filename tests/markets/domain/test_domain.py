"""The state machine over the whole domain; DOMAIN_EXAMPLES and DOMAIN_STEPS make it longer."""

import pytest

from tests.markets.domain import run
from tests.markets.domain.sabotage import escrows_are_half_full

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "publish", "advance_due", "halt", "resume", "close", "place_order", "cancel_order",
    "expire_orders", "add_liquidity", "submit_forecast", "withdraw_forecast", "propose",
    "challenge", "confirm", "confirm_uncontested", "propose_correction", "confirm_correction",
    "drop_correction", "annul", "settle_chunk", "settle", "score", "retry",
}  # fmt: skip
"""What happens at least once in every run, however the wind blows."""

RARITIES = {"cancel_order", "expire_orders", "advance_due", "confirm_uncontested"}
"""Of these a run of the suite's size may miss one; which, changes with every change of a rule."""


def test_whatever_happens_in_whatever_order_the_invariants_hold():
    with run.domain() as domain:
        run.run(domain)

    missed = EVERYTHING - domain.seen.keys()
    assert missed <= RARITIES
    assert len(missed) <= 1


def test_a_product_that_is_broken_is_noticed(monkeypatch):
    escrows_are_half_full(monkeypatch)

    with run.domain() as domain, pytest.raises(AssertionError):
        run.run(domain, shrinks=False)
