"""One leg of an order against the maker: how far it goes, and what it costs.

A leg goes along the maker's curve until nothing is left of the order or the price stands at a
bound, which is the order's limit or the price of the resting order that comes first.
"""

from markets.core.limits import PRICE_TOLERANCE
from markets.core.lmsr import Maker, cost_of_shares, shares_for_budget, shares_to_price
from markets.core.money import MILLS, charge, proceeds, shares_received
from markets.core.orders import LOT, Resting
from markets.core.pairs import PairedClaim

Leg = tuple[int, int]
"""(microshares, microcredits): both positive in a buy; in a sale the credits are negative."""

NO_LEG: Leg = (0, 0)


def leg(
    maker: Maker,
    claim: PairedClaim,
    *,
    is_buy: bool,
    budget: int | None,
    shares: int | None,
    bound: float | None,
) -> Leg:
    """What an order with `budget` or `shares` left trades with the maker, up to the price `bound`.

    Less than a `LOT` is not worth a fill, unless it is all that is left of the order.
    """
    price, liquidity = claim.price(maker.prices()), maker.liquidity
    room = None if bound is None else _room(price, bound, liquidity, is_buy=is_buy)
    if room is not None and room <= 0:
        return NO_LEG
    if budget is not None:
        wanted = shares_received(shares_for_budget(price, budget, liquidity))
    else:
        wanted = shares or 0
    traded = wanted if room is None else min(wanted, room)
    if traded < min(LOT, wanted) or traded <= 0:
        return NO_LEG
    if budget is not None and traded == wanted:
        return traded, budget
    cost = _cost(maker, claim, price, traded, is_buy=is_buy)
    return traded, cost if budget is None else min(cost, budget)


def leg_of_resting(maker: Maker, order: Resting, claim: PairedClaim) -> Leg:
    """What a resting order trades with the maker at its own limit or better.

    A buy of shares has reserved their price at the limit, rounded up. If a part of them left an
    odd number, the rounding of the rest could keep the microcredit that the part needs; so a part
    leaves whole lots, whose price at a limit in mills is whole. Then what the part sets free is its
    price at the limit rounded up, and that is never less than what the maker must be paid.

    A claim that is as good as certain, or impossible, has lost the digits that a leg is computed
    from. Somebody else's order must not be refused for that, so there is no leg.
    """
    price = claim.price(maker.prices())
    if not PRICE_TOLERANCE < price < 1 - PRICE_TOLERANCE:
        return NO_LEG
    traded, cost = leg(
        maker, claim, is_buy=order.is_buy, budget=order.budget, shares=order.shares,
        bound=order.limit / MILLS,
    )  # fmt: skip
    if not order.is_buy or order.shares is None or not traded:
        return traded, cost
    if traded < order.shares:
        traded = order.shares - -(-(order.shares - traded) // LOT) * LOT
        if traded < LOT:
            return NO_LEG
        cost = _cost(maker, claim, price, traded, is_buy=True)
    left = order.after(traded, cost)
    return traded, min(cost, order.reserved - (left.reserved if left else 0))


def _room(price: float, bound: float, liquidity: float, *, is_buy: bool) -> int:
    """Microshares until the price stands at the bound; nothing where it is there or past it."""
    if (bound <= price) if is_buy else (bound >= price):
        return 0
    to_bound = shares_to_price(price, bound, liquidity)
    return shares_received(to_bound if is_buy else -to_bound)


def _cost(maker: Maker, claim: PairedClaim, price: float, shares: int, *, is_buy: bool) -> int:
    if is_buy:
        return charge(cost_of_shares(price, shares, maker.liquidity))
    rest = claim.price_outside(maker.prices())
    return -max(0, proceeds(-cost_of_shares(price, -shares, maker.liquidity, rest=rest)))
