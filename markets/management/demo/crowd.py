"""What a forecaster does with a belief: states it, stakes on it, or places an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.management.demo.ranges import cheapest_range
from markets.models import Market, Origin, Position, Side
from markets.services.forecasting import submit_forecast
from markets.services.trading import place_order
from users.models import User

GAP_MIN = 0.02
"""Nobody trades on a price that is nearly their own."""

OUT_OF_CREDITS = "insufficient_credits"


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """A belief about a question at an instant, and the credits to put behind it."""

    user: User
    question_id: int
    belief: tuple[float, ...]
    credits: int | None
    request_key: str
    at: datetime
    rationale: str = ""
    is_range: bool = False

    def clock(self) -> datetime:
        return self.at


def forecast(act: Act) -> None:
    """State the belief, with a stake where there are credits left for one."""
    stakes: list[int | None] = [None]
    if act.credits is not None:
        stakes.insert(0, act.credits * MICRO)
    for stake in stakes:
        try:
            submit_forecast(
                forecaster=act.user,
                question_id=act.question_id,
                probabilities=act.belief,
                stake=stake,
                rationale=act.rationale,
                request_key=act.request_key,
                origin=Origin.WEB,
                now=act.at,
                clock=act.clock,
            )
        except MarketError as refusal:
            if stake is None or refusal.code != OUT_OF_CREDITS:
                raise
        else:
            return


def trade(act: Act) -> None:
    """Buy the claim that looks too cheap, or sell shares that look too dear; else stay away."""
    prices = Market.objects.values_list("probabilities", flat=True).get(pk=act.question_id)
    dear, held = _dearest_holding(act, prices)
    try:
        if held:
            _order(act, (dear,), Side.SELL, shares=max(held // 2, 1))
            return
        cheapest = cheapest_range if act.is_range else _cheapest_claim
        claim, gap = cheapest(act.belief, prices)
        if gap >= GAP_MIN and act.credits:
            _order(act, claim, Side.BUY, budget=act.credits * MICRO)
    except MarketError as refusal:
        if refusal.code != OUT_OF_CREDITS:
            raise


def _order(
    act: Act,
    claim: tuple[int, ...],
    side: Side,
    *,
    budget: int | None = None,
    shares: int | None = None,
) -> None:
    """Place an order that goes no further than the trader's own belief."""
    place_order(
        trader=act.user,
        market_id=act.question_id,
        claim=claim,
        side=side,
        budget=budget,
        shares=shares,
        limit=Decimal(f"{sum(act.belief[index] for index in claim):.3f}"),
        request_key=act.request_key,
        origin=Origin.WEB,
        clock=act.clock,
    )


def _dearest_holding(act: Act, prices: Sequence[float]) -> tuple[int, int]:
    """Return an outcome whose price is above the belief, and the microshares held of it."""
    shares = (
        Position.objects.filter(trader=act.user, market_id=act.question_id)
        .values_list("shares", flat=True)
        .first()
    ) or [0] * len(prices)
    gaps = [
        price - believed if held else 0.0
        for price, believed, held in zip(prices, act.belief, shares, strict=True)
    ]
    dearest = max(range(len(gaps)), key=gaps.__getitem__)
    return dearest, shares[dearest] if gaps[dearest] >= GAP_MIN else 0


def _cheapest_claim(
    belief: Sequence[float], prices: Sequence[float]
) -> tuple[tuple[int, ...], float]:
    """Return one outcome, or all but one, whichever is further below what is believed."""
    gaps = [believed - price for believed, price in zip(belief, prices, strict=True)]
    cheap = max(range(len(gaps)), key=gaps.__getitem__)
    dear = min(range(len(gaps)), key=gaps.__getitem__)
    if gaps[cheap] >= -gaps[dear]:
        return (cheap,), gaps[cheap]
    return tuple(index for index in range(len(gaps)) if index != dear), -gaps[dear]
