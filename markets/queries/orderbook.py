"""The order book as whoever comes next sees it: what can be traded at which price, and with whom.

Orders on a claim and on its complement are two sides of one thing (`core.pairs`), so each pair has
one ladder, on the claim of fewer outcomes: a buy of "no" at 0.40 is an ask of "yes" at 0.60. Beside
what rests at a price stands what the maker itself would trade until its own price is there, so that
a book is never empty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from markets.core.claims import Claim, make_claim
from markets.core.lmsr import Maker, shares_to_price
from markets.core.money import MILLS
from markets.core.pairs import paired
from markets.models import Market, Order, OrderStatus, Side

LADDERS_MAX = 50
"""With more outcomes than this only those pairs have ladders on which orders rest."""

LEVELS_MAX = 100
"""How many prices of resting orders one side of a ladder shows, the best first."""

MAKER_PRICES = (1, 2, 5, *range(10, MILLS, 10), 995, 998, 999)
MAKER_STEPS = (0, 1, 2, 3, 4, 6, 9, 14, 19, 29, 39, 49)
"""Which of those prices are shown beyond the maker's own: closer together where it matters more."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One price of a ladder, in mills, with the microshares that rest there in `orders` orders.

    `maker_shares` is what the maker trades on the way to this price, from where it stands.
    """

    price: int
    shares: int
    orders: int
    maker_shares: int


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """What can be sold to (bids) and bought from (asks) on one claim, the best prices first."""

    claim: Claim
    price: float
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]

    @property
    def has_orders(self) -> bool:
        return any(level.orders for level in (*self.bids, *self.asks))

    @property
    def best_bid(self) -> Level | None:
        return next((level for level in self.bids if level.orders), None)

    @property
    def best_ask(self) -> Level | None:
        return next((level for level in self.asks if level.orders), None)


@dataclass(frozen=True, kw_only=True)
class OrderBook:
    """The ladders of a market: of each outcome (of the first, where there are two), then others."""

    question_id: int
    seq: int
    ladders: tuple[Ladder, ...]


@dataclass(frozen=True)
class _Rest:
    """What rests on one side of a pair at one price of its face."""

    price: int
    shares: int
    orders: int


_Side = tuple[Claim, bool]
"""The face of a pair, and whether it is bid for."""


def order_book(
    market: Market, *, now: datetime, claims: Sequence[Sequence[int]] | None = None
) -> OrderBook:
    """Return the ladders of `claims`, or of everything in the market, in one query.

    Raises:
        InvalidClaim
    """
    count = len(market.shares)
    maker = Maker.of(market.shares, float(market.liquidity), market.prior)
    resting = _resting(resting_orders(market.pk, now=now), count)
    if claims is None:
        faces = _faces(count, {face for face, _ in resting})
    else:
        faces = [paired(make_claim(claim, count), count).face for claim in claims]
    return OrderBook(
        question_id=market.pk,
        seq=market.seq,
        ladders=tuple(_ladder(face, maker, resting) for face in dict.fromkeys(faces)),
    )


def resting_orders(market_id: int, *, now: datetime) -> QuerySet[Order]:
    """Return the open orders of a market, without those that run out at `now`."""
    return Order.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        market_id=market_id,
        status=OrderStatus.OPEN,
    )


def _faces(count: int, with_orders: Iterable[Claim]) -> list[Claim]:
    """The pairs to show: two outcomes are one pair, more of them are one each; then the others."""
    singles: list[Claim] = [(0,)] if count == 2 else [(outcome,) for outcome in range(count)]
    others = sorted(with_orders, key=lambda face: (len(face), face))
    return [*(singles if count <= LADDERS_MAX else []), *others]


def _resting(orders: QuerySet[Order], count: int) -> dict[_Side, list[_Rest]]:
    """What rests, by side, added up in the database to one row for each claim, side and price."""
    left = Coalesce(
        F("shares") - F("filled_shares"), (F("budget") - F("cost")) * MILLS / F("limit")
    )
    rows = (
        orders.values("claim", "side", "limit")
        .annotate(left=Sum(left), orders=Count("pk"))
        .values_list("claim", "side", "limit", "left", "orders")
    )
    # The database lets nothing rest without a claim and a limit; the columns' types do not say so.
    told = cast("Iterable[tuple[list[int], str, int, int, int]]", rows)
    found: dict[_Side, dict[int, _Rest]] = {}
    for outcomes, side, limit, shares, number in told:
        claim = paired(tuple(outcomes), count)
        key = (claim.face, claim.is_bid(is_buy=side == Side.BUY))
        price = claim.on_face(limit)
        same = found.setdefault(key, {}).get(price, _Rest(price, 0, 0))
        found[key][price] = _Rest(price, same.shares + int(shares), same.orders + number)
    return {key: list(rests.values()) for key, rests in found.items()}


def _ladder(face: Claim, maker: Maker, resting: dict[_Side, list[_Rest]]) -> Ladder:
    price = maker.price(face)
    here = round(price * MILLS, 6)  # a maker that stands at a limit is off it by a float's noise
    beyond = [mills for mills in MAKER_PRICES if mills > here]
    below = [mills for mills in reversed(MAKER_PRICES) if mills < here]
    return Ladder(
        claim=face,
        price=price,
        bids=_levels(resting.get((face, True), []), below, price, maker.liquidity, is_bid=True),
        asks=_levels(resting.get((face, False), []), beyond, price, maker.liquidity, is_bid=False),
    )


def _levels(
    rests: list[_Rest], ahead: list[int], price: float, liquidity: float, *, is_bid: bool
) -> tuple[Level, ...]:
    """One side of a ladder; `ahead` are the prices that the maker may be moved to, in order."""
    best_first = sorted(rests, key=lambda rest: rest.price, reverse=is_bid)[:LEVELS_MAX]
    by_price = {rest.price: rest for rest in best_first}
    shown = {ahead[step] for step in MAKER_STEPS if step < len(ahead)}
    prices = sorted({*by_price, *shown}, reverse=is_bid)
    return tuple(
        Level(
            price=mills,
            shares=by_price[mills].shares if mills in by_price else 0,
            orders=by_price[mills].orders if mills in by_price else 0,
            maker_shares=_by_the_maker(price, mills, liquidity, is_bid=is_bid),
        )
        for mills in prices
    )


def _by_the_maker(price: float, mills: int, liquidity: float, *, is_bid: bool) -> int:
    shares = shares_to_price(price, mills / MILLS, liquidity)
    return max(0, int(-shares if is_bid else shares))
