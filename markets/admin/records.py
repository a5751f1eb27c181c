"""What happened, row by row: to be looked at, never to be changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from markets.admin.previews import percent
from markets.core.money import format_credits
from markets.models import (
    Fill,
    Forecast,
    Order,
    OrderStatus,
    Position,
    Resolution,
    Score,
    Side,
)
from users.desk import DeskAdmin, display, moment_column


def spell_credits(amount: int | None) -> str:
    return "–" if amount is None else format_credits(amount)


def spell_percentages(probabilities: list[float] | None) -> str:
    return "–" if probabilities is None else " · ".join(percent(each) for each in probabilities)


def spell_shares(shares: list[int]) -> str:
    return " · ".join(format_credits(each) for each in shares)


class RecordAdmin(DeskAdmin):
    """Rows newest first; one alone also shows what the list has no room for."""

    ordering = ("-pk",)
    detail_fields: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.list_display, *self.detail_fields]


class MarketRecordAdmin(RecordAdmin):
    """Rows of the trading side, which name their question."""

    list_select_related = ("market__question", "trader")
    search_fields: tuple[str, ...] = ("market__question__title", "trader__name")

    @display("Question")
    def asked(self, row: Any) -> str:
        title: str = row.market.question.title
        return title


@admin.register(Forecast)
class ForecastAdmin(RecordAdmin):
    list_display = ("id", "question", "forecaster", "stated", "origin", "made")
    detail_fields = ("rationale", "ends_at", "request_key")
    made = moment_column("made_at", "Made")
    list_select_related = ("question", "forecaster")
    list_filter = ("origin",)
    search_fields = ("question__title", "forecaster__name")

    @display("Probabilities")
    def stated(self, forecast: Forecast) -> str:
        return spell_percentages(forecast.probabilities)


@admin.register(Order)
class OrderAdmin(MarketRecordAdmin):
    placed = moment_column("placed_at", "Placed")
    ended = moment_column("ended_at", "Ended")
    list_display = (
        "id", "asked", "trader", "side", "wanted", "priced", "paid", "held_back", "status",
        "placed",
    )  # fmt: skip
    detail_fields = (
        "claim", "target", "time_in_force", "expires_at", "filled_shares", "displaced", "ended",
        "end_reason", "origin", "request_key",
    )  # fmt: skip
    list_filter = ("status", "side", "time_in_force", "end_reason", "origin")
    search_fields = ("market__question__title", "trader__name", "request_key")

    @display("Asked for")
    def wanted(self, order: Order) -> str:
        if order.budget is not None:
            return f"{format_credits(order.budget)} credits"
        return f"{spell_credits(order.shares)} shares"

    @display("Limit", ordering="limit")
    def priced(self, order: Order) -> str:
        return "–" if order.limit_price is None else str(order.limit_price)

    @display("Cost")
    def paid(self, order: Order) -> str:
        return format_credits(order.cost)

    @display("Held back", ordering="reserved")
    def held_back(self, order: Order) -> str:
        """Credits; of a resting sale its shares."""
        if order.side == Side.SELL and order.status == OrderStatus.OPEN:
            return f"{format_credits(order.remaining)} shares"
        return format_credits(order.reserved) if order.reserved else "–"


@admin.register(Fill)
class FillAdmin(MarketRecordAdmin):
    filled = moment_column("filled_at", "Filled")
    list_display = ("id", "asked", "seq", "trader", "moved", "paid", "after", "filled")
    detail_fields = ("claim", "redeemed", "price_before", "price_after")

    @display("Shares per outcome")
    def moved(self, fill: Fill) -> str:
        return spell_shares(fill.shares)

    @display("Cost")
    def paid(self, fill: Fill) -> str:
        return format_credits(fill.cost)

    @display("Odds after it")
    def after(self, fill: Fill) -> str:
        return spell_percentages(fill.probabilities)


@admin.register(Position)
class PositionAdmin(MarketRecordAdmin):
    list_display = ("id", "asked", "trader", "held", "put_in", "taken_out", "paid_out")

    @display("Shares per outcome")
    def held(self, position: Position) -> str:
        return spell_shares(position.shares)

    @display("Spent", ordering="spent")
    def put_in(self, position: Position) -> str:
        return format_credits(position.spent)

    @display("Received", ordering="received")
    def taken_out(self, position: Position) -> str:
        return format_credits(position.received)

    @display("Payout", ordering="payout")
    def paid_out(self, position: Position) -> str:
        return format_credits(position.payout)


@admin.register(Resolution)
class ResolutionAdmin(RecordAdmin):
    proposed = moment_column("proposed_at", "Proposed")
    list_display = ("question", "version", "verdict", "weights", "proposed_by", "proposed")
    detail_fields = ("effective_at", "rationale", "evidence", "challenge_until")
    list_select_related = ("question", "proposer", "resolver")
    list_filter = ("verdict",)
    search_fields = ("question__title", "rationale")

    @display("Proposer", ordering="proposer")
    def proposed_by(self, resolution: Resolution) -> str:
        person = resolution.proposer
        return person.name if person else f"resolver {resolution.resolver_id}"

    @display("Weights")
    def weights(self, resolution: Resolution) -> str:
        return spell_percentages(resolution.outcome_weights)


@admin.register(Score)
class ScoreAdmin(RecordAdmin):
    scored = moment_column("scored_at", "Scored")
    list_display = (
        "question",
        "forecaster",
        "peer_score",
        "baseline_score",
        "brier_score",
        "covered",
        "scored",
    )
    detail_fields = ("log", "attainable_coverage", "resolution")
    list_select_related = ("question", "forecaster")
    search_fields = ("question__title", "forecaster__name")

    @display("Peer", ordering="peer")
    def peer_score(self, score: Score) -> str:
        return f"{score.peer:+.1f}"

    @display("Baseline", ordering="baseline")
    def baseline_score(self, score: Score) -> str:
        return f"{score.baseline:+.1f}"

    @display("Brier", ordering="brier")
    def brier_score(self, score: Score) -> str:
        return f"{score.brier:.3f}"

    @display("Coverage", ordering="coverage")
    def covered(self, score: Score) -> str:
        return percent(score.coverage)
