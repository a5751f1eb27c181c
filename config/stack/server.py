"""One server of the stack: started once, recognised while it lives, stopped without a trace."""

import os
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from config.stack import liveness
from config.stack.errors import ServerDidNotStart, ServerDidNotStop
from config.stack.persona import MYSELF, Persona
from config.stack.places import Places

START_SECONDS = 60.0
"""Recovery after a kill -9 replays the log; a cold start takes about one second."""
STOP_SECONDS = 20.0
LOG_BYTES_MAX = 10 * 1024 * 1024
LOG_LINES_SHOWN = 15


class Server(ABC):
    """What PostgreSQL and Valkey have in common. Callers hold the start lock."""

    name: ClassVar[str]
    programs: ClassVar[frozenset[str]]
    """The file names under which it, and what it forks, may run."""
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, places: Places, *, durable: bool) -> None:
        self.places = places
        self.durable = durable
        self._child: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def home(self) -> Path:
        """The server's files and its working directory, by which it is recognised."""

    @property
    @abstractmethod
    def pid_file(self) -> Path: ...

    @property
    @abstractmethod
    def socket(self) -> Path: ...

    @abstractmethod
    def prepare(self) -> None:
        """Create what the server needs before its first start."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether clients are answered now."""

    @property
    def persona(self) -> Persona:
        return MYSELF

    @property
    def log(self) -> Path:
        return self.places.logs / f"{self.name}.log"

    def pid(self) -> int | None:
        """Return the pid of the living server, or None: a pid alone proves nothing."""
        if self._child is not None:
            self._child.poll()
        try:
            written = int(self.pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return written if liveness.working_directory(written) == self.home.resolve() else None

    def start(self, *, supervised: bool) -> None:
        """Have the server answer clients; one that runs already is left alone.

        A `supervised` server dies with the thread that started it, even by kill -9.
        """
        self._wait_until_settled()
        if self.pid() is None:
            self.prepare()
            self._end_child()
            self._clear_remains()
            self._spawn(supervised=supervised)
            liveness.wait_until(lambda: self._has_ended() or self.is_ready(), START_SECONDS)
        if not self.is_ready():
            self._end_child()
            raise ServerDidNotStart(
                f"{self.name} did not start. Its log, {self.log}, ends so:\n{self._last_words()}"
            )

    def stop(self) -> None:
        """End the server in order, and by force when it does not listen."""
        for number in (self.stop_signal, signal.SIGQUIT, signal.SIGKILL):
            pid = self.pid()
            if pid is None:
                break
            liveness.send(pid, number)
            if liveness.wait_until(lambda: self.pid() is None, STOP_SECONDS):
                break
        if self.pid() is not None:
            raise ServerDidNotStop(f"{self.name} does not end. Kill {self.pid()} by hand.")
        self._end_child()
        self._clear_remains()

    def _wait_until_settled(self) -> None:
        """Wait for a living server to answer or to go: it may be starting, or on its way out."""
        liveness.wait_until(lambda: self.pid() is None or self.is_ready(), START_SECONDS)

    def _clear_remains(self) -> None:
        """Remove what a killed server leaves: its own children first, then its pid and socket."""
        liveness.evict(self.home, self.programs)
        for path in (self.pid_file, self.socket, self.socket.with_name(f"{self.socket.name}.lock")):
            path.unlink(missing_ok=True)

    def _end_child(self) -> None:
        """Bury what this object started, which by now is dead or useless."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def _has_ended(self) -> bool:
        return self._child is None or self._child.poll() is not None

    def _spawn(self, *, supervised: bool) -> None:
        self.places.logs.mkdir(mode=0o700, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".old.log"))
        leash = die_with_parent(self.stop_signal) if supervised else []
        inherited = {key: text for key, text in os.environ.items() if not key.startswith("PG")}
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - nothing in it comes from outside
                [*self.persona.prefix, *leash, *self.command()],
                cwd=self.home,
                env=inherited,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.persona.popen_options,
            )

    def _last_words(self) -> str:
        if not self.log.exists():
            return "(it wrote nothing)"
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])


def die_with_parent(number: signal.Signals) -> list[str]:
    """Return the prefix that sends `number` to a program when its parent dies (Linux only)."""
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", number.name.removeprefix("SIG"), "--"] if program else []
