"""Numbers and dates in the demo world: planned in three values, believed with smooth errors."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markets.core.bin_words import labels
from markets.core.numeric import DAY, LINEAR, Bins
from markets.core.stated_quantiles import from_three
from markets.management.demo.dates import NOON_HOUR

STRETCH_SHARE = 0.5
"""How much of an error about a range widens or narrows it; the rest moves it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RangePlan:
    """The bins of a planned question; those of a date lie at days counted from the anchor."""

    lower: float
    upper: float
    count: int
    scale: str = LINEAR
    open_below: bool = False
    open_above: bool = False
    is_date: bool = False
    unit: str = ""

    def bins(self, anchor: datetime) -> Bins:
        """The bins as an editor writes them."""
        midnight = (anchor - timedelta(hours=NOON_HOUR)).timestamp()
        lower, upper = self.lower, self.upper
        if self.is_date:
            lower, upper = (midnight + days * DAY for days in (lower, upper))
        return Bins(
            lower=lower, upper=upper, count=self.count, scale=self.scale, unit=self.unit,
            open_below=self.open_below, open_above=self.open_above, is_date=self.is_date,
        )  # fmt: skip

    def distribution(self, low_middle_high: Sequence[float]) -> tuple[float, ...]:
        """The probabilities of the bins for what a plan says in three values."""
        return tuple(from_three(self._unanchored(), low_middle_high).tolist())

    def labels(self) -> tuple[str, ...]:
        """Names for the bins where no anchor is known."""
        return labels(self._unanchored())

    def _unanchored(self) -> Bins:
        return Bins(
            lower=self.lower, upper=self.upper, count=self.count, scale=self.scale,
            open_below=self.open_below, open_above=self.open_above,
        )  # fmt: skip


DISCOUNT = 0.1
"""A bin is worth adding to a range if it costs so much less than it is believed to be worth."""


def smooth_error(count: int, scale: float, chance: random.Random) -> list[float]:
    """An error in log-odds over `count` bins in order: everything moved, and drawn apart.

    Independent errors for each bin would make a comb of every belief.
    """
    moved, drawn_apart = chance.gauss(0, scale), chance.gauss(0, scale * STRETCH_SHARE)
    places = [2 * index / (count - 1) - 1 for index in range(count)]
    return [moved * place + drawn_apart * place * place for place in places]


def cheapest_range(
    belief: Sequence[float], prices: Sequence[float]
) -> tuple[tuple[int, ...], float]:
    """The run of bins that looks cheapest beside its price, and how far below the belief it is.

    >>> cheapest_range([0.1, 0.3, 0.4, 0.2], [0.3, 0.25, 0.25, 0.2])
    ((1, 2), 0.2)
    """
    claim: tuple[int, ...] = (0,)
    most = 0.0
    begin, gained = 0, 0.0
    for index, (believed, price) in enumerate(zip(belief, prices, strict=True)):
        if gained <= 0:
            begin, gained = index, 0.0
        gained += believed - price * (1 + DISCOUNT)
        if gained > most:
            claim, most = tuple(range(begin, index + 1)), gained
    return claim, round(sum(belief[index] - prices[index] for index in claim), 12)
