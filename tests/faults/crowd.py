"""64 threads mix every operation on a few markets: nothing deadlocks, nothing is lost.

Some of the traders are poor, so that wallets are fought over from several markets at once; editors
halt and resume what is being traded, and add liquidity to it. Refusals are part of life. Anything
else that is raised is a fault, and so is a `busy`: the engine has retries and a queue of its own.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.models import Market, Order, Question
from markets.queries.odds import odds_of
from markets.queries.orderbook import order_book
from markets.queries.portfolio import open_orders_of, positions_of, wallet_of
from markets.queries.quotes import quote_order
from markets.services import forecasting, lifecycle, liquidity, trading
from tests.bench import world
from tests.bench.stage import Stage
from tests.faults.books import faults_in_the_books
from tests.faults.verdict import Verdict
from users.models import User

THREADS = 64
RICH, POOR = 32, 32
MARKETS = 4
SAID_EVERY_SECONDS = 1.0


class Member:
    """One thread of the crowd: what it may do, and what came of it."""

    def __init__(
        self, number: int, people: list[User], questions: list[Question], editor: User
    ) -> None:
        self._chance = random.Random(number)
        self._people, self._questions, self._editor = people, questions, editor
        self._prefix, self._count = f"crowd-{number}", 0
        self._mine: list[tuple[User, int]] = []
        self.answered: dict[int, str] = {}
        """Of every order that was taken: its request key."""
        self.operations: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()
        self._deeds: dict[Callable[[], Any], int] = {
            self.buy: 20, self.sell: 10, self.kill_or_fill: 6, self.rest: 20,
            self.rest_until: 6, self.again: 4, self.cancel: 12, self.cancel_all: 2,
            self.stake: 8, self.expire: 1, self.quote: 6, self.read: 6,
            self.halt_and_resume: 1, self.deepen: 1,
        }  # fmt: skip

    def act(self) -> None:
        """Do one thing, whichever chance picks."""
        (deed,) = self._chance.choices(list(self._deeds), list(self._deeds.values()))
        self._count += 1
        try:
            deed()
        except MarketError as refusal:
            self.refused[refusal.code] += 1
        except Exception as fault:  # noqa: BLE001 - reported by the verdict
            self.unexpected[f"{deed.__name__}: {type(fault).__name__}: {fault}"[:200]] += 1
        self.operations[deed.__name__] += 1

    def buy(self) -> None:
        self._place(side="buy", budget=self._chance.randint(1, 200) * MICRO)

    def sell(self) -> None:
        self._place(side="sell", shares=self._chance.randint(1, 60) * MICRO // 4)

    def kill_or_fill(self) -> None:
        self._place(side="buy", shares=20 * MICRO, limit=self._limit(), time_in_force="fok")

    def rest(self) -> None:
        side = self._chance.choice(["buy", "sell"])
        self._place(side=side, shares=15 * MICRO, limit=self._limit(), time_in_force="gtc")

    def rest_until(self) -> None:
        expires_at = timezone.now() + timedelta(seconds=self._chance.uniform(0.01, 2.0))
        self._place(
            side="buy", budget=10 * MICRO, limit=self._limit(), time_in_force="gtd",
            expires_at=expires_at,
        )  # fmt: skip

    def again(self) -> None:
        """Send one request twice; the second answer must be the first."""
        asked = {"side": "buy", "budget": 2 * MICRO}
        trader, question, claim = self._draw()
        asked.update(trader=trader, market_id=question.pk, claim=claim, request_key=self._key())
        first, second = (trading.place_order(**asked) for _ in range(2))
        self.answered[first.pk] = first.request_key
        if first.pk != second.pk or not second.replayed:
            self.unexpected["a retry was answered with another order"] += 1

    def cancel(self) -> None:
        if self._mine:
            trader, order_id = self._mine.pop(self._chance.randrange(len(self._mine)))
            trading.cancel_order(trader=trader, order_id=order_id)

    def cancel_all(self) -> None:
        trading.cancel_all(trader=self._chance.choice(self._people))

    def stake(self) -> None:
        trader, question, _ = self._draw()
        probability = round(self._chance.uniform(0.2, 0.8), 3)
        forecasting.submit_forecast(
            forecaster=trader, question_id=question.pk,
            probabilities=(probability, 1 - probability), stake=5 * MICRO,
            request_key=self._key(), now=timezone.now(),
        )  # fmt: skip

    def expire(self) -> None:
        trading.expire_orders(now=timezone.now())

    def quote(self) -> None:
        trader, question, claim = self._draw()
        quote_order(
            market_id=question.pk, claim=claim, side="buy", budget=5 * MICRO,
            trader_id=trader.pk, now=timezone.now(),
        )  # fmt: skip

    def read(self) -> None:
        trader, question, _ = self._draw()
        odds_of(self._questions, now=timezone.now())
        order_book(Market.objects.get(pk=question.pk), now=timezone.now())
        wallet_of(trader.pk)
        positions_of(trader.pk)
        open_orders_of(trader.pk)

    def halt_and_resume(self) -> None:
        _, question, _ = self._draw()
        asked = {"question_id": question.pk, "editor": self._editor, "reason": "a fault test"}
        try:
            lifecycle.halt(**asked, now=timezone.now())
            time.sleep(0.02)
        finally:
            lifecycle.resume(**asked, now=timezone.now())

    def deepen(self) -> None:
        _, question, _ = self._draw()
        liquidity.add_liquidity(
            market_id=question.pk, amount=MICRO, editor=self._editor, request_key=self._key(),
            now=timezone.now(),
        )  # fmt: skip

    def _place(self, **asked: Any) -> None:
        trader, question, claim = self._draw()
        order = trading.place_order(
            trader=trader, market_id=question.pk, claim=claim, request_key=self._key(), **asked
        )
        self.answered[order.pk] = order.request_key
        if order.status == "open":
            self._mine.append((trader, order.pk))

    def _draw(self) -> tuple[User, Question, tuple[int]]:
        claim = (self._chance.randrange(2),)
        return self._chance.choice(self._people), self._chance.choice(self._questions), claim

    def _limit(self) -> Decimal:
        return Decimal(self._chance.randint(400, 600)) / 1000

    def _key(self) -> str:
        return f"{self._prefix}-{self._count}"


def mix_everything(stage: Stage, *, operations: int) -> Verdict:
    """Let 64 threads do so many operations each, and see whether everything holds."""
    stage.database("crowd")
    editor = world.an_editor()
    questions = world.markets(MARKETS, editor=editor, subsidy=500 * MICRO)
    people = world.traders(RICH, purse=10_000 * MICRO) + world.traders(POOR, purse=0, first=RICH)
    deadlocks = stage.deadlocks()
    crowd = [Member(number, people, questions, editor) for number in range(THREADS)]
    threads = [
        threading.Thread(target=_run, args=(member, operations), daemon=True) for member in crowd
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        done = sum(member.operations.total() for member in crowd)
        stage.say(f"crowd, {done:,} of {operations * THREADS:,} operations")
        time.sleep(SAID_EVERY_SECONDS)
    stage.say("the crowd is gone; comparing")
    return _verdict(crowd, stage.deadlocks() - deadlocks)


def _run(member: Member, operations: int) -> None:
    for _ in range(operations):
        close_old_connections()  # as happens between the requests of a web server
        member.act()
    close_old_connections()


def _verdict(crowd: list[Member], deadlocks: int) -> Verdict:
    operations, refused, unexpected = Counter[str](), Counter[str](), Counter[str]()
    answered: dict[int, str] = {}
    for member in crowd:
        operations += member.operations
        refused += member.refused
        unexpected += member.unexpected
        answered |= member.answered
    there = dict(Order.objects.filter(origin="api").values_list("pk", "request_key"))
    faults = [f"{count} times {what}" for what, count in unexpected.items()]
    if deadlocks:
        faults.append(f"{deadlocks} deadlocks in the database")
    if refused["busy"]:
        faults.append(f"{refused['busy']} refusals as busy")
    lost = {key for pk, key in answered.items() if there.get(pk) != key}
    if lost:
        faults.append(f"{len(lost)} orders were acknowledged and are not there")
    if len(there) != len(answered):
        faults.append(f"{len(there)} orders are there, {len(answered)} were acknowledged")
    faults += faults_in_the_books()
    seen = {"operations": operations.total(), "orders": len(answered)}
    return Verdict(seen={**seen, **dict(refused.most_common())}, faults=faults)
