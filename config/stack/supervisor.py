"""Keep a few programs running side by side, with their lines in one console."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.text import Text

from config.stack.server import die_with_parent

TICK_SECONDS = 0.1
RESTART_DELAYS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""How long a program that died waits for its next start; after the last one all is stopped."""
STEADY_SECONDS = 30.0
"""A program that ran this long has its earlier deaths forgiven."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LAST_WORDS_SECONDS = 1.0
CHUNK_BYTES = 65_536
LABEL_WIDTH = 8


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program: how it starts, and how long it may take to stop after SIGTERM."""

    name: str
    command: tuple[str, ...]
    colour: str
    stop_seconds: float = 10.0
    announcement: str = ""
    """Said when it starts, for programs that let people wait."""


@dataclass
class Child:
    """A program as it runs now."""

    program: Program
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    restart_at: float = float("inf")
    unfinished_line: bytes = b""


class Supervisor:
    """Start programs in order, restart what dies, stop them in the same order.

    Create it in the main thread: it takes over the signals INT, TERM and HUP. On Linux the
    programs get a SIGTERM when it dies, even by kill -9. It reads their lines without threads,
    because the kernel sends that signal once for each thread of the parent that ends, and a
    server may not survive two of them unharmed.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str],
        logs: Path,
        console: Console,
        restart_delays: tuple[float, ...] = RESTART_DELAYS_SECONDS,
    ) -> None:
        self.console = console
        self._environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self._logs = logs
        self._restart_delays = restart_delays
        self._stops_asked = 0
        self._outputs = selectors.DefaultSelector()
        for number in STOP_SIGNALS:
            signal.signal(number, self._note_stop)

    @property
    def is_stopping(self) -> bool:
        return self._stops_asked > 0

    def run_once(self, program: Program) -> bool:
        """Run a program to its end; return whether it succeeded and nobody asked to stop."""
        child = Child(program)
        running = self._start(child)
        while running.poll() is None and not self.is_stopping:
            self._relay(TICK_SECONDS)
        self._stop(child)
        return running.returncode == 0 and not self.is_stopping

    def run(self, programs: Sequence[Program], *, every_tick: Callable[[], None]) -> int:
        """Run the programs until somebody asks to stop; return the exit code for the shell.

        `every_tick` is called about ten times a second, after the deaths were looked at.
        """
        children = [Child(program) for program in programs]
        try:
            for child in children:
                self._start(child)
            while not self.is_stopping:
                if not all(self._is_kept_alive(child) for child in children):
                    return 1
                every_tick()
                self._relay(TICK_SECONDS)
        finally:
            self.say("stack", "stopping")
            for child in children:
                self._stop(child)
        return 0

    def say(self, name: str, line: str, colour: str = "white") -> None:
        """Print one line under a label; a terminal that is gone is no reason to stop badly."""
        label = Text(f"{name:<{LABEL_WIDTH}} │ ", style=colour)
        with contextlib.suppress(OSError):
            self.console.print(label.append_text(Text.from_ansi(line)), soft_wrap=True)

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self._stops_asked += 1

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        if child.program.announcement:
            self.say("stack", child.program.announcement)
        running = subprocess.Popen(  # noqa: S603 - our own command lines
            [*die_with_parent(signal.SIGTERM), *child.program.command],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if running.stdout is not None:
            self._outputs.register(running.stdout, selectors.EVENT_READ, (child, running.stdout))
        child.running = running
        child.started_at = time.monotonic()
        child.restart_at = float("inf")
        return running

    def _is_kept_alive(self, child: Child) -> bool:
        """Look after one child; return False once it died too often in a row."""
        now = time.monotonic()
        if now >= child.restart_at:
            self._start(child)
            return True
        if child.running is None or child.running.poll() is None:
            return True
        code = child.running.returncode
        self._bury(child)
        child.deaths = 1 if now - child.started_at > STEADY_SECONDS else child.deaths + 1
        if child.deaths > len(self._restart_delays):
            self.say("stack", f"{child.program.name} died again ({code}); giving up.", "red")
            return False
        delay = self._restart_delays[child.deaths - 1]
        child.restart_at = now + delay
        self.say("stack", f"{child.program.name} died ({code}); again in {delay:g} s.", "red")
        return True

    def _stop(self, child: Child) -> None:
        """Ask a child to end; a second Ctrl-C, or its time running out, ends it by force."""
        running = child.running
        if running is None:
            return
        running.terminate()
        deadline = time.monotonic() + child.program.stop_seconds
        patience = max(self._stops_asked, 1)
        while running.poll() is None:
            self._relay(TICK_SECONDS / 5)
            if time.monotonic() > deadline or self._stops_asked > patience:
                running.kill()
                running.wait()
        self._bury(child)

    def _bury(self, child: Child) -> None:
        """Kill what a dead program left running, and hear out what it had to say.

        A child of its own would keep its port, or go on with its task, beside the next one.
        """
        running = child.running
        if running is None or running.stdout is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)
        deadline = time.monotonic() + LAST_WORDS_SECONDS
        while not running.stdout.closed and time.monotonic() < deadline:
            self._relay(TICK_SECONDS / 5)
        if not running.stdout.closed:
            self._outputs.unregister(running.stdout)
            running.stdout.close()
        child.running = None

    def _relay(self, seconds: float) -> None:
        """Pass on what the programs print, waiting for it at most `seconds`."""
        for key, _ in self._outputs.select(seconds):
            child, output = key.data
            chunk = os.read(key.fd, CHUNK_BYTES)
            *lines, child.unfinished_line = (child.unfinished_line + chunk).split(b"\n")
            if not chunk and child.unfinished_line:
                lines, child.unfinished_line = [child.unfinished_line], b""
            self._show(child.program, lines)
            if not chunk:
                self._outputs.unregister(output)
                output.close()

    def _show(self, program: Program, lines: list[bytes]) -> None:
        if not lines:
            return
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{program.name}.log").open("ab") as log:
            log.writelines(line + b"\n" for line in lines)
        for line in lines:
            self.say(program.name, line.decode(errors="replace").rstrip("\r"), program.colour)
