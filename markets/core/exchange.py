"""Orders against the maker: one pure function from what stands to what happens.

`execute` takes the maker, what the trader holds and can pay, and an intent; it answers with an
`Execution`, or raises a refusal. It reads no clock and touches no row, so that everything a trade
can do to a market can be tested, replayed and argued about without one.

A limit is the worst price per share. Against the maker's curve that means: trade until the price
itself stands at the limit. What a limit leaves unfilled is cancelled (`ioc`) or makes the whole
order not fillable (`fok`).

Whoever holds at least x of every outcome holds x complete sets, each worth exactly one credit, so
they are redeemed at once: the trader is paid x, the maker's q falls by x everywhere and no price
moves. Buying "no" is therefore how somebody who holds "yes" gets out, and nobody's credits are
locked in a hedge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markets.core.claims import Claim, claim_price
from markets.core.errors import MarketError
from markets.core.limits import (
    PRICE_MAX,
    PRICE_MIN,
    require_buy_in_range,
    require_sale_in_range,
)
from markets.core.lmsr import (
    Maker,
    portfolio_cost,
    portfolio_towards,
    shares_for_budget,
    shares_to_price,
)
from markets.core.money import charge, format_credits, proceeds, shares_received


class InvalidOrder(MarketError):
    code = "invalid_order"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is asked for: to buy or sell a claim, or to move the prices towards a forecast.

    `shares` in microshares and `budget` in microcredits; exactly one of them. With `target`
    (probabilities, shape (n,)) the budget is a stake and `claim` is None.
    """

    is_buy: bool
    claim: Claim | None
    target: tuple[float, ...] | None = None
    budget: int | None = None
    shares: int | None = None
    limit: float | None = None
    fill_or_kill: bool = False
    cost_max: int | None = None
    shares_min: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What happens: `deltas` microshares per outcome change hands for `cost` microcredits.

    A sale has negative deltas and a negative cost. `redeemed` complete sets are then paid out.
    `filled` is the microshares of the claim (for a portfolio: of its largest holding).
    """

    deltas: tuple[int, ...]
    cost: int
    redeemed: int
    filled: int
    is_complete: bool
    price_before: float | None
    price_after: float | None
    maker: Maker

    @property
    def probabilities(self) -> tuple[float, ...]:
        return tuple(self.maker.prices().tolist())


def execute(
    maker: Maker, intent: Intent, *, held: Sequence[int], available: int
) -> Execution | None:
    """Return what `intent` does to `maker`, or None where its limit leaves nothing to trade.

    Args:
        held: microshares per outcome that the trader may sell, shape (n,).
        available: microcredits that the trader may spend.

    Raises:
        InvalidOrder, InsufficientCredits, InsufficientShares, Slippage, NotFillable,
        PriceOutOfRange, SharesOutOfRange: and then nothing has happened.
    """
    require_sensible(intent)
    if intent.target is not None:
        return _towards(maker, intent, held=held, available=available)
    if intent.is_buy:
        return _buy(maker, intent, held=held, available=available)
    return _sell(maker, intent, held=held)


def require_sensible(intent: Intent) -> None:
    """Refuse contradictory orders before anything is priced; raises `InvalidOrder`."""
    amounts = [amount for amount in (intent.budget, intent.shares) if amount is not None]
    if len(amounts) != 1:
        raise InvalidOrder("Give either a budget or a number of shares, and not both.")
    if amounts[0] <= 0:
        raise InvalidOrder("The amount must be more than zero.")
    if not intent.is_buy and intent.budget is not None:
        raise InvalidOrder("To sell, say how many shares; a budget is for buying.")
    if intent.limit is not None and not PRICE_MIN <= intent.limit <= PRICE_MAX:
        raise InvalidOrder(f"A limit lies between {PRICE_MIN} and {PRICE_MAX}.")


def _buy(maker: Maker, intent: Intent, *, held: Sequence[int], available: int) -> Execution | None:
    claim = _claim_of(intent)
    price = maker.price(claim)
    wanted = (
        intent.shares
        if intent.shares is not None
        else shares_received(shares_for_budget(price, float(intent.budget or 0), maker.liquidity))
    )
    shares = min(wanted, _shares_within_limit(price, intent, maker.liquidity))
    if shares <= 0:
        _require_nothing_allowed(intent)
        return None
    if intent.budget is not None and shares == wanted:
        cost = intent.budget
    else:
        cost = charge(maker.cost(claim, shares))
    return _settled(
        maker, intent, deltas=_on_claim(claim, shares, len(held)), cost=cost, filled=shares,
        is_complete=shares == wanted, held=held, available=available,
    )  # fmt: skip


def _sell(maker: Maker, intent: Intent, *, held: Sequence[int]) -> Execution | None:
    claim, wanted = _claim_of(intent), intent.shares or 0
    owned = min(held[outcome] for outcome in claim)
    if wanted > owned:
        raise InsufficientShares(
            f"You can sell at most {format_credits(owned)} shares of this claim."
        )
    price = maker.price(claim)
    shares = min(wanted, _shares_within_limit(price, intent, maker.liquidity))
    if shares <= 0:
        _require_nothing_allowed(intent)
        return None
    received = max(0, proceeds(-maker.cost(claim, -shares)))
    return _settled(
        maker, intent, deltas=_on_claim(claim, -shares, len(held)), cost=-received, filled=shares,
        is_complete=shares == wanted, held=held, available=0,
    )  # fmt: skip


def _towards(
    maker: Maker, intent: Intent, *, held: Sequence[int], available: int
) -> Execution | None:
    probabilities = maker.prices()
    stake = float(intent.budget or 0)
    bought = portfolio_towards(probabilities, intent.target or (), stake, maker.liquidity)
    deltas = tuple(shares_received(float(delta)) for delta in bought.deltas)
    if max(deltas) <= 0:
        return None
    exact = [float(max(0, delta)) for delta in deltas]
    cost = charge(portfolio_cost(probabilities, exact, maker.liquidity))
    return _settled(
        maker, intent, deltas=tuple(int(delta) for delta in exact),
        cost=min(cost, intent.budget or 0), filled=int(max(exact)),
        is_complete=bought.travelled >= 1 or cost >= stake, held=held, available=available,
    )  # fmt: skip


def _settled(
    maker: Maker,
    intent: Intent,
    *,
    deltas: tuple[int, ...],
    cost: int,
    filled: int,
    is_complete: bool,
    held: Sequence[int],
    available: int,
) -> Execution:
    """Apply the guards that need the outcome of the trade, redeem complete sets, and answer."""
    if intent.fill_or_kill and not is_complete:
        raise NotFillable("This order cannot be filled whole within its limit; nothing was traded.")
    if intent.cost_max is not None and cost > intent.cost_max:
        raise Slippage(
            f"This now costs {format_credits(cost)}, more than your maximum of "
            f"{format_credits(intent.cost_max)}. Ask for a new quote."
        )
    if intent.shares_min is not None and filled < intent.shares_min:
        raise Slippage(
            f"This now buys {format_credits(filled)} shares, fewer than your minimum of "
            f"{format_credits(intent.shares_min)}. Ask for a new quote."
        )
    traded = maker.trade(deltas)
    redeemed = min(have + delta for have, delta in zip(held, deltas, strict=True))
    redeemed = max(0, redeemed)
    if cost - redeemed > available:
        raise InsufficientCredits(
            f"This costs {format_credits(cost)} and you have {format_credits(available)} to spend."
        )
    after = traded.trade([-redeemed] * len(deltas))
    price_before, price_after = _prices_around(maker, after, intent, deltas)
    return Execution(
        deltas=deltas, cost=cost, redeemed=redeemed, filled=filled, is_complete=is_complete,
        price_before=price_before, price_after=price_after, maker=after,
    )  # fmt: skip


def _prices_around(
    before: Maker, after: Maker, intent: Intent, deltas: tuple[int, ...]
) -> tuple[float | None, float | None]:
    """The claim's price before and after, refused where it leaves what the maker quotes."""
    claim = intent.claim
    if claim is None:
        rises = after.prices() > before.prices()
        for outcome in range(len(deltas)):
            if rises[outcome]:
                require_buy_in_range(float(after.prices()[outcome]))
        return None, None
    price_before = claim_price(before.prices(), claim)
    price_after = claim_price(after.prices(), claim)
    if intent.is_buy:
        require_buy_in_range(price_after)
    else:
        require_sale_in_range(price_before, price_after)
    return price_before, price_after


def _shares_within_limit(price: float, intent: Intent, liquidity: float) -> int:
    """Microshares until the maker's price stands at the limit; without one, no bound."""
    if intent.limit is None:
        return 2**63 - 1
    to_limit = shares_to_price(price, intent.limit, liquidity)
    return shares_received(to_limit if intent.is_buy else -to_limit)


def _require_nothing_allowed(intent: Intent) -> None:
    if intent.fill_or_kill:
        raise NotFillable("Nothing can be traded within this limit; nothing was traded.")


def _claim_of(intent: Intent) -> Claim:
    if intent.claim is None:
        raise InvalidOrder("Name the claim to trade.")
    return intent.claim


def _on_claim(claim: Claim, shares: int, outcome_count: int) -> tuple[int, ...]:
    inside = set(claim)
    return tuple(shares if outcome in inside else 0 for outcome in range(outcome_count))
