"""The one guarded HTTP client: whatever leaves this site for an address from outside, leaves here.

A name is resolved once, every answer is judged, and the connection is made to the judged address
while the certificate and the Host header keep the name; so a name that changes its mind between
the check and the connection (DNS rebinding) gains nothing. Each redirect is judged anew.
"""

import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpcore
import httpx

from articles.core.errors import ArticleError, UrlInvalid
from articles.services.addresses import is_public

CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 20.0
BODY_BYTES_MAX: Final = 2_000_000
REDIRECTS_MAX: Final = 3
ADDRESSES_MAX: Final = 8
PORTS: Final = frozenset({80, 443})
# Real pages shrink to a fifth or a tenth; a page that shrinks to a hundredth is a bomb, unless it
# is so small that the ratio says nothing.
RATIO_MAX: Final = 100
RATIO_FREE_BYTES: Final = 100_000
CHUNK_BYTES: Final = 65_536
PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
PERMANENT: Final = frozenset({301, 308})
USER_AGENT: Final = "Oddsdesk/1 (reads the articles and feeds that its editors ask for)"

Resolver = Callable[[str, int], Sequence[str]]


class AddressRefused(ArticleError):
    """The host is, or leads to, an address that is not on the public internet."""

    code = "address_refused"
    field = "url"


class SchemeRefused(ArticleError):
    """The address is not http or https, or carries a user name."""

    code = "scheme_refused"
    field = "url"


class PortRefused(ArticleError):
    """The address names a port on which no site for readers answers."""

    code = "port_refused"
    field = "url"


class TooManyRedirects(ArticleError):
    """The page sends its readers on more often than we follow."""

    code = "too_many_redirects"
    field = "url"


class ResponseTooLarge(ArticleError):
    """The page is larger than an article may be, or unpacks to something that is."""

    code = "response_too_large"
    field = "url"


class ContentTypeRefused(ArticleError):
    """What answers is no page: an image, a document, a program."""

    code = "content_type_refused"
    field = "url"


class FetchTimedOut(ArticleError):
    """The site did not answer in time."""

    code = "fetch_timed_out"
    field = "url"
    retryable = True


class _Unanswered(Exception):
    """The site did not give the page; status is what it said instead, or 0 if it said nothing."""

    def __init__(self, sentence: str, *, status: int = 0, retry_after: str = "") -> None:
        self.status = status
        self.retry_after = retry_after
        super().__init__(sentence)


class FetchFailed(_Unanswered, ArticleError):
    """The site could not be reached, or broke off, or says: later."""

    code = "fetch_failed"
    field = "url"
    retryable = True


class PageUnavailable(_Unanswered, ArticleError):
    """The site answered that it has no such page, or not for us."""

    code = "page_unavailable"
    field = "url"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a site answered, unpacked; `charset` is what its headers claim, or empty.

    `permanent_url` is where the site says that the page has moved for good: the last address that
    was reached by permanent redirects alone, or `url` itself. `etag` and `last_modified` are what
    to send back as `conditions` next time. The status is 200 to 299, or 304 without a body.
    """

    url: str
    final_url: str
    status: int
    content_type: str
    charset: str
    body: bytes = field(repr=False)
    permanent_url: str = ""
    etag: str = ""
    last_modified: str = ""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order in which the system would try them."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What a fetch may touch. Production always uses STRICT; a test adds its own server."""

    allowed_addresses: frozenset[tuple[str, int]] = frozenset()
    resolve: Resolver = resolve
    ssl_context: ssl.SSLContext | None = None
    connect_seconds: float = CONNECT_SECONDS
    total_seconds: float = TOTAL_SECONDS

    def check_url(self, url: httpx.URL) -> None:
        """Refuse what can be refused by reading the address: scheme, user name, port."""
        if url.scheme not in {"http", "https"}:
            raise SchemeRefused("Give an address that starts with http:// or https://.")
        if url.userinfo:
            raise SchemeRefused("Give the address without a user name and a password.")
        if not url.host:
            raise UrlInvalid("The address names no site; copy it again from the browser.")
        ports = PORTS | {port for _, port in self.allowed_addresses}
        if url.port is not None and url.port not in ports:
            raise PortRefused(
                f"Port {url.port} is not one on which sites answer readers; "
                "give the address without a port."
            )

    def check_addresses(self, host: str, answers: Sequence[str], port: int) -> list[str]:
        """The addresses to connect to, or a refusal when any of them is not public."""
        if not answers:
            raise FetchFailed(f"{host} has no address; check the spelling of the site.")
        for answer in answers:
            allowed = (answer, port) in self.allowed_addresses
            if not allowed and (port not in PORTS or not is_public(answer)):
                raise AddressRefused(
                    f"{host} is not a site on the public internet; give a public address, "
                    "or paste the text of the article instead."
                )
        return list(answers[:ADDRESSES_MAX])


