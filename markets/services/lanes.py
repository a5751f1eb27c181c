"""Flat combining: of all threads that wait with an order, one carries out everybody's.

A market can be changed by one transaction at a time, and a durable commit takes far longer than the
arithmetic of an order. So orders are not queued for the lock one by one. Each thread puts its
command into the queue of a *lane*; the first becomes the lane's leader, takes all that waits, and
carries it out in one transaction with one commit. While that is on its way it puts together the
next batch from whoever came meanwhile, and has PostgreSQL lock and read for it. After a few batches
somebody else leads.

Whoever is answered sleeps on until the batch behind is with PostgreSQL as well, and then wakes the
next: a hundred threads that wake at once only take the interpreter from the one that has work.

Nothing ever waits for a batch to fill. With little to do a batch is one command, at no extra cost;
the more there is to do, the larger the batches grow by themselves.

A market always falls into the same lane of a process, so that its orders wait in one queue. Lanes
do not make anything correct: two processes, or two machines, meet at the row locks of the database.

Source: D. Hendler, I. Incze, N. Shavit, M. Tzafrir, "Flat combining and the
synchronization-parallelism tradeoff", SPAA 2010.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from markets.core.errors import MarketError

LANES = 1
"""Two lanes in one process only take turns at its interpreter, with smaller batches. The price of
one is that a market which cannot be locked holds up the others of its process, for 2 s at most."""
BATCH_MAX = 256
BATCHES_LED_MAX = 8
"""How many batches a thread carries out at most before its own answer is of use to it."""
WAITING_MAX = 2_000
PATIENCE_SECONDS = 5.0


class Busy(MarketError):
    """Too much waits here, or the database could not be had in time; nothing was written."""

    code = "busy"
    retryable = True
    retry_seconds = 1


AnswerT = TypeVar("AnswerT")


class Command(Generic[AnswerT]):
    """Something to do about one market, and the thread that waits for its answer."""

    def __init__(self, market_id: int) -> None:
        self.market_id = market_id
        self.is_answered = False
        self.next: Command[Any] | None = None
        """Whom its thread wakes once it is awake itself."""
        self._answer: AnswerT
        self._refusal: BaseException | None = None
        self._turn = threading.Lock()
        self._turn.acquire()

    def answer(self, answer: AnswerT) -> None:
        self._answer, self.is_answered = answer, True

    def refuse(self, refusal: BaseException) -> None:
        self._refusal, self.is_answered = refusal, True

    def result(self) -> AnswerT:
        """The answer, or the refusal raised."""
        if self._refusal is not None:
            raise self._refusal
        return self._answer

    def wait(self, seconds: float) -> bool:
        """Sleep until woken; False where nobody did in time. Then wake the next, if there is one.

        A crowd that is woken at once only stands in its own way at the interpreter's door.
        """
        is_woken = self._turn.acquire(timeout=seconds)
        next_, self.next = self.next, None
        if next_ is not None:
            next_.wake()
        return is_woken

    def wake(self) -> None:
        """Let its thread go on: with the answer, or without one to lead the lane."""
        self._turn.release()


class Lead:
    """A batch, and what its leader may do for others while it is carried out."""

    def __init__(self, lane: "Lane", commands: list[Command[Any]]) -> None:
        self.commands = commands
        self._lane = lane

    def join(self, market_ids: Collection[int]) -> list[Command[Any]]:
        """Take in some of what waits for these markets, which are locked now; return that."""
        joined = self._lane.take_for(market_ids, besides=len(self.commands))
        self.commands.extend(joined)
        return joined

    def look_ahead(self) -> None:
        """Begin with the next batch: this one only waits for its commit any more."""
        self._lane.look_ahead()

    def let_go(self) -> None:
        """Wake those who were answered with the batch before this one."""
        self._lane.let_go()


class Engine(Protocol):
    """What carries out the batches of one lane."""

    def begin(self, commands: Sequence[Command[Any]]) -> None:
        """Ask for what the next batch needs, without waiting for it. Nothing is ever raised."""

    def carry_out(self, lead: Lead) -> None:
        """Answer or refuse every command of the batch that was begun, and all that join it."""


class Lane:
    """One queue, and at most one thread that is its leader."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: deque[Command[Any]] = deque()
        self._ahead: list[Command[Any]] = []
        self._answered: list[Command[Any]] = []
        self._mutex = threading.Lock()
        self._is_led = False

    def submit(self, command: Command[AnswerT]) -> AnswerT:
        """Return the answer to a command, whichever thread carries it out.

        Raises:
            Busy: the queue is full, or nobody came to it in time. Nothing was written.
        """
        with self._mutex:
            if len(self._queue) >= WAITING_MAX:
                raise Busy("Too many orders wait here; send the same request again in a moment.")
            self._queue.append(command)
            leads = not self._is_led
            self._is_led = True
        if not leads and not command.wait(PATIENCE_SECONDS):
            self._give_up(command)
        if not command.is_answered:
            self._lead()
        return command.result()

    def _give_up(self, command: Command[Any]) -> None:
        """Leave the queue; or wait on where a leader has taken the command out already."""
        with self._mutex:
            if command.wait(0):
                return
            if command in self._queue:
                self._queue.remove(command)
                raise Busy("This took too long; send the same request again in a moment.")
        command.wait(-1)

    def take_for(self, market_ids: Collection[int], *, besides: int) -> list[Command[Any]]:
        """Take half of what waits, where more waits than the `besides` that a batch has already.

        The other half becomes the next batch, which is put together while this one is committed.
        """
        waiting = len(self._queue)
        if waiting <= besides:
            return []
        most = min(BATCH_MAX - besides, -(-waiting // 2))
        return self._take(lambda command: command.market_id in market_ids, most)

    def look_ahead(self) -> None:
        """Take the next batch out of the queue and begin with it."""
        self._ahead = self._take(lambda command: True, BATCH_MAX)
        if self._ahead:
            self._engine.begin(self._ahead)

    def let_go(self) -> None:
        """Wake those who have their answer, each by the one before."""
        answered, self._answered = self._answered, []
        for command, next_ in pairwise(answered):
            command.next = next_
        if answered:
            answered[0].wake()

    def _lead(self) -> None:
        """Carry out the batch that one's own command comes first in, and a few more; pass on."""
        mine = self._ahead[0] if self._ahead else self._queue[0]
        try:
            for _ in range(BATCHES_LED_MAX):
                self._carry_out_next(besides=mine)
                if not self._ahead:
                    break
        finally:
            self._pass_on()

    def _carry_out_next(self, *, besides: Command[Any]) -> None:
        """Carry out the next batch; all `besides` the leader's own command are woken later."""
        commands, self._ahead = self._ahead, []
        if not commands:
            commands = self._take(lambda command: True, BATCH_MAX)
            self._engine.begin(commands)
        try:
            self._engine.carry_out(Lead(self, commands))
        finally:
            for command in commands:
                if not command.is_answered:
                    command.refuse(Busy("This was interrupted; send the same request again."))
            self.let_go()
            self._answered = [command for command in commands if command is not besides]

    def _pass_on(self) -> None:
        """Have somebody else lead: the first of the batch that was begun, or of those who wait.

        If a batch was begun, who has been answered sleeps on until that one is on its way.
        """
        if not self._ahead:
            self.let_go()
        with self._mutex:
            if self._ahead:
                self._ahead[0].wake()
            elif self._queue:
                self._queue[0].wake()
            else:
                self._is_led = False

    def _take(self, wanted: Callable[[Command[Any]], bool], most: int) -> list[Command[Any]]:
        """Take what is wanted out of the queue, in order; the rest keeps its order too."""
        taken: list[Command[Any]] = []
        with self._mutex:
            rest: deque[Command[Any]] = deque()
            for command in self._queue:
                (taken if len(taken) < most and wanted(command) else rest).append(command)
            self._queue = rest
        return taken


class Lanes:
    """The lanes of this process; a market always falls into the same one."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._lanes = [Lane(engine) for engine in engines]

    def submit(self, command: Command[AnswerT]) -> AnswerT:
        return self._lanes[command.market_id % len(self._lanes)].submit(command)
