"""Many statements to PostgreSQL at once, and their rows: libpq's pipeline mode without cursors.

The engine sends some twenty statements for a batch, with every parameter written out as text. A
cursor for each took psycopg 50 µs of the interpreter, which is what a batch has least of, and gave
it up at each to whichever thread wanted it. Here statements are only put on the wire; the leader
waits twice in a batch, for what it reads and for the commit.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from psycopg import Connection, OperationalError, errors, pq
from psycopg.adapt import Transformer

Row = tuple[Any, ...]
Raw = Connection[Row]


class Wire:
    """One connection in pipeline mode, used by one thread at a time.

    `prepares`: whether the server is to keep the plans of statements, as it is worth on a
    connection that stays.
    """

    def __init__(self, raw: Raw, *, prepares: bool) -> None:
        self._raw = raw
        self._libpq = raw.pgconn
        self._prepared: dict[str, bytes] | None = {} if prepares else None
        """The names under which the server knows statements; it is told with the first use."""
        self._reader = Transformer(raw)
        self._poll = select.poll()
        self._unheard = 0
        """How many groups were sent whose results were not received."""
        self._is_group_open = False
        """Was anything sent since the last group was ended?"""
        self._libpq.enter_pipeline_mode()

    @classmethod
    @contextmanager
    def borrowing(cls, raw: Raw) -> Iterator[Self]:
        """Speak on a connection that others use before and afterwards, in its transaction."""
        wire = cls(raw, prepares=False)
        try:
            if raw.pgconn.transaction_status == pq.TransactionStatus.IDLE:
                wire.send("BEGIN")
            yield wire
        finally:
            wire.give_back()

    @property
    def is_lost(self) -> bool:
        return self._libpq.status != pq.ConnStatus.OK

    def send(self, statement: str, *parameters: str | bytes) -> None:
        """Put a statement on the wire, with `$1` for the first of its parameters, and go on.

        Text is what PostgreSQL reads, bytes are what it would write in binary, and so are its rows.
        """
        values = [each.encode() if isinstance(each, str) else each for each in parameters]
        formats = [isinstance(each, bytes) for each in parameters]
        self._is_group_open = True
        if self._prepared is None:
            self._libpq.send_query_params(
                statement.encode(), values, None, formats, pq.Format.BINARY
            )
            return
        name = self._prepared.get(statement)
        if name is None:
            name = self._prepared[statement] = b"engine_%d" % len(self._prepared)
            self._libpq.send_prepare(name, statement.encode())
        self._libpq.send_query_prepared(name, values, formats, pq.Format.BINARY)

    def push(self) -> None:
        """Have the server begin with what was sent so far."""
        self._libpq.flush()

    def sync(self) -> None:
        """End a group of statements: where one fails, those after it in the group are not run."""
        self._libpq.pipeline_sync()
        self._unheard += 1
        self._is_group_open = False

    def is_heard_within(self, seconds: float) -> bool:
        """Wait a moment for the server to say something."""
        self._libpq.flush()
        self._poll.register(self._libpq.socket, select.POLLIN)
        return bool(self._poll.poll(1000 * seconds))

    def receive(self) -> list[list[Row]]:
        """Wait for a group; return the rows of each of its statements.

        Raises:
            psycopg.Error: of the statement that failed.
        """
        if not self._unheard:
            self.sync()
        answers: list[list[Row]] = []
        failure: Exception | None = None
        while (result := self._next()).status != pq.ExecStatus.PIPELINE_SYNC:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                failure = failure or _failure(result)
            elif result.status == pq.ExecStatus.TUPLES_OK:
                self._reader.set_pgresult(result)
                answers.append(self._reader.load_rows(0, result.ntuples, tuple))
            elif result.status == pq.ExecStatus.COMMAND_OK and result.command_status:
                answers.append([])
        self._unheard -= 1
        if failure is not None:
            raise failure
        return answers

    def roll_back(self) -> None:
        """Undo the transaction, and leave nothing that was sent unheard.

        Whatever was to be prepared behind the statement that failed was not: all is forgotten.
        """
        self._drain()
        for statement in (b"ROLLBACK", b"DEALLOCATE ALL"):
            self._libpq.send_query_params(statement, None)
        self.sync()
        self._drain()
        if self._prepared:
            self._prepared.clear()

    def give_back(self) -> None:
        """Leave pipeline mode, whatever happened in it."""
        if not self.is_lost:
            self._drain()
            self._libpq.exit_pipeline_mode()

    def _drain(self) -> None:
        if self._is_group_open:
            self.sync()
        while self._unheard:
            if self._next().status == pq.ExecStatus.PIPELINE_SYNC:
                self._unheard -= 1

    def _next(self) -> pq.abc.PGresult:
        while True:
            unsent = self._libpq.flush()
            while self._libpq.is_busy():
                self._wait(unsent=bool(unsent))
                unsent = self._libpq.flush()
            result = self._libpq.get_result()
            if result is not None:
                return result
            if self.is_lost:
                raise OperationalError("The connection to PostgreSQL was lost.")

    def _wait(self, *, unsent: bool) -> None:
        self._poll.register(self._libpq.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
        self._poll.poll()
        self._libpq.consume_input()


def _failure(result: pq.abc.PGresult) -> Exception:
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    said = result.error_message.decode(errors="replace").strip()
    return errors.lookup(state.decode())(said) if state else OperationalError(said)
