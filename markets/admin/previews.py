"""What an act would do, worked out before anybody does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markets.core.lmsr import liquidity_for_subsidy, price_after_budget
from markets.core.money import MICRO, format_credits
from markets.core.settlement import exact_weights
from markets.models import Position, Question
from markets.queries.desk import PayoutRow, payouts_if

PREVIEW_BUYS = (10, 50, 250)
ROWS_SHOWN = 200


@dataclass(frozen=True)
class OutcomePreview:
    """An outcome with its prior, and its price after buys of so many credits."""

    label: str
    prior: float
    percent: str
    after: tuple[str, ...]


@dataclass(frozen=True)
class MarketPreview:
    """What a subsidy buys: how deep the market will be, and what it can cost the house."""

    subsidy: str
    liquidity: str
    buys: tuple[int, ...]
    outcomes: tuple[OutcomePreview, ...]


@dataclass(frozen=True)
class MoneyTable:
    """Who would get what, written out: the largest rows, how many more there are, and the total."""

    labels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...], str, str], ...]
    more_count: int
    total: str


def percent(probability: float) -> str:
    """A probability for editors, to a tenth.

    >>> percent(0.35), percent(0.1234)
    ('35%', '12.3%')
    """
    return f"{probability * 100:.1f}".removesuffix(".0") + "%"


def market_preview(question: Question, labels: Sequence[str]) -> MarketPreview:
    liquidity = liquidity_for_subsidy(float(question.subsidy), question.prior)
    return MarketPreview(
        subsidy=format_credits(question.subsidy),
        liquidity=format_credits(int(liquidity)),
        buys=PREVIEW_BUYS,
        outcomes=tuple(
            OutcomePreview(
                label=label,
                prior=prior,
                percent=percent(prior),
                after=tuple(
                    percent(price_after_budget(prior, buy * MICRO, liquidity))
                    for buy in PREVIEW_BUYS
                ),
            )
            for label, prior in zip(labels, question.prior, strict=True)
        ),
    )


def payout_table(
    question: Question, labels: Sequence[str], outcome_weights: Sequence[float]
) -> MoneyTable:
    """Who gets what if this is the answer; raises `InvalidWeights` even where nobody has shares."""
    exact_weights(outcome_weights)
    shown: Sequence[int] = range(len(labels))
    if question.bins is not None:  # of so many bins only those that pay
        shown = [index for index in shown if outcome_weights[index]]
    return _table(labels, payouts_if(question.pk, outcome_weights), shown)


def refund_table(question: Question, labels: Sequence[str]) -> MoneyTable:
    """Who gets what back if the question is annulled: what they spent, less what they received."""
    positions = Position.objects.filter(market_id=question.pk).select_related("trader")
    rows = [
        PayoutRow(each.trader.name, tuple(each.shares), each.spent - each.received, 0)
        for each in positions
    ]
    shown = range(len(labels)) if question.bins is None else ()
    return _table(labels, sorted(rows, key=lambda row: (-row.payout, row.trader_name)), shown)


def _table(labels: Sequence[str], rows: Sequence[PayoutRow], shown: Sequence[int]) -> MoneyTable:
    """The rows with a column for the shares of each outcome that is shown."""
    return MoneyTable(
        labels=tuple(labels[index] for index in shown),
        rows=tuple(
            (
                row.trader_name,
                tuple(format_credits(row.shares[index]) for index in shown),
                format_credits(row.payout),
                format_credits(row.profit),
            )
            for row in rows[:ROWS_SHOWN]
        ),
        more_count=max(0, len(rows) - ROWS_SHOWN),
        total=format_credits(sum(row.payout for row in rows)),
    )
