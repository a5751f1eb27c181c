"""Orders of every kind are placed, cancelled and expire; liquidity is added."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from markets.core.money import MICRO
from markets.services import liquidity, trading
from tests.markets.domain.stage import (
    ORDER_REFUSALS,
    Stage,
    amounts,
    claim_of,
    editors,
    indices,
    moods,
    people,
    pick,
)

claims, parts, offsets = st.integers(0, 13), st.integers(1, 101), st.integers(-60, 60)
too_low = st.integers(-200, -20)
"""Offsets from the price at which an order rests."""


class Trades(Stage):
    """What traders do, and whoever makes it easier for them."""

    @precondition(lambda self: self.world.any("open"))
    @rule(
        trader=people,
        index=indices,
        claim=claims,
        size=amounts,
        counts_shares=st.booleans(),
        offset=st.none() | offsets,
        time_in_force=st.sampled_from(["ioc", "ioc", "fok"]),
        is_guarded=st.sampled_from([False, False, True]),
    )
    def buy(
        self,
        trader: str,
        index: int,
        claim: int,
        size: int,
        counts_shares: bool,
        offset: int | None,
        time_in_force: str,
        is_guarded: bool,
    ) -> None:
        question = pick(self.world.questions("open"), index)
        asked = {"shares" if counts_shares else "budget": size}
        if is_guarded:
            asked["cost_max" if counts_shares else "shares_min"] = size
        self._place(trader, question, claim, offset, side="buy", time_in_force=time_in_force,
                    **asked)  # fmt: skip

    @precondition(lambda self: self.world.any("open") and self.world.rows.position)
    @rule(index=indices, claim=claims, part=parts, offset=st.none() | offsets, rests=st.booleans())
    def sell(self, index: int, claim: int, part: int, offset: int | None, rests: bool) -> None:
        position = pick(self.world.rows.position[::-1], index)
        question = self.world.question(position.market_id)
        held = min(position.shares[outcome] for outcome in claim_of(claim, len(position.shares)))
        self._place(
            self.world.name_of(position.trader_id), question, claim, offset, side="sell",
            shares=max(1, held * part // 100),
            time_in_force="gtc" if rests and offset is not None else "ioc",
        )  # fmt: skip

    @precondition(lambda self: self.world.any("open"))
    @rule(
        trader=people,
        index=indices,
        claim=claims,
        size=amounts,
        counts_shares=st.booleans(),
        offset=too_low | too_low | offsets,
        expires_in=st.none() | st.sampled_from([timedelta(minutes=1), timedelta(hours=3)]),
    )
    def bid(
        self,
        trader: str,
        index: int,
        claim: int,
        size: int,
        counts_shares: bool,
        offset: int,
        expires_in: timedelta | None,
    ) -> None:
        self._place(
            trader, pick(self.world.questions("open"), index), claim, offset, side="buy",
            time_in_force="gtd" if expires_in else "gtc",
            expires_at=self.world.now + expires_in if expires_in else None,
            **{"shares" if counts_shares else "budget": size},
        )  # fmt: skip

    @rule(trader=people, index=indices, size=amounts, mood=moods)
    def buy_anywhere(self, trader: str, index: int, size: int, mood: int) -> None:
        if mood:
            return  # most of them are refused
        question = pick(self.world.rows.question, index)
        self._place(trader, question, 0, None, side="buy", time_in_force="ioc", budget=size)

    def _place(
        self, trader: str, question: Any, claim: int, offset: int | None, **asked: Any
    ) -> None:
        outcomes = claim_of(claim, len(question.prior))
        if offset is not None:
            asked["limit"] = self._limit(question, outcomes, offset)
        answer = self.world.ask_with_key(
            trading.place_order, ORDER_REFUSALS, trader=self.world.people[trader],
            market_id=question.id, claim=outcomes, clock=self.world.clock, **asked,
        )  # fmt: skip
        if answer is not None:
            assert question.status == "open"
            assert self.world.now < question.closes_at

    def _limit(self, question: Any, outcomes: tuple[int, ...], offset: int) -> Decimal:
        (market,) = (each for each in self.world.rows.market if each.question_id == question.id)
        price = sum(market.probabilities[outcome] for outcome in outcomes)
        return Decimal(min(999, max(1, round(price * 1000) + offset))) / 1000

    @precondition(lambda self: any(each.status == "open" for each in self.world.rows.order))
    @rule(trader=people, index=indices, how=st.sampled_from(["one", "one", "all", "another's"]))
    def cancel(self, trader: str, index: int, how: str) -> None:
        order = pick([each for each in self.world.rows.order if each.status == "open"], index)
        if how == "all":
            user = self.world.people[self.world.name_of(order.trader_id)]
            self.world.ask(trading.cancel_all, trader=user, clock=self.world.clock)
            return
        name = trader if how == "another's" else self.world.name_of(order.trader_id)
        self.world.ask(
            trading.cancel_order, "order_not_found", trader=self.world.people[name],
            order_id=order.id, clock=self.world.clock,
        )  # fmt: skip

    @precondition(lambda self: self.world.any("open", "halted", "scheduled"))
    @rule(
        index=indices, amount=st.sampled_from([MICRO // 2, 5 * MICRO, 300 * MICRO]), editor=editors
    )
    def add_liquidity(self, index: int, amount: int, editor: str) -> None:
        question = pick(self.world.questions("open", "halted", "scheduled"), index)
        user = self.world.people[editor]
        answer = self.world.ask_with_key(
            liquidity.add_liquidity, "conflict_of_interest market_ended invalid_liquidity",
            market_id=question.id, amount=amount, editor=user, now=self.world.now,
        )  # fmt: skip
        if answer is not None:
            assert not self.world.takes_part(user, question.id)
