"""How a command recognises that it has been asked before.

Every request that moves value carries a key chosen by whoever asks, unique among their requests,
and is stored with a fingerprint of its contents. The same key with the same contents is a retry
and gets the first answer; with other contents it is a mistake and is refused.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
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


def fingerprint(**contents: Any) -> str:
    """Return the SHA-256 of what is asked for, the same for every spelling of the same request."""
    spelled = json.dumps(contents, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


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
    if row.request_sha256 != request_sha256:
        raise reused()
    row.replayed = True
    return row


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
