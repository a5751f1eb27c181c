"""Flat combining: of all threads that wait with an order, one carries out everybody's.

A market can be changed by one transaction at a time, and a durable commit takes far longer than the
arithmetic of an order. So orders are not queued for the lock one by one. Each thread puts its
command into the queue of a *lane*; the first becomes the lane's leader, takes all that waits,
carries it out in one transaction with one commit, and hands every thread its own answer. Whoever
came meanwhile waits for the next leader, which is the first of them.

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
from typing import Any, Generic, TypeVar

from markets.core.errors import MarketError

LANES = 2
BATCH_MAX = 256
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
        """Sleep until woken; False where nobody did in time."""
        return self._turn.acquire(timeout=seconds)

    def wake(self) -> None:
        """Let its thread go on: with the answer, or without one to lead the lane."""
        self._turn.release()


Joining = Callable[[Collection[int]], list[Command[Any]]]
"""Takes in what waits for the markets with these ids, once a leader has locked them."""

CarryOut = Callable[[list[Command[Any]], Joining], None]
"""Answers or refuses every command of a batch, and each that it takes in. A lane has its own."""


class Lane:
    """One queue, and at most one thread that is its leader."""

    def __init__(self, carry_out: CarryOut) -> None:
        self._carry_out = carry_out
        self._queue: deque[Command[Any]] = deque()
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

    def _lead(self) -> None:
        """Carry out what waits, beginning with one's own command; then pass the lead on."""
        taken = self._take(lambda command: True, BATCH_MAX)
        mine = taken[0]

        def join(market_ids: Collection[int]) -> list[Command[Any]]:
            joined = self._take(
                lambda command: command.market_id in market_ids, BATCH_MAX - len(taken)
            )
            taken.extend(joined)
            return joined

        try:
            self._carry_out(list(taken), join)
        finally:
            for command in taken:
                if not command.is_answered:
                    command.refuse(Busy("This was interrupted; send the same request again."))
                if command is not mine:
                    command.wake()
            self._pass_on()

    def _take(self, wanted: Callable[[Command[Any]], bool], most: int) -> list[Command[Any]]:
        """Take what is wanted out of the queue, in order; the rest keeps its order too."""
        taken: list[Command[Any]] = []
        with self._mutex:
            rest: deque[Command[Any]] = deque()
            for command in self._queue:
                (taken if len(taken) < most and wanted(command) else rest).append(command)
            self._queue = rest
        return taken

    def _pass_on(self) -> None:
        with self._mutex:
            if self._queue:
                self._queue[0].wake()
            else:
                self._is_led = False


class Lanes:
    """The lanes of this process; a market always falls into the same one."""

    def __init__(self, carry_outs: Sequence[CarryOut]) -> None:
        self._lanes = [Lane(carry_out) for carry_out in carry_outs]

    def submit(self, command: Command[AnswerT]) -> AnswerT:
        return self._lanes[command.market_id % len(self._lanes)].submit(command)
