"""What one user has: credits, positions, transfers, standing forecasts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Subquery

from markets.core.lifecycle import QuestionStatus
from markets.core.money import GRANT, MILLS
from markets.core.numeric import Bins
from markets.core.settlement import payout
from markets.models import (
    Account,
    Forecast,
    Order,
    OrderStatus,
    Position,
    Question,
    Side,
    Transfer,
)

_DECIDED = frozenset({QuestionStatus.RESOLVED, QuestionStatus.FINAL, QuestionStatus.ANNULLED})
OPEN_ORDERS_SHOWN = 500
"""A trader may have a hundred in each market; beyond this the oldest are left out of the list."""


@dataclass(frozen=True)
class Wallet:
    """Microcredits; a wallet that is not open yet shows the grant that it will open with."""

    balance: int
    reserved: int

    @property
    def available(self) -> int:
        return self.balance - self.reserved


@dataclass(frozen=True, kw_only=True)
class OpenOrder:
    """An order that rests: what it waits for, what it holds back, and how far it is filled.

    `limit` in mills; `shares_left` is what it can still trade at its limit. A buy holds back
    `reserved` microcredits, and a sale the shares that are left of it.
    """

    id: int
    question_id: int
    slug: str
    title: str
    labels: tuple[str, ...]
    bins: Bins | None
    claim: tuple[int, ...]
    is_buy: bool
    limit: int
    shares_left: int
    reserved: int
    filled_shares: int
    cost: int
    expires_at: datetime | None
    placed_at: datetime

    @property
    def filled_part(self) -> float:
        """How much of it is filled, from 0 to 1, in shares at its limit."""
        return self.filled_shares / (self.filled_shares + self.shares_left)


@dataclass(frozen=True, kw_only=True)
class PositionView:
    """A holding in one market, valued at the market's odds, or once decided at its payout.

    `reserved_shares` are those of the shares that resting orders offer for sale.
    """

    question_id: int
    slug: str
    title: str
    status: str
    labels: tuple[str, ...]
    shares: tuple[int, ...]
    reserved_shares: tuple[int, ...]
    spent: int
    received: int
    value: int
    payout: int
    is_settled: bool
    bins: Bins | None = None

    @property
    def profit(self) -> int:
        return self.received + self.value - self.spent


def wallet_of(user_id: int) -> Wallet:
    account = Account.objects.filter(owner_id=user_id).first()
    return Wallet(account.balance, account.reserved) if account else Wallet(GRANT, 0)


def position_in(user_id: int, market_id: int) -> PositionView | None:
    position = _positions(user_id).filter(market_id=market_id).first()
    return None if position is None else _view(position)


def positions_of(user_id: int) -> tuple[PositionView, ...]:
    """Return every position, the newest market first."""
    return tuple(_view(position) for position in _positions(user_id).order_by("-market_id"))


def open_orders_of(user_id: int, market_id: int | None = None) -> tuple[OpenOrder, ...]:
    """Return a user's resting orders, in one market or everywhere, the newest first."""
    orders = Order.objects.filter(trader_id=user_id, status=OrderStatus.OPEN)
    if market_id is not None:
        orders = orders.filter(market_id=market_id)
    rows = (
        orders.select_related("market__question")
        .prefetch_related("market__question__outcomes")
        .order_by("-id")[:OPEN_ORDERS_SHOWN]
    )
    return tuple(_open_order(order) for order in rows)


def transfers_of(user_id: int) -> QuerySet[Transfer]:
    """Return the transfers of a user's wallet, newest first, with their questions."""
    wallet = Subquery(Account.objects.filter(owner_id=user_id).values("pk")[:1])
    return (
        Transfer.objects.filter(Q(credit_id=wallet) | Q(debit_id=wallet))
        .select_related("debit", "credit", "market__question")
        .order_by("-id")
    )


def standing_forecast(user_id: int, question_id: int, *, now: datetime) -> Forecast | None:
    """Return the latest forecast unless it was withdrawn or has ended."""
    latest = (
        Forecast.objects.filter(forecaster_id=user_id, question_id=question_id)
        .select_related("withdrawal")
        .order_by("-id")
        .first()
    )
    if latest is None or hasattr(latest, "withdrawal"):
        return None
    return None if latest.ends_at is not None and latest.ends_at <= now else latest


def _positions(user_id: int) -> QuerySet[Position]:
    return (
        Position.objects.filter(trader_id=user_id)
        .select_related("market__question__resolution")
        .prefetch_related("market__question__outcomes")
    )


def _view(position: Position) -> PositionView:
    question = position.market.question
    is_settled = position.settled_by_id is not None
    return PositionView(
        question_id=question.pk,
        slug=question.slug,
        title=question.title,
        status=question.status,
        labels=_labels(question),
        shares=tuple(position.shares),
        reserved_shares=tuple(position.reserved_shares),
        spent=position.spent,
        received=position.received,
        value=position.payout if is_settled else _worth(position, question),
        payout=position.payout,
        is_settled=is_settled,
        bins=question.bins,
    )


def _worth(position: Position, question: Question) -> int:
    """What a position that is not paid yet would bring: by the answer, or before it by the odds.

    Trades that came after the answer was known still count here; their undoing is the settlement's.
    """
    resolution = question.resolution
    if resolution is None or question.status not in _DECIDED:
        prices = position.market.probabilities
        return int(sum(held * price for held, price in zip(position.shares, prices, strict=True)))
    if resolution.outcome_weights is None:
        return position.spent - position.received
    return payout(position.shares, resolution.outcome_weights)


def _open_order(order: Order) -> OpenOrder:
    question = order.market.question
    limit = order.limit or MILLS  # the database lets none rest without: the type does not know
    left = order.remaining if order.budget is None else order.remaining * MILLS // limit
    return OpenOrder(
        id=order.pk,
        question_id=question.pk,
        slug=question.slug,
        title=question.title,
        labels=_labels(question),
        bins=question.bins,
        claim=tuple(order.claim or ()),
        is_buy=order.side == Side.BUY,
        limit=limit,
        shares_left=left,
        reserved=order.reserved,
        filled_shares=order.filled_shares,
        cost=order.cost,
        expires_at=order.expires_at,
        placed_at=order.placed_at,
    )


def _labels(question: Question) -> tuple[str, ...]:
    outcomes = sorted(question.outcomes.all(), key=lambda each: each.index)
    return tuple(outcome.label for outcome in outcomes)
