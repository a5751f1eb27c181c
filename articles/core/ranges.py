"""Ranges for questions about a number or a date: where to look, in how many bins, how likely each.

The best naive guess at the next value of an indicator is its last one. How far the next may lie
from it is a rule of thumb (SPREADS), wider for longer periods. Percentages move by points, all
other amounts by factors. The prior is a logistic distribution around the last value, over points
or over logarithms: as simple as a normal one, with fatter tails. Bounds lie REACH standard
deviations away and are moved outward to round numbers, so that every bin is as wide as its label
says: no bin ends at 10.37.

An event with an expected date is as likely to have come by then as its cue says, and the rest of
the logistic curve follows from that; what the curve puts before the question opens is shared out.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Final, Literal

from articles.core import periods
from articles.core.clauses import words_in
from articles.core.lexicon import words
from articles.core.passage_types import LEVEL, Measure
from articles.core.periods import Precision
from articles.core.units import unit_words

Scale = Literal["linear", "log"]

INNER_BINS_MAX: Final = 12
LOG_BINS: Final = 12
REACH: Final = 2.5
LOG_FROM: Final = 0.4
"""From this spread on, bins of equal ratio: the upper bound is seven times the lower one."""

FLOOR_TOGETHER: Final = 0.02
"""What all bins keep together: each gets at least a fiftieth of an even share of the prior."""

PRIOR_DIGITS: Final = 6
COUNT_SMALL: Final = 50
"""Counts below it move by ones, and as much as chance alone moves them: by their square root."""

VALUE_MAX: Final = 10**12
MONTHS_ASKED_MAX: Final = 120
LATENESS: Final = 0.5
"""How far beyond its deadline a thing is asked for, as a share of the time until then."""

LATENESS_DAYS_MIN: Final = 120
DATE_SPREAD: Final = 0.3
DATE_SPREAD_DAYS_MIN: Final = 45.0

# Standard deviations from one period to the next: of an amount as a share, of a percentage in
# points (the larger of a share of the last value and a least number of points).
SPREADS: Final[dict[Precision, float]] = {
    "month": 0.08,
    "quarter": 0.10,
    "half": 0.12,
    "year": 0.15,
}
_POINTS: Final[dict[Precision, tuple[float, float]]] = {
    "month": (0.08, 0.3),
    "quarter": (0.12, 0.4),
    "half": (0.16, 0.5),
    "year": (0.25, 1.0),
}
_GROWTH_POINTS: Final = (0.5, 0.5)
_SHARES: Final = words(
    """
    unemployment employment share turnout poverty literacy coverage enrolment attendance occupancy
    """
)
_MOVING: Final = words("growth increase rise change inflation decline fall drop")
_ERRATIC: Final = words("case death infection")
_ERRATIC_FACTOR: Final = 4.0
_COUNTS: Final = words(
    """
    person passenger visitor tourist vehicle car unit home household job worker employee student
    pupil patient case death vote seat member delegate satellite launch flight train ship aircraft
    container user subscriber customer
    """
)


@dataclass(frozen=True, slots=True)
class Range:
    """Bins over [lower, upper) and the prior of each, the tails included.

    Values are in unit, or for a date seconds since 1970 in UTC; prior sums to 1, and each of its
    parts is at least FLOOR_TOGETHER of an even share.
    """

    lower: float
    upper: float
    bin_count: int
    open_below: bool
    open_above: bool
    prior: tuple[float, ...]
    unit: str = ""
    scale: Scale = "linear"
    is_date: bool = False


def figure_range(measure: Measure, subject: str) -> Range | None:
    """Where the next value of an indicator will lie; None for a range, a zero, or no unit.

    >>> from articles.core.quantities import find_quantities
    >>> (last,) = find_quantities("$10.7 billion")
    >>> year = periods.year_period(2024)
    >>> found = figure_range(Measure(last, "$10.7 billion", year, LEVEL), "trade")
    >>> found.lower, found.upper, found.bin_count, found.unit
    (7.0, 16.0, 11, 'billion US dollars')
    """
    last, unit = measure.last, unit_words(measure.last)
    if last.upper is not None or last.value <= 0 or last.amount > VALUE_MAX * 1000 or not unit:
        return None
    value = float(last.value)
    if value > VALUE_MAX:
        return None
    if last.unit in {"percent", "percentage point", "basis point"}:
        return _points(measure, subject, value, unit)
    if last.unit in _COUNTS and last.amount < COUNT_SMALL:
        spread = max(math.sqrt(value), SPREADS[measure.period.precision] * value)
        return _additive(value, spread, unit, least=0.0, step_min=Decimal(1))
    return _multiplicative(measure, value, unit)


def date_range(opens_at: dt.datetime, ends_at: dt.datetime, prior: float) -> Range | None:
    """When something will come that is to come before ends_at with the probability prior.

    Bins are whole months from the one in which the question opens; the last is "later, or never".
    None where that would be more than MONTHS_ASKED_MAX.
    """
    wait = (ends_at - opens_at).total_seconds() / 86_400
    last = ends_at + dt.timedelta(days=max(LATENESS * wait, LATENESS_DAYS_MIN))
    months = (last.year - opens_at.year) * 12 + last.month - opens_at.month + 1
    if wait <= 0 or months > MONTHS_ASKED_MAX:
        return None
    step = next(size for size in (1, 2, 3, 6, 12) if months / size <= INNER_BINS_MAX)
    first = opens_at.month - (opens_at.month - 1) % step
    months += opens_at.month - first
    inner = -(-months // step)
    edges = [periods.month_start(opens_at.year, first + step * place) for place in range(inner + 1)]
    spread = max(DATE_SPREAD * wait, DATE_SPREAD_DAYS_MIN) * 86_400 * math.sqrt(3) / math.pi
    centre = ends_at.timestamp() - spread * math.log(prior / (1 - prior))
    places = [(max(edge, opens_at).timestamp() - centre) / spread for edge in edges]
    return Range(
        lower=edges[0].timestamp(),
        upper=edges[-1].timestamp(),
        bin_count=inner + 1,
        open_below=False,
        open_above=True,
        prior=_prior(places, open_below=False, open_above=True),
        is_date=True,
    )


def _points(measure: Measure, subject: str, value: float, unit: str) -> Range:
    listed = set(words_in(subject))
    moving = measure.verb != LEVEL or bool(listed & _MOVING)
    precision = measure.period.precision
    share, least = _GROWTH_POINTS if measure.verb != LEVEL else _POINTS[precision]
    if "growth" in listed:
        share, least = _GROWTH_POINTS
    if unit == "basis points":
        least *= 100
    bounded = unit == "%" and not moving and bool(listed & _SHARES) and value <= 100
    return _additive(
        value,
        max(share * value, least),
        unit,
        least=0.0 if bounded else None,
        most=100.0 if bounded else None,
    )


def _additive(
    value: float,
    spread: float,
    unit: str,
    *,
    least: float | None = None,
    most: float | None = None,
    step_min: Decimal = Decimal(0),
) -> Range:
    """Around a value that moves by points; closed at least and at most where those are reached."""
    low, high = value - REACH * spread, value + REACH * spread
    low = low if least is None else max(low, least)
    high = high if most is None else min(high, most)
    edges = _round_edges(low, high, step_min)
    scale = spread * math.sqrt(3) / math.pi
    open_below, open_above = edges[0] != least, edges[-1] != most
    places = [(edge - value) / scale for edge in edges]
    return Range(
        lower=edges[0],
        upper=edges[-1],
        bin_count=len(edges) - 1 + open_below + open_above,
        open_below=open_below,
        open_above=open_above,
        prior=_prior(places, open_below=open_below, open_above=open_above),
        unit=unit,
    )


def _multiplicative(measure: Measure, value: float, unit: str) -> Range:
    """Around a value that moves by factors, on a log scale where they are large."""
    spread = SPREADS[measure.period.precision]
    if measure.last.unit in _ERRATIC:
        spread *= _ERRATIC_FACTOR
    low, high = value * math.exp(-REACH * spread), value * math.exp(REACH * spread)
    scale: Scale = "log" if spread >= LOG_FROM else "linear"
    if scale == "log":
        low, high = _to_digit(low, ROUND_FLOOR), _to_digit(high, ROUND_CEILING)
        edges = [low * (high / low) ** (place / LOG_BINS) for place in range(LOG_BINS)] + [high]
    else:
        edges = _round_edges(low, high, Decimal(0))
    width = spread * math.sqrt(3) / math.pi
    places = [math.log(edge / value) / width if edge > 0 else -math.inf for edge in edges]
    open_below = edges[0] > 0
    return Range(
        lower=edges[0],
        upper=edges[-1],
        bin_count=len(edges) + open_below,
        open_below=open_below,
        open_above=True,
        prior=_prior(places, open_below=open_below, open_above=True),
        unit=unit,
        scale=scale,
    )


def _round_edges(low: float, high: float, step_min: Decimal) -> list[float]:
    """Edges in steps of 1, 2, 2.5 or 5 of some power of ten that hold [low, high].

    >>> _round_edges(6.9, 14.9, Decimal(0))
    [6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0]
    """
    step = max(_round_step((high - low) / INNER_BINS_MAX), step_min)
    first = (Decimal(repr(low)) / step).to_integral_value(ROUND_FLOOR)
    last = (Decimal(repr(high)) / step).to_integral_value(ROUND_CEILING)
    return [float((first + place) * step) for place in range(int(last - first) + 1)]


def _round_step(least: float) -> Decimal:
    power = Decimal(1).scaleb(math.floor(math.log10(least)))
    steps = [power * size for size in (1, 2, Decimal("2.5"), 5, 10)]
    return next((step for step in steps if step >= Decimal(repr(least))), steps[-1])


def _to_digit(value: float, rounding: str) -> float:
    """A positive number to one digit, down or up."""
    power = Decimal(1).scaleb(math.floor(math.log10(value)))
    return float((Decimal(repr(value)) / power).to_integral_value(rounding) * power)


def _prior(places: Sequence[float], *, open_below: bool, open_above: bool) -> tuple[float, ...]:
    """The mass of a logistic curve between places, with a floor; it sums to 1.

    >>> _prior([-1.0, 0.0, 1.0], open_below=True, open_above=True)
    (0.268563, 0.231437, 0.231437, 0.268563)
    """
    reached = [_below(place) for place in places]
    cuts = [*([0.0] * open_below), *reached, *([1.0] * open_above)]
    masses = [high - low for low, high in pairwise(cuts)]
    total, count = sum(masses), len(masses)
    floor = FLOOR_TOGETHER / count
    if total <= 0:
        masses, total = [1.0] * count, float(count)
    parts = [round((1 - FLOOR_TOGETHER) * mass / total + floor, PRIOR_DIGITS) for mass in masses]
    largest = parts.index(max(parts))
    parts[largest] = round(parts[largest] + 1 - sum(parts), PRIOR_DIGITS)
    return tuple(parts)


def _below(place: float) -> float:
    """The logistic distribution: 1 / (1 + e^-x), without overflow."""
    if place < 0:
        grown = math.exp(max(place, -700.0))
        return grown / (1 + grown)
    return 1 / (1 + math.exp(-min(place, 700.0)))
