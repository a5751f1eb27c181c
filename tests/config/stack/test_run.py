"""`manage.py stack`: one command serves everything, survives kill -9, and stops without a trace."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.stack import liveness, probe
from config.stack.places import places_of
from config.stack.run import HOST, environment_for, free_port
from tests.processes import environment

ROOT = Path(__file__).resolve().parents[3]
READY_SECONDS = 150.0
STOP_SECONDS = 40.0


class Stack:
    """`stack run` in a directory of its own, as somebody would start it in a terminal."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port(19_000)
        self.printed = directory.parent / "printed"
        self.started: list[subprocess.Popen[bytes]] = []

    def manage(self, *words: str) -> subprocess.Popen[bytes]:
        """Start `manage.py stack`; what it prints goes to a file, which is never full."""
        inherited = {
            name: text
            for name, text in os.environ.items()
            if name not in {"DATABASE_URL", "VALKEY_URL"}
        }
        with self.printed.open("wb") as printed:
            started = subprocess.Popen(
                [sys.executable, "manage.py", "stack", "--directory", str(self.directory), *words],
                cwd=ROOT,
                env={
                    **inherited,
                    "DJANGO_SETTINGS_MODULE": "config.settings.local",
                    "PORT": str(self.port),
                    "COLUMNS": "300",
                },
                stdout=printed,
                stderr=printed,
            )
        self.started.append(started)
        return started

    def run(self) -> subprocess.Popen[bytes]:
        return self.manage("run", "--no-demo")

    def output(self, *words: str) -> str:
        self.manage(*words).wait(READY_SECONDS)
        return self.told()

    def told(self) -> str:
        return self.printed.read_text()

    def serves(self) -> bool:
        return probe.answers(HOST, self.port, "/healthz")

    def programs(self) -> list[int]:
        return liveness.marked(f"ODDSDESK_STACK={self.directory}")

    def servers(self) -> list[int]:
        places = places_of(self.directory)
        return liveness.occupants(places.postgres) + liveness.occupants(places.valkey)

    def is_gone(self) -> bool:
        return not self.programs() and not self.servers() and not self.serves()

    def parent_of_all(self, text: bytes) -> int:
        """Return the first program of the stack whose command line has `text` in it."""
        return min(
            pid for pid in self.programs() if text in Path(f"/proc/{pid}/cmdline").read_bytes()
        )


@pytest.fixture
def stack(directory: Path) -> Iterator[Stack]:
    stack = Stack(directory)
    yield stack
    for started in stack.started:
        if started.poll() is None:
            started.kill()
        started.wait()
    assert liveness.wait_until(stack.is_gone, STOP_SECONDS)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells of deaths only on Linux")
def test_a_run_serves_survives_every_kill_and_stops_cleanly(stack: Stack) -> None:
    first = stack.run()
    assert liveness.wait_until(stack.serves, READY_SECONDS)

    # a second run of the same place is refused, and harms nothing
    refused = stack.output("run", "--no-demo")
    assert f"Oddsdesk runs already (pid {first.pid})" in refused
    assert stack.serves()

    # a killed server or program is started again
    os.kill(stack.parent_of_all(b"granian"), signal.SIGKILL)
    os.kill(stack.servers()[0], signal.SIGKILL)
    assert liveness.wait_until(lambda: not stack.serves(), READY_SECONDS)
    assert liveness.wait_until(stack.serves, READY_SECONDS)
    assert stack.servers()

    # a killed supervisor takes everything with it, and the next run starts as ever
    first.kill()
    assert liveness.wait_until(stack.is_gone, STOP_SECONDS)
    second = stack.run()
    assert liveness.wait_until(lambda: "Oddsdesk runs at" in stack.told(), READY_SECONDS)
    assert f"http://127.0.0.1:{stack.port}/admin" in stack.told()
    assert "alice@example.com" in stack.told()
    assert stack.serves()

    second.send_signal(signal.SIGINT)

    assert second.wait(STOP_SECONDS) == 0
    assert stack.is_gone()


def test_servers_can_be_started_looked_at_asked_and_stopped(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    def looked_at(*words: str) -> str:
        call_command("stack", "--directory", str(stack.directory), *words)
        return capsys.readouterr().out

    assert looked_at("status").count("stopped") == 2

    started = stack.output("up")
    asked = stack.output("psql", "--", "-Atc", "SELECT current_database()")
    logged = looked_at("logs", "postgres")
    with pytest.raises(CommandError, match="There is no log"):
        looked_at("logs", "nonsense")
    stopped = stack.output("down")

    assert "stopped" not in started
    assert str(places_of(stack.directory).sockets) in started
    assert asked == "oddsdesk\n"
    assert "postgres | " in logged
    assert "ready to accept connections" in logged
    assert stopped == ""
    assert stack.servers() == []


def test_one_command_can_have_servers_of_its_own(stack: Stack) -> None:
    printed = stack.output("do", "--fresh", "--", "showmigrations", "--plan", "users")

    assert "[X]  users.0001_initial" in printed
    assert not stack.directory.exists()


@pytest.mark.usefixtures("db")
def test_a_command_that_fails_fails_its_caller() -> None:
    failed = subprocess.run(
        [sys.executable, "manage.py", "stack", "do", "--", "unheard_of"],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert failed.returncode == 1
    assert "Unknown command: 'unheard_of'" in failed.stderr


def test_given_servers_are_used_instead() -> None:
    places = places_of(Path("/srv/odds"))
    given = {"DATABASE_URL": "postgresql://elsewhere/odds", "VALKEY_URL": "", "HOME": "/home/alice"}

    seen = environment_for(places, given, port=8123)

    assert seen == {
        "DATABASE_URL": "postgresql://elsewhere/odds",
        "VALKEY_URL": "unix:///srv/odds/sockets/valkey.sock",
        "BASE_URL": "http://127.0.0.1:8123",
        "WEB_ONE_CORE": "true",
        "PORT": "8123",
        "HOME": "/home/alice",
        "ODDSDESK_STACK": "/srv/odds",
    }


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert free_port(port) > port
