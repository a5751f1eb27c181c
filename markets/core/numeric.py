"""Bins: how a number or a date becomes outcomes that can be bought and sold.

A ranged question asks for a value x. Its range [lower, upper) is cut into bins of equal width, on a
linear scale or, for values that differ by factors, on a logarithmic one. With an open tail, all
values beyond a bound are one outcome more: the first below, the last above. So whatever the value
turns out to be, exactly one outcome contains it, and everything that holds of outcomes (prices,
claims, settlement, scores) holds of bins. "Between 10 and 12" is the claim on the bins inside.

Every bin is half-open: a value that lies on an edge belongs to the bin above it. Only where there
is no tail above does the last bin hold the upper bound as well.

Edges are tidy. An edge is first computed exactly and then rounded to the fewest digits that move it
by less than a hundredth of a bin, so a label says precisely where its bin ends, and an answer can
be compared with the edge that people read. Dates are seconds since 1970 in UTC. Where both bounds
begin a month and the bins can be whole months, they are those of the calendar; otherwise bins of a
day or more begin at midnight.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache

from markets.core.claims import Claim, InvalidClaim, make_claim
from markets.core.errors import MarketError

LINEAR, LOG = "linear", "log"
SCALES = (LINEAR, LOG)
BIN_COUNT_MIN, BIN_COUNT_MAX = 2, 200
"""How many outcomes a range may make, its tails included."""

UNIT_LENGTH_MAX = 40
VALUE_MAX = 1e15
"""Beyond it, neighbouring floats are an eighth apart, and edges would lose their digits."""

YEAR_MIN, YEAR_MAX = 1900, 2999
DAY, MINUTE = 86_400, 60
ROUNDING = Fraction(1, 100)
"""By how much of a bin's width an edge may move to become tidy."""

EDGE_TOLERANCE = 1e-6
"""How far, in widths of a bin, a number may lie from an edge that it means."""

WIDTH_MIN = 1e-9
"""The least width of a bin, as a share of the larger bound: the digits that a float64 can spare."""

BELOW, ABOVE = "below", "above"


class ValueOutsideBins(MarketError):
    """A value lies in none of the bins, because the range has no tail on that side."""

    code = "value_outside_bins"
    field = "value"


