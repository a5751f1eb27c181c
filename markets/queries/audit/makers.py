"""The rules of the maker, which only its own formulas can check: market by market, in Python."""

from collections.abc import Iterator

import numpy as np

from markets.core.liquidity import least_escrow
from markets.core.lmsr import Maker
from markets.core.money import format_amount
from markets.models import Market, SettlementState
from markets.queries.audit.check import Finding

MAKERS = ("prices", "promise")
"""The names of the rules that `maker_findings` checks."""

PROBABILITY_TOLERANCE = 1e-9
PROMISE_TOLERANCE = 1
"""Microcredits by which the floats that say what the escrow must hold may be wrong."""

_COLUMNS = ("shares", "liquidity", "prior", "probabilities", "escrow__balance")


def maker_findings() -> Iterator[Finding]:
    """What breaks the promise of a maker, or shows other odds than its shares make."""
    for market in Market.objects.select_related("escrow").only(*_COLUMNS).iterator():
        maker = Maker.of(market.shares, float(market.liquidity), market.prior)
        if not np.allclose(
            market.probabilities, maker.prices(), atol=PROBABILITY_TOLERANCE, rtol=0
        ):
            yield _finding(market, "prices", "its odds are not what its shares make them")
        owed = least_escrow(maker)
        if market.escrow.balance < owed - PROMISE_TOLERANCE and not _is_paid_out(market.pk):
            yield _finding(
                market, "promise",
                f"the escrow holds {format_amount(market.escrow.balance)}, but some course of "
                f"trading would need {format_amount(int(owed))}",
            )  # fmt: skip


def _is_paid_out(market_id: int) -> bool:
    """Has its settlement begun? Then the escrow is on its way out, and other rules watch it."""
    return Market.objects.filter(
        pk=market_id, question__resolutions__settlement__state__in=SettlementState.values
    ).exists()


def _finding(market: Market, line: str, sentence: str) -> Finding:
    return Finding(line=line, sentence=f"market {market.pk}: {sentence}", market_id=market.pk)
