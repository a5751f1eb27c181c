"""What an order would do, without doing it: the same arithmetic that executes orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markets.core.claims import make_claim
from markets.core.exchange import Execution, Intent, NotFillable, execute
from markets.core.lmsr import Maker
from markets.models import Market, Position

_UNBOUNDED = 2**62  # a quote says what something costs, whether or not one can pay


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Amounts in microcredits and microshares; negative cost is what a sale brings in.

    `probabilities_after` has one number per outcome. For a stake on more than two outcomes there
    is no single claim, so the prices of one are None and `shares` is its largest holding.
    """

    cost: int
    shares: int
    average_price: float | None
    price_before: float | None
    price_after: float | None
    probabilities_after: tuple[float, ...]
    payout_if_right: int
    redeemed: int
    seq: int


def quote_order(
    *,
    market_id: int,
    claim: Sequence[int],
    side: str,
    budget: int | None = None,
    shares: int | None = None,
    limit: Decimal | None = None,
    trader_id: int | None = None,
) -> Quote:
    """Return what an order would cost and move; with a trader, redemption and holdings count."""
    market = Market.objects.get(pk=market_id)
    intent = Intent(
        is_buy=side == "buy",
        claim=make_claim(claim, len(market.shares)),
        budget=budget,
        shares=shares,
        limit=None if limit is None else float(limit),
    )
    return _quote(market, intent, trader_id)


def quote_stake(
    *,
    question_id: int,
    probabilities: Sequence[float],
    stake: int,
    trader_id: int | None = None,
) -> Quote:
    """Return what staking on a forecast would do."""
    market = Market.objects.get(pk=question_id)
    intent = Intent(is_buy=True, claim=None, target=tuple(probabilities), budget=stake)
    return _quote(market, intent, trader_id)


def _quote(market: Market, intent: Intent, trader_id: int | None) -> Quote:
    maker = Maker(tuple(market.shares), float(market.liquidity), tuple(market.prior))
    execution = execute(maker, intent, held=_held(market, trader_id), available=_UNBOUNDED)
    if execution is None:
        raise NotFillable("Nothing can be traded here: the price is already there.")
    return Quote(
        cost=execution.cost,
        shares=execution.filled,
        average_price=_average(execution) if intent.claim else None,
        price_before=execution.price_before,
        price_after=execution.price_after,
        probabilities_after=execution.probabilities,
        payout_if_right=execution.filled,
        redeemed=execution.redeemed,
        seq=market.seq,
    )


def _average(execution: Execution) -> float | None:
    return abs(execution.cost) / execution.filled if execution.filled else None


def _held(market: Market, trader_id: int | None) -> list[int]:
    position = Position.objects.filter(market=market, trader_id=trader_id).first()
    if position is None:
        return [0] * len(market.shares)
    return [
        held - reserved
        for held, reserved in zip(position.shares, position.reserved_shares, strict=True)
    ]
