"""O: exactly one outcome comes true, whatever happens, and everybody can tell which."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from markets.core.question_lint.examples import marked
from markets.core.question_lint.measures import SCALES
from markets.core.question_lint.registry import Severity, rule
from markets.core.question_lint.wording import (
    BINARY,
    CRITERIA,
    MULTIPLE_CHOICE,
    OUTCOMES,
    TITLE,
    Span,
    Wording,
)

__all__ = ["marked"]  # what the examples below need

OUTCOMES_MAX: Final = 12
LABEL_MAX: Final = 60

_YES: Final = re.compile(r"\byes\b", re.IGNORECASE)
_NO: Final = re.compile(
    r"\bNO\b|\bNo\b(?!\.\s?\d)|\bresolves?\s(?:to\s)?[\"“'’]?no\b|\botherwise\b", re.IGNORECASE
)
_ANNUL: Final = re.compile(
    r"\b(?:annul\w{0,4}|void(?:ed)?|cancelled\sand\srefunded|resolves?\s(?:to\s)?N/?A)\b",
    re.IGNORECASE,
)
_REST: Final = re.compile(
    r"\b(?:other|others|another|else|none|no|nobody|neither|any|somebody|someone|different|later|never"
    r"|not|rest)\b",
    re.IGNORECASE,
)
_ASKS_FOR_NAMES: Final = re.compile(r"^(?:Who|Whom|Which|Where)\b", re.IGNORECASE)
_CONTEST: Final = re.compile(
    r"\b(?:elections?|elected|referendum|run-?off|final|semi-final|match|championship|cup|race"
    r"|vote|summit|conference|debate|hearing|meeting)\b",
    re.IGNORECASE,
)
_UPSET: Final = re.compile(
    r"\b(?:postpon\w{1,6}|cancel\w{0,6}|called\soff|delay\w{0,3}|ties?|tied|draws?|drawn|takes?\splace"
    r"|annul\w{0,4}|void|abandon\w{0,3}|otherwise|no\s\w{1,14}\sis|none\sby|resolves?\sno)\b",
    re.IGNORECASE,
)
_NUMBER: Final = r"[$€£¥]?\s?(?P<{}>-?\d[\d,]{{0,18}}(?:\.\d{{1,6}})?)"
_SPACED: Final = re.compile(
    rf"^\D{{0,12}}?{_NUMBER.format('low')}(?:%|\s?[a-z]{{1,12}})?\s?(?:to|[-–—]|and)\s?"
    rf"(?P<open>(?:just\s)?(?:below|under|less\sthan)\s)?{_NUMBER.format('high')}",
    re.IGNORECASE,
)
_FROM: Final = re.compile(
    rf"^(?P<over>over|above|more\sthan|at\sleast|exceeds?)?\s?{_NUMBER.format('low')}"
    r"(?P<rest>[^\d]{0,30}?(?:or\s(?:more|above|higher|over|later)|and\s(?:more|above|over)|\+))?",
    re.IGNORECASE,
)
_UP_TO: Final = re.compile(
    rf"^(?P<word>below|under|less\sthan|fewer\sthan|up\sto|at\smost)\s{_NUMBER.format('high')}",
    re.IGNORECASE,
)
_OR_LESS: Final = re.compile(
    rf"^{_NUMBER.format('high')}[^\d]{{0,30}}?\bor\s(?:less|fewer|below|lower)\b", re.I
)
_DIGIT: Final = re.compile(r"\d")
_SCALE: Final = re.compile(rf"\b(?:{SCALES})\b", re.IGNORECASE)
_DECIMALS: Final = re.compile(r"\d\.(\d{1,6})")
_INFINITY: Final = float("inf")


@dataclass(frozen=True, slots=True)
class _Interval:
    """The values of one outcome, from low to high; the ends belong to it where they are closed."""

    index: int
    low: float
    high: float
    low_closed: bool = True
    high_closed: bool = True

    def overlaps(self, other: "_Interval") -> bool:
        """Whether a value lies in both; `other` does not begin below this one."""
        touching = self.high == other.low and self.high_closed and other.low_closed
        return other.low < self.high or touching

    def leaves_gap(self, other: "_Interval", step: float) -> bool:
        """Whether a value lies between the two, where values are multiples of a step."""
        if self.high == other.low:
            return not (self.high_closed or other.low_closed)
        both_closed = self.high_closed and other.low_closed
        follows = both_closed and math.isclose(other.low - self.high, step, rel_tol=1e-6)
        return other.low > self.high and not follows


@rule("O01", Severity.ERROR, CRITERIA)
def no_yes(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say what makes it YES.

    >>> marked(no_yes, resolution_criteria="The Lark Bridge must be open by 1 March 2027.")
    ['The Lark Bridge must be open by 1 March 2027.']
    >>> marked(no_yes, resolution_criteria="YES if the Lark Bridge is open by 1 March 2027.")
    []
    """
    if _is_yes_or_no(wording) and not _YES.search(wording.rules):
        yield wording.whole(CRITERIA)


