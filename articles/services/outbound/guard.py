"""Which addresses may be reached, and for how long: judged before anything is connected to."""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import httpx

from articles.core.errors import UrlInvalid
from articles.services.addresses import is_public
from articles.services.outbound.refusals import (
    AddressRefused,
    FetchFailed,
    PortRefused,
    SchemeRefused,
)

CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 20.0
ADDRESSES_MAX: Final = 8
PORTS: Final = frozenset({80, 443})

Resolver = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order in which the system would try them."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What may be reached. Pages and feeds always use STRICT; a test adds its own server.

    With `only`, a host and a port that the operator of this site has named, nothing else is
    reached, and that one wherever it is: a language model may well run on a private address.
    """

    only: tuple[str, int] | None = None
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
        if self.only is not None:
            self._check_only(url)
            return
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
        if (host, port) == self.only:
            return list(answers[:ADDRESSES_MAX])
        for answer in answers:
            allowed = (answer, port) in self.allowed_addresses
            if not allowed and (port not in PORTS or not is_public(answer)):
                raise AddressRefused(
                    f"{host} is not a site on the public internet; give a public address, "
                    "or paste the text of the article instead."
                )
        return list(answers[:ADDRESSES_MAX])

    def _check_only(self, url: httpx.URL) -> None:
        if host_and_port(url) != self.only:
            raise AddressRefused("Only the host that the settings name may be asked.")


def host_and_port(url: httpx.URL) -> tuple[str, int]:
    """The host as it will be resolved, and the port that is meant where none is written."""
    return url.raw_host.decode(), url.port or {"http": 80, "https": 443}[url.scheme]


STRICT: Final = Guard()


def endpoint_guard(url: str, *, seconds: float) -> Guard:
    """The guard for an endpoint that the operator has named. Raises UrlInvalid."""
    try:
        only = host_and_port(httpx.URL(url))
    except (httpx.InvalidURL, UnicodeError, KeyError) as error:
        raise UrlInvalid("The address of the endpoint cannot be read.") from error
    return Guard(only=only, total_seconds=seconds)
