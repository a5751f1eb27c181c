"""Days counted from the anchor, so that the demo world is fresh whenever it is loaded.

The anchor is a noon in UTC. Texts hold placeholders where a date belongs:

    {in 40 days}, {1 day ago}      a date:  1 January 2027
    {month in 70 days}             a month: January 2027
    {year in 420 days}             a year:  2028
"""

import re
from datetime import UTC, date, datetime, timedelta

from articles.core.periods import MONTHS

NOON_HOUR = 12
_PLACEHOLDER = re.compile(
    r"\{(?P<part>month |year )?(?:in (?P<ahead>\d+)|(?P<past>\d+)(?= days? ago)) days?(?: ago)?\}"
)


def latest_noon(now: datetime) -> datetime:
    """Return the last noon in UTC that is not after `now`: the anchor of a world loaded then."""
    noon = now.astimezone(UTC).replace(hour=NOON_HOUR, minute=0, second=0, microsecond=0)
    return noon if noon <= now else noon - timedelta(days=1)


def instant(anchor: datetime, days: float) -> datetime:
    """Return the whole second that lies `days` after the anchor."""
    return anchor + timedelta(seconds=round(days * 86_400))


def fill(text: str, anchor: datetime) -> str:
    """Return the text with every placeholder replaced by its date.

    >>> fill("by {in 40 days}", datetime(2026, 11, 22, 12, tzinfo=UTC))
    'by 1 January 2027'
    """

    def spelled(match: re.Match[str]) -> str:
        days = int(match["ahead"] or 0) - int(match["past"] or 0)
        return _spelled((anchor + timedelta(days=days)).date(), (match["part"] or "").strip())

    return _PLACEHOLDER.sub(spelled, text)


def _spelled(day: date, part: str) -> str:
    if part == "year":
        return str(day.year)
    month = f"{MONTHS[day.month - 1]} {day.year}"
    return month if part == "month" else f"{day.day} {month}"
