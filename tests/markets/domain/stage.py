"""The stage of the state machine: one world for each example, and what must always hold in it."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from markets.core.money import MICRO
from markets.queries.ledger import audit
from tests.markets.domain import histories, marks, money, payments
from tests.markets.domain.world import EDITORS, EVERYBODY, World
from users.models import User

indices = st.integers(0, 20)
"""Which of those that there are, counted round and round."""

people, editors = st.sampled_from(EVERYBODY), st.sampled_from(EDITORS)
amounts = st.integers(1, 5_000) | st.integers(MICRO, 400 * MICRO)
periods = st.sampled_from(
    [timedelta(minutes=1), timedelta(hours=7), timedelta(days=2), timedelta(hours=-1)]
)
"""By how much the clock moves on, or steps back."""
moods = st.integers(0, 3)
"""What would end or waste most worlds is only done in one mood of four."""

ORDER_REFUSALS = """
    market_not_open insufficient_credits insufficient_shares invalid_order invalid_budget
    price_out_of_range not_fillable slippage
"""


class EveryRule:
    """Hypothesis leaves out half of all rules at random, and with them most of a question's life.

    Here it does so in one world of four.
    """

    def is_enabled(self, name: str) -> bool:
        return True


every_rule = st.just(EveryRule())


class Stage(RuleBasedStateMachine):
    """One world for each example, of which nothing stays in the database."""

    people: dict[str, User]
    seen: Counter[str]
    """The cast, and how often each command did or refused something; set for as long as a test
    runs."""

    def __init__(self) -> None:
        super().__init__()
        some_rules = self._rules_strategy.enabled_rules_strategy
        self._rules_strategy.enabled_rules_strategy = st.shared(
            st.integers(0, 3).flatmap(lambda mood: some_rules if mood == 3 else every_rule),
            key=("enabled rules", "or all", self),
        )
        self._start = transaction.savepoint()
        self.world = World(self.people, self.seen)
        self.unpaid: payments.Unpaid = {}
        self.checked: Any = None

    def teardown(self) -> None:
        transaction.savepoint_rollback(self._start)
        transaction.set_rollback(False)

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
        marks.require_marks(self.checked, rows)
        assert audit() == []
        self.checked = rows


def pick(those: list[Any], index: int) -> Any:
    return those[index % len(those)]


def claim_of(number: int, outcome_count: int) -> tuple[int, ...]:
    """The claims of a question, counted round and round."""
    mask = 1 + number % (2**outcome_count - 2)
    return tuple(outcome for outcome in range(outcome_count) if mask >> outcome & 1)
