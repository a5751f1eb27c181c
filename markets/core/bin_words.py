"""How bins, ranges and values are said: short, unambiguous, each label once.

A half-open bin is "10 to below 12"; a closed one, which only the last can be, "10 to 12"; a tail
"below 10" or "12 or more". Bins of dates are the days or months that they consist of, first and
last, so "3 to 9 March 2027" ends with the ninth.
"""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from markets.core.distribution import quantiles
from markets.core.limits import Numbers
from markets.core.numeric import DAY, Bins, moment

_DAY = timedelta(days=1)
_LONG_RANGE = 370 * DAY
PART_OF_A_BIN = 10
"""Values are said to about a tenth of a bin: more digits would claim what nobody said."""


def labels(bins: Bins) -> tuple[str, ...]:
    """The labels of the outcomes, in order.

    >>> labels(Bins(lower=10, upper=12, count=4, open_below=True, open_above=True, unit="%"))
    ('below 10%', '10 to below 11%', '11 to below 12%', '12% or more')
    >>> labels(Bins(lower=1, upper=100, count=2, scale="log", unit="km"))
    ('1 to below 10 km', '10 to 100 km')
    """
    return tuple(range_words(bins, *bins.bounds(outcome)) for outcome in range(bins.count))


def range_words(bins: Bins, low: float | None, high: float | None) -> str:
    """A range [low, high) in words; None where it is open."""
    if bins.is_date:
        return _date_range(bins, low, high)
    if low is None:
        return f"below {spelled(bins, high or 0.0)}"
    if high is None:
        return f"{spelled(bins, low)} or more"
    is_closed = high == bins.upper and not bins.open_above
    return f"{_number(low)} to {'' if is_closed else 'below '}{spelled(bins, high)}"


def claim_words(bins: Bins, claim: Iterable[int]) -> str:
    """A set of outcomes in words.

    >>> bins = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="°C")
    >>> claim_words(bins, (1, 2)), claim_words(bins, (0, 4, 5))
    ('10 to below 11 °C', 'below 10 °C, or 11.5 °C or more')
    """
    return ", or ".join(range_words(bins, low, high) for low, high in bins.runs(claim))


def spelled(bins: Bins, value: float) -> str:
    """An exact value with its unit, or a date with its time where it has one.

    >>> spelled(Bins(lower=0, upper=5000, count=5, unit="people"), 1250.0)
    '1,250 people'
    """
    if bins.is_date:
        at = moment(value)
        return _day(at) if _is_midnight(value) else f"{_day(at)}, {at:%H:%M} UTC"
    return _with_unit(_number(value), bins.unit)


def edge_words(bins: Bins, edge: float | None) -> str:
    """An edge by itself, as a list of choices names it: no unit, and short names of months.

    >>> edge_words(Bins(lower=0, upper=5000, count=5, unit="people"), 1000.0)
    '1,000'
    """
    if edge is None:
        return ""
    if not bins.is_date:
        return _number(edge)
    at = moment(edge)
    if _begin_months(bins):
        return f"{at:%b %Y}"
    return f"{at.day} {at:%b %Y}" if _is_midnight(edge) else f"{at.day} {at:%b %Y, %H:%M}"


def tick_words(bins: Bins, edge: float) -> str:
    """An edge on an axis, where space is short.

    >>> [tick_words(Bins(lower=1, upper=1e7, count=7, scale="log"), 10.0**n) for n in (1, 4, 7)]
    ['10', '10k', '10M']
    """
    if bins.is_date:
        return _short_date(bins, moment(edge))
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(edge) >= size:
            return _number(float(f"{edge / (1e3 if letter == 'k' else size):.3g}")) + letter
    return _number(edge)


def spelled_roughly(bins: Bins, value: float) -> str:
    """A value that was worked out, such as a median, to about a tenth of a bin.

    >>> spelled_roughly(Bins(lower=10, upper=12, count=4, unit="%"), 11.23456)
    '11.23%'
    >>> spelled_roughly(Bins(lower=1, upper=1e6, count=6, scale="log"), 31622.7766)
    '32,000'
    """
    if bins.is_date:
        return _roughly_when(bins, value)
    return _with_unit(_number(_rounded(bins, value)), bins.unit)


def quantile_words(bins: Bins, probabilities: Numbers, share: float) -> str:
    """The value that lies above `share` of the probability, or the tail that it lies in.

    >>> quantile_words(Bins(lower=0, upper=1, count=2, open_above=True), [0.25, 0.75], 0.5)
    '1 or more'
    """
    (value,) = quantiles(bins, probabilities, [share])
    if value is not None:
        return spelled_roughly(bins, value)
    is_below = bins.open_below and share < probabilities[0]
    return range_words(bins, *bins.bounds(0 if is_below else bins.count - 1))


