"""How the range of a draft is said in a line, on the desk and in the console."""

import datetime as dt
import math
from decimal import Decimal
from itertools import accumulate
from typing import Final

from articles.core import periods
from articles.core.ranges import Range

_DIGITS: Final = 3


def range_words(found: Range) -> str:
    """From where to where, in how many bins, and where it is open.

    >>> range_words(Range(7.0, 16.0, 4, True, True, (0.1, 0.4, 0.4, 0.1), "billion euros"))
    '7 to 16 billion euros in 4 bins, open below and above'
    """
    low, high = (_value_words(found, bound) for bound in (found.lower, found.upper))
    spelled = f"{low} to {_with_unit(high, found.unit)} in {found.bin_count} bins"
    if found.scale == "log":
        spelled += " of equal ratio"
    tails = [word for word, is_open in _tails(found) if is_open]
    return f"{spelled}, open {' and '.join(tails)}" if tails else spelled


def prior_words(found: Range) -> str:
    """Where the prior has its middle, or the tail that holds it.

    >>> prior_words(Range(7.0, 16.0, 5, True, True, (0.1, 0.2, 0.4, 0.2, 0.1), "billion euros"))
    'even odds at about 11.5 billion euros'
    """
    reached = list(accumulate(found.prior))
    place = next((at for at, share in enumerate(reached) if share >= 0.5), len(reached) - 1)
    inner = found.bin_count - found.open_below - found.open_above
    number = place - found.open_below
    if number < 0:
        return f"most likely below {_with_unit(_value_words(found, found.lower), found.unit)}"
    if number >= inner:
        return f"most likely above {_with_unit(_value_words(found, found.upper), found.unit)}"
    before = reached[place - 1] if place else 0.0
    along = (number + (0.5 - before) / found.prior[place]) / inner
    if found.scale == "log":
        value = found.lower * (found.upper / found.lower) ** along
    else:
        value = found.lower + (found.upper - found.lower) * along
    if found.is_date:
        at = dt.datetime.fromtimestamp(value, dt.UTC)
        return f"even odds at about {periods.MONTHS[at.month - 1]} {at.year}"
    return f"even odds at about {_with_unit(_value_words(found, _roughly(value)), found.unit)}"


def value_words(value: Decimal, unit: str) -> str:
    """A value with its unit.

    >>> value_words(Decimal("10.700000"), "billion US dollars"), value_words(Decimal(4), "%")
    ('10.7 billion US dollars', '4%')
    """
    return _with_unit(_number(value), unit)


def _tails(found: Range) -> tuple[tuple[str, bool], ...]:
    if found.is_date:
        return (("before", found.open_below), ("after", found.open_above))
    return (("below", found.open_below), ("above", found.open_above))


def _value_words(found: Range, value: float) -> str:
    if found.is_date:
        return periods.long_date(dt.datetime.fromtimestamp(value, dt.UTC))
    return _number(Decimal(repr(value)))


def _with_unit(spelled: str, unit: str) -> str:
    return f"{spelled}{unit}" if unit == "%" else f"{spelled} {unit}".rstrip()


def _number(value: Decimal) -> str:
    written = f"{value:,f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return written.replace("-", "−")


def _roughly(value: float) -> float:
    if value == 0:
        return 0.0
    return round(value, _DIGITS - 1 - math.floor(math.log10(abs(value))))
