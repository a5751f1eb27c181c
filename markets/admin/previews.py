"""What an act would do, worked out before anybody does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markets.core.lmsr import liquidity_for_subsidy, price_after_budget
from markets.core.money import MICRO, format_credits
from markets.core.settlement import exact_weights
from markets.models import Question, Resolution
from markets.queries.dues import Dues, PositionDue, dues_if, dues_of
from markets.queries.trail import UndoneCounts, undone_since

PREVIEW_BUYS = (10, 50, 250)
ROWS_SHOWN = 100


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
class MoneyRow:
    """What one trader holds and gets, written out; and as a bar from the middle of 100."""

    trader_name: str
    shares: tuple[str, ...]
    amounts: tuple[str, ...]
    bar_start: float
    bar_width: float
    is_gain: bool


@dataclass(frozen=True)
class MoneyTable:
    """Who would get what: the rows for which most moves, how many more there are, the totals."""

    labels: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[MoneyRow, ...]
    more_count: int
    totals: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    undone: UndoneCounts

    @property
    def width(self) -> int:
        """How many columns there are, with the name and the bar."""
        return 2 + len(self.headings) + len(self.labels)


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


def dry_run(
    question: Question,
    labels: Sequence[str],
    outcome_weights: Sequence[float] | None,
    effective_at: datetime | None,
) -> MoneyTable:
    """Who gets what by an answer; weights of None give everybody back what they spent.

    Raises:
        InvalidWeights: even where nobody has shares.
    """
    if outcome_weights is not None:
        exact_weights(outcome_weights)
    dues = dues_if(
        question_id=question.pk, outcome_weights=outcome_weights, effective_at=effective_at,
        limit=ROWS_SHOWN,
    )  # fmt: skip
    return _table(question, labels, dues, outcome_weights, effective_at)


def dry_run_of(
    question: Question, labels: Sequence[str], resolution: Resolution | None
) -> MoneyTable | None:
    """Who gets what by a version that was proposed; None where there is none."""
    if resolution is None:
        return None
    dues = dues_of(resolution, limit=ROWS_SHOWN)
    return _table(question, labels, dues, resolution.outcome_weights, resolution.effective_at)


def _table(
    question: Question,
    labels: Sequence[str],
    dues: Dues,
    outcome_weights: Sequence[float] | None,
    effective_at: datetime | None,
) -> MoneyTable:
    """The rows with a column for the shares of each outcome that matters, and one per amount."""
    undone = UndoneCounts()
    if effective_at is not None and outcome_weights is not None:
        undone = undone_since(question, {effective_at})[effective_at]
    shown: Sequence[int] = range(len(labels))
    if question.bins is not None:  # of so many bins only those that pay
        shown = [index for index in shown if outcome_weights and outcome_weights[index]]
    columns = _columns(dues, is_refund=outcome_weights is None)
    rows = [row for row in dues.rows if row.difference or not dues.paid]
    moves = [row.difference if dues.paid else row.profit for row in rows]
    largest = max(map(abs, moves), default=0) or 1
    return MoneyTable(
        labels=tuple(labels[index] for index in shown),
        headings=tuple(columns),
        rows=tuple(
            MoneyRow(
                trader_name=row.trader_name,
                shares=tuple(format_credits(row.shares[index]) for index in shown),
                amounts=tuple(format_credits(amount(row)) for amount, _ in columns.values()),
                bar_start=round(50 + min(0, 50 * move / largest), 2),
                bar_width=round(abs(50 * move / largest), 2),
                is_gain=move > 0,
            )
            for row, move in zip(rows, moves, strict=True)
        ),
        more_count=dues.position_count - len(rows),
        totals=tuple(
            "" if total is None else format_credits(total) for _, total in columns.values()
        ),
        facts=_facts(question, dues),
        undone=undone,
    )


_Column = tuple[Callable[[PositionDue], int], int | None]


def _columns(dues: Dues, *, is_refund: bool) -> dict[str, _Column]:
    """The amounts of a row with their headings, each with its total where that says anything."""
    columns: dict[str, _Column] = {}
    if dues.undone_fills:
        columns["Undone"] = (lambda row: row.returned, None)
    columns["Refund" if is_refund else "Payout"] = (lambda row: row.owed, dues.owed)
    if dues.paid:
        columns["Paid so far"] = (lambda row: row.paid, dues.paid)
        columns["Difference"] = (lambda row: row.difference, dues.owed - dues.paid)
    if not is_refund:
        columns["Profit"] = (lambda row: row.profit, None)
    return columns


def _facts(question: Question, dues: Dues) -> tuple[tuple[str, str], ...]:
    """The sums of a dry run, and what is left for the house, or has to come from it."""
    market = getattr(question, "market", None)
    escrow = market.escrow.balance if market else 0
    house = escrow - dues.to_pay + dues.to_take_back - dues.uncovered
    facts = [("Positions", str(dues.position_count)), ("To pay out", format_credits(dues.to_pay))]
    if dues.to_take_back:
        facts.append(("To take back", format_credits(dues.to_take_back)))
    if dues.uncovered:
        facts.append(("Not in their wallets, so the house bears", format_credits(dues.uncovered)))
    if dues.undone_fills:
        facts.append(("Trades undone", f"{dues.undone_fills} of {dues.undone_traders} traders"))
    name = "Left for the house" if house >= 0 else "Paid by the house"
    return (*facts, (name, format_credits(abs(house))))
