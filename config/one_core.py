"""A core for each process that serves: its threads take turns at one interpreter.

A second core is of no use to threads of which one runs at a time, and costs them: whoever is woken
on a core that sleeps waits for it to wake as well, and finds its caches cold. Sixty-four threads
that trade take a fifth less processor time on one core than on two.
"""

import fcntl
import os
import tempfile
from pathlib import Path

_held: list[int] = []
"""The files whose locks say that a core is taken; the system lets go of them with the process."""


def take_one_core(directory: Path | None = None) -> int | None:
    """Stay on a core that no other process of ours has taken; return which.

    None, and nothing changes, where all are taken, there is only one, or the system cannot say.
    Threads that are started later stay there too. Processes of two containers know nothing of each
    other and take the same core, unless each container was given cores of its own.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    for core in cores if len(cores) > 1 else ():
        if _is_free(core, directory or Path(tempfile.gettempdir())):
            os.sched_setaffinity(0, {core})
            return core
    return None


def _is_free(core: int, directory: Path) -> bool:
    """Take the lock of a core, for as long as this process lives; False where somebody has it."""
    path = directory / f"oddsdesk-{os.getuid()}-core-{core}"
    try:
        lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return False
    _held.append(lock)
    return True
