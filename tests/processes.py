"""Real Celery processes against the database of the test that starts them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 120.0
BEAT_SECONDS = 0.5


def environment() -> dict[str, str]:
    """Return this process's environment, with the test's own database in it."""
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={quote(settings['HOST'])}"
    if settings["PORT"]:
        url += f"&port={settings['PORT']}"
    if settings["PASSWORD"]:
        url += f"&password={quote(settings['PASSWORD'])}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}


def celery(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a Celery process as the leader of its own group, so that all of it can be killed."""
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", *arguments],
        cwd=ROOT, env=environment(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def worker() -> subprocess.Popen[bytes]:
    return celery(
        "worker", "--queues", "money,batch", "--concurrency", "2", "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children at once, as a power failure would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(*processes: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            kill(process)


def eventually(holds: Callable[[], bool], *, nudge: Callable[[], None] = lambda: None) -> None:
    """Wait until something holds, doing what beat would do meanwhile; fail when patience ends."""
    began = nudged = time.monotonic()
    nudge()
    while not holds():
        now = time.monotonic()
        assert now - began < PATIENCE_SECONDS, "it did not happen in time"
        if now - nudged >= BEAT_SECONDS:
            nudge()
            nudged = now
        time.sleep(0.02)
