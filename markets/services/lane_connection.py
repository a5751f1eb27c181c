"""A connection that belongs to a lane, and not to the thread that happens to lead it.

Any of a hundred threads may lead the next batch. Were each to bring the connection of its own, the
engine's statements would be planned a hundred times, by servers whose caches are cold; with one
connection for each lane they are planned once, and everything that a batch needs is at hand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from markets.services.wire import Raw, Wire


class LaneConnection:
    """Opened when it is needed, again after it was lost, and used by one thread at a time."""

    def __init__(self) -> None:
        self._wrapper: BaseDatabaseWrapper | None = None
        self._wire: Wire | None = None

    @property
    def wire(self) -> Wire:
        if self._wire is None:
            wrapper = self._wrapper = connections["default"].copy()
            wrapper.inc_thread_sharing()
            wrapper.ensure_connection()
            self._wire = Wire(cast("Raw", wrapper.connection), prepares=True)
        return self._wire

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """Undo the transaction where the block fails; raise errors as those of `django.db`."""
        try:
            with connections["default"].wrap_database_errors:
                yield
        except BaseException:
            self._undo()
            raise

    def close(self) -> None:
        wrapper, self._wrapper, self._wire = self._wrapper, None, None
        if wrapper is not None:
            wrapper.close()

    def _undo(self) -> None:
        """Roll back; where that is not possible any more the connection is gone."""
        try:
            cast("Wire", self._wire).roll_back()
        except Exception:  # noqa: BLE001 - whatever it was, a new connection is the answer
            self.close()
