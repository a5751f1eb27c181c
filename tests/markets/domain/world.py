"""A small world in which anything may happen: its people, its clock, and what was asked of it.

Whatever is asked goes through `World.ask`, which sees to what holds of every command: a refusal is
one of those that were to be expected, and has written nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from markets.core.errors import MarketError
from markets.services import lifecycle, trading
from markets.services.commands import Expiry
from markets.services.ledger import open_wallet
from tests.instants import NOON
from tests.markets.domain.rows import read_rows
from users.models import User

TRADERS = ("alice", "bob", "charlie")
EDITORS = ("eve", "erin", "frank")
EVERYBODY = (*TRADERS, "frank")
"""Who trades and forecasts: frank is an editor too, so his interests may conflict."""


@dataclass(frozen=True)
class Request:
    """A request with a key, which whoever asked may send again."""

    command: Callable[..., Any]
    arguments: dict[str, Any]
    answered: int
    """The key of the row that was the answer."""


class World:
    """The people and their clock, the rows as they are, and every request that was taken."""

    def __init__(self, people: dict[str, User], seen: Counter[str]) -> None:
        self.people = people
        self._seen = seen
        self.now = NOON
        for name in EVERYBODY:
            open_wallet(trader=people[name], now=self.now)
        self.rows = read_rows()
        self.requests: list[Request] = []
        self._key_count = 0

    def clock(self) -> Any:
        return self.now

    def new_key(self) -> str:
        self._key_count += 1
        return f"request-{self._key_count}"

    def pass_time(self, period: timedelta) -> None:
        self.now += period

    def ask(self, command: Callable[..., Any], refusals: str = "", **arguments: Any) -> Any:
        """The answer to a command, or None where it was refused, by a code out of `refusals`."""
        name = command.__name__
        start = transaction.savepoint()
        try:
            answer = command(**arguments)
        except MarketError as refusal:
            if refusal.code not in refusals.split():
                raise
            self._require_untouched(f"{name} was refused", start, arguments.get("market_id"))
            self._seen[f"{name}: {refusal.code}"] += 1
            return None
        rows = read_rows()
        if rows != self.rows:
            self.rows = rows
            self._seen[name] += 1
        return answer

    def ask_with_key(self, command: Callable[..., Any], refusals: str, **arguments: Any) -> Any:
        """The answer to a request that carries a key; it may be sent again from now on."""
        arguments["request_key"] = self.new_key()
        answer = self.ask(command, refusals, **arguments)
        if answer is not None:
            self.requests.append(Request(command, arguments, answer.pk))
        return answer

    def ask_again(self, request: Request) -> None:
        """Send a request a second time: the answer is the first one, and nothing is written."""
        start = transaction.savepoint()
        answer = request.command(**request.arguments)
        assert answer.pk == request.answered, "a retry got another answer"
        self._seen["retry"] += 1
        market_id = request.arguments.get("market_id")
        self._require_untouched("this was a retry", start, market_id)

    def ask_otherwise(self, request: Request, **changes: Any) -> None:
        """Send other contents under an earlier key, which is refused."""
        taken = self.ask(request.command, "request_key_reused", **{**request.arguments, **changes})
        assert taken is None, "a request key was taken twice"

    def sweep(self, command: Callable[..., Any], *, times: int = 1, **arguments: Any) -> Any:
        """What a sweep did; running it again at once changes nothing."""
        answer = self.ask(command, **arguments)
        if command is lifecycle.advance_due:  # late, it takes one step of two: opens, then closes
            self.ask(command, **arguments)
        for _ in range(times - 1):
            command(**arguments)
            self._require_untouched(f"{command.__name__} ran a second time")
        return answer

    def _require_untouched(
        self, occasion: str, start: str = "", market_id: int | None = None
    ) -> None:
        """Nothing was written since `start`; but trading ends what has expired in its market."""
        rows = read_rows()
        if rows == self.rows:
            return
        assert market_id is not None, f"{occasion}, and yet rows changed"
        transaction.savepoint_rollback(start)
        trading._submit(Expiry(market_id), self.clock)
        self.rows = read_rows()
        assert self.rows == rows, f"{occasion}, and yet more changed than orders that expired"

    def questions(self, *statuses: str) -> list[Any]:
        """The questions that stand at one of these, or all of them where none does."""
        found = [each for each in self.rows.question if each.status in statuses]
        return found or self.rows.question

    def count(self, *statuses: str) -> int:
        return sum(each.status in statuses for each in self.rows.question)

    def any(self, *statuses: str) -> bool:
        return self.count(*statuses) > 0

    def question(self, question_id: int) -> Any:
        return next(each for each in self.rows.question if each.id == question_id)

    def name_of(self, user_id: int) -> str:
        return next(name for name, user in self.people.items() if user.pk == user_id)

    def takes_part(self, user: User, question_id: int) -> bool:
        """Has this user traded or forecast on the question, or an order that rests there?"""
        return (
            any(
                each.trader_id == user.pk and each.market_id == question_id
                for each in self.rows.position
            )
            or any(
                each.trader_id == user.pk
                and each.market_id == question_id
                and each.status == "open"
                for each in self.rows.order
            )
            or any(
                each.forecaster_id == user.pk and each.question_id == question_id
                for each in self.rows.forecast
            )
        )
