"""The odds that were public at an instant that has passed, and nothing that came to light later."""

import copy
from datetime import datetime

from django.db.models import Q

from markets.core.errors import MarketError
from markets.core.lmsr import liquidity_for_subsidy
from markets.models import (
    CorrectionDecision,
    Fill,
    LiquidityChange,
    Market,
    Period,
    Question,
    Resolution,
    StatusChange,
)
from markets.queries.candles import candles_of
from markets.queries.odds import Odds, odds_of

_DAYS_MAX = 100_000


class InstantOutOfRange(MarketError):
    code = "instant_out_of_range"
    field = "as_of"


def require_past(question: Question, *, as_of: datetime, now: datetime) -> None:
    """Refuse instants at which the question was not public yet, or that have not come.

    Raises:
        InstantOutOfRange
    """
    opened_at = question.opened_at
    if opened_at is None or as_of < opened_at:
        raise InstantOutOfRange(
            f"Nothing was public before the question opened, at {opened_at:%Y-%m-%dT%H:%M:%SZ}."
            if opened_at
            else "The question has not opened, so that nothing was ever public."
        )
    if as_of > now:
        raise InstantOutOfRange("That instant has not come; leave as_of out for the odds now.")


def odds_at(question: Question, *, as_of: datetime, now: datetime) -> Odds:
    """The odds as anybody could read them at `as_of`: those of the last changes at or before it.

    How many had traded by then is not kept, so `trader_count` is None.

    Raises:
        InstantOutOfRange
    """
    require_past(question, as_of=as_of, now=now)
    stood = _as_it_stood(question, as_of)
    return odds_of([stood], now=as_of, crowd_by=as_of)[question.pk]


def _as_it_stood(question: Question, as_of: datetime) -> Question:
    """A copy of the question, never saved, with the status, the answer and the market of then."""
    stood = copy.copy(question)
    stood.status = (
        StatusChange.objects.filter(question=question, changed_at__lte=as_of)
        .order_by("-id")
        .values_list("to_status", flat=True)
        .first()
        or question.status
    )
    decided = Q(
        correction__decision=CorrectionDecision.CONFIRMED, correction__decided_at__lte=as_of
    )
    stood.resolution = (
        Resolution.objects.filter(
            Q(correction__isnull=True) | decided, question=question, proposed_at__lte=as_of
        )
        .order_by("-version")
        .first()
    )
    market: Market | None = getattr(question, "market", None)
    if market is not None:
        stood.market = _market_as_it_stood(question, market, as_of)
    return stood


def _market_as_it_stood(question: Question, market: Market, as_of: datetime) -> Market:
    stood = copy.copy(market)
    fill = (
        Fill.objects.filter(market=market, filled_at__lte=as_of)
        .order_by("-filled_at", "-seq")
        .first()
    )
    stood.seq = fill.seq if fill else 0
    stood.probabilities = fill.probabilities if fill else question.prior
    stood.last_fill_at = fill.filled_at if fill else None
    stood.liquidity = _liquidity_at(question, market, as_of)
    days = candles_of(question, period=Period.DAY, now=as_of, limit=_DAYS_MAX).candles
    stood.volume = sum(day.volume for day in days)
    stood.trader_count = None  # type: ignore[assignment]  # not kept
    return stood


def _liquidity_at(question: Question, market: Market, as_of: datetime) -> int:
    changes = list(
        LiquidityChange.objects.filter(market=market)
        .order_by("id")
        .values_list("added_at", "liquidity")
    )
    if not changes:
        return market.liquidity
    opening = int(liquidity_for_subsidy(float(question.subsidy), question.prior))
    return [opening, *(liquidity for added_at, liquidity in changes if added_at <= as_of)][-1]