STRICT: Final = Guard()
NO_CONDITIONS: Final[Mapping[str, str]] = {}


def require_fetchable(url: str, *, guard: Guard = STRICT) -> None:
    """Refuse an address that reading it shows to be none that is ever fetched.

    Raises UrlInvalid, SchemeRefused, PortRefused.
    """
    try:
        guard.check_url(httpx.URL(url))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise UrlInvalid("The address cannot be read; copy it again from the browser.") from error


def get(
    url: str,
    *,
    content_types: frozenset[str] = PAGE_TYPES,
    redirects_max: int = REDIRECTS_MAX,
    bytes_max: int = BODY_BYTES_MAX,
    conditions: Mapping[str, str] = NO_CONDITIONS,
    guard: Guard = STRICT,
) -> Fetched:
    """The page at `url`, after at most `redirects_max` redirects.

    `conditions` are the headers If-None-Match and If-Modified-Since, which let the site answer 304.
    Raises UrlInvalid, SchemeRefused, PortRefused, AddressRefused, TooManyRedirects,
    ContentTypeRefused, ResponseTooLarge, PageUnavailable (4xx), FetchTimedOut, FetchFailed.
    """
    transport = _GuardedTransport(guard)
    client = httpx.Client(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        timeout=guard.total_seconds,
        headers={
            "User-Agent": USER_AGENT,
            "Accept": ", ".join(sorted(content_types)),
            "Accept-Encoding": "gzip",
            **conditions,
        },
    )
    try:
        with client:
            asked = _Asked(url, content_types, redirects_max, bytes_max, bool(conditions))
            return _get(client, asked, guard)
    except httpcore.TimeoutException as error:
        raise FetchTimedOut(
            f"The site did not answer within {guard.total_seconds:g} seconds; try again later, "
            "or paste the text of the article."
        ) from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise UrlInvalid("The address cannot be read; copy it again from the browser.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError) as error:
        raise FetchFailed(
            "The site could not be reached, or broke off; try again later, "
            "or paste the text of the article."
        ) from error


@dataclass(frozen=True, slots=True)
class _Asked:
    url: str
    content_types: frozenset[str]
    redirects_max: int
    bytes_max: int
    is_conditional: bool


def _get(client: httpx.Client, asked: _Asked, guard: Guard) -> Fetched:
    request = client.build_request("GET", asked.url)
    permanent_url, is_permanent = asked.url, True
    for _ in range(asked.redirects_max + 1):
        guard.check_url(request.url)
        response = client.send(request, stream=True)
        try:
            if response.next_request is None:
                return _read(response, asked, permanent_url)
            request = response.next_request
            is_permanent = is_permanent and response.status_code in PERMANENT
            if is_permanent:
                permanent_url = str(request.url)
        finally:
            response.close()
    raise TooManyRedirects(
        f"The page redirects more than {asked.redirects_max} times; give the address where it ends."
    )


def _read(response: httpx.Response, asked: _Asked, permanent_url: str) -> Fetched:
    status, headers = response.status_code, response.headers
    if status >= 500 or status == 429:
        raise FetchFailed(
            f"The site answered {status}, which means later; try again, "
            "or paste the text of the article.",
            status=status,
            retry_after=headers.get("retry-after", ""),
        )
    is_unchanged = asked.is_conditional and status == 304
    if not (response.is_success or is_unchanged):
        raise PageUnavailable(
            f"The site answered {status} instead of the page; open it in a browser "
            "and paste the text of the article.",
            status=status,
        )
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in asked.content_types and not is_unchanged:
        raise ContentTypeRefused(
            f"The address answers with {content_type or 'something unnamed'}, not with a page; "
            "give the address of the article itself."
        )
    return Fetched(
        url=asked.url,
        final_url=str(response.url),
        status=status,
        content_type=content_type,
        charset=response.charset_encoding or "",
        body=b"" if is_unchanged else _bounded_body(response, asked.bytes_max),
        permanent_url=permanent_url,
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
    )


def _bounded_body(response: httpx.Response, bytes_max: int) -> bytes:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > bytes_max:
        raise _too_large(bytes_max)
    chunks = response.iter_raw(CHUNK_BYTES)
    if encoding in {"gzip", "x-gzip"}:
        chunks = _unpacked(chunks, bytes_max)
    elif encoding not in {"", "identity"}:
        raise FetchFailed(
            "The site packs its pages in a way that was not asked for; paste the text instead."
        )
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > bytes_max:
            raise _too_large(bytes_max)
    return bytes(body)


def _unpacked(chunks: Iterable[bytes], bytes_max: int) -> Iterator[bytes]:
    """The gzip stream in small pieces, so that a bomb is seen before it has gone off."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    packed_bytes = unpacked_bytes = 0
    try:
        for chunk in chunks:
            packed_bytes += len(chunk)
            pending = chunk
            while pending and not unpacker.eof:
                piece = unpacker.decompress(pending, CHUNK_BYTES)
                pending = unpacker.unconsumed_tail
                unpacked_bytes += len(piece)
                if unpacked_bytes > max(RATIO_FREE_BYTES, RATIO_MAX * packed_bytes):
                    raise _too_large(bytes_max)
                yield piece
    except zlib.error as error:
        raise FetchFailed("The page arrived damaged; try again, or paste its text.") from error
    if not unpacker.eof:
        raise FetchFailed("The page broke off before its end; try again, or paste its text.")


def _too_large(bytes_max: int) -> ResponseTooLarge:
    return ResponseTooLarge(
        f"The page holds more than {bytes_max // 1_000_000} MB; "
        "paste the text of the article instead."
    )


class _GuardedTransport(httpx.BaseTransport):
    """httpx over a connection pool whose sockets go to judged addresses only."""

    def __init__(self, guard: Guard) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=guard.ssl_context or httpx.create_ssl_context(),
            network_backend=_GuardedBackend(guard),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer)
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _GuardedBackend(httpcore.NetworkBackend):
    """Resolves, judges, and connects to what it judged; holds the clock of the whole fetch."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._deadline = time.monotonic() + guard.total_seconds
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        connect_by = min(self._deadline, time.monotonic() + self._guard.connect_seconds)
        answers = _resolve_until(connect_by, self._guard.resolve, host, port)
        addresses = self._guard.check_addresses(host, answers, port)
        for position, address in enumerate(addresses):
            share = _remaining(connect_by) / (len(addresses) - position)
            try:
                stream = self._backend.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if position == len(addresses) - 1:
                    raise
            else:
                return _TimedStream(stream, self._deadline)
        raise httpcore.ConnectError(f"no address of {host} answers")


class _TimedStream(httpcore.NetworkStream):
    """A connection that ends when its fetch's time is over, however slowly it drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _remaining(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _remaining(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _remaining(self._deadline))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the time for this fetch is over")
    return seconds


def _resolve_until(deadline: float, resolver: Resolver, host: str, port: int) -> Sequence[str]:
    """The resolver's answer, or a timeout: the system's own resolver knows none."""
    answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True, name=f"resolve {host}").start()
    try:
        answer = answers.get(timeout=_remaining(deadline))
    except queue.Empty:
        raise httpcore.ConnectTimeout(f"{host} was not resolved in time") from None
    if isinstance(answer, OSError):
        raise httpcore.ConnectError(f"{host} is not known") from answer
    return answer
