"""The picture of an order book: what rests at each price, before the maker's own curve.

Prices run across, shares upwards. Everything is placed in percent of the drawing or, for the curve
and the bars, in a square of 1000 × 1000 that the page stretches (see `charts`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from markets.core.money import MICRO, MILLS
from markets.queries.orderbook import Ladder, Level
from markets.web.charts import SIDE, Tick
from markets.web.wording import limit_percent

SPAN = 500
"""How many mills the picture is wide, unless orders rest further away."""

BUCKET = 5
"""Orders that lie within so many mills of each other are drawn as one bar."""

TALL_AT = 200
"""Where nothing rests the picture reaches up to what the maker trades over so many mills."""

_BAR_GAP = 0.3
_RISES_MAX = 3


@dataclass(frozen=True)
class Bar:
    """What rests about one price, as a rectangle."""

    x: float
    y: float
    width: float
    height: float
    is_bid: bool
    label: str


@dataclass(frozen=True)
class Depth:
    """`price` is where the maker stands, in percent of the width."""

    bars: tuple[Bar, ...]
    bid_area: str
    ask_area: str
    price: float
    prices: tuple[Tick, ...]
    rises: tuple[Tick, ...]


def draw(ladder: Ladder) -> Depth:
    """The picture of a ladder."""
    low, high = _window(ladder)
    top = _top(ladder)
    return Depth(
        bars=(
            *_bars(ladder.bids, low, high, top, is_bid=True),
            *_bars(ladder.asks, low, high, top, is_bid=False),
        ),
        bid_area=_area(ladder.bids, ladder.price, low, high, top),
        ask_area=_area(ladder.asks, ladder.price, low, high, top),
        price=round(_across(ladder.price * MILLS, low, high) * 100, 2),
        prices=tuple(
            Tick(place * 20, limit_percent(low + place * (high - low) // 5), anchor)
            for place, anchor in enumerate(("start", *["middle"] * 5))
        ),
        rises=_rises(top),
    )


def _window(ladder: Ladder) -> tuple[int, int]:
    """From which price to which, in mills: around the maker's, or all where orders lie beyond."""
    middle = round(ladder.price * MILLS / 50) * 50
    low = min(max(0, middle - SPAN // 2), MILLS - SPAN)
    prices = [level.price for level in (*ladder.bids, *ladder.asks) if level.orders]
    if any(not low <= price <= low + SPAN for price in prices):
        return 0, MILLS
    return low, low + SPAN


def _top(ladder: Ladder) -> int:
    """How many microshares the picture is high."""
    tallest = max((bar for side in (ladder.bids, ladder.asks) for bar in _buckets(side).values()),
                  default=0)  # fmt: skip
    near = [
        level.maker_shares
        for level in (*ladder.bids, *ladder.asks)
        if abs(level.price - ladder.price * MILLS) <= TALL_AT
    ]
    return max(round(tallest * 1.15), max(near, default=MICRO), MICRO)


def _buckets(levels: Iterable[Level]) -> dict[int, int]:
    """Microshares that rest, by the price in whose bucket they fall."""
    found: dict[int, int] = {}
    for level in levels:
        if level.orders:
            place = round(level.price / BUCKET) * BUCKET
            found[place] = found.get(place, 0) + level.shares
    return found


def _bars(levels: Iterable[Level], low: int, high: int, top: int, *, is_bid: bool) -> Iterable[Bar]:
    width = BUCKET / (high - low) * SIDE
    for mills, shares in _buckets(levels).items():
        height = max(2.0, shares / top * SIDE)
        yield Bar(
            x=round(_across(mills, low, high) * SIDE - width / 2 + width * _BAR_GAP / 2, 1),
            y=round(SIDE - height, 1),
            width=round(width * (1 - _BAR_GAP), 1),
            height=round(height, 1),
            is_bid=is_bid,
            label=limit_percent(mills),
        )


def _area(levels: Iterable[Level], price: float, low: int, high: int, top: int) -> str:
    """The maker's curve on one side: how much it trades from where it stands to each price."""
    start = round(_across(price * MILLS, low, high) * SIDE)
    path, end = f"M{start} {SIDE}", start
    for level in levels:
        end = round(_across(level.price, low, high) * SIDE)
        path += f"L{end} {round(SIDE - level.maker_shares / top * SIDE)}"
    return f"{path}V{SIDE}Z" if end != start else ""


def _across(mills: float, low: int, high: int) -> float:
    return (mills - low) / (high - low)


def _rises(top: int) -> tuple[Tick, ...]:
    """A line at each round number of shares, three at the most."""
    steps = (digit * 10**zeros for zeros in range(13) for digit in (1, 2, 5))
    step = next(each for each in steps if top <= each * MICRO * _RISES_MAX)
    return tuple(
        Tick(round(100 - count * MICRO / top * 100, 2), f"{count:,}")
        for count in range(step, top // MICRO + 1, step)
    )
