"""What one order has changed so far, laid over a book that is only read.

An execution is worked out fill by fill, and may be refused at any point; then nothing must have
happened. So what changes is kept here, beside the book: whoever asks what stands is answered with
the change where there is one, and from the book otherwise.
"""

from markets.core.book import Book, offering, redeem, redemption, release_of
from markets.core.claims import Claim
from markets.core.errors import MarketError
from markets.core.orders import (
    Fill,
    Holding,
    Resting,
    ShareVector,
    WalletChange,
)
from markets.core.pairs import PairedClaim

FILLS_MAX = 1_000
"""How many fills one order may cause on its own walk, all of them in the market's lock: 12 ms on a
book of two outcomes. Those of the orders that it triggers have `exchange.TRIGGERED_MAX`."""

NO_CHANGE = WalletChange()


class TooManyFills(MarketError):
    """The order would meet more others on its walk than one order may."""

    code = "too_many_fills"
    field = "shares"


class Changes:
    """The changes of one execution, of which `order` is the incoming one.

    `filled` and `cost` are what that order has traded so far, and what it cost; `triggered` is how
    many fills with the maker it has set off.
    """

    def __init__(self, book: Book, order: int) -> None:
        self.book = book
        self.order = order
        self.maker = book.maker
        self.fills: list[Fill] = []
        self.filled = 0
        self.cost = 0
        self.triggered = 0
        self.rests: Resting | None = None
        self.resting: dict[int, Resting | None] = {}
        self.displaced: list[int] = []
        self.holdings: dict[int, Holding] = {}
        self.wallets: dict[int, WalletChange] = {}
        self._gone: dict[tuple[Claim, bool], int] = {}

    # --- What stands ----------------------------------------------------------------------------

    def holding(self, trader: int) -> Holding:
        return self.holdings.get(trader) or self.book.holding(trader)

    def wallet(self, trader: int) -> WalletChange:
        return self.wallets.get(trader, NO_CHANGE)

    def first(self, face: Claim, *, is_bid: bool) -> Resting | None:
        """The order that is first to be filled on one side of a pair."""
        found = self._first_of_book(face, is_bid=is_bid)
        if self.rests is None or self._side_of(self.rests) != (face, is_bid):
            return found
        if found is None:
            return self.rests
        # It is younger than all others, so it only comes first where its price is better.
        ahead = self.price_on_face(self.rests) - self.price_on_face(found)
        return self.rests if (ahead > 0 if is_bid else ahead < 0) else found

    def beaten(self) -> list[Resting]:
        """Orders first on their side that the maker may better: no others need to be looked at."""
        sides = self.book.beaten(self.maker)
        if self.rests is not None and (own := self._side_of(self.rests)) not in sides:
            sides.append(own)
        if not sides:
            return []
        firsts = [self.first(face, is_bid=is_bid) for face, is_bid in sides]
        return [order for order in firsts if order is not None]

    def price_on_face(self, order: Resting) -> int:
        """The limit of an order as a price, in mills, of its pair's face."""
        return self.book.paired(order.claim).on_face(order.limit)

    def _side_of(self, order: Resting) -> tuple[Claim, bool]:
        claim = self.book.paired(order.claim)
        return claim.face, claim.is_bid(is_buy=order.is_buy)

    def _first_of_book(self, face: Claim, *, is_bid: bool) -> Resting | None:
        side = (face, is_bid)
        place = self._gone.get(side, 0)
        while (order := self.book.order_at(place, face, is_bid=is_bid)) is not None:
            left = self.resting.get(order.id, order)
            if left is not None:
                break
            place += 1  # only the first of a side ever goes, so those that are gone come first
            self._gone[side] = place
        else:
            left = None
        return left

    # --- What happens ---------------------------------------------------------------------------

    def trade(
        self,
        *,
        order: int,
        counter: int | None,
        trader: int,
        claim: PairedClaim,
        is_buy: bool,
        shares: int,
        cost: int,
    ) -> None:
        """Let an order trade `shares` of a claim for `cost`.

        Against the maker, whose price moves; or as one side of a match with the order `counter`,
        and then no price does.
        """
        deltas = claim.inside * (shares if is_buy else -shares)
        price_before = price_after = claim.price(self.maker.prices())
        if counter is None:
            self.maker = self.maker.trade(deltas)
            price_after = claim.price(self.maker.prices())
        redeemed = self._move(trader, deltas, is_offered=not is_buy)
        self._record(
            Fill(
                order=order, counter=counter, trader=trader, claim=claim.claim, filled=shares,
                shares=deltas, redeemed=redeemed, cost=cost, price_before=price_before,
                price_after=price_after, probabilities=self.maker.prices(),
            )
        )  # fmt: skip

    def trade_portfolio(self, *, order: int, trader: int, deltas: ShareVector, cost: int) -> None:
        """Let a stake buy different shares of every outcome from the maker."""
        self.maker = self.maker.trade(deltas)
        redeemed = self._move(trader, deltas, is_offered=False)
        self._record(
            Fill(
                order=order, counter=None, trader=trader, claim=None, filled=int(deltas.max()),
                shares=deltas, redeemed=redeemed, cost=cost, price_before=None, price_after=None,
                probabilities=self.maker.prices(),
            )
        )  # fmt: skip

    def issue(self, sets: int) -> None:
        """Mint complete sets (negative: burn them) between the two sides of a match."""
        self.maker = self.maker.issue(sets)

    def trigger(self, order: Resting, *, shares: int, cost: int) -> None:
        """Let a resting order trade with the maker because somebody else moved the price."""
        self.triggered += 1
        self.trade(
            order=order.id, counter=None, trader=order.trader,
            claim=self.book.paired(order.claim), is_buy=order.is_buy, shares=shares, cost=cost,
        )  # fmt: skip
        self.reduce(order, shares=shares, cost=cost)

    def reduce(self, order: Resting, *, shares: int, cost: int) -> None:
        """Note what is left of a resting order that traded, and release what it need not hold."""
        left = order.after(shares, cost)
        released = order.reserved - (left.reserved if left else 0)
        self._change_wallet(order.trader, reserved=-released)
        if order.id == self.order:
            self.rests = left
        else:
            self.resting[order.id] = left

    def displace(self, order: Resting) -> None:
        """Cancel an order that stands in the way of its own trader."""
        release = release_of(order, self.holding(order.trader), self.maker)
        self.resting[order.id] = None
        self.displaced.append(order.id)
        self.holdings[order.trader] = release.holding
        self.maker = release.maker
        self._change_wallet(order.trader, reserved=release.wallet.reserved)
        if release.fill is not None:
            self._record(release.fill)

    def offer(self, trader: int, claim: PairedClaim, shares: int) -> None:
        """Set shares aside for a sale, so that they are neither sold twice nor redeemed."""
        self.holdings[trader] = offering(self.holding(trader), claim, shares)

    def take_back(self, trader: int, claim: PairedClaim, shares: int) -> None:
        """Let shares that were offered be free again; what they complete is redeemed."""
        redeemed = self._redeem(trader, offering(self.holding(trader), claim, -shares))
        if redeemed:
            self._record(redemption(self.order, trader, claim, redeemed, self.maker))

    def rest(self, order: Resting) -> None:
        """Let what is left of the incoming order stand in the book."""
        self.rests = order
        self._change_wallet(order.trader, reserved=order.reserved)

    def _move(self, trader: int, deltas: ShareVector, *, is_offered: bool) -> int:
        """Change what a trader holds, and return how many complete sets that redeemed."""
        now = self.holding(trader)
        reserved = now.reserved + deltas if is_offered else now.reserved
        return self._redeem(trader, Holding(shares=now.shares + deltas, reserved=reserved))

    def _redeem(self, trader: int, holding: Holding) -> int:
        redeemed, self.holdings[trader] = redeem(holding)
        if redeemed:
            self.maker = self.maker.issue(-redeemed)
        return redeemed

    def _record(self, fill: Fill) -> None:
        if len(self.fills) - self.triggered == FILLS_MAX:
            raise TooManyFills(
                f"This order would cause more than {FILLS_MAX:,} fills: place a smaller one."
            )
        self.fills.append(fill)
        if fill.order == self.order:
            self.filled += fill.filled
            self.cost += fill.cost
        self._change_wallet(fill.trader, balance=fill.redeemed - fill.cost)

    def _change_wallet(self, trader: int, *, balance: int = 0, reserved: int = 0) -> None:
        now = self.wallets.get(trader, NO_CHANGE)
        self.wallets[trader] = WalletChange(now.balance + balance, now.reserved + reserved)
