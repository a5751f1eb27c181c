"""Liquidity in whole microcredits: what a subsidy buys at the opening, and what more buys later.

Both are rounded against whoever trades: the liquidity is at most what the subsidy pays for. So the
maker's promise holds from the first share to the last, whatever is traded before or after:

    escrow − qᵢ ≥ b · ln(1/pᵢ) ≥ 0    for every outcome i

At the opening q = 0 and b·ln(1/pᵢ) ≤ S. A trade keeps both sides' difference, for the escrow grows
by C(q′) − C(q) and qᵢ − b·ln pᵢ = C(q) − b·ln πᵢ by the same. Adding Δb costs Δb·ln(1/min p), which
is at least what the right side grows by.
"""

import math
from collections.abc import Sequence

from markets.core.limits import InvalidLiquidity, Numbers, require_probabilities
from markets.core.lmsr import Maker, liquidity_for_subsidy
from markets.core.money import shares_received


def opening_maker(subsidy: int, prior: Numbers) -> Maker:
    """The maker of a new market whose house has paid `subsidy` microcredits into escrow.

    >>> maker = opening_maker(500_000_000, [0.5, 0.5])
    >>> maker.liquidity
    721347520.0
    """
    liquidity = int(liquidity_for_subsidy(float(subsidy), prior))
    return Maker([0] * len(prior), float(liquidity), prior)


def liquidity_bought(probabilities: Numbers, amount: int) -> int:
    """Δb = amount / ln(1/min p), rounded down: what `amount` more in escrow adds at these prices.

    Raises:
        InvalidLiquidity: it would add nothing.

    >>> liquidity_bought([0.5, 0.5], 100_000_000)
    144269504
    >>> liquidity_bought([0.99, 0.01], 100_000_000)  # a long shot is dear to insure
    21714724
    """
    least = float(require_probabilities(probabilities, len(probabilities)).min())
    added = shares_received(amount / -math.log(least)) if amount > 0 else 0
    if added < 1:
        raise InvalidLiquidity("That amount is too small to add any liquidity.")
    return added


def maker_with(maker: Maker, amount: int) -> Maker:
    """The maker once the house has added `amount` microcredits to the escrow; no price moves.

    >>> before = opening_maker(500_000_000, [0.5, 0.5]).trade([300_000_000, 0])
    >>> after = maker_with(before, 250_000_000)
    >>> before.liquidity, after.liquidity
    (721347520.0, 992333286.0)
    >>> before.prices().round(9).tolist() == after.prices().round(9).tolist()
    True
    """
    return maker.add_liquidity(float(liquidity_bought(maker.prices(), amount)))


def least_escrow(maker: Maker) -> float:
    """maxᵢ (qᵢ + b·ln(1/pᵢ)): with less in escrow some course of trading could not be paid for.

    >>> round(least_escrow(opening_maker(500_000_000, [0.5, 0.5])))
    500000000
    """
    owed: Sequence[float] = [
        shares - maker.liquidity * math.log(price)
        for shares, price in zip(maker.shares.tolist(), maker.prices().tolist(), strict=True)
    ]
    return max(owed)
