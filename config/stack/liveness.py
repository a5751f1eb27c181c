"""Who really runs: a pid counts only with its working directory, which no zombie has."""

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from config.stack.programs import outcome_of

POLL_SECONDS = 0.02
KILL_SECONDS = 10.0

_PROC = Path("/proc")


def working_directory(pid: int) -> Path | None:
    """Return the working directory of `pid`, or None when it is dead, a zombie or unreadable."""
    if _PROC.joinpath("self").exists():
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd"))
        except OSError:
            return None
    return _working_directories("-p", str(pid)).get(pid)


def occupants(directory: Path) -> list[int]:
    """Return the pids that have `directory` as their working directory."""
    home = directory.resolve()
    if _PROC.joinpath("self").exists():
        pids = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
        return [pid for pid in pids if working_directory(pid) == home]
    return [pid for pid, where in _working_directories().items() if where == home]


def _working_directories(*only: str) -> dict[int, Path]:
    """Ask `lsof`, which macOS brings, about every pid or those that `only` picks."""
    program = shutil.which("lsof")
    if program is None:
        return {}
    answer = outcome_of([program, "-a", "-d", "cwd", "-Fpn", *only])
    found: dict[int, Path] = {}
    pid = 0
    for line in answer.stdout.splitlines():
        if line.startswith("p"):
            pid = int(line[1:])
        elif line.startswith("n"):
            found[pid] = Path(line[1:])
    return found


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Return whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal; a pid that is gone already is what was wanted."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def program_name(pid: int) -> str:
    """Return the file name of the program that `pid` runs, or nothing when it is gone."""
    if _PROC.joinpath("self").exists():
        try:
            return Path(os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")).name
        except OSError:
            return ""
    return Path(outcome_of(["ps", "-p", str(pid), "-o", "comm="]).stdout.strip()).name


def evict(directory: Path, programs: frozenset[str]) -> None:
    """Kill each of `programs` that still works in `directory`: what a kill -9 of its parent left.

    A new server beside an old one's children would write the same files twice over. Somebody's
    shell in that directory is left alone.
    """

    def is_empty() -> bool:
        left = [pid for pid in occupants(directory) if program_name(pid) in programs]
        for pid in left:
            send(pid, signal.SIGKILL)
        return not left

    wait_until(is_empty, KILL_SECONDS)


def marked(mark: str) -> list[int]:
    """Return the pids whose environment at birth held the line `mark` (Linux only)."""
    wanted = os.fsencode(mark)
    found = []
    for entry in _PROC.glob("[0-9]*"):
        try:
            lines = entry.joinpath("environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in lines and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found
