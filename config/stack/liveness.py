"""Who really runs: a pid counts only with its working directory, which no zombie has."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

POLL_SECONDS = 0.02
KILL_SECONDS = 10.0

_PROC = Path("/proc")


def working_directory(pid: int) -> Path | None:
    """Return the working directory of `pid`, or None when it is dead, a zombie or unreadable."""
    if _PROC.joinpath("self").exists():
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd"))  # noqa: PTH115 - as the kernel spells it
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
    answer = subprocess.run(
        [program, "-a", "-d", "cwd", "-Fpn", *only], capture_output=True, text=True, check=False
    )
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


def evict(directory: Path) -> None:
    """Kill whatever still works in `directory`, such as the children of a server killed by -9.

    A new server beside an old one's children would write the same files twice over.
    """

    def is_empty() -> bool:
        left = occupants(directory)
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
