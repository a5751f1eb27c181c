"""A real Celery worker of the command's own, started and ended with it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.conf import settings

QUEUES = "money,batch"
STOP_SECONDS = 10
LOG_LINES = 15


@dataclass(frozen=True, slots=True)
class Worker:
    child: subprocess.Popen[bytes]
    log: IO[bytes]

    @property
    def has_ended(self) -> bool:
        return self.child.poll() is not None

    def last_words(self) -> str:
        """Return the end of what it logged."""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES:])


@contextmanager
def running_worker() -> Iterator[Worker]:
    """Start a worker on the queues of settlement and scores; end it whatever happens."""
    command = [
        *_ends_with_us(),
        *(sys.executable, "-m", "celery", "-A", "config", "worker"),
        *("--pool", "solo", "--queues", QUEUES, "--hostname", "demo@%h"),
        *("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(  # noqa: S603 - every word of the command is our own
            command, cwd=settings.ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            yield Worker(child, log)
        finally:
            _end(child)


def _ends_with_us() -> tuple[str, ...]:
    """Have the kernel end the worker even where this command is killed; only Linux can."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