class RangeOffEdges(MarketError):
    """A claim over a range begins or ends in the middle of a bin."""

    code = "range_off_edges"
    field = "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """The bins of one question, in order; ask `faults` before anything else of unchecked ones.

    `count` is the number of outcomes, tails included. Values are numbers in `unit`, or with
    `is_date` seconds since 1970 in UTC.

    >>> bins = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True)
    >>> bins.edges
    (10.0, 10.5, 11.0, 11.5, 12.0)
    >>> bins.keys()
    ('below', 'bin-001', 'bin-002', 'bin-003', 'bin-004', 'above')
    >>> bins.bin_of(10.5), bins.bin_of(-3), bins.bin_of(12)
    (2, 0, 5)
    """

    lower: float
    upper: float
    count: int
    scale: str = LINEAR
    open_below: bool = False
    open_above: bool = False
    is_date: bool = False
    unit: str = ""

    @property
    def inner_count(self) -> int:
        """How many bins lie between the bounds."""
        return self.count - self.open_below - self.open_above

    @property
    def edges(self) -> tuple[float, ...]:
        """Where the inner bins begin, and at last the upper bound: one more than inner bins."""
        return _edges(self)

    @property
    def is_log(self) -> bool:
        return self.scale == LOG

    def faults(self) -> list[str]:
        """Everything that is wrong with these bins, as clauses of a sentence; empty if sound."""
        return [*_bound_faults(self), *_count_faults(self), *_wording_faults(self)]

    def keys(self) -> tuple[str, ...]:
        """The keys of the outcomes; those of inner bins are numbered from one."""
        inner = tuple(f"bin-{number:03d}" for number in range(1, self.inner_count + 1))
        return (BELOW,) * self.open_below + inner + (ABOVE,) * self.open_above

    def bounds(self, outcome: int) -> tuple[float | None, float | None]:
        """The edges [low, high) of an outcome; None where a tail is open.

        >>> bins = Bins(lower=1, upper=1000, count=4, scale="log", open_above=True)
        >>> [bins.bounds(outcome) for outcome in range(4)]
        [(1.0, 10.0), (10.0, 100.0), (100.0, 1000.0), (1000.0, None)]
        """
        place = outcome - self.open_below
        low = self.edges[place] if place >= 0 else None
        high = self.edges[place + 1] if place < self.inner_count else None
        return low, high

    def bin_of(self, value: float) -> int:
        """The number of the outcome that contains `value`; raises `ValueOutsideBins`.

        >>> Bins(lower=0, upper=10, count=5).bin_of(10)  # nothing is above, so it belongs here
        4
        """
        if not math.isfinite(value):
            raise ValueOutsideBins("Give a number.")
        place = bisect_right(self.edges, value) - 1
        if value == self.upper and not self.open_above:
            place -= 1
        if (place < 0 and not self.open_below) or (
            place >= self.inner_count and not self.open_above
        ):
            raise ValueOutsideBins("That value lies outside of this question's bounds.")
        return place + self.open_below

    def claim_between(self, low: float | None, high: float | None) -> Claim:
        """The claim that the value lies in [low, high), with None for no bound on that side.

        Raises:
            RangeOffEdges: where the range does not begin and end at edges of bins.
            InvalidClaim: where it is empty, or the whole.

        >>> bins = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True)
        >>> bins.claim_between(10, 11), bins.claim_between(11.5, None)
        ((1, 2), (4, 5))
        """
        first = 0 if low is None else self._edge_near(low) + self.open_below
        end = self.count if high is None else self._edge_near(high) + self.open_below
        if first >= end:
            raise InvalidClaim("A range begins below its end.")
        return make_claim(range(first, end), self.count)

    def runs(self, claim: Iterable[int]) -> tuple[tuple[float | None, float | None], ...]:
        """The ranges [low, high) that a set of outcomes consists of, from the lowest up.

        >>> Bins(lower=0, upper=5, count=5).runs((0, 1, 4))
        ((0.0, 2.0), (4.0, 5.0))
        """
        found: list[tuple[float | None, float | None]] = []
        last = -2
        for outcome in sorted(claim):
            low, high = self.bounds(outcome)
            if outcome == last + 1:
                low = found.pop()[0]
            found.append((low, high))
            last = outcome
        return tuple(found)

    def position(self, value: float) -> float:
        """Where a value lies along the scale: 0 at the lower bound, 1 at the upper, cut there.

        >>> Bins(lower=1, upper=100, count=4, scale="log").position(10)
        0.5
        """
        low, high, at = (self.on_scale(each) for each in (self.lower, self.upper, value))
        return min(1.0, max(0.0, (at - low) / (high - low)))

    def middle(self, outcome: int) -> float:
        """The value in the middle of an outcome along the scale; of an open tail its edge.

        >>> bins = Bins(lower=1, upper=10_000, count=3, scale="log", open_above=True)
        >>> [bins.middle(outcome) for outcome in range(3)]
        [10.0, 1000.0, 10000.0]
        """
        low, high = self.bounds(outcome)
        if low is None or high is None:
            return float(self.lower if low is None else self.upper)
        return math.sqrt(low * high) if self.is_log else (low + high) / 2

    def on_scale(self, value: float) -> float:
        """The value itself, or its logarithm where bins are of equal ratio."""
        if not self.is_log:
            return value
        return math.log(value) if value > 0 else -math.inf

    def _edge_near(self, value: float) -> int:
        """The number of the edge that `value` means; refuses with the nearest ones on each side."""
        above = bisect_left(self.edges, value)
        for place in (above - 1, above):
            if 0 <= place <= self.inner_count:
                width = _narrowest_beside(self.edges, place)
                if abs(self.edges[place] - value) <= EDGE_TOLERANCE * width:
                    return place
        near = [self.edges[place] for place in (above - 1, above) if 0 <= place <= self.inner_count]
        named = " and ".join(_plainly(self, edge) for edge in near)
        raise RangeOffEdges(
            f"{_plainly(self, value)} is not an edge of a bin; the nearest "
            f"{'edges are' if len(near) == 2 else 'edge is'} {named}."
        )


def _bound_faults(bins: Bins) -> list[str]:
    bounds = (bins.lower, bins.upper)
    if not all(abs(bound) <= VALUE_MAX for bound in bounds):  # NaN is not
        return [f"its bounds must be numbers between −{VALUE_MAX:g} and {VALUE_MAX:g}"]
    if bins.lower >= bins.upper:
        return ["its lower bound must lie below its upper bound"]
    faults = []
    if bins.scale not in SCALES:
        faults.append(f"its scale must be {LINEAR} or {LOG}")
    if bins.is_log and bins.is_date:
        faults.append("a date is on a linear scale")
    if bins.is_log and bins.lower <= 0:
        faults.append("a log scale begins above zero")
    if bins.is_date and not all(_first(YEAR_MIN) <= at < _first(YEAR_MAX + 1) for at in bounds):
        faults.append(f"its dates must lie in the years {YEAR_MIN} to {YEAR_MAX}")
    return faults


def _count_faults(bins: Bins) -> list[str]:
    if not BIN_COUNT_MIN <= bins.count <= BIN_COUNT_MAX:
        return [f"it needs {BIN_COUNT_MIN} to {BIN_COUNT_MAX} bins, open tails included"]
    if bins.inner_count < 1:
        return ["it needs a bin between its tails"]
    width = (bins.upper - bins.lower) / bins.inner_count
    if bins.is_log and bins.lower > 0:
        width = bins.lower * math.log(bins.upper / bins.lower) / bins.inner_count
    least = MINUTE if bins.is_date else WIDTH_MIN * max(abs(bins.lower), abs(bins.upper))
    if 0 < width < least:
        return ["its bins are too narrow: take fewer"]
    return []


def _wording_faults(bins: Bins) -> list[str]:
    faults = []
    if len(bins.unit) > UNIT_LENGTH_MAX:
        faults.append(f"its unit is longer than {UNIT_LENGTH_MAX} characters")
    if bins.is_date and bins.unit:
        faults.append("a date has no unit")
    return faults


# --- Edges --------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _edges(bins: Bins) -> tuple[float, ...]:
    if bins.is_date:
        between = _date_edges(bins)
    else:
        between = _log_edges(bins) if bins.is_log else _linear_edges(bins)
    return (float(bins.lower), *between, float(bins.upper))


def _linear_edges(bins: Bins) -> list[float]:
    """The fewest decimals that move no edge by more than a hundredth of a bin."""
    low, width = _exactly(bins.lower), _width(bins)
    exact = [low + width * place for place in range(1, bins.inner_count)]
    decimals = 0
    while any(abs(round(edge, decimals) - edge) > ROUNDING * width for edge in exact):
        decimals += 1
    return [float(round(edge, decimals)) for edge in exact]


def _log_edges(bins: Bins) -> list[float]:
    """The fewest significant digits that move no edge by more than a hundredth of a bin."""
    width = math.log(bins.upper / bins.lower) / bins.inner_count
    exact = [bins.lower * math.exp(width * place) for place in range(1, bins.inner_count)]
    digits = 1
    while any(abs(math.log(_to_digits(edge, digits) / edge)) > ROUNDING * width for edge in exact):
        digits += 1
    return [_to_digits(edge, digits) for edge in exact]


def _date_edges(bins: Bins) -> list[float]:
    """Whole months where the calendar allows it, else whole days, else whole minutes."""
    months = _months_between(bins)
    if months and months % bins.inner_count == 0:
        first, step = _month_number(bins.lower), months // bins.inner_count
        return [_month_start(first + step * place) for place in range(1, bins.inner_count)]
    width = _width(bins)
    at_midnight = bins.lower % DAY == 0 and bins.upper % DAY == 0
    unit = DAY if at_midnight and width >= DAY else MINUTE
    low = _exactly(bins.lower)
    return [float(low + round(width * place / unit) * unit) for place in range(1, bins.inner_count)]


def _months_between(bins: Bins) -> int:
    """How many calendar months the range spans; 0 unless it begins and ends with one."""
    first, end = _month_number(bins.lower), _month_number(bins.upper)
    begins_and_ends = (_month_start(first), _month_start(end)) == (bins.lower, bins.upper)
    return end - first if begins_and_ends else 0


def moment(seconds: float) -> datetime:
    """The instant that a date's value stands for.

    >>> moment(1_806_537_600).isoformat()
    '2027-04-01T00:00:00+00:00'
    """
    return datetime.fromtimestamp(seconds, UTC)


def _month_number(seconds: float) -> int:
    at = moment(seconds)
    return at.year * 12 + at.month - 1


def _month_start(number: int) -> float:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp()


def _first(year: int) -> float:
    return _month_start(year * 12)


def _width(bins: Bins) -> Fraction:
    return (_exactly(bins.upper) - _exactly(bins.lower)) / bins.inner_count


def _exactly(number: float) -> Fraction:
    """The decimal that a float is written as: of 0.1 one tenth, not its nearest binary fraction."""
    return Fraction(repr(number))


def _to_digits(number: float, digits: int) -> float:
    return float(f"{number:.{digits - 1}e}")


def _narrowest_beside(edges: tuple[float, ...], place: int) -> float:
    """The width of the narrower bin that touches an edge."""
    neighbours = [edges[each] for each in (place - 1, place + 1) if 0 <= each < len(edges)]
    return min(abs(neighbour - edges[place]) for neighbour in neighbours)


def _plainly(bins: Bins, value: float) -> str:
    return moment(value).isoformat().replace("+00:00", "Z") if bins.is_date else f"{value:.12g}"