@rule("O02", Severity.WARNING, CRITERIA)
def no_no(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say what makes it NO as well.

    >>> marked(no_no, resolution_criteria="YES if the Lark Bridge is open by 1 March 2027.")
    ['YES if the Lark Bridge is open by 1 March 2027.']
    >>> marked(no_no, resolution_criteria="YES if the bridge is open by 1 March 2027, else NO.")
    []
    """
    if _is_yes_or_no(wording) and not _NO.search(wording.rules):
        yield wording.whole(CRITERIA)


@rule("O03", Severity.WARNING, CRITERIA)
def no_annulment(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say when it is annulled: sooner or later nobody will be able to tell the answer.

    >>> marked(no_annulment, resolution_criteria="YES if the ministry says so, otherwise NO.")
    ['YES if the ministry says so, otherwise NO.']
    >>> marked(no_annulment, fine_print="In doubt after 14 days, it is annulled.")
    []
    """
    if wording.resolution_criteria.strip() and not _ANNUL.search(wording.all_rules):
        yield wording.whole(CRITERIA)


@rule("O04", Severity.ERROR, OUTCOMES)
def overlap(wording: Wording, now: datetime) -> Iterator[Span]:
    """Let each number belong to one outcome: write "10 to below 12".

    >>> marked(overlap, type="multiple_choice", outcomes=("Below 10", "10 to 12", "12 to 15"))
    ['12 to 15']
    >>> marked(overlap, type="multiple_choice", outcomes=("Below 10", "10 to below 12", "12 to 15"))
    []
    """
    for first, second in pairwise(_intervals(wording)):
        if first.overlaps(second):
            yield wording.whole(f"{OUTCOMES}.{second.index}")


@rule("O05", Severity.WARNING, OUTCOMES)
def gap(wording: Wording, now: datetime) -> Iterator[Span]:
    """Leave no number without an outcome.

    >>> marked(gap, type="multiple_choice", outcomes=("Below 10", "12 to 15", "Over 15"))
    ['12 to 15']
    >>> marked(gap, type="multiple_choice", outcomes=("Below 10", "10 to 15", "Over 15"))
    []
    """
    step = _step(wording)
    for first, second in pairwise(_intervals(wording)):
        if first.leaves_gap(second, step):
            yield wording.whole(f"{OUTCOMES}.{second.index}")


@rule("O06", Severity.WARNING, OUTCOMES)
def no_other(wording: Wording, now: datetime) -> Iterator[Span]:
    """Add an outcome for everybody and everything else.

    >>> marked(no_other, title="Who will win in 2027?", type="multiple_choice",
    ...        outcomes=("Ana", "Berta"))
    ['Berta']
    >>> marked(no_other, title="Who will win in 2027?", type="multiple_choice",
    ...        outcomes=("Ana", "Somebody else"))
    []
    """
    asks = wording.type == MULTIPLE_CHOICE and _ASKS_FOR_NAMES.match(wording.title)
    if asks and wording.outcomes and not any(_REST.search(each) for each in wording.outcomes):
        yield wording.whole(f"{OUTCOMES}.{len(wording.outcomes) - 1}")


@rule("O07", Severity.HINT, CRITERIA, TITLE)
def no_upset(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say what happens if it ends in a tie, is postponed or does not take place.

    >>> marked(no_upset, title="Who will be elected mayor of Marrow on 1 March 2027?",
    ...        resolution_criteria="Resolves to whom the electoral office names.")
    ['elected']
    >>> marked(no_upset, title="Who will be elected mayor of Marrow on 1 March 2027?",
    ...        resolution_criteria="If the vote is postponed, the question is annulled.")
    []
    """
    if not _UPSET.search(wording.rules):
        yield from list(wording.matches(_CONTEST, TITLE))[:1]


@rule("O08", Severity.ERROR, OUTCOMES)
def outcome_twice(wording: Wording, now: datetime) -> Iterator[Span]:
    """Let outcomes differ in more than capitals and punctuation.

    >>> marked(outcome_twice, type="multiple_choice", outcomes=("A cut", "a cut.", "No change"))
    ['a cut.']
    >>> marked(outcome_twice, type="multiple_choice", outcomes=("A cut", "No change"))
    []
    """
    seen: set[str] = set()
    for name, text in wording.texts(OUTCOMES):
        plain = " ".join(re.findall(r"[\w+<>=-]+", text.casefold()))
        if plain and plain in seen:
            yield wording.whole(name)
        seen.add(plain)


@rule("O09", Severity.HINT, OUTCOMES)
def not_yes_and_no(wording: Wording, now: datetime) -> Iterator[Span]:
    """Call the outcomes Yes and No, in this order: the odds of the first are what is shown.

    >>> marked(not_yes_and_no, outcomes=("No", "Yes"))
    ['No']
    >>> marked(not_yes_and_no, outcomes=("Yes", "No"))
    []
    """
    labels = [label.strip().casefold() for label in wording.outcomes]
    if wording.type == BINARY and labels and labels != ["yes", "no"]:
        yield wording.whole(f"{OUTCOMES}.0")


@rule("O10", Severity.HINT, OUTCOMES)
def many_outcomes(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name at most twelve outcomes, and put the rest into one.

    >>> marked(many_outcomes, type="multiple_choice",
    ...        outcomes=("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"))
    ['m']
    >>> marked(many_outcomes, type="multiple_choice", outcomes=("Ana", "Berta", "Others"))
    []
    """
    if wording.type == MULTIPLE_CHOICE and len(wording.outcomes) > OUTCOMES_MAX:
        yield wording.whole(f"{OUTCOMES}.{OUTCOMES_MAX}")


@rule("O11", Severity.HINT, OUTCOMES)
def long_label(wording: Wording, now: datetime) -> Iterator[Span]:
    """Keep labels under 60 characters, and explain them in the criteria.

    >>> marked(long_label, type="multiple_choice", outcomes=("The bridge " * 6 + "opens", "Other"))
    ['The bridge The bridge The bridge The bridge The bridge The bridge opens']
    >>> marked(long_label, type="multiple_choice", outcomes=("The bridge opens", "Other"))
    []
    """
    for name, text in wording.texts(OUTCOMES):
        if len(text) > LABEL_MAX:
            yield wording.whole(name)


def _is_yes_or_no(wording: Wording) -> bool:
    labels = {label.strip().casefold() for label in wording.outcomes}
    return wording.type == BINARY and labels == {"yes", "no"} and bool(wording.rules.strip())


def _intervals(wording: Wording) -> list[_Interval]:
    """The outcomes as ranges of numbers, from low to high.

    All or nothing: where one label with a number is no range, or magnitudes differ, none is.
    """
    if wording.type != MULTIPLE_CHOICE:
        return []
    ranged = [(index, label.strip()) for index, label in enumerate(wording.outcomes)]
    ranged = [(index, label) for index, label in ranged if _DIGIT.search(label)]
    found = [_interval(index, label) for index, label in ranged]
    scales = {scale.lower() for _, label in ranged for scale in _SCALE.findall(label)}
    if len(found) < 2 or len(scales) > 1:
        return []
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return []
    return sorted(known, key=lambda each: (each.low, each.high))


def _step(wording: Wording) -> float:
    """The last decimal place that the labels have: what "4.2" and "4.3" leave between them."""
    places = [len(match[1]) for label in wording.outcomes for match in _DECIMALS.finditer(label)]
    return float(10.0 ** -max(places, default=0))


def _interval(index: int, label: str) -> _Interval | None:
    spaced = _SPACED.match(label)
    if spaced:
        low, high = _value(spaced["low"]), _value(spaced["high"])
        return _Interval(index, low, high, high_closed=not spaced["open"]) if low < high else None
    below = _UP_TO.match(label)
    if below:
        closed = below["word"].lower() in {"up to", "at most"}
        return _Interval(index, -_INFINITY, _value(below["high"]), high_closed=closed)
    less = _OR_LESS.match(label)
    if less:
        return _Interval(index, -_INFINITY, _value(less["high"]))
    above = _FROM.match(label)
    if above and (above["over"] or above["rest"]):
        closed = bool(above["rest"]) or above["over"].lower() == "at least"
        return _Interval(index, _value(above["low"]), _INFINITY, low_closed=closed)
    return None


def _value(digits: str) -> float:
    return float(digits.replace(",", ""))
