"""PostgreSQL and Valkey for one directory, shared by everybody who asks for it."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from config.stack.persona import private_directory, unprivileged
from config.stack.places import Places, default_directory, places_of
from config.stack.postgres import Postgres
from config.stack.server import Server
from config.stack.valkey import Valkey


@dataclass(frozen=True)
class ServerStatus:
    name: str
    pid: int | None
    url: str
    log: Path


class Services:
    """The embedded servers of a directory.

    As a context they run at least as long as the block, and end with the last block that uses
    them, in whichever program that is. `up` leaves them running until `down`. Without
    `durable` a power cut loses the cluster, which suits tests. `postgres` and `valkey` say
    which of the two are wanted.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        durable: bool = True,
        postgres: bool = True,
        valkey: bool = True,
    ) -> None:
        self.places: Places = places_of(directory or default_directory())
        self.database_url, self.valkey_url = self.places.urls
        self._postgres = Postgres(self.places, durable=durable)
        self._valkey = Valkey(self.places, durable=durable)
        self._servers: tuple[Server, ...] = (self._postgres, self._valkey)
        wanted = {Postgres.name: postgres, Valkey.name: valkey}
        self._wanted = [server for server in self._servers if wanted[server.name]]
        self._use: IO[str] | None = None

    def __enter__(self) -> Self:
        with self._alone():
            self._use = self.places.users_lock.open("a")
            fcntl.flock(self._use, fcntl.LOCK_SH)
            try:
                self._start(supervised=not self.places.kept.exists())
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(self, *error: object) -> None:
        with self._alone():
            self._leave()

    def up(self) -> None:
        """Start the servers and leave them running when this program ends."""
        with self._alone():
            self._start(supervised=False)
            self.places.kept.touch()

    def revive(self) -> list[str]:
        """Start again what died inside a block; return the names of what did."""
        dead = [server.name for server in self._wanted if server.pid() is None]
        if dead:
            with self._alone():
                self._start(supervised=not self.places.kept.exists())
        return dead

    def down(self) -> None:
        """Stop the servers, whoever uses them."""
        if self.places.directory.exists():
            with self._alone():
                self.places.kept.unlink(missing_ok=True)
                self._stop()

    def erase(self) -> None:
        """Stop the servers and delete everything that they hold."""
        self.down()
        for place in {self.places.sockets, self.places.refuge, self.places.directory}:
            shutil.rmtree(place, ignore_errors=True)

    def status(self) -> list[ServerStatus]:
        urls = {Postgres.name: self.database_url, Valkey.name: self.valkey_url}
        return [
            ServerStatus(server.name, server.pid(), urls[server.name], server.log)
            for server in self._servers
        ]

    def _start(self, *, supervised: bool) -> None:
        self._make_socket_directory()
        for server in self._wanted:
            server.start(supervised=supervised)

    def _leave(self) -> None:
        if self._is_last_user() and not self.places.kept.exists():
            self._stop()
        if self._use is not None:
            self._use.close()
            self._use = None

    def _stop(self) -> None:
        for server in reversed(self._servers):
            server.stop()

    def _make_socket_directory(self) -> None:
        sockets = self.places.sockets
        persona = unprivileged()
        if persona.is_someone_else and sockets.parent == self.places.directory:
            private_directory(self.places.refuge, persona)
            private_directory(self.places.refuge / "sockets", persona)
            if not sockets.exists():
                sockets.unlink(missing_ok=True)
                sockets.symlink_to(self.places.refuge / "sockets")
        else:
            private_directory(sockets, persona)

    def _is_last_user(self) -> bool:
        """Whether nobody else is inside a block; the start lock keeps newcomers out meanwhile."""
        if self._use is None:
            return False
        try:
            fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock under which servers are started and stopped: five at once give one."""
        self.places.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.places.start_lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
