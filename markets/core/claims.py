"""Claims: the sets of outcomes that can be bought and sold.

A question has n ≥ 2 outcomes, numbered 0 … n−1, of which exactly one comes true. A claim is a
non-empty proper subset of them and pays one credit a share if the true outcome is inside. "No" is
{1}; "not B" is everything but B; "between 10 and 12" is the bins inside. The empty set would never
pay and the full set always would, so neither says anything about the world.

A claim is kept as a sorted tuple of outcome numbers: two claims are equal when they mean the same.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from markets.core.errors import MarketError

Claim: TypeAlias = tuple[int, ...]


class InvalidClaim(MarketError):
    """The outcomes named do not form a claim on this question."""

    code = "invalid_claim"
    field = "claim"


def make_claim(outcomes: Iterable[int], outcome_count: int) -> Claim:
    """The claim on `outcomes`, in order; raises `InvalidClaim`.

    >>> make_claim([2, 0], 4)
    (0, 2)
    """
    claim = tuple(sorted(outcomes))
    if not claim:
        raise InvalidClaim("Name at least one outcome.")
    if len(set(claim)) != len(claim):
        raise InvalidClaim("Name each outcome once.")
    if claim[0] < 0 or claim[-1] >= outcome_count:
        raise InvalidClaim(f"Outcomes of this question are numbered 0 to {outcome_count - 1}.")
    if len(claim) == outcome_count:
        raise InvalidClaim("Leave out at least one outcome: all of them together are certain.")
    return claim


def complement(claim: Claim, outcome_count: int) -> Claim:
    """The claim that pays exactly when `claim` does not.

    >>> complement((0, 2), 4)
    (1, 3)
    """
    inside = set(claim)
    return tuple(outcome for outcome in range(outcome_count) if outcome not in inside)


def indicator(claim: Claim, outcome_count: int) -> NDArray[np.float64]:
    """Shape (n,): 1.0 inside the claim, 0.0 outside.

    >>> indicator((0, 2), 4).tolist()
    [1.0, 0.0, 1.0, 0.0]
    """
    inside = np.zeros(outcome_count)
    inside[list(claim)] = 1.0
    return inside


def claim_price(probabilities: Sequence[float] | NDArray[np.float64], claim: Claim) -> float:
    """The probability of `claim`: the sum over the outcomes inside.

    >>> claim_price([0.5, 0.25, 0.125, 0.125], (0, 2))
    0.625
    """
    return math.fsum(probabilities[outcome] for outcome in claim)
