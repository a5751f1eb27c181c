"""What became of an order, in a sentence or two for whoever placed it."""

from markets.core.money import format_credits
from markets.models import EndReason, Order, OrderStatus, Side
from markets.web.wording import limit_percent, percent


def order_placed(order: Order, chosen: str) -> str:
    """What an order did at once, and what is left of it; `chosen` is its claim by name."""
    sentences = [*_traded(order, chosen), *_left(order, chosen), *_displaced(order)]
    return " ".join(sentences) or "Nothing could be traded within your limit, so nothing was."


def _traded(order: Order, chosen: str) -> list[str]:
    fills = list(order.fills.order_by("seq"))
    if not fills:
        return []
    shares, amount = format_credits(order.filled_shares), format_credits(abs(order.cost))
    said = f"You bought {shares} shares of {chosen} and paid {amount}."
    if order.side == Side.SELL:
        said = f"You sold {shares} shares of {chosen} and received {amount}."
    sentences = [said]
    if redeemed := sum(fill.redeemed for fill in fills):
        sets = format_credits(redeemed)
        sentences.append(f"{sets} complete sets were redeemed at one credit each.")
    before, after = fills[0].price_before, fills[-1].price_after
    if before != after:
        sentences.append(f"The market moved {percent(before)} → {percent(after)}.")
    return sentences


def _left(order: Order, chosen: str) -> list[str]:
    if order.status != OrderStatus.OPEN:
        return []
    limit = limit_percent(order.limit)
    if order.side == Side.SELL:
        left = format_credits(order.remaining)
        return [f"{left} shares of {chosen} are offered at {limit}, and held back."]
    reserved = format_credits(order.reserved)
    return [f"{reserved} credits are held back to buy {chosen} at {limit} or better."]


def _displaced(order: Order) -> list[str]:
    count = len(order.displaced)
    if not count:
        return []
    verb = "was" if count == 1 else "were"
    return [f"{count} of your own orders stood in the way and {verb} cancelled."]


def order_cancelled(order: Order) -> str:
    """What became of an order that its trader asked to cancel."""
    if order.end_reason == EndReason.CANCELLED:
        return "Your order is cancelled; what it held back is yours to spend again."
    if order.status == OrderStatus.FILLED:
        return "Your order was filled before it could be cancelled."
    return "Your order had already ended."


def orders_cancelled(count: int) -> str:
    """How many orders a trader has cancelled at once."""
    if not count:
        return "You had no open orders."
    orders = "One open order is" if count == 1 else f"{count} open orders are"
    return f"{orders} cancelled; what was held back is yours to spend again."
