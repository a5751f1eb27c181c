"""Drafts of questions from the passages of an article: composed, scored, ranked.

Pure and deterministic. Nothing here is ever published by itself: an editor reviews every draft.
Only binary and multiple-choice questions can be traded, so an indicator asks for a threshold and
carries its last value.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from articles.core import criteria, periods
from articles.core.gates import is_essay
from articles.core.likeness import likeness
from articles.core.passage_types import Measure, Passage
from articles.core.passages import passages_of
from articles.core.story import read_story
from articles.core.topics import tags_for
from articles.core.windows import Window, find_window

QuestionType = Literal["binary", "multiple_choice", "numeric"]

DRAFTS_MAX: Final = 6
SCORE_MIN: Final = 0.5
TITLE_LENGTH_MAX: Final = 150
TITLE_LENGTH_LONG: Final = 110
SAME_STATEMENT: Final = 0.75
YEARLY_STEP: Final = Decimal("1.1")
OTHER_OUTCOME: Final = "Another candidate"
OTHER_PRIOR: Final = 0.1
BINARY_OUTCOMES: Final = ("Yes", "No")

_PRECISION_BONUS: Final = {
    "day": 0.15,
    "week": 0.10,
    "month": 0.15,
    "quarter": 0.15,
    "half": 0.10,
    "season": 0.10,
    "year": 0.10,
    "decade": 0.05,
    "span": 0.05,
}
_PENALTIES: Final = {
    "deadline_assumed": 0.10,
    "coreference": 0.05,
    "conditional": 0.25,
    "needs_rewrite": 0.20,
    "place_assumed": 0.05,
    "date_uncertain": 0.05,
    "horizon_far": 0.25,
    "essay": 0.15,
}
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
_FIRST_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question and the evidence for it: quote is text[start:end] of the article.

    outcomes and prior have one entry each per answer, and prior sums to 1; score is in [0, 1].
    last_value is the last known value of an indicator, in whole units, else None.
    """

    rule: str
    type: QuestionType
    title: str
    resolution_criteria: str
    fine_print: str
    source: str
    outcomes: tuple[str, ...]
    prior: tuple[float, ...]
    closes_at: dt.datetime
    resolve_by: dt.datetime
    tags: tuple[str, ...]
    flags: tuple[str, ...]
    score: float
    start: int
    end: int
    quote: str
    last_value: Decimal | None = None


def draft_questions(
    text: str,
    *,
    published_at: dt.datetime,
    headline: str | None = None,
    tags: tuple[str, ...] = (),
    not_before: dt.datetime | None = None,
) -> list[Draft]:
    """The best DRAFTS_MAX drafts of a normalised text, best first; often none, and rightly so.

    Times in the text count from published_at. not_before is when a question could open: what is
    over by then gives no draft, and an assumed deadline counts from the later of the two.
    Raises InstantInvalid (see periods).
    """
    story = read_story(text, published_at, headline)
    opens_at = story.published
    if not_before is not None:
        opens_at = max(opens_at, periods.checked_instant(not_before))
    doubts = ("essay",) if is_essay(story.told) else ()
    drafts = [
        draft
        for passage in passages_of(story)
        if (draft := _draft(text, passage, opens_at, tags, doubts)) is not None
    ]
    return _best(drafts)


def _draft(
    text: str,
    passage: Passage,
    opens_at: dt.datetime,
    tags: tuple[str, ...],
    doubts: tuple[str, ...],
) -> Draft | None:
    """The draft of one passage, or None where its time is over or no title comes out."""
    window = find_window(text, passage, opens_at)
    if window is None:
        return None
    flags = tuple(dict.fromkeys((*passage.flags, *window.flags, *doubts)))
    if passage.candidates:
        draft = _contest(passage, window)
    elif passage.measure is not None:
        draft = _figure(passage, passage.measure, window)
    else:
        draft = _binary(passage, window)
    quote = text[passage.start : passage.end]
    if len(draft.title) > TITLE_LENGTH_MAX:
        return None
    return replace(
        draft,
        fine_print=criteria.fine_print(passage.predicate, flags),
        tags=tags_for(draft.title, quote, tags),
        flags=flags,
        score=_score(passage, flags, draft.title),
        quote=quote,
    )


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


def _figure(passage: Passage, measure: Measure, window: Window) -> Draft:
    source = _source(passage, criteria.DEFAULT_FIGURE_SOURCE)
    predicate = f"{measure.verb} {threshold(measure)}"
    draft = _blank(
        passage,
        window,
        title=f"Will {passage.subject} {predicate} {window.phrase}?",
        resolution_criteria=criteria.figure_criteria(passage, predicate, window, source),
        source=source,
    )
    return replace(draft, last_value=measure.last.amount)


def _contest(passage: Passage, window: Window) -> Draft:
    source = _source(passage, "the official result")
    share = round((1 - OTHER_PRIOR) / len(passage.candidates), 4)
    prior = (*(share for _ in passage.candidates), 0.0)
    draft = _blank(
        passage,
        window,
        title=f"Who will win {passage.subject} {window.phrase}?",
        resolution_criteria=criteria.election_criteria(passage, window, source),
        source=source,
    )
    return replace(
        draft,
        type="multiple_choice",
        outcomes=(*passage.candidates, OTHER_OUTCOME),
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


def threshold(measure: Measure) -> str:
    """The amount to be exceeded: the last value, or a tenth more for a yearly amount."""
    if measure.last.percent or measure.period.precision != "year" or measure.verb != "exceed":
        return measure.written
    places = max(0, -int(measure.last.value.as_tuple().exponent))
    raised = measure.last.value * YEARLY_STEP
    rounded = raised.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if rounded == measure.last.value:
        rounded = raised.quantize(Decimal(1).scaleb(-places - 1), rounding=ROUND_HALF_UP)
    return _FIRST_NUMBER.sub(f"{rounded:,}", measure.written, count=1)


def _source(passage: Passage, fallback: str) -> str:
    return f"a public statement of {passage.source}" if passage.source else fallback


def _score(passage: Passage, flags: tuple[str, ...], title: str) -> float:
    """How usable a draft is likely to be, in [0, 1]."""
    score = passage.weight
    if passage.deadline is not None:
        score += _PRECISION_BONUS[passage.deadline.precision]
    score += 0.05 if passage.quantities else 0.0
    score += 0.05 if passage.source else 0.0
    score -= sum(_PENALTIES.get(flag, 0.0) for flag in flags)
    score -= 0.10 if len(title) > TITLE_LENGTH_LONG else 0.0
    return round(min(max(score, 0.0), 1.0), 4)


def _best(drafts: list[Draft]) -> list[Draft]:
    """The best drafts above the threshold, without those that ask what a better one asks."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda draft: (-draft.score, draft.start, draft.title)):
        if draft.score < SCORE_MIN or len(kept) == DRAFTS_MAX:
            break
        if not any(_asks_the_same(draft, other) for other in kept):
            kept.append(draft)
    return kept


def _asks_the_same(first: Draft, second: Draft) -> bool:
    """Whether two drafts rest on one sentence, or differ in nothing but their deadline."""
    if first.start < second.end and second.start < first.end:
        return True
    return likeness(_undated(first.title), _undated(second.title)) >= SAME_STATEMENT


def _undated(title: str) -> str:
    return re.sub(r"\s(?:by|in|on)\s[^?]{4,40}\?$", "", title)
