"""Questions in words and numbers: what a passage becomes once its window is known.

The type follows from the passage: named candidates give several outcomes, an indicator a number,
what has slipped or is dated only roughly a date, everything else yes or no.
"""

import datetime as dt
import re
from dataclasses import replace
from typing import Final

from articles.core import criteria, periods, ranges
from articles.core.delays import is_late_or_rough
from articles.core.draft_types import Draft
from articles.core.passage_types import LEVEL, Measure, Passage
from articles.core.windows import GRACE_DAYS, Window

OTHER_OUTCOME: Final = "Another candidate"
NEITHER: Final = "Neither of them"
OTHER_PRIOR: Final = 0.1
BINARY_OUTCOMES: Final = ("Yes", "No")

_ABOUT: Final = (
    r"(?:(?:about|around|nearly|almost|some|roughly|approximately|up\sto|over|more\sthan|at\sleast"
    r"|an\sestimated|a\srecord|as\smuch\sas)\s){0,2}"
)
_AMOUNT: Final = r"(?=(?:US|A|C|HK)?[$€£¥₹₽₩₺₸₼]?\s?\d)"
_RISE: Final = re.compile(rf"^(grow|rise|increase|expand|climb)\s(?:by\s)?{_ABOUT}{_AMOUNT}")
_DROP: Final = re.compile(
    rf"^(fall|decline|shrink|contract|drop|decrease)\s(?:by\s)?{_ABOUT}{_AMOUNT}"
)
_RISE_TO: Final = re.compile(
    rf"^((?:grow|rise|increase|expand|climb|accelerate)\sto|reach|hit|total|average)\s{_ABOUT}{_AMOUNT}"
)
_DROP_TO: Final = re.compile(rf"^((?:fall|decline|drop|decrease|slow|ease)\sto)\s{_ABOUT}{_AMOUNT}")


def compose(text: str, passage: Passage, window: Window, opens_at: dt.datetime) -> Draft | None:
    """The draft of a passage, still without score, tags and flags; None where no range fits."""
    if passage.candidates:
        return _contest(passage, window)
    if passage.measure is not None:
        return _figure(passage, passage.measure, window)
    if is_late_or_rough(text, passage, window):
        asked_when = _moment(passage, window, opens_at)
        if asked_when is not None:
            return asked_when
    return _binary(passage, window)


def _binary(passage: Passage, window: Window) -> Draft:
    source = _source(passage, criteria.DEFAULT_SOURCE)
    predicate = bounded(passage.predicate)
    return _blank(
        passage,
        window,
        title=f"Will {passage.subject} {predicate} {window.phrase}?",
        resolution_criteria=criteria.binary_criteria(passage, predicate, window, source),
        source=source,
    )


def _figure(passage: Passage, measure: Measure, window: Window) -> Draft | None:
    found = ranges.figure_range(measure, passage.subject)
    if found is None:
        return None
    source = _source(passage, criteria.DEFAULT_FIGURE_SOURCE)
    if measure.verb == LEVEL:
        title = f"What will {passage.subject} be {window.phrase}?"
    else:
        title = f"By how much will {passage.subject} {measure.verb} {window.phrase}?"
    draft = _blank(
        passage,
        window,
        title=title,
        resolution_criteria=criteria.figure_criteria(passage, measure, window, source, found.unit),
        source=source,
    )
    return replace(
        draft,
        type="numeric",
        outcomes=(),
        prior=found.prior,
        range=found,
        last_value=measure.last.value,
    )


def _moment(passage: Passage, window: Window, opens_at: dt.datetime) -> Draft | None:
    """When it will happen, for what has slipped or is expected only roughly."""
    found = ranges.date_range(opens_at, window.ends_at, passage.prior)
    if found is None:
        return None
    source = _source(passage, criteria.DEFAULT_SOURCE)
    ends_at = dt.datetime.fromtimestamp(found.upper, dt.UTC)
    window = replace(
        window,
        closes_at=periods.last_day(ends_at),
        ends_at=ends_at,
        resolve_by=ends_at + dt.timedelta(days=GRACE_DAYS),
        phrase="",
    )
    draft = _blank(
        passage,
        window,
        title=f"When will {passage.subject} {passage.predicate}?",
        resolution_criteria=criteria.date_criteria(passage, window, source),
        source=source,
    )
    return replace(draft, type="date", outcomes=(), prior=found.prior, range=found)


def _contest(passage: Passage, window: Window) -> Draft:
    source = _source(passage, "the official result")
    share = round((1 - OTHER_PRIOR) / len(passage.candidates), 4)
    prior = (*(share for _ in passage.candidates), 0.0)
    draft = _blank(
        passage,
        window,
        title=f"Who will win {passage.subject} {window.phrase}?",
        resolution_criteria=criteria.contest_criteria(passage, window, source),
        source=source,
    )
    return replace(
        draft,
        type="multiple_choice",
        outcomes=(*passage.candidates, NEITHER if passage.family == "match" else OTHER_OUTCOME),
        prior=(*prior[:-1], round(1 - sum(prior), 4)),
    )


def _blank(
    passage: Passage, window: Window, *, title: str, resolution_criteria: str, source: str
) -> Draft:
    """A binary draft whose score, flags and tags are still to come."""
    return Draft(
        rule=passage.rule,
        type="binary",
        title=title,
        resolution_criteria=resolution_criteria,
        fine_print="",
        source=source,
        outcomes=BINARY_OUTCOMES,
        prior=(passage.prior, round(1 - passage.prior, 4)),
        closes_at=window.closes_at,
        resolve_by=window.resolve_by,
        tags=(),
        flags=(),
        score=0.0,
        start=passage.start,
        end=passage.end,
        quote="",
    )


def bounded(predicate: str) -> str:
    """A predicate with an amount, with its bound spelt out: "grow by at least 3%"."""
    for pattern, form in (
        (_RISE_TO, r"\1 at least "),
        (_RISE, r"\1 by at least "),
        (_DROP, r"\1 by at least "),
    ):
        if pattern.search(predicate):
            return pattern.sub(form, predicate, count=1)
    dropped = _DROP_TO.search(predicate)
    if dropped:
        return _DROP_TO.sub(r"\1 ", predicate, count=1) + " or lower"
    return predicate


def _source(passage: Passage, fallback: str) -> str:
    return f"a public statement of {passage.source}" if passage.source else fallback
