"""The dates that a text names outright: days, months, quarters, years, with their preposition."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
DATES_MAX: Final = 200
"""How many dates of one text are read; a question names three or four."""

MONTH: Final = "|".join([*MONTHS, *(month[:3] for month in MONTHS if month != "May"), "Sept"])
_ORDINAL: Final = r"(?:st|nd|rd|th)?"
_NAMED: Final = re.compile(
    rf"""
    \b(?P<day>\d{{1,2}}){_ORDINAL}\s(?:of\s)?(?P<month>{MONTH})\.?,?\s(?P<year>\d{{4}})\b
    |\b(?P<us_month>{MONTH})\.?\s(?P<us_day>\d{{1,2}}){_ORDINAL},?\s(?P<us_year>\d{{4}})\b
    |\b(?P<iso_year>\d{{4}})-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)\b
    |\b(?P<only_month>{MONTH})\.?,?\s(?:of\s)?(?P<month_year>\d{{4}})\b
    |\bQ(?P<quarter>[1-4])\s(?P<quarter_year>\d{{4}})\b
    |(?<![\d.,$€£/:-])\b(?P<only_year>(?:19|20|21)\d\d)\b(?![,.]?\d|[-–/]\d|\s?%)
    """,
    re.VERBOSE,
)
_RELATION: Final = re.compile(
    r"\b(?P<word>no\slater\sthan|by|before|until|on|in|during|for|of|after|since|from)\s"
    r"(?:the\s)?(?P<part>(?:end|start|beginning|middle|close)\sof\s)?"
    r"(?:(?:23:59|24:00|00:00|midnight)\s(?:\(?UTC\)?\s)?on\s)?(?:the\s)?$",
    re.IGNORECASE,
)
_LOOK_BACK: Final = 48


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A time named at [start, end) that begins with one day and ends with another.

    The start is that of the preposition in front, which `relation` holds in small letters. A day
    that no calendar has, such as 31 April, is nowhere: `first` and `last` are None.
    """

    start: int
    end: int
    first: date | None
    last: date | None
    relation: str

    @property
    def is_day(self) -> bool:
        return self.first is not None and self.first == self.last

    @property
    def is_deadline(self) -> bool:
        return self.relation in {"by", "before", "until", "no later than"}

    @property
    def limit(self) -> datetime | None:
        """The instant, in UTC, from which on it is too late."""
        if self.first is None or self.last is None:
            return None
        if self.relation == "before":
            return _midnight(self.first)
        return _midnight(self.last) + timedelta(days=1)


def named_dates(text: str) -> list[NamedDate]:
    """The dates that a text names, in order."""
    return list(_named_dates(text))


def deadline_in(text: str) -> NamedDate | None:
    """The first time in a text by which something has to have happened."""
    return next((each for each in named_dates(text) if each.is_deadline and each.limit), None)


def _named_dates(text: str) -> Iterator[NamedDate]:
    for count, match in enumerate(_NAMED.finditer(text)):
        if count == DATES_MAX:
            return
        period = _period(match)
        before = _RELATION.search(text, max(0, match.start() - _LOOK_BACK), match.start())
        start = before.start() if before else match.start()
        relation = " ".join(before["word"].lower().split()) if before else ""
        first, last = period or (None, None)
        yield NamedDate(start, match.end(), first, last, relation)


def _period(match: re.Match[str]) -> tuple[date, date] | None:
    """The first and the last day of what was named, or None where no calendar has it."""
    found = match.groupdict()
    try:
        if found["only_year"]:
            return _months(int(found["only_year"]), 1, 12)
        if found["quarter"]:
            first = 3 * int(found["quarter"]) - 2
            return _months(int(found["quarter_year"]), first, first + 2)
        if found["only_month"]:
            number = _month_number(found["only_month"])
            return _months(int(found["month_year"]), number, number)
        if found["iso_year"]:
            only = date(int(found["iso_year"]), int(found["iso_month"]), int(found["iso_day"]))
        else:
            month = _month_number(found["month"] or found["us_month"])
            year, day = found["year"] or found["us_year"], found["day"] or found["us_day"]
            only = date(int(year), month, int(day))
    except ValueError:
        return None
    return (only, only) if only.year < date.max.year else None


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    if not date.min.year <= year < date.max.year:
        raise ValueError("no calendar has this year")
    end = date(year + last // 12, last % 12 + 1, 1) - timedelta(days=1)
    return date(year, first, 1), end


def _month_number(name: str) -> int:
    return [month[:3] for month in MONTHS].index(name[:3]) + 1


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
