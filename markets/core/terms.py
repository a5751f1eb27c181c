"""What an order must keep to, once it is known what it would do.

Each function looks at the changes that an order has made so far, and refuses it where they are not
what the trader agreed to, can pay for, or the maker quotes. Nothing has happened then: the changes
are thrown away.
"""

from markets.core.changes import Changes
from markets.core.errors import MarketError
from markets.core.limits import require_buy_in_range, require_sale_in_range
from markets.core.money import format_credits
from markets.core.orders import Intent
from markets.core.pairs import PairedClaim


class InsufficientCredits(MarketError):
    code = "insufficient_credits"
    field = "budget"


class InsufficientShares(MarketError):
    code = "insufficient_shares"
    field = "shares"


class Slippage(MarketError):
    """The price has moved further than the trader allowed for."""

    code = "slippage"


class NotFillable(MarketError):
    """A fill-or-kill order cannot be filled whole within its limit."""

    code = "not_fillable"


def require_shares(changes: Changes, trader: int, claim: PairedClaim, *, wanted: int) -> None:
    """A sale is of shares that the trader holds and does not offer; raises `InsufficientShares`."""
    free = changes.holding(trader).free.tolist()
    owned = min(free[outcome] for outcome in claim.claim)
    if wanted > owned:
        raise InsufficientShares(
            f"You can sell at most {format_credits(owned)} shares of this claim."
        )


def require_as_agreed(changes: Changes, intent: Intent, *, is_complete: bool) -> None:
    """The part traded at once is what the trader agreed to; raises `NotFillable`, `Slippage`."""
    if intent.fill_or_kill and not is_complete:
        raise NotFillable("This order cannot be filled whole within its limit; nothing was traded.")
    if not changes.filled:
        return
    if intent.cost_max is not None and changes.cost > intent.cost_max:
        raise Slippage(
            f"This now costs {format_credits(changes.cost)}, more than your maximum of "
            f"{format_credits(intent.cost_max)}. Ask for a new quote."
        )
    if intent.shares_min is not None and changes.filled < intent.shares_min:
        raise Slippage(
            f"This now buys {format_credits(changes.filled)} shares, fewer than your minimum of "
            f"{format_credits(intent.shares_min)}. Ask for a new quote."
        )


def require_credits(changes: Changes, trader: int, *, available: int) -> None:
    """What was paid and what is now reserved was there to spend; raises `InsufficientCredits`.

    What one's own cancelled orders released was there as well, and so were complete sets.
    """
    change = changes.wallet(trader)
    if available + change.balance - change.reserved >= 0:
        return
    kept = changes.rests.reserved if changes.rests else 0
    reserving = f" and reserves {format_credits(kept)}" if kept else ""
    raise InsufficientCredits(
        f"This costs {format_credits(changes.cost)}{reserving}, and you have "
        f"{format_credits(available)} to spend."
    )


def require_in_range(changes: Changes) -> None:
    """The order leaves its claim at a price that the maker quotes; raises `PriceOutOfRange`."""
    own = [fill for fill in changes.fills if fill.order == changes.order]
    before, after = (own[0].price_before, own[-1].price_after) if own else (None, None)
    if before is None or after is None:
        return
    if after > before:
        require_buy_in_range(after)
    elif after < before:
        require_sale_in_range(before, after)


def require_portfolio_in_range(changes: Changes) -> None:
    """No outcome that a stake made dearer is left above the range; raises `PriceOutOfRange`."""
    before, after = changes.book.maker.prices(), changes.maker.prices()
    require_buy_in_range(float(after.max(where=after > before, initial=0)))
