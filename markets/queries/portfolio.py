"""What one user has: credits, positions, transfers, standing forecasts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Subquery

from markets.core.money import GRANT
from markets.models import Account, Forecast, Position, Transfer


@dataclass(frozen=True)
class Wallet:
    """Microcredits; a wallet that is not open yet shows the grant that it will open with."""

    balance: int
    reserved: int

    @property
    def available(self) -> int:
        return self.balance - self.reserved


@dataclass(frozen=True, kw_only=True)
class PositionView:
    """A holding in one market, valued at the market's odds, or at its payout once settled."""

    question_id: int
    slug: str
    title: str
    status: str
    labels: tuple[str, ...]
    shares: tuple[int, ...]
    spent: int
    received: int
    value: int
    payout: int
    is_settled: bool

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
        .select_related("market__question")
        .prefetch_related("market__question__outcomes")
    )


def _view(position: Position) -> PositionView:
    question = position.market.question
    is_settled = position.settled_by_id is not None
    worth = sum(
        held * price
        for held, price in zip(position.shares, position.market.probabilities, strict=True)
    )
    return PositionView(
        question_id=question.pk,
        slug=question.slug,
        title=question.title,
        status=question.status,
        labels=tuple(
            outcome.label
            for outcome in sorted(question.outcomes.all(), key=lambda each: each.index)
        ),
        shares=tuple(position.shares),
        spent=position.spent,
        received=position.received,
        value=position.payout if is_settled else int(worth),
        payout=position.payout,
        is_settled=is_settled,
    )
