"""A program that sends orders over HTTP, one at a time on each of its connections.

It runs as `python -m tests.bench.http_client LOAD`. It says {"ready": true}; then, for each line
"PATH SECONDS" that it reads, it posts orders to that path for so long and says a `Turn`.

One thread serves all connections, and a request is put together from bytes that were made before:
on a machine with two cores the client must not be what is measured. As in the driver, a trader
buys a claim and with the next order sells what that gave.
"""

import json
import random
import re
import selectors
import socket
import sys
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass

from tests.bench.driver import Turn, say

CHUNK = 65_536
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_FILLED = re.compile(rb'"filled_shares":"([\d.]+)"')


@dataclass(frozen=True, kw_only=True)
class HttpLoad:
    """Where orders go, and the key of each trader, who has one connection."""

    port: int
    market: int
    outcome_keys: list[str]
    api_keys: list[str]


class Caller:
    """One connection, one trader, at most one request on the way."""

    def __init__(self, load: HttpLoad, api_key: str, seed: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", load.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_waiting = False
        self.sent_at = 0.0
        self._load = load
        self._chance = random.Random(seed)
        self._headers = (
            f"Host: 127.0.0.1\r\nAuthorization: Bearer {api_key}\r\n"
            "Content-Type: application/json\r\nAccept: application/json\r\n"
        )
        self._prefix, self._count = uuid.uuid4().hex[:12], 0
        self._received = b""
        self._held: tuple[str, str] | None = None
        self._asked = ""

    def send(self, path: str) -> None:
        """Post the next order."""
        self._count += 1
        if self._held is None:
            self._asked = self._chance.choice(self._load.outcome_keys)
            cents = self._chance.randint(20, 100)
            amount = f'"side":"buy","budget":"{cents // 100}.{cents % 100:02d}"'
        else:
            self._asked = self._held[0]
            amount = f'"side":"sell","shares":"{self._held[1]}"'
        body = f'{{"question":{self._load.market},"claim":["{self._asked}"],{amount}}}'
        self.socket.sendall(
            (
                f"POST {path} HTTP/1.1\r\n{self._headers}"
                f"Idempotency-Key: {self._prefix}-{self._count}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )
        self.is_waiting, self.sent_at = True, time.perf_counter()

    def receive(self) -> int | None:
        """Return the status of the answer once it is whole; None before."""
        chunk = self.socket.recv(CHUNK)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        self._received += chunk
        head, gap, body = self._received.partition(b"\r\n\r\n")
        if not gap:
            return None
        length, status = _LENGTH.search(head), _STATUS.match(head)
        if length is None or status is None:
            raise ConnectionError(f"an answer without length: {head!r}")
        if len(body) < int(length[1]):
            return None
        self._received, self.is_waiting = b"", False
        filled = _FILLED.search(body)
        if filled is not None:
            self._held = None if self._held else (self._asked, filled[1].decode())
        return int(status[1])


class Callers:
    """All connections, served by this one thread."""

    def __init__(self, load: HttpLoad) -> None:
        self._selector = selectors.DefaultSelector()
        self._callers = [Caller(load, key, seed) for seed, key in enumerate(load.api_keys)]
        for caller in self._callers:
            self._selector.register(caller.socket, selectors.EVENT_READ, caller)

    def call(self, path: str, seconds: float) -> Turn:
        """Post orders for so long; each connection sends when it has its answer."""
        turn, refused = Turn(), Counter[str]()
        began = time.perf_counter()
        until = began + seconds
        for caller in self._callers:
            caller.send(path)
        while any(caller.is_waiting for caller in self._callers):
            for key, _ in self._selector.select():
                caller: Caller = key.data
                status = caller.receive()
                if status is None:
                    continue
                now = time.perf_counter()
                if status == 201:
                    turn.answered += 1
                    turn.latencies.append(round((now - caller.sent_at) * 1000, 3))
                else:
                    refused[str(status)] += 1
                if now < until:
                    caller.send(path)
        turn.seconds, turn.refused = time.perf_counter() - began, refused
        return turn


if __name__ == "__main__":
    callers = Callers(HttpLoad(**json.loads(sys.argv[1])))
    say({"ready": True})
    for line in sys.stdin:
        where, long = line.split()
        say(asdict(callers.call(where, float(long))))
