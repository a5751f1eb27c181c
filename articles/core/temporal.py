"""A small grammar of English time expressions, read from the day on which a text was published.

General date parsers misread prose ("$10" as the tenth). This one knows the forms that news uses
and leaves everything else alone: "16 November", "by the end of next year", "mid-2027", "Q3",
"early March", "2026-2028", "on Friday", "within 90 days", "in the coming weeks".
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from articles.core import periods
from articles.core.periods import Part, Period, Precision
from articles.core.time_forms import FORMS, HINT, Form
from articles.core.time_readings import Lean, Reading

Relation = Literal["at", "by", "before", "from", "until", "after", "since", "attribute"]

_PREFIX_LENGTH: Final = 48
_RELATIONS: Final[dict[str, Relation]] = {
    "no later than": "by",
    "not later than": "by",
    "as late as": "by",
    "by": "by",
    "before": "before",
    "ahead of": "before",
    "from": "from",
    "starting": "from",
    "beginning": "from",
    "as early as": "from",
    "as soon as": "from",
    "as of": "from",
    "until": "until",
    "till": "until",
    "through": "until",
    "after": "after",
    "since": "since",
}
_PARTS: Final[dict[str, Part]] = {
    "early": "early",
    "start": "early",
    "beginning": "early",
    "turn": "early",
    "mid": "mid",
    "middle": "mid",
    "late": "late",
    "end": "late",
    "close": "late",
}
_PREFIX: Final = re.compile(
    r"""
    (?:\b(?P<relation>(?:no|not)\slater\sthan|as\s(?:late|early|soon)\sas|as\sof|ahead\sof|starting
        |beginning|by|before|until|till|through|after|since|from|in|on|at|for|during|within
        |around|towards?|of|between|over)\s{1,2})?
    (?:(?:the\s{1,2})?(?:very\s)?(?P<part>end|close|start|beginning|turn|middle)\s{1,2}of\s{1,2}
       |(?P<edge>early|mid|late|later|earlier|sometime|some\stime)(?:\s|-|–){1,2}(?:in\s{1,2})?)?
    (?P<article>the\s{1,2})?$
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time named at [start_offset, end_offset), standing for [starts_at, ends_at) in UTC.

    relation says how the text uses it: "by 2030" runs from publication to the end of 2030, "after
    2030" starts when 2030 is over, an "attribute" is part of a name ("the 2026 World Cup").
    """

    start_offset: int
    end_offset: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    precision: Precision
    is_future: bool
    relation: Relation
    year_assumed: bool

    @property
    def is_deadline(self) -> bool:
        """Whether something can be said to have happened, or not, once this time is over."""
        return self.is_future and self.relation in {"at", "by", "before", "from"}


def find_times(
    text: str,
    published_at: dt.datetime,
    *,
    lean: Lean = "nearest",
    start: int = 0,
    end: int | None = None,
) -> list[TimeExpression]:
    """The time expressions of text[start:end], in order and without overlap.

    lean decides where a form leaves the year or the week open: "future" in a sentence about
    plans, "past" in a report, else the nearest. Raises InstantInvalid (see periods).
    """
    published = periods.checked_instant(published_at)
    stop = len(text) if end is None else end
    if not HINT.search(text, start, stop):
        return []
    found: list[TimeExpression] = []
    for match, form in _matches(text, start, stop):
        expression = _expression(text, match, form, Reading(published, lean), start)
        if expression is not None and not (
            found and expression.start_offset < found[-1].end_offset
        ):
            found.append(expression)
    return found


def _matches(text: str, start: int, end: int) -> Iterator[tuple[re.Match[str], Form]]:
    """The most specific form at each place: forms are listed from specific to general."""
    taken = bytearray(end - start)
    chosen: list[tuple[re.Match[str], Form]] = []
    for form in FORMS:
        for match in form.pattern.finditer(text, start, end):
            here = slice(match.start() - start, match.end() - start)
            if not any(taken[here]):
                taken[here] = b"\x01" * (match.end() - match.start())
                chosen.append((match, form))
    return iter(sorted(chosen, key=lambda pair: pair[0].start()))


def _expression(
    text: str, match: re.Match[str], form: Form, reading: Reading, start: int
) -> TimeExpression | None:
    window = text[max(start, match.start() - _PREFIX_LENGTH) : match.start()]
    prefix = _PREFIX.search(window)
    if prefix is None:  # cannot happen: every part of the prefix may be empty
        return None
    period = form.read(match, reading) if _has_context(form, prefix) else None
    if period is None:
        return None
    word = " ".join((prefix["relation"] or "").lower().split())
    relation: Relation = form.relation or _RELATIONS.get(word, "at")
    if _is_attribute(text, match, prefix, form):
        relation = "attribute"
    part = _PARTS.get((prefix["part"] or prefix["edge"] or "").lower())
    if part is not None:
        period = periods.part_of(period, part)
    window_period = _related(period, relation, reading, ends_late=part == "late")
    if (prefix["edge"] or "").lower() == "later":
        later = max(reading.published, period.starts_at)
        window_period = Period(min(later, period.ends_at), period.ends_at, period.precision)
    if relation == "attribute":
        first = match.start()
    else:
        first = match.start() - (len(window) - prefix.start())
    return TimeExpression(
        start_offset=first,
        end_offset=match.end(),
        starts_at=window_period.starts_at,
        ends_at=window_period.ends_at,
        precision=period.precision,
        is_future=window_period.ends_at > reading.published and relation != "since",
        relation=relation,
        year_assumed=form.year_assumed(match),
    )


def _related(period: Period, relation: Relation, reading: Reading, *, ends_late: bool) -> Period:
    """The stretch of time that a preposition makes of a period."""
    starts_at, ends_at = period.starts_at, period.ends_at
    if relation in {"by", "until"} or (relation == "before" and ends_late):
        starts_at = min(reading.published, starts_at)
    elif relation == "before":
        starts_at, ends_at = min(reading.published, starts_at), starts_at
    elif relation == "after":
        starts_at, ends_at = ends_at, ends_at + (ends_at - starts_at)
    elif relation == "since":
        ends_at = max(reading.published, ends_at)
    return Period(starts_at, ends_at, period.precision)


def _has_context(form: Form, prefix: re.Match[str]) -> bool:
    part = bool(prefix["part"] or prefix["edge"])
    if form.context == "part":
        return part
    return part or form.context == "none" or bool(prefix["relation"])


def _is_attribute(text: str, match: re.Match[str], prefix: re.Match[str], form: Form) -> bool:
    """Whether a time belongs to the noun after it: "the 2026 World Cup", "next week's vote"."""
    following = text[match.end() : match.end() + 2]
    if following[:1] in {"'", "’"} and following[1:] == "s":
        return True
    if not form.may_be_attribute or prefix["part"] or prefix["edge"]:
        return False
    if following[:1] != " " or not following[1:].isalpha():
        return False
    return bool(prefix["article"]) or (prefix["relation"] or "").lower() in {"", "over", "around"}
