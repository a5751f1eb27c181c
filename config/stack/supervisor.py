"""Keep a few programs running side by side, with their lines in one console."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from rich.console import Console
from rich.text import Text

from config.stack.server import die_with_parent

TICK_SECONDS = 0.1
RESTART_DELAYS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""How long a program that died waits for its next start; after the last one all is stopped."""
STEADY_SECONDS = 30.0
"""A program that ran this long has its earlier deaths forgiven."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LABEL_WIDTH = 8


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program: how it starts, and how long it may take to stop after SIGTERM."""

    name: str
    command: tuple[str, ...]
    colour: str
    stop_seconds: float = 10.0


@dataclass
class Child:
    """A program as it runs now."""

    program: Program
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    restart_at: float = field(default=float("inf"))


class Supervisor:
    """Start programs in order, restart what dies, stop them in the same order.

    Create it in the main thread: it takes over the signals INT, TERM and HUP, and on Linux the
    programs die with it, even by kill -9.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str],
        logs: Path,
        console: Console,
        restart_delays: tuple[float, ...] = RESTART_DELAYS_SECONDS,
    ) -> None:
        self._environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self._logs = logs
        self._restart_delays = restart_delays
        self.console = console
        self._stops_asked = 0
        for number in STOP_SIGNALS:
            signal.signal(number, self._note_stop)

    @property
    def is_stopping(self) -> bool:
        return self._stops_asked > 0

    def run_once(self, program: Program) -> bool:
        """Run a program to its end; return whether it succeeded and nobody asked to stop."""
        child = Child(program)
        self._start(child)
        while child.running is not None and child.running.poll() is None:
            if self.is_stopping:
                self._stop(child)
                return False
            time.sleep(TICK_SECONDS)
        return child.running is not None and child.running.returncode == 0

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
                time.sleep(TICK_SECONDS)
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

    def _start(self, child: Child) -> None:
        program = child.program
        child.running = subprocess.Popen(  # noqa: S603 - our own command lines
            [*die_with_parent(signal.SIGTERM), *program.command],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        child.started_at = time.monotonic()
        child.restart_at = float("inf")
        reader = threading.Thread(
            target=self._relay, args=(program, child.running.stdout), daemon=True
        )
        reader.start()

    def _relay(self, program: Program, lines: IO[bytes]) -> None:
        """Copy what a program prints to the console and to its log, until it closes."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{program.name}.log").open("ab") as log, lines:
            for line in lines:
                log.write(line)
                log.flush()
                self.say(program.name, line.decode(errors="replace").rstrip(), program.colour)

    def _is_kept_alive(self, child: Child) -> bool:
        """Look after one child; return False once it died too often in a row."""
        now = time.monotonic()
        if now >= child.restart_at:
            self._start(child)
            return True
        if child.running is None or child.running.poll() is None:
            return True
        code = child.running.returncode
        _kill_group(child.running.pid)
        child.running = None
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
        patience = self._stops_asked
        while running.poll() is None:
            if time.monotonic() > deadline or self._stops_asked > max(patience, 1):
                _kill_group(running.pid)
                running.wait()
            time.sleep(TICK_SECONDS / 5)
        _kill_group(running.pid)
        child.running = None


def _kill_group(leader: int) -> None:
    """Kill what a dead program left running, so that no port and no task stays taken."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
