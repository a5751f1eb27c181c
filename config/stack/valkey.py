"""The embedded Valkey: the queue of hints and the cache, on a unix socket."""

import contextlib
import signal
import socket
from pathlib import Path
from typing import ClassVar

from config.stack.binaries import valkey_binary
from config.stack.persona import private_directory
from config.stack.server import Server

ANSWER_SECONDS = 1.0


class Valkey(Server):
    name: ClassVar[str] = "valkey"
    programs: ClassVar[frozenset[str]] = frozenset({"valkey-server", "redis-server"})
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    @property
    def home(self) -> Path:
        return self.places.valkey

    @property
    def pid_file(self) -> Path:
        return self.home / "valkey.pid"

    @property
    def socket(self) -> Path:
        return self.places.sockets / "valkey.sock"

    def prepare(self) -> None:
        private_directory(self.home)

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "pidfile": str(self.pid_file),
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }
        spelled = [word for name, text in options.items() for word in (f"--{name}", text)]
        return [str(valkey_binary()), *spelled]

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(ANSWER_SECONDS)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False
