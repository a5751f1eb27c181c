"""B: the answer is not known already, and not out of reach."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markets.core.question_lint.examples import marked
from markets.core.question_lint.measures import NUMBER, SCALES
from markets.core.question_lint.registry import Severity, rule
from markets.core.question_lint.wording import (
    BACKGROUND,
    BINARY,
    CRITERIA,
    FINE_PRINT,
    NUMERIC,
    TITLE,
    Range,
    Span,
    Wording,
)

__all__ = ["Range", "marked"]  # what the examples below need

FAR: Final = 10.0
SURE: Final = 0.97

_SIGN: Final = r"(?P<sign>[$€£¥])?"
_AMOUNT: Final = (
    rf"{_SIGN}\s?(?P<number>{NUMBER})(?:\s(?P<scale>{SCALES}))?"
    r"(?:\s?(?P<unit>%|percent|per\scent|[a-z]{3,20}))?"
)
_ASKED: Final = re.compile(
    r"\b(?P<verb>exceeds?|above|over|at\sleast|more\sthan|reach(?:es)?|surpass(?:es)?|higher\sthan|below|under"
    rf"|less\sthan|fewer\sthan|lower\sthan|at\smost)\s(?:by\s)?{_AMOUNT}",
    re.IGNORECASE,
)
_LAST: Final = re.compile(
    r"\b(?:last|latest|most\srecent|previous|current)\s(?:known\s|official\s)?"
    rf"(?:value|figure|reading|count)[^.\n]{{0,60}}?\b(?:is|was|stood\sat|stands\sat)\s{_AMOUNT}"
    rf"|\bstands\sat\s{_AMOUNT.replace('(?P<', '(?P<now_')}",
    re.IGNORECASE,
)
_DOWNWARD: Final = re.compile(r"below|under|less|fewer|lower|at\smost", re.IGNORECASE)
_CHANGE: Final = re.compile(
    r"\b(?:grow|rise|fall|increase|decrease|drop|decline|climb)\w{0,3}\sby\b", re.I
)
_POWERS: Final = {
    "thousand": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with its unit, at [start, end) of its text."""

    value: float
    unit: str
    start: int
    end: int
    downward: bool = False


@rule("B01", Severity.WARNING, TITLE, CRITERIA, BACKGROUND)
def already_met(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask for more: the last known value is beyond this line already.

    >>> marked(already_met, title="Will tolls exceed 40 million euros by 2028?",
    ...        background="The last value was 52 million euros.")
    ['exceed 40 million euros']
    >>> marked(already_met, title="Will tolls exceed 60 million euros by 2028?",
    ...        background="The last value was 52 million euros.")
    []
    """
    for asked, last in _pairs(wording):
        met = last.value < asked.value if asked.downward else last.value > asked.value
        if met:
            yield Span(TITLE, asked.start, asked.end)


@rule("B02", Severity.WARNING, TITLE, CRITERIA, BACKGROUND)
def ten_times_away(wording: Wording, now: datetime) -> Iterator[Span]:
    """Check the magnitude: the line is ten times away from the last known value.

    >>> marked(ten_times_away, title="Will tolls exceed 600 million euros by 2028?",
    ...        background="The last value was 52 million euros.")
    ['exceed 600 million euros']
    >>> marked(ten_times_away, title="Will tolls exceed 60 million euros by 2028?",
    ...        background="The last value was 52 million euros.")
    []
    """
    for asked, last in _pairs(wording):
        low, high = sorted((abs(asked.value), abs(last.value)))
        if low > 0 and high >= FAR * low:
            yield Span(TITLE, asked.start, asked.end)


@rule("B03", Severity.WARNING, "range", CRITERIA, BACKGROUND)
def last_value_outside(wording: Wording, now: datetime) -> Iterator[Span]:
    """Move the range: the last known value lies outside of it.

    >>> marked(last_value_outside, title="How many cars will cross in 2027?", type="numeric",
    ...        range=Range(lower=10, upper=500, unit="cars"),
    ...        background="The last count was 900 cars.")
    ['range']
    >>> marked(last_value_outside, title="How many cars will cross in 2027?", type="numeric",
    ...        range=Range(lower=10, upper=500, unit="cars"),
    ...        background="The last count was 90 cars.")
    []
    """
    asked = wording.range
    if wording.type != NUMERIC or asked is None:
        return
    for last in _known(wording):
        scale = next((power for word, power in _POWERS.items() if word in asked.unit), 1.0)
        if last.unit and last.unit not in asked.unit:
            continue
        if not asked.lower <= last.value / scale <= asked.upper:
            yield Span("range")
            return


@rule("B04", Severity.HINT, "prior")
def foregone(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask what is open: by its prior the answer is as good as known.

    >>> marked(foregone, prior=(0.99, 0.01))
    ['prior']
    >>> marked(foregone, prior=(0.6, 0.4))
    []
    """
    if wording.prior and max(wording.prior) >= SURE:
        yield Span("prior")


def _pairs(wording: Wording) -> Iterator[tuple[_Amount, _Amount]]:
    """The threshold of the title with each known value in the same unit."""
    if wording.type != BINARY or _CHANGE.search(wording.title):
        return
    match = _ASKED.search(wording.title)
    if match is None:
        return
    asked = _amount(match)
    yield from ((asked, last) for last in _known(wording) if last.unit == asked.unit)


def _known(wording: Wording) -> Iterator[_Amount]:
    """The last known values that background, criteria and fine print give."""
    for _, text in wording.texts(BACKGROUND, CRITERIA, FINE_PRINT):
        for match in _LAST.finditer(text):
            yield _amount(match, "" if match["number"] else "now_")


def _amount(match: re.Match[str], prefix: str = "") -> _Amount:
    found = match.groupdict()
    number, scale = found[f"{prefix}number"], (found[f"{prefix}scale"] or "").lower()
    unit = found[f"{prefix}sign"] or (found[f"{prefix}unit"] or "").lower()
    if unit in {"percent", "per cent"}:
        unit = "%"
    if unit in {"by", "in", "on", "for", "the", "and"}:
        unit = ""
    return _Amount(
        value=float(number.replace(",", "")) * _POWERS.get(scale, 1.0),
        unit=unit,
        start=match.start(),
        end=match.end(),
        downward=bool(_DOWNWARD.match(found.get("verb") or "")),
    )
