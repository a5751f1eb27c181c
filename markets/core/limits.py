"""What the market maker refuses: prices, amounts and distributions that it cannot quote.

Each `require_…` function returns what it was given (as floats) or raises its refusal, so that a
formula reads as a formula and still never sees a bad number.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from markets.core.errors import MarketError

Vector: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = Sequence[float] | NDArray[np.float64]

PRICE_MIN = 0.001
PRICE_MAX = 0.999
PRICE_TOLERANCE = 1e-12
"""How far past a bound float noise may carry a price that was aimed exactly at it."""

EXPONENT_MAX = 700.0
"""The largest exponent in use: e^700 ≈ 10^304 still fits a float64, e^710 does not."""

SUM_TOLERANCE = 1e-9
"""How far from one the sum of a distribution may be; also the accuracy that LMSR promises."""


class PriceOutOfRange(MarketError):
    """A price is not one that the maker quotes, or a trade would leave it there."""

    code = "price_out_of_range"
    field = "price"


class SharesOutOfRange(MarketError):
    """So many shares for so little liquidity that the maker's arithmetic would overflow."""

    code = "shares_out_of_range"
    field = "shares"


class InvalidPrior(MarketError):
    """The prior is not a positive probability for each of at least two outcomes."""

    code = "invalid_prior"
    field = "prior"


class InvalidLiquidity(MarketError):
    """Liquidity, or the subsidy that pays for it, is not a positive number."""

    code = "invalid_liquidity"
    field = "liquidity"


class InvalidBudget(MarketError):
    """A budget is negative or not a number."""

    code = "invalid_budget"
    field = "budget"


class InvalidProbabilities(MarketError):
    """Stated probabilities do not give every outcome of the question a chance."""

    code = "invalid_probabilities"
    field = "probabilities"


def require_buy_in_range(price_after: float) -> None:
    """A buy may not leave its claim above 0.999; raises `PriceOutOfRange`."""
    if price_after > PRICE_MAX + PRICE_TOLERANCE:
        raise PriceOutOfRange(f"This buy would move the price above {PRICE_MAX}: buy less.")


def require_sale_in_range(price_before: float, price_after: float) -> None:
    """A sale may not take a claim from above 0.001 to below it; raises `PriceOutOfRange`.

    A claim that already stands lower, such as one bin of two hundred, may always be sold.
    """
    if price_before > PRICE_MIN and price_after < PRICE_MIN - PRICE_TOLERANCE:
        raise PriceOutOfRange(f"This sale would move the price below {PRICE_MIN}: sell less.")


def require_price(price: float) -> float:
    """A price strictly between 0 and 1, for there the formulas hold; raises `PriceOutOfRange`."""
    if not 0 < price < 1:
        raise PriceOutOfRange("A price lies strictly between 0 and 1.")
    return price


def require_liquidity(liquidity: float) -> float:
    """A positive finite b; raises `InvalidLiquidity`."""
    if not 0 < liquidity < math.inf:
        raise InvalidLiquidity("Liquidity and subsidy are positive amounts.")
    return liquidity


def require_budget(budget: float) -> float:
    """A finite amount that is not negative; raises `InvalidBudget`."""
    if not 0 <= budget < math.inf:
        raise InvalidBudget("A budget is zero or a positive amount.")
    return budget


def require_exponent(amount: float, liquidity: float) -> float:
    """amount/b, at most 700 either way; raises `SharesOutOfRange` or `InvalidLiquidity`."""
    exponent = amount / require_liquidity(liquidity)
    if not abs(exponent) <= EXPONENT_MAX:
        raise SharesOutOfRange("That amount is beyond what this market's liquidity can price.")
    return exponent


def require_exponents(amounts: Numbers, liquidity: float) -> Vector:
    """amounts/b, each at most 700 either way; raises `SharesOutOfRange` or `InvalidLiquidity`."""
    exponents = np.asarray(amounts, dtype=np.float64) / require_liquidity(liquidity)
    if not np.all(np.abs(exponents) <= EXPONENT_MAX):
        raise SharesOutOfRange(
            "That many shares are beyond what this market's liquidity can price."
        )
    return exponents


def require_prior(prior: Numbers, outcome_count: int) -> Vector:
    """Shape (n,), positive, sum one; raises `InvalidPrior`."""
    parts = np.asarray(prior, dtype=np.float64)
    if not _is_distribution(parts, outcome_count):
        raise InvalidPrior("The prior gives each outcome a positive probability; they sum to 1.")
    return parts


def require_probabilities(probabilities: Numbers, outcome_count: int) -> Vector:
    """Shape (n,), positive, sum one; raises `InvalidProbabilities`."""
    parts = np.asarray(probabilities, dtype=np.float64)
    if not _is_distribution(parts, outcome_count):
        raise InvalidProbabilities(
            "Give each outcome of the question a positive probability; they sum to 1."
        )
    return parts


def _is_distribution(parts: Vector, outcome_count: int) -> bool:
    return (
        outcome_count >= 2
        and parts.shape == (outcome_count,)
        and bool(np.all(parts > 0))
        and abs(float(parts.sum()) - 1) <= SUM_TOLERANCE
    )
