"""Fetching pages and feeds, and asking endpoints, through a guard."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx

from articles.core.errors import UrlInvalid
from articles.services.outbound.answers import Fetched, bounded_body
from articles.services.outbound.guard import STRICT, Guard
from articles.services.outbound.refusals import (
    ContentTypeRefused,
    FetchFailed,
    FetchTimedOut,
    PageUnavailable,
    TooManyRedirects,
)
from articles.services.outbound.transport import GuardedTransport

BODY_BYTES_MAX: Final = 2_000_000
REDIRECTS_MAX: Final = 3
PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
JSON_TYPE: Final = "application/json"
PERMANENT: Final = frozenset({301, 308})
USER_AGENT: Final = "Oddsdesk/1 (reads the articles and feeds that its editors ask for)"
NO_HEADERS: Final[Mapping[str, str]] = {}


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
    conditions: Mapping[str, str] = NO_HEADERS,
    guard: Guard = STRICT,
) -> Fetched:
    """The page at `url`, after at most `redirects_max` redirects.

    `conditions` are the headers If-None-Match and If-Modified-Since, which let the site answer 304.
    Raises UrlInvalid, SchemeRefused, PortRefused, AddressRefused, TooManyRedirects,
    ContentTypeRefused, ResponseTooLarge, PageUnavailable (4xx), FetchTimedOut, FetchFailed.
    """
    headers = {"Accept": ", ".join(sorted(content_types)), **conditions}
    with _connected(guard, headers) as client:
        asked = _Asked(url, content_types, redirects_max, bytes_max, bool(conditions))
        return _get(client, asked, guard)


def post_json(
    url: str,
    *,
    message: Mapping[str, object],
    guard: Guard,
    headers: Mapping[str, str] = NO_HEADERS,
    bytes_max: int = BODY_BYTES_MAX,
) -> Fetched:
    """What an endpoint answers in JSON to a message in JSON; it may not send the message on.

    Raises what `get` raises; TooManyRedirects for the first redirect.
    """
    given = {"Accept": JSON_TYPE, **headers}
    with _connected(guard, given) as client:
        request = client.build_request("POST", url, json=message)
        guard.check_url(request.url)
        response = client.send(request, stream=True)
        try:
            if response.next_request is not None:
                raise TooManyRedirects("The endpoint redirects; give the address where it ends.")
            asked = _Asked(url, frozenset({JSON_TYPE}), 0, bytes_max, is_conditional=False)
            return _read(response, asked, url)
        finally:
            response.close()


@contextmanager
def _connected(guard: Guard, headers: Mapping[str, str]) -> Iterator[httpx.Client]:
    """A client for one exchange, whose troubles come out as refusals of ours."""
    client = httpx.Client(
        transport=GuardedTransport(guard),
        trust_env=False,
        follow_redirects=False,
        timeout=guard.total_seconds,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers},
    )
    try:
        with client:
            yield client
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
        body=b"" if is_unchanged else bounded_body(response, asked.bytes_max),
        permanent_url=permanent_url,
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
    )