def brief_words(bins: Bins, probabilities: Numbers, share: float) -> str:
    """The same where space is short: no unit, and no year or zeros that can be left out.

    >>> bins = Bins(lower=0, upper=1e6, count=101, open_above=True, unit="tons")
    >>> brief_words(bins, [1 / 101] * 101, 0.25), brief_words(bins, [0.001] * 100 + [0.9], 0.5)
    ('252k', '1M or more')
    """
    (value,) = quantiles(bins, probabilities, [share])
    if value is None:
        is_below = bins.open_below and share < probabilities[0]
        edge = tick_words(bins, bins.lower if is_below else bins.upper)
        return f"below {edge}" if is_below else f"{edge} or more"
    return tick_words(bins, _rounded(bins, value))


def median_words(bins: Bins, probabilities: Numbers) -> str:
    return quantile_words(bins, probabilities, 0.5)


def _local_width(bins: Bins, value: float) -> float:
    """About how wide a bin is where the value lies."""
    if bins.is_log:
        return value * math.log(bins.upper / bins.lower) / bins.inner_count
    return (bins.upper - bins.lower) / bins.inner_count


def _rounded(bins: Bins, value: float) -> float:
    """A value to about a tenth of a bin, or of a date to the day where bins are that wide."""
    if bins.is_date:
        return value - value % DAY if _local_width(bins, value) >= DAY else value
    step = _local_width(bins, value) / PART_OF_A_BIN
    return round(value, -math.floor(math.log10(step)))


def _roughly_when(bins: Bins, value: float) -> str:
    at = moment(value)
    return _day(at) if _local_width(bins, value) >= DAY else f"{_day(at)}, {at:%H:%M} UTC"


def _with_unit(number: str, unit: str) -> str:
    if not unit:
        return number
    return f"{number}{unit}" if unit.startswith("%") else f"{number} {unit}"


def _number(value: float) -> str:
    """A float in full, with commas.

    >>> _number(1250.0), _number(0.1), _number(1e15), _number(-2.50)
    ('1,250', '0.1', '1,000,000,000,000,000', '−2.5')
    """
    written = f"{Decimal(repr(value)):,f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return written.replace("-", "−")


# --- Dates --------------------------------------------------------------------------------------


def _date_range(bins: Bins, low: float | None, high: float | None) -> str:
    """Whole months, whole days, or times.

    >>> year = Bins(lower=1_798_761_600, upper=1_830_297_600, count=4, is_date=True)
    >>> labels(year)[:2], claim_words(year, range(1, 3))
    (('January to March 2027', 'April to June 2027'), 'April to September 2027')
    """
    in_months = _begin_months(bins)
    if low is None:
        return f"before {_begins(high or 0.0, in_months=in_months)}"
    if high is None:
        return f"{_begins(low, in_months=in_months)} or later"
    if in_months:
        return _months(moment(low), moment(high) - _DAY)
    if _is_midnight(low) and _is_midnight(high):
        return _days(moment(low), moment(high) - _DAY)
    return _times(moment(low), moment(high))


def _short_date(bins: Bins, at: datetime) -> str:
    """A day, or a month where the range is longer than a year."""
    if bins.upper - bins.lower > _LONG_RANGE:
        return f"{at:%b %Y}"
    is_midnight = _is_midnight(at.timestamp())
    return f"{at.day} {at:%b}" if is_midnight else f"{at.day} {at:%b %H:%M}"


def _begin_months(bins: Bins) -> bool:
    """Does every bin begin with a month?"""
    return all(_is_midnight(edge) and moment(edge).day == 1 for edge in bins.edges)


def _begins(edge: float, *, in_months: bool) -> str:
    at = moment(edge)
    if in_months:
        return f"{at:%B %Y}"
    return _day(at) if _is_midnight(edge) else f"{_day(at)}, {at:%H:%M} UTC"


def _months(first: datetime, last: datetime) -> str:
    if (first.year, first.month, last.month) == (last.year, 1, 12):
        return str(first.year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    if first.year == last.year:
        return f"{first:%B} to {last:%B %Y}"
    return f"{first:%B %Y} to {last:%B %Y}"


def _days(first: datetime, last: datetime) -> str:
    """Days from the first to the last.

    >>> from datetime import UTC
    >>> _days(datetime(2027, 2, 26, tzinfo=UTC), datetime(2027, 3, 4, tzinfo=UTC))
    '26 February to 4 March 2027'
    """
    if first.date() == last.date():
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {_day(last)}"
    return f"{_day(first)} to {_day(last)}"


def _times(first: datetime, last: datetime) -> str:
    if first.date() == last.date():
        return f"{_day(first)}, {first:%H:%M} to {last:%H:%M} UTC"
    return f"{_day(first)}, {first:%H:%M} to {_day(last)}, {last:%H:%M} UTC"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _is_midnight(seconds: float) -> bool:
    return seconds % DAY == 0
