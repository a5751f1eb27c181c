"""Complementary claims as one: where a claim stands in the pair that it forms with its complement.

"Yes" at 0.40 and "no" at 0.60 are two sides of one thing: who buys one share of either for its
price has done what somebody who sells the other has. A book is therefore kept for each *pair*
(A, not-A) and not for each claim, with every order in a normal form on A, the pair's *face*:

    buy A at l    and   sell not-A at 1 − l   are bids for A at l
    sell A at l   and   buy not-A at 1 − l    are asks for A at l

Prices of orders are whole mills, so a complement is exact. The face is the claim of fewer outcomes,
and of two equally large ones that with the first outcome.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from markets.core.claims import Claim, complement, indicator
from markets.core.limits import Vector
from markets.core.money import MILLS

PAIRED_CLAIMS_MAX = 8_192
"""How many claims are remembered; with 200 outcomes each takes 5 kB."""


@dataclass(frozen=True, slots=True, eq=False)
class PairedClaim:
    """A claim with the face of its pair, and its outcomes as vectors of shape (n,).

    `inside` is 1 for the claim's outcomes and 0 elsewhere, in whole numbers for shares; `weights`
    are the same as floats for prices, and `outside` those of the complement.
    """

    claim: Claim
    face: Claim
    inside: NDArray[np.int64]
    weights: Vector
    outside: Vector

    @property
    def is_face(self) -> bool:
        return self.claim == self.face

    def price(self, prices: Vector) -> float:
        """The price of the claim, where `prices` are those of the outcomes."""
        return float(self.weights.dot(prices))

    def price_outside(self, prices: Vector) -> float:
        """The price of the complement, with the digits that 1 − P would have lost."""
        return float(self.outside.dot(prices))

    def is_bid(self, *, is_buy: bool) -> bool:
        """Does an order on this claim bid for the face, or ask a price of it?"""
        return is_buy == self.is_face

    def on_face(self, price: int) -> int:
        """A price of this claim, in mills, as a price of the face; and the other way round.

        >>> paired((1,), 2).on_face(600)
        400
        """
        return price if self.is_face else MILLS - price


@lru_cache(maxsize=PAIRED_CLAIMS_MAX)
def paired(claim: Claim, outcome_count: int) -> PairedClaim:
    """The claim and its place in its pair.

    >>> paired((1, 2), 3).face, paired((0,), 2).face, paired((1,), 2).face
    ((0,), (0,), (0,))
    """
    rest = complement(claim, outcome_count)
    weights, outside = indicator(claim, outcome_count), indicator(rest, outcome_count)
    return PairedClaim(
        claim=claim,
        face=min(claim, rest, key=lambda each: (len(each), each)),
        inside=weights.astype(np.int64),
        weights=weights,
        outside=outside,
    )
