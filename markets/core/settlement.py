"""What a position is paid when the answer is known.

A resolution gives each outcome a weight: usually one outcome has weight 1, sometimes the truth is
split ("half yes, half no"), and the weights always sum to one. A position with sᵢ microshares of
outcome i is paid Σ sᵢ·wᵢ microcredits, rounded down.

Weights are stored as floats, and 1/3 is not a float. So each is first read as the nearest fraction
with a denominator of at most a million, which gives back exactly the third, the eighth or the six
decimals that the editor meant; from there on every number is an integer. Since the floor of a sum
is at least the sum of the floors, all positions together are never paid more than the market owes.
"""

from collections.abc import Sequence
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
