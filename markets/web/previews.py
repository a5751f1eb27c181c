"""What an order would do, in the words of the ticket; and when it must be confirmed first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from markets.core.money import MICRO, MILLS
from markets.queries.portfolio import Wallet
from markets.queries.quotes import Quote, quote_order, quote_stake
from markets.web.forms import ForecastForm, TradeForm, Wanted
from markets.web.wording import percent

LARGE_SHARE_OF_BALANCE = 4
"""An order of more than a quarter of what one can spend is confirmed first."""

LARGE_MOVE = 0.30
"""So is one that moves any outcome by thirty points."""

SLIPPAGE = 0.05
"""How much worse than quoted the average price of a share may turn out."""


@dataclass(frozen=True)
class Move:
    label: str
    before: float
    after: float


@dataclass(frozen=True)
class Preview:
    """Amounts in microcredits and microshares; `cost` is negative for what a sale brings in."""

    signature: str
    moves: tuple[Move, ...]
    cost: int
    shares: int
    average_price: float | None
    payout_if_right: int
    redeemed: int
    balance_after: int
    is_sale: bool
    is_large: bool
    limit: int | None = None
    met_orders: int = 0
    met_shares: int = 0
    displaced_orders: int = 0
    rests_shares: int = 0
    reserves: int = 0
    is_cut_short: bool = False
    """Is a part neither traded nor left to rest?"""

    @property
    def moves_nothing(self) -> bool:
        """Does it trade with resting orders alone, so that the market stays where it is?"""
        return all(percent(move.before) == percent(move.after) for move in self.moves)

    @property
    def received(self) -> int:
        return -self.cost

    @property
    def lost_at_most(self) -> int:
        return max(0, self.cost + self.reserves - self.redeemed)

    @property
    def is_affordable(self) -> bool:
        return self.balance_after >= 0


def preview_order(form: TradeForm, *, trader_id: int, wallet: Wallet) -> Preview:
    """The preview of a clean trade form; raises the refusals of the market."""
    wanted = form.wanted()
    quote = quote_order(
        market_id=form.question.pk, claim=wanted.claim, side=wanted.side, budget=wanted.budget,
        shares=wanted.shares, limit=wanted.limit, time_in_force=wanted.time_in_force,
        trader_id=trader_id, now=timezone.now(),
    )  # fmt: skip
    before, after = quote.price_before or 0.0, quote.price_after or 0.0
    moves = (Move(form.claim_words(), before, after),)
    seen = _preview(form.signature(), quote, moves, wallet, is_sale=not wanted.is_buy)
    return replace(seen, limit=None if wanted.limit is None else int(wanted.limit * MILLS))


def preview_stake(
    form: ForecastForm, *, trader_id: int, wallet: Wallet, probabilities: Sequence[float]
) -> Preview:
    """The preview of a clean forecast form with a stake; raises the refusals of the market."""
    quote = quote_stake(
        question_id=form.question.pk, probabilities=form.cleaned_data["probabilities"],
        stake=form.cleaned_data["stake"], trader_id=trader_id, now=timezone.now(),
    )  # fmt: skip
    moves = [
        Move(label, before, after)
        for label, before, after in zip(
            form.labels, probabilities, quote.probabilities_after, strict=True
        )
    ]
    shown = moves[:1] if len(moves) == 2 else sorted(moves, key=_moved, reverse=True)[:3]
    return _preview(form.signature(), quote, tuple(shown), wallet, is_sale=False)


@dataclass(frozen=True)
class Guards:
    """The bounds that refuse an order whose price slipped since it was quoted."""

    cost_max: int | None = None
    shares_min: int | None = None


def guards(wanted: Wanted, quoted_price: float | None) -> Guards:
    """What a quote at this average price bounds; a limit is a bound of its own and needs none."""
    if quoted_price is None or wanted.limit is not None:
        return Guards()
    if wanted.budget is not None:
        worst = min(1.0, max(SLIPPAGE, quoted_price + SLIPPAGE))
        return Guards(shares_min=int(wanted.budget / worst))
    least = int((wanted.shares or 0) * min(1.0, max(0.0, quoted_price - SLIPPAGE)))
    return Guards(cost_max=-least)


def _preview(
    signature: str, quote: Quote, moves: tuple[Move, ...], wallet: Wallet, *, is_sale: bool
) -> Preview:
    spent = quote.cost + quote.reserves - quote.redeemed - quote.released
    moved = max((_moved(move) for move in moves), default=0.0)
    return Preview(
        signature=signature,
        moves=moves,
        cost=quote.cost,
        shares=quote.shares,
        average_price=quote.average_price,
        payout_if_right=quote.payout_if_right,
        redeemed=quote.redeemed,
        balance_after=wallet.available - spent,
        is_sale=is_sale,
        is_large=spent * LARGE_SHARE_OF_BALANCE > max(wallet.available, MICRO)
        or moved >= LARGE_MOVE,
        met_orders=quote.met_orders,
        met_shares=quote.met_shares,
        displaced_orders=quote.displaced_orders,
        rests_shares=quote.rests_shares,
        reserves=quote.reserves,
        is_cut_short=not quote.is_complete and not quote.rests_shares,
    )


def _moved(move: Move) -> float:
    return abs(move.after - move.before)
