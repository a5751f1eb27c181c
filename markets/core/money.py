"""Credits as whole microcredits, and the one rule by which they are rounded.

A balance is an integer number of microcredits, a holding an integer number of microshares, and a
winning share pays one credit; so one microshare of the truth pays one microcredit. Only the market
maker's formulas produce fractions, and every fraction is rounded *against the trader*: what is
charged goes up, what is paid out or handed over goes down. The maker therefore never holds less
than its formulas say that it must.

The formulas run in float64, whose results carry noise. `charge(5.0000000001)` could be a true 5
that floated up or a true 5.0000000001. To stay solvent whichever it was, a float is first moved
against the trader by more than its noise (`FLOAT_NOISE`, relative) and then rounded. The price is
at most one extra microcredit on amounts below a million credits. It hardly ever falls on an amount
that was exactly whole, because a trade of LMSR with rational inputs never costs a whole number of
microcredits (Lindemann and Weierstrass: e^(cost/b) would have to be a sum of other exponentials).
Amounts that *are* exact come as `int` or `Fraction`, and those are rounded exactly.
"""

import math
import re
from fractions import Fraction

from markets.core.errors import MarketError

MICRO = 1_000_000
MILLS = 1_000
"""A limit is a price in mills, thousandths of a credit per share."""

AMOUNT_MAX = 2**63 - 1
"""The largest amount that a BIGINT column holds, in microcredits."""

GRANT = 1_000 * MICRO
"""What the house gives every trader to begin with, in microcredits."""

FLOAT_NOISE = 1e-12
"""Relative bound on the error of `markets.core.lmsr`; the tests measure less than a tenth of it."""

_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,6}))?")


class InvalidAmount(MarketError):
    """The text is not a plain decimal amount within range."""

    code = "invalid_amount"
    field = "amount"


def charge(amount: float | Fraction) -> int:
    """Whole microcredits that a trader pays for something worth `amount` microcredits.

    >>> charge(4.2), charge(Fraction(5)), charge(0.0)
    (5, 5, 0)
    >>> charge(5.0)  # a float 5 may hide a true 5.0000000000001
    6
    """
    return math.ceil(amount + _noise(amount))


def proceeds(amount: float | Fraction) -> int:
    """Whole microcredits that a trader receives for something worth `amount` microcredits.

    >>> proceeds(4.8), proceeds(Fraction(5)), proceeds(5.0)
    (4, 5, 4)
    """
    return math.floor(amount - _noise(amount))


def shares_received(amount: float | Fraction) -> int:
    """Whole microshares that a trader receives where the formula says `amount`.

    Because the noise is taken off first, what `shares_received` grants for a budget truly costs no
    more than that budget, so the budget itself may be charged.

    >>> shares_received(1_386_294.36)
    1386294
    """
    return math.floor(amount - _noise(amount))


def parse_amount(text: str) -> int:
    """Microcredits (or microshares) written as a decimal with up to six places.

    Only ASCII digits and one point: no sign, exponent, underscore or space.

    >>> parse_amount("12.5")
    12500000
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise InvalidAmount(
            "Write the amount in digits with at most six decimal places, such as 12.5."
        )
    whole, fraction = match[1], match[2] or ""
    amount = int(whole) * MICRO + int(fraction.ljust(6, "0"))
    if amount > AMOUNT_MAX:
        raise InvalidAmount(f"The amount may be at most {format_amount(AMOUNT_MAX)}.")
    return amount


def format_amount(amount: int) -> str:
    """The shortest decimal string for `amount` microcredits; `parse_amount` reads it back.

    >>> format_amount(12_500_000), format_amount(-1), format_amount(0)
    ('12.5', '-0.000001', '0')
    """
    whole, fraction = divmod(abs(amount), MICRO)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{fraction:06d}".rstrip("0").rstrip(".")


def format_credits(amount: int) -> str:
    """`amount` microcredits for people: the nearest hundredth, halves away from zero.

    >>> format_credits(1_234_567_890), format_credits(-4_999), format_credits(-5_000)
    ('1,234.57', '0.00', '-0.01')
    """
    hundredths = (abs(amount) + 5_000) // 10_000
    whole, fraction = divmod(hundredths, 100)
    sign = "-" if amount < 0 and hundredths else ""
    return f"{sign}{whole:,}.{fraction:02d}"


def _noise(amount: float | Fraction) -> float | Fraction:
    """How far the true value may lie from `amount`: nothing for an exact number."""
    return abs(amount) * FLOAT_NOISE if isinstance(amount, float) else Fraction(0)
