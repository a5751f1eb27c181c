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

from markets.services.standing import Raw


class LaneConnection:
    """Opened when it is needed, again after a failure, and used by one thread at a time."""

    def __init__(self) -> None:
        self._wrapper: BaseDatabaseWrapper | None = None

    @contextmanager
    def transaction(self) -> Iterator[Raw]:
        """Commit what the block did, or undo all of it; errors are those of `django.db`."""
        wrapper = self._wrapper = self._wrapper or _opened()
        try:
            with wrapper.wrap_database_errors:
                raw = cast("Raw", wrapper.connection)
                yield raw
                raw.commit()
        except BaseException:
            self._undo()
            raise

    def close(self) -> None:
        wrapper, self._wrapper = self._wrapper, None
        if wrapper is not None:
            wrapper.close()

    def _undo(self) -> None:
        """Roll back; where that is not possible any more the connection is gone."""
        wrapper = self._wrapper
        if wrapper is None:
            return
        try:
            cast("Raw", wrapper.connection).rollback()
        except Exception:  # noqa: BLE001 - whatever it was, a new connection is the answer
            self.close()


def _opened() -> BaseDatabaseWrapper:
    wrapper = connections["default"].copy()
    wrapper.inc_thread_sharing()
    wrapper.ensure_connection()
    wrapper.connection.autocommit = False
    return wrapper
