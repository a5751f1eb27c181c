"""The public record of a market: who bought or sold what, in order."""

from dataclasses import dataclass
from datetime import datetime

from markets.models import Fill


@dataclass(frozen=True)
class PublicFill:
    """One fill as everybody may see it: the trader by public name, no order, no wallet."""

    seq: int
    trader: str
    counter: str
    claim: tuple[int, ...] | None
    shares: tuple[int, ...]
    redeemed: int
    cost: int
    price_before: float | None
    price_after: float | None
    probabilities: tuple[float, ...]
    filled_at: datetime


def fills_after(question_id: int, seq: int, *, limit: int) -> tuple[PublicFill, ...]:
    """The next fills of a market after one of them, oldest first; from the first after zero."""
    fills = (
        Fill.objects.filter(market_id=question_id, seq__gt=seq)
        .select_related("trader")
        .order_by("seq")[:limit]
    )
    return tuple(
        PublicFill(
            seq=fill.seq,
            trader=fill.trader.name,
            counter="maker" if fill.counter_order_id is None else "order",
            claim=None if fill.claim is None else tuple(fill.claim),
            shares=tuple(fill.shares),
            redeemed=fill.redeemed,
            cost=fill.cost,
            price_before=fill.price_before,
            price_after=fill.price_after,
            probabilities=tuple(fill.probabilities),
            filled_at=fill.filled_at,
        )
        for fill in fills
    )
