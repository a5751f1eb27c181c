"""What a position is paid when the answer is known.

A resolution gives each outcome a weight: usually one outcome has weight 1, sometimes the truth is
split ("half yes, half no"), and the weights always sum to one. A position with sᵢ microshares of
outcome i is paid Σ sᵢ·wᵢ microcredits, rounded down.

Weights are stored as floats, and 1/3 is not a float. So each is first read as the nearest fraction
with a denominator of at most a million, which gives back exactly the third, the eighth or the six
decimals that the editor meant; from there on every number is an integer. Since the floor of a sum
is at least the sum of the floors, all positions together are never paid more than the market owes.

Often an answer is known before trading ends. Trades from that instant on are undone (`owed`): what
was held then is paid, and what was paid since comes back, less what was received. The escrow always
covers that. Write E for the escrow at that instant, S for the shares sold, f for the net cost of
all later trades. E covers the worst outcome of S, which is what the maker promises at every
instant (`markets.core.liquidity`); the later trades brought f into the escrow, and liquidity only
adds to it. So it now holds at least E + f, and it owes at most liability(S) + f ≤ E + f: the later
costs cancel, trader by trader, to the last microcredit, and only payouts are rounded, down.
A refund is the case where the answer was known before the first trade, and nothing is held.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from markets.core.errors import MarketError

DENOMINATOR_MAX = 1_000_000


class InvalidWeights(MarketError):
    """The outcome weights of a resolution do not divide one credit among the outcomes."""

    code = "invalid_weights"
    field = "outcome_weights"


def exact_weights(weights: Sequence[float | Fraction]) -> tuple[Fraction, ...]:
    """The weights as exact fractions that sum to one; raises `InvalidWeights`.

    >>> exact_weights([1 / 3, 2 / 3])
    (Fraction(1, 3), Fraction(2, 3))
    """
    try:
        exact = tuple(Fraction(weight).limit_denominator(DENOMINATOR_MAX) for weight in weights)
    except (ValueError, OverflowError) as error:
        raise InvalidWeights("Outcome weights are numbers from 0 to 1.") from error
    if any(weight < 0 for weight in exact):
        raise InvalidWeights("No outcome weight may be negative.")
    if sum(exact) != 1:
        raise InvalidWeights(
            "Outcome weights must sum to 1: give each with at most six decimal places."
        )
    return exact


def weight_parts(weights: Sequence[float | Fraction]) -> tuple[tuple[int, ...], int]:
    """Integer numerators and their common denominator: what set-based SQL multiplies and divides.

    >>> weight_parts([0.5, 1 / 3, 1 / 6])
    ((3, 2, 1), 6)
    """
    exact = exact_weights(weights)
    denominator = lcm(*(weight.denominator for weight in exact))
    return tuple(int(weight * denominator) for weight in exact), denominator


def payout(shares: Sequence[int], weights: Sequence[float | Fraction]) -> int:
    """Microcredits paid to a position of `shares` microshares per outcome, rounded down.

    >>> payout([10_000_000, 0], [1, 0])
    10000000
    >>> payout([10_000_000, 0, 0], [1 / 3, 1 / 3, 1 / 3])
    3333333
    """
    parts, denominator = weight_parts(weights)
    return sum(held * part for held, part in zip(shares, parts, strict=True)) // denominator


@dataclass(frozen=True, slots=True)
class Trade:
    """One fill: microshares per outcome (sold ones negative), sets redeemed by it, and its cost.

    A redeemed set takes a share of every outcome away, and brings one credit. A negative cost was
    received.
    """

    shares: Sequence[int]
    redeemed: int
    cost: int


def owed(
    shares: Sequence[int], weights: Sequence[float | Fraction], undone: Iterable[Trade] = ()
) -> int:
    """Microcredits owed to a position of `shares`, the `undone` trades of which do not count.

    The payout of what was held before those trades, and their net cost. It is negative for who
    sold, after the answer was known, for more than the shares turned out to be worth.

    >>> bought_late = Trade(shares=[4_000_000, 0], redeemed=0, cost=3_800_000)
    >>> owed([10_000_000, 0], [1, 0], [bought_late])  # six shares win, and 3.8 credits come back
    9800000
    >>> sold_late = Trade(shares=[-6_000_000, 0], redeemed=0, cost=-5_700_000)
    >>> owed([0, 0], [0, 1], [sold_late])  # six shares that were worth nothing
    -5700000
    """
    before, returned = list(shares), 0
    for trade in undone:
        for outcome, moved in enumerate(trade.shares):
            before[outcome] -= moved - trade.redeemed
        returned += trade.cost - trade.redeemed
    return payout(before, weights) + returned


def liability(shares: Sequence[int], weights: Sequence[float | Fraction]) -> int:
    """Microcredits that a market with `shares` sold per outcome owes if this is the resolution.

    It is what one position holding everything would be paid. N positions that share it are paid
    at most this much in all, and less than N microcredits short of it.
    """
    return payout(shares, weights)


def worst_case_liability(shares: Sequence[int]) -> int:
    """The most that the market could owe, whatever the resolution: what escrow has to cover.

    Any weighting of outcomes owes an average of the single outcomes, so the worst is one of them.

    >>> worst_case_liability([40_000_000, 25_000_000, 0])
    40000000
    """
    return max(shares)
