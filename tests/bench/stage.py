"""Where benchmarks run: servers of their own, a database for each row, and programs beside them."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from config.stack import Services
from config.stack.binaries import postgres_binaries
from config.stack.places import DATABASE_USER
from config.stack.server import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
MIGRATED = "migrated"


class Stage:
    """Servers with default durability in `directory`; what a row needs of the machine."""

    def __init__(
        self,
        directory: Path,
        *,
        seconds: float = 10.0,
        rounds: int = 3,
        scale: float = 1.0,
        say: Callable[[str], None] = print,
    ) -> None:
        self.seconds = seconds
        """How long each turn of ours, and of the yardstick, lasts."""
        self.rounds = rounds
        self.scale = scale
        """The share of the full number of rows, for rows whose work is a number of rows."""
        self.say = say
        self.directory = directory
        self.services = Services(directory, durable=True)
        self._programs = ExitStack()

    def __enter__(self) -> Self:
        self.services.__enter__()
        self._programs.__enter__()
        self._point_django_at("oddsdesk")
        return self

    def __exit__(self, *error: object) -> None:
        from django.db import connections

        connections.close_all()
        self._programs.close()
        self.services.__exit__()

    def database(self, name: str) -> None:
        """Have Django work in a new, migrated database from now on; programs started later too."""
        from django.core.management import call_command

        if not self.exists(MIGRATED):
            self.say("migrating")
            self._psql(f"CREATE DATABASE {MIGRATED}")
            self._point_django_at(MIGRATED)
            call_command("migrate", verbosity=0, interactive=False)
        self.copy(MIGRATED, name)

    def copy(self, source: str, name: str) -> None:
        """Have Django work in a copy of a database, such as one that took long to fill."""
        self._close()
        self._psql(f"DROP DATABASE IF EXISTS {name}")
        self._psql(f"CREATE DATABASE {name} TEMPLATE {source}")
        self._point_django_at(name)

    def settle(self) -> None:
        """Write out what the server has put off, so that no turn pays for another's."""
        self._psql("CHECKPOINT")

    def commit_carelessly(self, name: str) -> None:
        """Have the server answer commits in a database before they are on the disk."""
        self._psql(f"ALTER DATABASE {name} SET synchronous_commit = off")

    def deadlocks(self) -> int:
        return int(self._psql("SELECT sum(deadlocks) FROM pg_stat_database"))

    def program(self, *words: str, environment: Mapping[str, str] | None = None) -> "Program":
        """Start `python -m WORDS` beside this program; it ends with the stage at the latest."""
        return self._programs.enter_context(Program(words, environment or {}))

    def postgres_tool(self, name: str, *words: str) -> str:
        """Run a program of PostgreSQL against the server; return what it printed."""
        command = [
            str(postgres_binaries() / name),
            *("-h", str(self.services.places.sockets), "-U", DATABASE_USER, *words),
        ]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise RuntimeError(f"{name} failed:\n{answer.stderr}")
        return answer.stdout

    def _psql(self, statement: str) -> str:
        return self.postgres_tool(
            "psql", "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement
        ).strip()

    def exists(self, name: str) -> bool:
        """Whether the server has such a database."""
        return bool(self._psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def _point_django_at(self, name: str) -> None:
        """Set Django up the first time, and change the database's name from then on."""
        url = self.services.database_url.replace("///oddsdesk?", f"///{name}?")
        os.environ.update(
            {
                "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
                "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
                "DATABASE_URL": url,
                "VALKEY_URL": self.services.valkey_url,
                "ALLOWED_HOSTS": "127.0.0.1",
                "BASE_URL": "http://127.0.0.1",
                "LOG_LEVEL": "WARNING",
            }
        )
        os.environ.setdefault("WEB_ONE_CORE", "true")  # as docker-compose.yml has it
        import django
        from django.apps import apps
        from django.db import connection

        if not apps.ready:
            django.setup()
        self._close()
        connection.settings_dict["NAME"] = name

    def _close(self) -> None:
        from django.db import connections

        connections.close_all()


class Program:
    """A program of ours that says one JSON document a line, and is told one word a line."""

    def __init__(self, words: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.running = subprocess.Popen(
            [*die_with_parent(signal.SIGTERM), sys.executable, "-m", *words],
            cwd=ROOT, env={**os.environ, **environment}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def tell(self, word: object) -> None:
        assert self.running.stdin is not None
        self.running.stdin.write(f"{word}\n")
        self.running.stdin.flush()

    def hear(self) -> Any:
        """Return the next document that the program says."""
        assert self.running.stdout is not None
        line = self.running.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.running.args} ended: {self.running.wait()}")
        return json.loads(line)

    def end(self) -> None:
        """Kill it and what it started: nothing that it could still write is wanted."""
        with suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()
        for pipe in (self.running.stdin, self.running.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
