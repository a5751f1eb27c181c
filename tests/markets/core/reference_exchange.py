"""The exchange again, slowly and obviously: what `markets.core.exchange` must agree with.

Written from the rules and not from the code. It keeps orders in one list and looks through all of
it for every question, knows nothing of pairs, faces or queues, remembers no price, and computes
with fifty digits, so that it may subtract one value of the cost function from another.

Where the code rounds a float, this rounds the true number, so the two may differ by a microshare or
a microcredit wherever the maker trades. A decision that hangs on less than `DOUBT` microshares
could go either way: `doubtful` says that there was one, and that nothing can be compared.
"""

from dataclasses import dataclass, replace

from mpmath import mp, mpf

mp.dps = 50

LOT = 1_000
FILLS_MAX = 1_000
DOUBT = 8


class Refused(Exception):
    """An order that is not taken; `code` says why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Order:
    """`shares` or `budget` is what is left; `limit` is in credits per share, None for no limit."""

    id: int
    trader: int
    is_buy: bool
    claim: frozenset
    limit: mpf | None
    shares: int | None = None
    budget: int | None = None

    @property
    def reserve(self):
        if not self.is_buy:
            return 0
        return ceil(self.shares * self.limit) if self.budget is None else self.budget

    @property
    def is_done(self):
        return not self.shares and not self.budget

    def at(self, price):
        """How many shares are left of it at a price."""
        return floor(self.budget / price) if self.shares is None else self.shares

    def less(self, shares, cost):
        if self.shares is None:
            return replace(self, budget=self.budget - cost)
        return replace(self, shares=self.shares - shares)


@dataclass(frozen=True)
class Traded:
    """One fill: `shares` of the claim, negative in a sale."""

    order: int
    counter: int | None
    trader: int
    claim: frozenset
    shares: int
    cost: int
    redeemed: int


def mills(limit):
    return None if limit is None else mpf(limit) / 1000


def floor(amount):
    return int(mp.floor(amount + mpf("1e-30")))


def ceil(amount):
    return int(mp.ceil(amount - mpf("1e-30")))


class ReferenceExchange:
    """One market: what the maker sold, the orders in the book, what each trader holds."""

    def __init__(self, *, sold, liquidity, prior, orders, held, triggered_max):
        self.sold, self.liquidity = list(sold), mpf(liquidity)
        self.prior = [mpf(each) for each in prior]
        self.orders = list(orders)
        self.held = {trader: list(shares) for trader, shares in held.items()}
        self.everything = frozenset(range(len(self.sold)))
        self.trades, self.displaced, self.released = [], [], 0
        self.offered_by_taker = None
        self.triggered_max = triggered_max
        self.doubtful = False

    # --- The maker ------------------------------------------------------------------------------

    def weight(self, claim):
        return mp.fsum(
            self.prior[outcome] * mp.exp(self.sold[outcome] / self.liquidity) for outcome in claim
        )

    def price(self, claim):
        return self.weight(claim) / self.weight(self.everything)

    def cost(self, claim, shares):
        """C after minus C before; a sale is negative in both."""
        before = self.liquidity * mp.log(self.weight(self.everything))
        grown = self.weight(claim) * mp.exp(shares / self.liquidity)
        after = self.liquidity * mp.log(grown + self.weight(self.everything - claim))
        return after - before

    def room(self, order, bound):
        """How many shares, not rounded, move the price of the order's claim to the bound."""
        price = self.price(order.claim)
        to_bound = self.liquidity * (mp.log(bound / (1 - bound)) - mp.log(price / (1 - price)))
        return to_bound if order.is_buy else -to_bound

    def affordable(self, order):
        """How many shares, not rounded, the order could buy from the maker without a limit."""
        if order.budget is None:
            return mpf(order.shares)
        growth = mp.expm1(order.budget / self.liquidity) / self.price(order.claim)
        return self.liquidity * mp.log1p(growth)

    def leg(self, order, bound, *, in_lots=False):
        """(shares, cost) of what the order trades with the maker up to the bound."""
        most = self.affordable(order)
        room = None if bound is None else self.room(order, bound)
        if room is not None and room <= 0:
            return 0, 0
        whole = room is None or most <= room
        shares = floor(most if whole else room)
        if room is not None:
            self.weigh(most, room)
        if not whole and in_lots and order.is_buy and order.budget is None:
            left = order.shares - room
            self.weigh(left % LOT, 0)
            self.weigh(left % LOT, LOT)
            shares = order.shares - ceil(left / LOT) * LOT
        if not whole:
            self.weigh(shares, LOT)
        if shares <= 0 or (not whole and shares < LOT):
            return 0, 0
        if whole and order.budget is not None:
            return shares, order.budget
        if order.is_buy:
            return shares, ceil(self.cost(order.claim, shares))
        return shares, -floor(-self.cost(order.claim, -shares))

    def weigh(self, one, other):
        """Note where a decision hangs on too little."""
        self.doubtful = self.doubtful or abs(one - other) < DOUBT

    # --- The book -------------------------------------------------------------------------------

    def price_to_taker(self, order, taker):
        """What the taker would pay or get per share of its claim; None where they cannot meet."""
        if order.claim == taker.claim and order.is_buy != taker.is_buy:
            return order.limit
        if order.claim == self.everything - taker.claim and order.is_buy == taker.is_buy:
            return 1 - order.limit
        return None

    def best_for(self, taker):
        """(order, price) that the taker meets first, within its limit; (None, None) if none."""
        met = []
        for order in self.orders:
            price = self.price_to_taker(order, taker)
            if price is None or not self.is_within(price, taker):
                continue
            in_mills = int(mp.nint(price * 1000))
            met.append((in_mills if taker.is_buy else -in_mills, order.id, order, price))
        if not met:
            return None, None
        *_, order, price = min(met, key=lambda each: each[:2])
        return order, price

    @staticmethod
    def is_within(price, taker):
        if taker.limit is None:
            return True
        slack = mpf("1e-12")  # a stake's limit is a float
        return price <= taker.limit + slack if taker.is_buy else price >= taker.limit - slack

    def is_first(self, order):
        """Does no other order, for the same thing, have a better price or come earlier at it?"""
        for other in self.orders:
            if other.claim == order.claim and other.is_buy == order.is_buy:
                price = other.limit
            elif other.claim == self.everything - order.claim and other.is_buy != order.is_buy:
                price = 1 - other.limit
            else:
                continue
            ahead = price - order.limit if order.is_buy else order.limit - price
            if ahead > mpf("1e-20") or (abs(ahead) < mpf("1e-20") and other.id < order.id):
                return False
        return True

    # --- Holdings -------------------------------------------------------------------------------

    def free(self, trader):
        free = list(self.held.setdefault(trader, [0] * len(self.sold)))
        for order in [*self.orders, self.offered_by_taker]:
            if order is not None and order.trader == trader and not order.is_buy:
                for outcome in order.claim:
                    free[outcome] -= order.shares
        return free

    def redeem(self, trader):
        sets = max(0, min(self.free(trader)))
        self.held[trader] = [held - sets for held in self.held[trader]]
        self.sold = [sold - sets for sold in self.sold]
        return sets

    def fill(self, order, counter, shares, cost):
        """Move shares to (or from) the order's trader; the maker is their other side for now."""
        signed = shares if order.is_buy else -shares
        self.free(order.trader)
        for outcome in order.claim:
            self.held[order.trader][outcome] += signed
            self.sold[outcome] += signed
        left = order.less(shares, cost)
        if self.offered_by_taker is not None and order.id == self.offered_by_taker.id:
            self.offered_by_taker = left
        self.put_back(left)
        redeemed = self.redeem(order.trader)
        self.trades.append(
            Traded(order.id, counter, order.trader, order.claim, signed, cost, redeemed)
        )
        return left

    def put_back(self, left):
        """Let what is left of an order take its place in the book, if it has one."""
        self.orders = [
            left if order.id == left.id else order
            for order in self.orders
            if order.id != left.id or not left.is_done
        ]

    # --- What happens ---------------------------------------------------------------------------

    def submit(self, order, *, available, rests=False, fill_or_kill=False):
        """Carry out an order and all that it sets off; raises `Refused`."""
        if not order.is_buy:
            if order.shares > min(self.free(order.trader)[outcome] for outcome in order.claim):
                raise Refused("insufficient_shares")
            self.offered_by_taker = order
        before = self.price(order.claim)
        left = self.walk(order)
        if len(self.trades) > FILLS_MAX:
            raise Refused("too_many_fills")
        if fill_or_kill and not left.is_done:
            raise Refused("not_fillable")
        self.offered_by_taker = None
        stays = not left.is_done and rests and left.at(left.limit) >= LOT
        if stays:
            self.orders.append(left)
        redeemed = self.redeem(order.trader)
        if redeemed:
            self.trades.append(Traded(order.id, None, order.trader, order.claim, 0, 0, redeemed))
        paid = sum(each.cost - each.redeemed for each in self.trades if each.trader == order.trader)
        if paid + (left.reserve if stays else 0) > available + self.released:
            raise Refused("insufficient_credits")
        self.require_in_range(before, self.price(order.claim))
        self.trigger()

    def walk(self, taker):
        while not taker.is_done:
            met, price = self.best_for(taker)
            shares, cost = self.leg(taker, taker.limit if met is None else price)
            if shares:
                taker = self.fill(taker, None, shares, cost)
            if met is None or taker.is_done:
                break
            if met.trader == taker.trader:
                self.displace(met)
            else:
                taker = self.match(taker, met, price)
        return taker

    def match(self, taker, met, price):
        shares = min(taker.at(price), met.at(met.limit))
        value = shares * price
        left = self.fill(taker, met.id, shares, ceil(value) if taker.is_buy else -floor(value))
        value = shares * met.limit
        if not met.is_buy:
            cost = -floor(value)
        elif met.budget is not None:
            cost = ceil(value)
        else:
            cost = met.reserve - met.less(shares, 0).reserve
        self.fill(met, taker.id, shares, cost)
        return left

    def displace(self, order):
        self.orders.remove(order)
        self.displaced.append(order.id)
        self.released += order.reserve
        redeemed = self.redeem(order.trader)
        if redeemed:
            self.trades.append(Traded(order.id, None, order.trader, order.claim, 0, 0, redeemed))

    def trigger(self):
        """Let the oldest of the first orders that the maker betters trade with it, and again.

        After `triggered_max` times those that are left wait for the next order.
        """
        for _ in range(self.triggered_max):
            crossing = [
                (order.id, order, self.leg(order, order.limit, in_lots=True))
                for order in self.orders
                if self.is_first(order)
            ]
            crossing = [each for each in crossing if each[2][0]]
            if not crossing:
                return
            _, order, (shares, cost) = min(crossing, key=lambda each: each[0])
            assert self.best_for(order) == (None, None), "the book is crossed"
            self.fill(order, None, shares, cost)

    @staticmethod
    def require_in_range(before, after):
        slack = mpf("1e-12")
        if after > before and after > mpf("0.999") + slack:
            raise Refused("price_out_of_range")
        if after < before and before > mpf("0.001") > after + slack:
            raise Refused("price_out_of_range")
