"""The embedded PostgreSQL: one cluster, one database, reached through a unix socket only."""

import shutil
import signal
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from config.stack.binaries import postgres_binaries, postgres_version
from config.stack.errors import BinaryMissing, ServerDidNotStart
from config.stack.persona import Persona, private_directory, unprivileged
from config.stack.places import DATABASE_NAME, DATABASE_USER
from config.stack.programs import outcome_of
from config.stack.server import Server

BUILTIN_LOCALES_SINCE = 17
CONNECTIONS_MAX = 200
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Tests throw their cluster away, so nothing needs to reach the disk."""


class Postgres(Server):
    name: ClassVar[str] = "postgres"
    programs: ClassVar[frozenset[str]] = frozenset({"postgres"})
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # the fast shutdown: clients are cut off

    @property
    def home(self) -> Path:
        return self.places.postgres

    @property
    def pid_file(self) -> Path:
        return self.home / "postmaster.pid"

    @property
    def socket(self) -> Path:
        return self.places.sockets / ".s.PGSQL.5432"

    @property
    def persona(self) -> Persona:
        return unprivileged()

    @cached_property
    def binaries(self) -> Path:
        """The binaries, where the persona can run them."""
        found = postgres_binaries()
        if not self.persona.is_someone_else or self._can_run(found):
            return found
        return self._copied_to_refuge(found)

    def prepare(self) -> None:
        if not self.home.exists():
            self._create_cluster()

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.sockets.resolve()),
            "port": "5432",  # the name of the socket; nothing listens on TCP
            "max_connections": str(CONNECTIONS_MAX),
            "timezone": "UTC",
            "log_timezone": "UTC",
            **({} if self.durable else CARELESS),
        }
        options = [word for name, text in settings.items() for word in ("-c", f"{name}={text}")]
        return [self._tool("postgres"), "-D", str(self.home.resolve()), *options]

    def is_ready(self) -> bool:
        asked = [self._tool("pg_isready"), "-q", "-t", "1", "-h", str(self.places.sockets)]
        return outcome_of(asked).returncode == 0

    def _create_cluster(self) -> None:
        """Make the cluster aside and rename it, so that a half-made one is never taken for it."""
        parent = self.places.directory
        if self.persona.is_someone_else:
            parent = private_directory(self.places.refuge, self.persona)
        aside = parent / "postgres.unfinished"
        cluster = parent / "postgres"
        shutil.rmtree(aside, ignore_errors=True)
        if not cluster.exists():
            private_directory(aside, self.persona)
            self._run(self._tool("initdb"), "-D", str(aside), *self._locale(), *_INITDB)
            single = (self._tool("postgres"), "--single", "-F", "-D", str(aside), "postgres")
            self._run(*single, typed=f"CREATE DATABASE {DATABASE_NAME}\n")
            aside.rename(cluster)
        if cluster != self.home:
            self.home.unlink(missing_ok=True)
            self.home.symlink_to(cluster)

    def _locale(self) -> list[str]:
        """Sort the same on every machine: by code point, with Unicode's lower and upper case."""
        if postgres_version(self.binaries) < BUILTIN_LOCALES_SINCE:
            return ["--locale=C.UTF-8"]
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]

    def _tool(self, name: str) -> str:
        return str(self.binaries / name)

    def _run(self, *command: str, typed: str = "") -> None:
        answer = outcome_of(
            [*self.persona.prefix, *command], typed=typed, options=self.persona.popen_options
        )
        if answer.returncode != 0:
            raise ServerDidNotStart(
                f"{Path(command[0]).name} failed, so there is no cluster yet:\n{answer.stderr}"
            )

    def _can_run(self, binaries: Path) -> bool:
        asked = [str(binaries / "postgres"), "--version"]
        return outcome_of(asked, options=self.persona.popen_options).returncode == 0

    def _copied_to_refuge(self, binaries: Path) -> Path:
        """Copy a wheel's binaries out of a home directory that others cannot enter."""
        package = binaries.parents[1]
        libraries = package.with_name(f"{package.name}.libs")
        if not binaries.parent.name.startswith("pginstall"):
            raise BinaryMissing(
                f"Root must start PostgreSQL as another user, who cannot run {binaries}. "
                "Make that directory readable for everybody, or start as an ordinary user."
            )
        refuge = private_directory(self.places.refuge, self.persona) / "binaries"
        copied = refuge / package.name / binaries.parent.name
        if not (copied / "bin" / "postgres").exists():
            shutil.rmtree(refuge, ignore_errors=True)
            if libraries.is_dir():
                shutil.copytree(libraries, refuge / libraries.name)
            shutil.copytree(binaries.parent, copied, symlinks=True)
            refuge.chmod(0o755)
        return copied / "bin"


_INITDB = [
    f"--username={DATABASE_USER}",
    "--auth-local=trust",  # whoever can enter the 0700 socket directory is the owner
    "--auth-host=reject",
    "--encoding=UTF8",
    "--no-sync",
    "--no-instructions",
]
