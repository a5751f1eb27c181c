"""What waits at the desk, and what deciding would pay."""

import pytest

from markets.queries.desk import payouts_if, waiting
from markets.services import lifecycle
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db


def test_the_desk_counts_what_waits(question, eve):
    lifecycle.advance_due(now=question.closes_at)

    queues = waiting(now=question.closes_at)

    assert queues.due_for_resolution == 1
    assert (queues.proposed, queues.settling, queues.drafts_proposed) == (0, 0, 0)


def test_a_dry_run_tells_who_would_get_what(alice, bob, question):
    for trader, claim in ((alice, (0,)), (bob, (1,))):
        place_order(
            trader=trader, market_id=question.pk, claim=claim, side="buy", shares=10_000_000,
            request_key="first", clock=lambda: NOON,
        )  # fmt: skip

    rows = payouts_if(question.pk, (1, 0))

    assert [(row.trader_name, row.payout) for row in rows] == [("alice", 10_000_000), ("bob", 0)]
    assert rows[0].profit > 0 > rows[1].profit
