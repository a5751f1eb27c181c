"""T: a question says on which day it is decided, in words that mean one day to everybody."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from markets.core.question_lint.dates import MONTH, NamedDate, deadline_in, named_dates
from markets.core.question_lint.examples import day, marked
from markets.core.question_lint.registry import Severity, rule
from markets.core.question_lint.wording import (
    BINARY,
    CRITERIA,
    FINE_PRINT,
    OUTCOMES,
    TITLE,
    Span,
    Wording,
)

__all__ = ["day", "marked"]  # what the examples below need

HORIZON_MAX: Final = timedelta(days=3 * 366)
OPEN_MIN: Final = timedelta(hours=6)
WAIT_MAX: Final = timedelta(days=275)
_DAY: Final = timedelta(days=1)

_ZONE: Final = re.compile(
    r"\b(?:UTC|GMT|[A-Z]{1,4}T|local\stime|time\sin\s[A-Z]\w+|[A-Z]\w+\stime)\b|[+-]\d\d:\d\d\b"
)
_RELATIVE: Final = re.compile(
    r"""
    \b(?:(?:very\s)?(?<!as\s)soon(?!\sas\b)|shortly|tomorrow|today|tonight|imminent(?:ly)?|before\slong|one\sday
    |(?:in\sthe\s)?(?:near|foreseeable)\sfuture
    |(?:in\sthe\s)?(?:coming|next\sfew|following)\s(?:days?|weeks?|months?|years?)
    |(?:later\s|earlier\s)?(?:this|next)\s(?:week|month|quarter|spring|summer|autumn|fall|winter|year|decade)
    |(?:by|before|at|until)\s(?:the\s)?(?:year[\s-]end|end\sof\sthe\s(?:week|month|quarter|year|decade))
    |(?:with)?in(?:\sthe\snext)?\s(?:\d{1,3}|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\s
     (?:hours?|days?|weeks?|months?|years?)(?!\s(?:after|of|from|before|following|later)\b)
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SLASHED: Final = re.compile(
    r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d\d)(?![\d/-]|\.\d)"
)
_NO_YEAR: Final = re.compile(
    rf"""
    \b(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{MONTH})\b(?!\.?,?\s\d{{4}}|[-–])
    |(?:{MONTH})\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!,?\s\d{{4}}|\d|[-–]))
    (?!\s(?:to|and|or|until)\s[^.?!]{{0,24}}\d{{4}})
    """,
    re.VERBOSE,
)
_ROUGHLY: Final = re.compile(
    r"\b(?:(?:early|mid|late)(?:\sin\s|[\s-])(?:the\s)?|around\s|about\s|some\stime\sin\s|sometime\sin\s)"
    rf"(?:(?:{MONTH}|spring|summer|autumn|fall|winter)\s)?(?:19|20|21)\d\d\b"
    rf"|\b(?:early|mid|late)[\s-](?:{MONTH})\b"
    r"|\b(?:spring|summer|autumn|fall|winter)\s(?:of\s)?(?:19|20|21)\d\d\b",
    re.IGNORECASE,
)
_MIDNIGHT: Final = re.compile(r"\bmidnight\b", re.IGNORECASE)


@rule("T01", Severity.ERROR, TITLE, CRITERIA, FINE_PRINT)
def no_date(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name a day, a month or a year: neither the title nor the criteria do.

    >>> marked(no_date, title="Will the Lark Bridge open?", resolution_criteria="YES if it opens.")
    ['Will the Lark Bridge open?']
    >>> marked(no_date, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    if not named_dates(wording.title) and not named_dates(wording.rules):
        yield wording.whole(TITLE)


@rule("T02", Severity.WARNING, TITLE)
def title_without_date(wording: Wording, now: datetime) -> Iterator[Span]:
    """Put the deadline into the title: it is all that most people read.

    >>> marked(title_without_date, title="Will the Lark Bridge open to traffic?")
    ['Will the Lark Bridge open to traffic?']
    >>> marked(title_without_date, title="Will the Lark Bridge open to traffic in 2027?")
    []
    """
    if wording.type == BINARY and named_dates(wording.rules) and not named_dates(wording.title):
        yield wording.whole(TITLE)


@rule("T03", Severity.WARNING, CRITERIA)
def no_zone(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say in which time zone the day ends, such as 23:59 UTC.

    >>> marked(no_zone, resolution_criteria="YES if it opens by 1 March 2027, else NO.")
    ['by 1 March 2027']
    >>> marked(no_zone, resolution_criteria="YES if it opens by 23:59 UTC on 1 March 2027.")
    []
    """
    ending = [each for each in named_dates(wording.resolution_criteria) if each.first]
    if ending and not _ZONE.search(wording.all_rules):
        yield Span(CRITERIA, ending[0].start, ending[0].end)


@rule("T04", Severity.ERROR, "resolve_by", "closes_at")
def resolves_before_it_closes(wording: Wording, now: datetime) -> Iterator[Span]:
    """Let it close first and be resolved afterwards: now it would be resolved while it is traded.

    >>> marked(resolves_before_it_closes, closes_at=day("2027-03-09"), resolve_by=day("2027-03-01"))
    ['resolve_by']
    >>> marked(resolves_before_it_closes, closes_at=day("2027-03-01"), resolve_by=day("2027-03-09"))
    []
    """
    if wording.closes_at and wording.resolve_by and wording.closes_at > wording.resolve_by:
        yield Span("resolve_by")


@rule("T05", Severity.ERROR, "closes_at")
def already_closed(wording: Wording, now: datetime) -> Iterator[Span]:
    """Move the close into the future: nobody could forecast on it any more.

    >>> marked(already_closed, closes_at=day("2026-11-01"))
    ['closes_at']
    >>> marked(already_closed, closes_at=day("2027-03-01"))
    []
    """
    if wording.closes_at and wording.closes_at <= now:
        yield Span("closes_at")


@rule("T06", Severity.ERROR, TITLE)
def deadline_is_over(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask about a time that still lies ahead: this deadline is over.

    >>> marked(deadline_is_over, title="Will the Lark Bridge open by 1 March 2026?")
    ['by 1 March 2026']
    >>> marked(deadline_is_over, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    deadline = deadline_in(wording.title)
    if deadline and _limit(deadline) <= now:
        yield Span(TITLE, deadline.start, deadline.end)


@rule("T07", Severity.WARNING, "closes_at", TITLE)
def closes_after_deadline(wording: Wording, now: datetime) -> Iterator[Span]:
    """Close it no later than its deadline: afterwards the answer is known and is being sold.

    >>> marked(closes_after_deadline, closes_at=day("2027-03-09"), resolve_by=day("2027-03-20"))
    ['closes_at']
    >>> marked(closes_after_deadline, closes_at=day("2027-03-01"))
    []
    """
    deadline = deadline_in(wording.title)
    if deadline and wording.closes_at and wording.closes_at > _limit(deadline) + _DAY:
        yield Span("closes_at")


@rule("T08", Severity.ERROR, "resolve_by", TITLE)
def resolves_before_deadline(wording: Wording, now: datetime) -> Iterator[Span]:
    """Resolve it after its deadline: before it nobody can say NO.

    >>> marked(resolves_before_deadline, closes_at=day("2027-01-01"), resolve_by=day("2027-02-01"))
    ['resolve_by']
    >>> marked(resolves_before_deadline, resolve_by=day("2027-03-15"))
    []
    """
    deadline = deadline_in(wording.title)
    if deadline and wording.resolve_by and wording.resolve_by < _limit(deadline) - _DAY:
        yield Span("resolve_by")


@rule("T09", Severity.ERROR, CRITERIA, TITLE)
def dates_disagree(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name the same deadline in the title and in the criteria.

    >>> marked(dates_disagree, resolution_criteria="YES if it opens by 1 April 2027, else NO.")
    ['by 1 April 2027']
    >>> marked(dates_disagree, resolution_criteria="YES if it opens by 1 March 2027, else NO.")
    []
    """
    deadline = deadline_in(wording.title)
    named = [each for each in named_dates(wording.resolution_criteria) if each.first]
    if not deadline or not any(each.is_day for each in named):
        return
    if not any(_agree(deadline, each) for each in named):
        other = next((each for each in named if each.is_deadline), named[0])
        yield Span(CRITERIA, other.start, other.end)


@rule("T10", Severity.ERROR, TITLE, CRITERIA, FINE_PRINT, OUTCOMES)
def relative_time(wording: Wording, now: datetime) -> Iterator[Span]:
    """Write the date itself: this time counts from a day that readers do not know.

    >>> marked(relative_time, title="Will the Lark Bridge open within six months?")
    ['within six months']
    >>> marked(relative_time, title="Will the Lark Bridge open within six months of 1 May 2027?")
    []
    """
    return wording.matches(_RELATIVE, TITLE, CRITERIA, FINE_PRINT, OUTCOMES)


@rule("T11", Severity.ERROR, TITLE, CRITERIA, FINE_PRINT, OUTCOMES)
def slashed_date(wording: Wording, now: datetime) -> Iterator[Span]:
    """Spell the month: this is one day in London and another in New York.

    >>> marked(slashed_date, title="Will the Lark Bridge open by 03/04/2027?")
    ['03/04/2027']
    >>> marked(slashed_date, title="Will the Lark Bridge open by 3 April 2027?")
    []
    """
    for name, text in wording.texts(TITLE, CRITERIA, FINE_PRINT, OUTCOMES):
        for match in _SLASHED.finditer(text):
            first, second = int(match[1]), int(match[3])
            if first != second and 1 <= first <= 12 and 1 <= second <= 12:
                yield Span(name, match.start(), match.end())


@rule("T12", Severity.WARNING, TITLE, CRITERIA)
def day_without_year(wording: Wording, now: datetime) -> Iterator[Span]:
    """Add the year: the question will be read in other years too.

    >>> marked(day_without_year, title="Will the Lark Bridge open by 1 March?")
    ['1 March']
    >>> marked(day_without_year, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    return wording.matches(_NO_YEAR, TITLE, CRITERIA)


@rule("T13", Severity.WARNING, "closes_at")
def far_horizon(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask about the next three years: credits that are bound for longer tell nothing.

    >>> marked(far_horizon, closes_at=day("2036-03-01"), resolve_by=day("2036-03-15"))
    ['closes_at']
    >>> marked(far_horizon, closes_at=day("2027-03-01"))
    []
    """
    if wording.closes_at and wording.closes_at - now > HORIZON_MAX:
        yield Span("closes_at")


@rule("T14", Severity.HINT, "closes_at")
def hardly_open(wording: Wording, now: datetime) -> Iterator[Span]:
    """Leave it open for six hours at least, so that people can find it.

    >>> marked(hardly_open, opens_at=day("2027-03-01"), closes_at=day("2027-03-01"))
    ['closes_at']
    >>> marked(hardly_open, opens_at=day("2027-02-01"), closes_at=day("2027-03-01"))
    []
    """
    opens_at = max(wording.opens_at or now, now)
    if wording.closes_at and now < wording.closes_at < opens_at + OPEN_MIN:
        yield Span("closes_at")


@rule("T15", Severity.ERROR, "opens_at", "closes_at")
def closes_before_it_opens(wording: Wording, now: datetime) -> Iterator[Span]:
    """Let it open before it closes.

    >>> marked(closes_before_it_opens, opens_at=day("2027-03-09"), closes_at=day("2027-03-01"))
    ['opens_at']
    >>> marked(closes_before_it_opens, opens_at=day("2027-02-01"), closes_at=day("2027-03-01"))
    []
    """
    if wording.opens_at and wording.closes_at and wording.opens_at >= wording.closes_at:
        yield Span("opens_at")


@rule("T16", Severity.WARNING, TITLE, CRITERIA, OUTCOMES)
def rough_time(wording: Wording, now: datetime) -> Iterator[Span]:
    """Give the last day: where this time ends is a matter of taste.

    >>> marked(rough_time, title="Will the Lark Bridge open in early 2027?")
    ['early 2027']
    >>> marked(rough_time, title="Will the Lark Bridge open by 31 March 2027?")
    []
    """
    return wording.matches(_ROUGHLY, TITLE, CRITERIA, OUTCOMES)


@rule("T17", Severity.WARNING, TITLE, CRITERIA, FINE_PRINT)
def midnight(wording: Wording, now: datetime) -> Iterator[Span]:
    """Write 23:59 or 00:00: midnight is taken for the beginning of a day and for its end.

    >>> marked(midnight, resolution_criteria="YES if it opens by midnight on 1 March 2027.")
    ['midnight']
    >>> marked(midnight, resolution_criteria="YES if it opens by 23:59 UTC on 1 March 2027.")
    []
    """
    return wording.matches(_MIDNIGHT, TITLE, CRITERIA, FINE_PRINT)


@rule("T18", Severity.ERROR, TITLE, CRITERIA, FINE_PRINT)
def impossible_day(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name a day that the calendar has.

    >>> marked(impossible_day, title="Will the Lark Bridge open by 31 April 2027?")
    ['by 31 April 2027']
    >>> marked(impossible_day, title="Will the Lark Bridge open by 30 April 2027?")
    []
    """
    for name, text in wording.texts(TITLE, CRITERIA, FINE_PRINT):
        for each in named_dates(text):
            if each.first is None:
                yield Span(name, each.start, each.end)


@rule("T19", Severity.HINT, "resolve_by", "closes_at")
def long_wait(wording: Wording, now: datetime) -> Iterator[Span]:
    """Resolve it within nine months of the close, or say in the background why that takes longer.

    >>> marked(long_wait, closes_at=day("2027-03-01"), resolve_by=day("2028-03-01"))
    ['resolve_by']
    >>> marked(long_wait, closes_at=day("2027-03-01"), resolve_by=day("2027-03-15"))
    []
    """
    if not wording.closes_at or not wording.resolve_by or wording.background:
        return
    if wording.resolve_by - wording.closes_at > WAIT_MAX:
        yield Span("resolve_by")


def _limit(deadline: NamedDate) -> datetime:
    limit = deadline.limit
    assert limit is not None, "deadline_in answers dates that the calendar has"  # noqa: S101
    return limit


def _agree(deadline: NamedDate, other: NamedDate) -> bool:
    """Whether two times may mean one deadline: they overlap, or end within a day of each other."""
    if not (deadline.first and deadline.last and other.first and other.last):
        return False
    if deadline.first <= other.last and other.first <= deadline.last:
        return True
    return bool(other.limit) and abs(_limit(deadline) - _limit(other)) <= _DAY
