"""How a command recognises that it has been asked before.

Every request that moves value carries a key chosen by whoever asks, unique among their requests,
and is stored with a fingerprint of its contents. The same key with the same contents is a retry
and gets the first answer; with other contents it is a mistake and is refused.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import IntegrityError
from django.db.models import QuerySet

from markets.core.errors import MarketError

REQUEST_KEY_LENGTH_MAX = 80


class RequestKeyReused(MarketError):
    code = "request_key_reused"
    field = "request_key"


class InvalidRequestKey(MarketError):
    code = "invalid_request_key"
    field = "request_key"


Row = TypeVar("Row", bound=Any)


def fingerprint(*contents: object) -> str:
    """Return the SHA-256 of what is asked for, the same for every spelling of the same request."""
    spelled = repr(tuple([_in_utc(each) if type(each) is datetime else each for each in contents]))
    return hashlib.sha256(spelled.encode()).hexdigest()


def _in_utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def require_request_key(request_key: str) -> None:
    if not 1 <= len(request_key) <= REQUEST_KEY_LENGTH_MAX:
        raise InvalidRequestKey(
            f"Give each request a key of 1 to {REQUEST_KEY_LENGTH_MAX} characters, "
            "such as a random UUID, and repeat it only to retry."
        )


def recognise(earlier: QuerySet[Row], request_sha256: str) -> Row | None:
    """Return the row that an equal request made, marked as replayed; None where it is new."""
    row = earlier.first()
    if row is None:
        return None
    require_same(row.request_sha256, request_sha256)
    row.replayed = True
    return row


def require_same(earlier_sha256: str, request_sha256: str) -> None:
    """Refuse a key that came with other contents before; raises `RequestKeyReused`."""
    if earlier_sha256 != request_sha256:
        raise reused()


def reused() -> RequestKeyReused:
    return RequestKeyReused(
        "This request key was used for a different request. Use a new key for a new request."
    )


@contextmanager
def taken_once(constraint: str) -> Iterator[None]:
    """Turn a race for one request key into its refusal.

    Two requests with one key can only pass each other where they lock different rows, and then
    their contents differ; the unique key in the database decides who was first.
    """
    try:
        yield
    except IntegrityError as error:
        if constraint in str(error):
            raise reused() from error
        raise
