"""Doing one thing for many rows, so that one bad row holds up nobody else."""

from collections.abc import Callable, Iterable

import structlog

logger = structlog.get_logger(__name__)


def for_each(ids: Iterable[int], command: Callable[[int], bool]) -> int:
    """Run a command for each id and return how many said that they did something.

    A command that fails has rolled back its own transaction. It is logged and passed over; its row
    is found again by the next sweep, after all the others had their turn.
    """
    done = 0
    for each in ids:
        try:
            done += command(each)
        except Exception:
            logger.exception("sweep passed over a row", row=each)
    return done
