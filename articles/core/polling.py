"""When a feed is asked again, when it is given up, and which of its entries are the same.

A feed is asked more often while it brings something new and less often while it does not, and
after failures at twice the distance each time. Jitter, a number from 0 to 1, is given by whoever
polls.
Sources: RFC 9110 section 10.2.3 (Retry-After), RFC 4287 section 4.2.6 (entries keep their id).
"""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from articles.core.canonical import canonical_url
from articles.core.errors import UrlInvalid

INTERVAL_MIN: Final = timedelta(minutes=10)
INTERVAL_FIRST: Final = timedelta(hours=1)
INTERVAL_MAX: Final = timedelta(hours=12)
SHORTER: Final = 0.5
LONGER: Final = 1.25
"""Since 1.25³ is nearly 2, a feed comes to rest where about one poll in four has something new."""

BACK_OFF_MAX: Final = timedelta(days=1)
RETRY_AFTER_MAX: Final = timedelta(days=7)
JITTER_SHARE: Final = 0.1
"""Feeds that were added together do not stay together: each wait grows by up to a tenth."""

FAILURES_MAX: Final = 12
"""From an interval of ten minutes that takes six days: a site may be away over a long weekend."""


def adapted_interval(interval: timedelta, *, has_news: bool) -> timedelta:
    """The distance between polls from now on: half as long after news, a quarter longer without.

    >>> adapted_interval(timedelta(hours=1), has_news=True)
    datetime.timedelta(seconds=1800)
    >>> adapted_interval(timedelta(hours=1), has_news=False)
    datetime.timedelta(seconds=4500)
    >>> adapted_interval(timedelta(minutes=15), has_news=True) == INTERVAL_MIN
    True
    >>> adapted_interval(timedelta(hours=11), has_news=False) == INTERVAL_MAX
    True
    """
    changed = interval * (SHORTER if has_news else LONGER)
    return min(max(changed, INTERVAL_MIN), INTERVAL_MAX)


def wait_after_success(interval: timedelta, *, has_more: bool, jitter: float) -> timedelta:
    """How long until the next poll; entries that are still to be taken make it come soon.

    >>> wait_after_success(timedelta(hours=1), has_more=False, jitter=0.0)
    datetime.timedelta(seconds=3600)
    >>> wait_after_success(timedelta(hours=1), has_more=False, jitter=1.0)
    datetime.timedelta(seconds=3960)
    >>> wait_after_success(timedelta(hours=1), has_more=True, jitter=0.0) == INTERVAL_MIN
    True
    """
    return _jittered(INTERVAL_MIN if has_more else interval, jitter)


def wait_after_failure(
    interval: timedelta, *, failures: int, jitter: float, retry_after: timedelta | None = None
) -> timedelta:
    """How long until the next poll after so many failures in a row (one or more).

    The interval doubled for each failure, BACK_OFF_MAX at most, but never sooner than the site
    asks for with Retry-After, of which RETRY_AFTER_MAX is believed.

    >>> wait_after_failure(timedelta(minutes=10), failures=1, jitter=0.0)
    datetime.timedelta(seconds=1200)
    >>> wait_after_failure(timedelta(minutes=10), failures=3, jitter=0.5)
    datetime.timedelta(seconds=5040)
    >>> wait_after_failure(timedelta(minutes=10), failures=2_000_000, jitter=0.0) == BACK_OFF_MAX
    True
    >>> wait_after_failure(
    ...     timedelta(minutes=10), failures=1, jitter=0.0, retry_after=timedelta(hours=3)
    ... )
    datetime.timedelta(seconds=10800)
    """
    doublings = min(failures, BACK_OFF_MAX // INTERVAL_MIN)
    backed_off = min(interval * 2**doublings, BACK_OFF_MAX) if doublings < 32 else BACK_OFF_MAX
    asked_for = min(retry_after or timedelta(), RETRY_AFTER_MAX)
    return _jittered(max(backed_off, asked_for), jitter)


def is_given_up(failures: int) -> bool:
    """Whether a feed that has failed so often in a row is not asked any more.

    >>> is_given_up(FAILURES_MAX - 1), is_given_up(FAILURES_MAX)
    (False, True)
    """
    return failures >= FAILURES_MAX


def retry_after(header: str, *, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for: seconds or a date. None where it cannot be read.

    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> retry_after("120", now=noon)
    datetime.timedelta(seconds=120)
    >>> retry_after("Sun, 22 Nov 2026 13:00:00 GMT", now=noon)
    datetime.timedelta(seconds=3600)
    >>> retry_after("Sun, 22 Nov 2026 11:00:00 GMT", now=noon)
    datetime.timedelta(0)
    >>> retry_after("soon", now=noon), retry_after("-5", now=noon), retry_after("", now=noon)
    (None, None, None)
    >>> retry_after("9" * 5_000, now=noon) == RETRY_AFTER_MAX
    True
    """
    given = header.strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=int(given)) if len(given) < 7 else RETRY_AFTER_MAX
    try:
        at = parsedate_to_datetime(given)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(aware - now, timedelta())


def entry_sha256(*, identifier: str, url: str, title: str, text: str) -> str:
    """What an entry is known by within its feed: its own id, else its address, else its words.

    64 hexadecimal digits. An entry that is edited under its id stays the same one.

    >>> first = entry_sha256(identifier="tag:post,1", url="", title="Bridge", text="It opens.")
    >>> first == entry_sha256(identifier=" tag:post,1 ", url="", title="Bridge!", text="Later.")
    True
    >>> linked = entry_sha256(identifier="", url="https://post.example/a", title="A", text="")
    >>> linked == entry_sha256(
    ...     identifier="", url="https://post.example/a?utm_source=rss#top", title="B", text=""
    ... )
    True
    >>> bare = entry_sha256(identifier="", url="", title="A", text="B")
    >>> bare == entry_sha256(identifier="", url="", title="AB", text="")
    False
    """
    known_by: tuple[str, ...]
    if identifier.strip():
        known_by = ("id", identifier.strip())
    elif url.strip():
        known_by = ("url", _canonical(url))
    else:
        known_by = ("words", str(len(title)), title, text)
    joined = "\x1f".join(known_by)
    return hashlib.sha256(joined.encode(errors="replace")).hexdigest()


def _canonical(url: str) -> str:
    try:
        return canonical_url(url)
    except UrlInvalid:
        return url.strip()


def _jittered(wait: timedelta, jitter: float) -> timedelta:
    return wait * (1 + JITTER_SHARE * jitter)
