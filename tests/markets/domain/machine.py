"""Whatever people, editors, clocks and workers do, in whatever order: what must hold, holds."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.queries.ledger import audit
from markets.services import (
    forecasting,
    lifecycle,
    liquidity,
    questions,
    resolution,
    scoring,
    settlement,
    trading,
)
from tests.cast import question_text
from tests.markets.domain import histories, money, payments
from tests.markets.domain.world import EDITORS, EVERYBODY, Request, World
from users.models import User

QUESTIONS_MAX = 3
TEXTS: dict[str, dict[str, Any]] = {
    "binary": {},
    "lopsided": {"prior": (0.9, 0.1)},
    "choice": {
        "type": "multiple_choice", "outcomes": ("Baku", "Yerevan", "Tbilisi"),
        "prior": (0.2, 0.3, 0.5),
    },
    "number": {
        "type": "numeric", "outcomes": (), "prior": (),
        "bins": Bins(lower=10, upper=12, count=4, open_below=True, open_above=True),
    },
}  # fmt: skip

indices = st.integers(0, 20)
"""Which of those that there are, counted round and round."""

people, editors = st.sampled_from(EVERYBODY), st.sampled_from(EDITORS)
amounts = st.integers(1, 5_000) | st.integers(MICRO, 400 * MICRO)
periods = st.sampled_from([timedelta(minutes=1), timedelta(hours=7), timedelta(days=2)])
times = st.sampled_from([1, 1, 2])

ORDER_REFUSALS = """
    market_not_open insufficient_credits insufficient_shares invalid_order price_out_of_range
    too_many_open_orders slippage unfillable
