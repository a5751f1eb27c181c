"""Sites on this computer for the guarded client to meet: good ones, slow ones, hostile ones."""

import gzip
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from articles.services.outbound import Guard

HERE = Path(__file__).parent
CERTIFICATE = HERE / "news_example.pem"
CERTIFICATE_KEY = HERE / "news_example_key.pem"
PAGE = b"<html><body><p>The bridge over the strait opens in spring.</p></body></html>"

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A running site: what it answers by path, and the requests that it has seen."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def url(self, path: str = "/", *, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def guard(self, **changes: object) -> Guard:
        """A guard that lets this site through, and nothing else that is private."""
        allowed = frozenset({("127.0.0.1", self.port)})
        return Guard(**{"allowed_addresses": allowed, **changes})  # type: ignore[arg-type]


@contextmanager
def site(*, tls: bool = False) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            running.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            self.close_connection = True
            try:
                running.answers.get(self.path, missing)(self)
            except OSError:
                return  # the client went away, as it should from the hostile ones

        def do_POST(self) -> None:
            running.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def log_message(self, *arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = Site(port=server.server_address[1])
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE, CERTIFICATE_KEY)
        context.sni_callback = lambda _socket, name, _context: running.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def missing(handler: BaseHTTPRequestHandler) -> None:
    answer(b"nothing here", status=404)(handler)


def answer(
    body: bytes, *, status: int = 200, content_type: str = "text/html; charset=utf-8", **more: str
) -> Answer:
    """An ordinary answer; further headers are named with underscores."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        if content_type:
            handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def redirect(location: str, *, status: int = 302) -> Answer:
    return answer(b"", status=status, Location=location)


def zipped(body: bytes) -> Answer:
    return answer(gzip.compress(body), Content_Encoding="gzip")


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A page without a declared length that never stops."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    while True:
        handler.wfile.write(b"<p>more</p>" * 1000)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A page of which one byte comes at a time, each well before any pause grows suspicious."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    _drip(handler, b"x", times=200)


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    _drip(handler, b"X-More: 1\r\n", times=200)


def broken_off(*, declared: int) -> Answer:
    """An answer that ends before the length that it declared."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(declared))
        handler.end_headers()
        handler.wfile.write(PAGE)

    return send


def _drip(handler: BaseHTTPRequestHandler, piece: bytes, *, times: int) -> None:
    for _ in range(times):
        handler.wfile.write(piece)
        handler.wfile.flush()
        time.sleep(0.02)


def feed(body: bytes, *, status: int = 200, **more: str) -> Answer:
    """A feed as its site should send it."""
    return answer(body, status=status, content_type="application/rss+xml; charset=utf-8", **more)


def cached_feed(body: bytes, *, etag: str = '"v1"', last_modified: str = "") -> Answer:
    """A feed that is sent again only to those who do not have it: the others hear 304."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        headers = {"ETag": etag, **({"Last-Modified": last_modified} if last_modified else {})}
        has_it = handler.headers.get("If-None-Match") == etag
        feed(b"" if has_it else body, status=304 if has_it else 200, **headers)(handler)

    return send


def zipped_feed(body: bytes) -> Answer:
    return feed(gzip.compress(body), Content_Encoding="gzip")