"""


class Domain(RuleBasedStateMachine):
    """One world for each example, of which nothing stays in the database."""

    people: dict[str, User]
    seen: Counter[str]
    """The cast, and how often each command did or refused something; set for as long as a test
    runs."""

    def __init__(self) -> None:
        super().__init__()
        self._start = transaction.savepoint()
        self.world = World(self.people, self.seen)
        self.unpaid: payments.Unpaid = {}
        self.checked = None

    def teardown(self) -> None:
        transaction.savepoint_rollback(self._start)
        transaction.set_rollback(False)

    @initialize(kind=st.sampled_from(sorted(TEXTS)), subsidy=st.sampled_from([20, 500]))
    def begin(self, kind: str, subsidy: int) -> None:
        self._publish(kind=kind, subsidy=subsidy * MICRO)

    # Questions and their lives

    @precondition(lambda self: len(self.world.rows.question) < QUESTIONS_MAX)
    @rule(
        kind=st.sampled_from(sorted(TEXTS)),
        subsidy=st.sampled_from([1, 100]),
        closes_in=st.sampled_from([timedelta(hours=12), timedelta(days=5)]),
        opens_in=st.sampled_from([None, None, timedelta(hours=6)]),
    )
    def publish(
        self, kind: str, subsidy: int, closes_in: timedelta, opens_in: timedelta | None
    ) -> None:
        now = self.world.now
        self._publish(
            kind=kind, subsidy=subsidy * MICRO, closes_at=now + closes_in,
            resolve_by=now + timedelta(days=12), opens_at=now + opens_in if opens_in else None,
        )  # fmt: skip

    def _publish(self, *, kind: str, **changes: Any) -> None:
        eve = self.world.people["eve"]
        text = question_text(**TEXTS[kind], **changes)
        question = self.world.ask(
            questions.draft_question, text=text, editor=eve, now=self.world.now
        )
        self.world.ask(
            questions.publish, question_id=question.pk, editor=eve, now=self.world.now,
            override_reason="A test is about else.",
        )  # fmt: skip

    @rule(period=periods)
    def pass_time(self, period: timedelta) -> None:
        self.world.pass_time(period)

    @rule(times=times)
    def sweep_lives(self, times: int) -> None:
        self.world.sweep(lifecycle.advance_due, times=times, now=self.world.now)

    @precondition(lambda self: self.world.any("open"))
    @rule(index=indices, editor=editors)
    def halt(self, index: int, editor: str) -> None:
        self._step(lifecycle.halt, index, editor, "open")

    @precondition(lambda self: self.world.any("halted"))
    @rule(index=indices, editor=editors)
    def resume(self, index: int, editor: str) -> None:
        self._step(lifecycle.resume, index, editor, "halted")

    @precondition(lambda self: self.world.any("open", "halted"))
    @rule(index=indices, editor=editors)
    def close(self, index: int, editor: str) -> None:
        self._step(lifecycle.close, index, editor, "open", "halted")

    def _step(self, command: Any, index: int, editor: str, *statuses: str) -> None:
        question = _pick(self.world.questions(*statuses), index)
        self.world.ask(
            command, "transition_refused", question_id=question.id,
            editor=self.world.people[editor], reason="news", now=self.world.now,
        )  # fmt: skip

    # Trading

    @rule(
        trader=people,
        index=indices,
        claim=st.integers(0, 13),
        is_buy=st.sampled_from([True, True, False]),
        size=amounts,
        counts_shares=st.booleans(),
        offset=st.none() | st.integers(-60, 60),
        time_in_force=st.sampled_from(["ioc", "fok", "gtc", "gtc", "gtd"]),
        is_guarded=st.sampled_from([False, False, False, True]),
    )
    def order(
        self,
        trader: str,
        index: int,
        claim: int,
        is_buy: bool,
        size: int,
        counts_shares: bool,
        offset: int | None,
        time_in_force: str,
        is_guarded: bool,
    ) -> None:
        question = _pick(self.world.questions("open"), index)
        outcomes = _claim(claim, len(question.prior))
        asked = {"budget": size}
        if not is_buy:
            held = self._held(trader, question.id, outcomes)
            asked = {"shares": max(1, held * size // (100 * MICRO))}
        elif counts_shares:
            asked = {"shares": size}
        if is_guarded:
            asked["cost_max" if is_buy and counts_shares else "shares_min"] = size
        if offset is not None:
            asked["limit"] = self._limit(question, outcomes, offset)
        answer = self.world.ask_with_key(
            trading.place_order, ORDER_REFUSALS, trader=self.world.people[trader],
            market_id=question.id, claim=outcomes, side="buy" if is_buy else "sell",
            time_in_force=time_in_force,
            expires_at=self.world.now + timedelta(hours=3) if time_in_force == "gtd" else None,
            clock=self.world.clock, **asked,
        )  # fmt: skip
        if answer is not None:
            assert question.status == "open"
            assert self.world.now < question.closes_at

    def _held(self, trader: str, market_id: int, outcomes: tuple[int, ...]) -> int:
        trader_id = self.world.people[trader].pk
        for position in self.world.rows.position:
            if (position.trader_id, position.market_id) == (trader_id, market_id):
                return min(position.shares[each] for each in outcomes)
        return 0

    def _limit(self, question: Any, outcomes: tuple[int, ...], offset: int) -> Decimal:
        (market,) = (each for each in self.world.rows.market if each.question_id == question.id)
        price = sum(market.probabilities[outcome] for outcome in outcomes)
        return Decimal(min(999, max(1, round(price * 1000) + offset))) / 1000

    @precondition(lambda self: any(each.status == "open" for each in self.world.rows.order))
    @rule(trader=people, index=indices, is_own=st.sampled_from([True, True, True, False]))
    def cancel(self, trader: str, index: int, is_own: bool) -> None:
        order = _pick([each for each in self.world.rows.order if each.status == "open"], index)
        owner = next(user for user in self.world.people.values() if user.pk == order.trader_id)
        canceller = owner if is_own else self.world.people[trader]
        self.world.ask(
            trading.cancel_order, "order_not_found", trader=canceller, order_id=order.id,
            clock=self.world.clock,
        )  # fmt: skip

    @rule(trader=people)
    def cancel_all(self, trader: str) -> None:
        self.world.ask(trading.cancel_all, trader=self.world.people[trader], clock=self.world.clock)

    @rule(times=times)
    def sweep_orders(self, times: int) -> None:
        self.world.sweep(trading.expire_orders, times=times, now=self.world.now)

    @precondition(lambda self: self.world.any("open", "halted", "scheduled"))
    @rule(
        index=indices, amount=st.sampled_from([MICRO // 2, 5 * MICRO, 300 * MICRO]), editor=editors
    )
    def add_liquidity(self, index: int, amount: int, editor: str) -> None:
        question = _pick(self.world.questions("open", "halted", "scheduled"), index)
        user = self.world.people[editor]
        answer = self.world.ask_with_key(
            liquidity.add_liquidity, "conflict_of_interest market_ended invalid_liquidity",
            market_id=question.id, amount=amount, editor=user, now=self.world.now,
        )  # fmt: skip
        if answer is not None:
            assert not self.world.takes_part(user, question.id)

    # Forecasts

    @precondition(lambda self: self.world.any("open", "halted"))
    @rule(
        forecaster=people,
        index=indices,
        parts=st.lists(st.integers(0, 20), min_size=4, max_size=4),
        stake=st.none() | st.integers(MICRO // 100, 100 * MICRO),
        ends_in=st.none() | st.none() | st.sampled_from([timedelta(hours=2), timedelta(days=9)]),
    )
    def forecast(
        self,
        forecaster: str,
        index: int,
        parts: list[int],
        stake: int | None,
        ends_in: timedelta | None,
    ) -> None:
        question = _pick(self.world.questions("open", "halted"), index)
        mine = [1 + part for part in parts[: len(question.prior)]]
        answer = self.world.ask_with_key(
            forecasting.submit_forecast, ORDER_REFUSALS + "question_not_open invalid_forecast",
            forecaster=self.world.people[forecaster], question_id=question.id,
            probabilities=tuple(part / sum(mine) for part in mine), stake=stake,
            ends_at=self.world.now + ends_in if ends_in else None, now=self.world.now,
            clock=self.world.clock,
        )  # fmt: skip
        if answer is not None:
            assert question.status == "open" or (question.status == "halted" and stake is None)
            assert self.world.now < question.closes_at

    @precondition(lambda self: self.world.rows.forecast)
    @rule(index=indices)
    def withdraw(self, index: int) -> None:
        forecast = _pick(self.world.rows.forecast[::-1], index)
        forecaster = next(
            user for user in self.world.people.values() if user.pk == forecast.forecaster_id
        )
        self.world.ask(
            forecasting.withdraw_forecast, "question_not_open", forecast_id=forecast.id,
            forecaster=forecaster, now=self.world.now,
        )  # fmt: skip

    @rule(times=times)
    def sweep_crowds(self, times: int) -> None:
        self.world.sweep(forecasting.refresh_crowds, times=times, now=self.world.now)

    # Answers

    @precondition(lambda self: self.world.any("open", "closed", "challenged"))
    @rule(index=indices, answer=st.integers(0, 4), editor=editors)
    def propose(self, index: int, answer: int, editor: str) -> None:
        question = _pick(self.world.questions("closed", "challenged", "open"), index)
        user = self.world.people[editor]
        taken = self.world.ask(
            resolution.propose, "conflict_of_interest transition_refused",
            question_id=question.id, proposer=user, now=self.world.now,
            rationale="The ministry says so.", **_answer(question, answer),
        )  # fmt: skip
        if taken is not None:
            assert not self.world.takes_part(user, question.id)

    @precondition(lambda self: self.world.any("proposed"))
    @rule(index=indices, challenger=people)
    def challenge(self, index: int, challenger: str) -> None:
        question = _pick(self.world.questions("proposed"), index)
        user = self.world.people[challenger]
        taken = self.world.ask(
            resolution.challenge, "not_a_participant challenge_closed insufficient_credits",
            question_id=question.id, challenger=user, reason="It is wrong.", now=self.world.now,
        )  # fmt: skip
        if taken is not None:
            assert self.world.takes_part(user, question.id)

    @precondition(lambda self: self.world.any("proposed", "challenged"))
    @rule(index=indices, editor=editors)
    def confirm(self, index: int, editor: str) -> None:
        question = _pick(self.world.questions("proposed", "challenged"), index)
        user = self.world.people[editor]
        taken = self.world.ask(
            resolution.confirm, "conflict_of_interest second_person_needed",
            question_id=question.id, editor=user, now=self.world.now,
        )  # fmt: skip
        if taken is not None:
            assert taken.resolution.proposer_id != user.pk
            assert not self.world.takes_part(user, question.id)

    @rule(times=times)
    def sweep_silence(self, times: int) -> None:
        self.world.sweep(resolution.confirm_uncontested, times=times, now=self.world.now)

    @rule(index=indices, editor=editors)
    def annul(self, index: int, editor: str) -> None:
        question = _pick(self.world.rows.question, index)
        self.world.ask(
            resolution.annul, "conflict_of_interest transition_refused", question_id=question.id,
            editor=self.world.people[editor], reason="It was ill-posed.", now=self.world.now,
        )  # fmt: skip

    # Paying and scoring

    @precondition(lambda self: self._settlements("due", "settling"))
    @rule(index=indices, chunk=st.integers(1, 2))
    def settle_a_chunk(self, index: int, chunk: int) -> None:
        due = _pick(self._settlements("due", "settling"), index)
        before = self.world.rows
        self.world.ask(
            settlement.settle_chunk, resolution_id=due.resolution_id, now=self.world.now,
            chunk=chunk,
        )  # fmt: skip
        payments.require_just_payments(before, self.world.rows, self.unpaid)

    @precondition(lambda self: self.world.rows.settlement)
    @rule(index=indices)
    def settle(self, index: int) -> None:
        due = _pick(self._settlements("due", "settling") or self.world.rows.settlement, index)
        before = self.world.rows
        self.world.sweep(
            settlement.settle, times=2, resolution_id=due.resolution_id, now=self.world.now
        )
        payments.require_just_payments(before, self.world.rows, self.unpaid)

    @precondition(lambda self: self.world.rows.settlement)
    @rule(index=indices)
    def score(self, index: int) -> None:
        due = _pick(self._settlements("settled") or self.world.rows.settlement, index)
        self.world.sweep(
            scoring.score, times=2, resolution_id=due.resolution_id, now=self.world.now
        )

    def _settlements(self, *states: str) -> list[Any]:
        return [each for each in self.world.rows.settlement if each.state in states]

    # Doubles

    @precondition(lambda self: self.world.requests)
    @rule(index=indices)
    def send_again(self, index: int) -> None:
        self.world.ask_again(_pick(self.world.requests[::-1], index))

    @precondition(lambda self: self.world.requests)
    @rule(index=indices)
    def send_otherwise(self, index: int) -> None:
        request: Request = _pick(self.world.requests[::-1], index)
        for name in ("amount", "stake", "shares", "budget"):
            if request.arguments.get(name) is not None:
                changed = {name: request.arguments[name] + 1}
                break
        else:
            changed = {"rationale": "On second thoughts."}
        self.world.ask_otherwise(request, **changed)

    # What must always hold

    @invariant()
    def all_is_well(self) -> None:
        rows, unpaid = self.world.rows, self.unpaid
        if rows is self.checked:
            return
        connection.check_constraints()
        money.require_balances(rows)
        money.require_reserves(rows)
        money.require_shares(rows)
        money.require_escrows(rows)
        money.require_replay(rows)
        payments.require_each_paid_once(rows, unpaid)
        payments.require_settled_whole(rows)
        payments.require_no_late_fills(rows)
        payments.require_annulled_whole(rows, unpaid)
        histories.require_append_only(rows)
        histories.require_lives(rows)
        histories.require_challenges(rows)
        histories.require_crowds(rows)
        if self.checked is not None:
            histories.require_only_added(self.checked, rows)
        assert audit() == []
        self.checked = rows


def _pick(those: list[Any], index: int) -> Any:
    return those[index % len(those)]


def _claim(number: int, outcome_count: int) -> tuple[int, ...]:
    """The claims of a question, counted round and round."""
    mask = 1 + number % (2**outcome_count - 2)
    return tuple(outcome for outcome in range(outcome_count) if mask >> outcome & 1)


def _answer(question: Any, number: int) -> dict[str, Any]:
    """Answers of every kind: one outcome, a value, or a truth that is split."""
    count = len(question.prior)
    if question.lower is not None and number < 2:
        return {"value": question.lower + number}
    if number == 4:
        return {"outcome_weights": [1 / count] * count}
    return {"outcome_weights": [float(outcome == number % count) for outcome in range(count)]}
