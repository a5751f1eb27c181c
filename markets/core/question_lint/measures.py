"""M: a number says of what, up to where, how exactly, and in which edition."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from markets.core.question_lint.examples import marked
from markets.core.question_lint.registry import Severity, rule
from markets.core.question_lint.wording import (
    BACKGROUND,
    CRITERIA,
    DATE,
    FINE_PRINT,
    NUMERIC,
    OUTCOMES,
    TITLE,
    UNIT,
    Range,
    Span,
    Wording,
)

__all__ = ["Range", "marked"]  # what the examples below need

NUMBER: Final = r"\d{1,3}(?:,\d{3}){0,5}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"
SCALES: Final = "thousand|million|billion|trillion|bn|mn"
_COMPARED: Final = (
    r"(?:exceeds?|above|below|under|over|at\sleast|at\smost|more\sthan|less\sthan|fewer\sthan"
    r"|higher\sthan|lower\sthan|reach(?:es)?|surpass(?:es)?)"
)
_BARE: Final = re.compile(
    rf"\b{_COMPARED}\s(?P<number>{NUMBER})(?=\s?[?.,;]|\s(?:by|in|on|before|until|during|for|at)\b)"
    r"(?![.,]\d)",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    rf"\bbetween\s[$€£¥]?(?:{NUMBER})[^.?;]{{0,30}}?\sand\s[$€£¥]?(?:{NUMBER})", re.IGNORECASE
)
_INCLUSIVE: Final = re.compile(
    r"\binclu(?:sive|ding|ded|des)\b|\bbelongs?\sto\b|\bor\s(?:more|less|higher|lower|above|below)\b"
    r"|\bto\s(?:just\s)?below\b|\bexactly\b|\bexclu(?:sive|ding)\b|\bcounts?\sas\b",
    re.IGNORECASE,
)
_ROUGH: Final = re.compile(
    r"\b(?:about|around|approximately|roughly|nearly|almost|some|circa|ca\.|more\sor\sless|up\sto)\s"
    rf"[$€£¥]?(?:{NUMBER})(?!\s?(?:{SCALES})?\s?(?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December))",
    re.IGNORECASE,
)
_STATISTIC: Final = re.compile(
    r"\b(?:GDP|CPI|inflation|unemployment|growth|trade\s(?:turnover|balance|deficit|surplus)|turnover"
    r"|exports?|imports?|retail\ssales|industrial\s(?:output|production)|wages|payrolls|deficit"
    r"|trade\samong|production\sof|output\sof)\b",
    re.IGNORECASE,
)
_EDITION: Final = re.compile(
    r"\b(?:first|initial(?:ly)?|preliminary|flash|advance|final|latest|revis\w{1,5}|estimate"
    r"|seasonally)\b",
    re.IGNORECASE,
)
_DECIMAL: Final = re.compile(r"(?<![\d.:])\d{1,15}\.\d{1,6}(?![\d.:])")
_ROUNDING: Final = re.compile(
    r"\bround\w{0,4}\b|\bdecimals?\b|\bas\s(?:first\s)?(?:published|printed|reported|stated)\b"
    r"|\bfirst\s(?:\w{1,12}\s)?(?:figure|publish\w{0,3})|\bunrounded\b",
    re.IGNORECASE,
)
_SCALED: Final = re.compile(
    rf"(?<![\d.,])(?P<number>{NUMBER})\s(?P<scale>{SCALES})\b", re.IGNORECASE
)
_DOLLAR: Final = re.compile(r"(?<![A-Z])\$\s?\d")
_WHOSE_DOLLAR: Final = re.compile(
    r"\b(?:US|U\.S\.|American|Canadian|Australian|Hong\sKong)\sdollars?\b|\bUSD\b|[A-Z]\$"
)
_THRESHOLD: Final = re.compile(
    rf"\b{_COMPARED}\s(?:by\s)?[$€£¥]?(?P<number>{NUMBER})(?![\d,]*\d)", re.IGNORECASE
)
_RATE_CHANGE: Final = re.compile(
    r"\b(?:rates?|inflation|unemployment|share|turnout|yields?)\s[^.?;]{0,40}?"
    r"\b(?:rise|fall|grow|drop|increase|decrease|decline|climb|be\s(?:cut|raised))s?\s"
    rf"(?:by\s)(?:at\sleast\s|more\sthan\s)?(?:{NUMBER})\s?(?:%|percent\b|per\scent\b)(?!\s?points?)",
    re.IGNORECASE,
)
_MULTIPLE: Final = re.compile(r"\b(?:double|triple|quadruple|halve)s?\b", re.IGNORECASE)
_BASE: Final = re.compile(r"\b(?:from|compared|than|since|relative\sto|of\s\d|in\s\d{4}|to\s\d)\b")
_SHORT: Final = re.compile(
    r"(?<![\w.,:/-])(?:[$€£¥]\s?)?\d{1,6}(?:[.,]\d{1,3})?\s?(?:[kKbB]|m|mn|bn|tn)\b(?![/²³’'-])"
)
_COUNTED: Final = re.compile(
    r"\bhow\s(?:many|often)\b|\bwhat\snumber\b|\bper\scent|percent|%", re.I
)


@rule("M01", Severity.WARNING, TITLE)
def no_unit(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say what the number counts: give it a unit.

    >>> marked(no_unit, title="Will tolls on the Lark Bridge exceed 40 in 2027?")
    ['exceed 40']
    >>> marked(no_unit, title="Will tolls on the Lark Bridge exceed 40 million euros in 2027?")
    []
    """
    if not _COUNTED.search(wording.title):
        yield from wording.matches(_BARE, TITLE)


@rule("M02", Severity.WARNING, TITLE, CRITERIA, OUTCOMES)
def ambiguous_bound(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say whether the bounds belong to it, as in "10 to below 12" or "both included".

    >>> marked(ambiguous_bound, title="Will the Lark Bridge carry between 10 and 12 trains a day?")
    ['between 10 and 12']
    >>> marked(ambiguous_bound, title="Will the Lark Bridge carry at least 10 trains a day?")
    []
    """
    if not _INCLUSIVE.search(f"{wording.title}\n{wording.rules}"):
        yield from wording.matches(_BETWEEN, TITLE, CRITERIA, OUTCOMES)


@rule("M03", Severity.WARNING, TITLE, CRITERIA, OUTCOMES)
def rough_number(wording: Wording, now: datetime) -> Iterator[Span]:
    """Draw the line at one number: a rough one has no other side.

    >>> marked(rough_number, title="Will the Lark Bridge cost about 90 million euros by 2028?")
    ['about 90']
    >>> marked(rough_number, title="Will the Lark Bridge cost at least 90 million euros by 2028?")
    []
    """
    return wording.matches(_ROUGH, TITLE, CRITERIA, OUTCOMES)


@rule("M04", Severity.WARNING, TITLE, CRITERIA)
def no_edition(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say which edition of the figure counts, the first one or a revised one.

    >>> marked(no_edition, title="Will GDP growth of Marrow exceed 3% in 2027?")
    ['GDP']
    >>> marked(no_edition, title="Will GDP growth of Marrow exceed 3% in 2027?",
    ...        fine_print="The first figure counts; revisions do not.")
    []
    """
    asks_number = wording.type == NUMERIC or re.search(r"\d\s?(?:%|per)|[$€£¥]", wording.title)
    if asks_number and not _EDITION.search(wording.all_rules):
        yield from list(wording.matches(_STATISTIC, TITLE))[:1]


@rule("M05", Severity.HINT, TITLE, OUTCOMES)
def no_rounding(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say how the figure is rounded: the line lies between two decimals.

    >>> marked(no_rounding, title="Will prices in Marrow rise by more than 2.5% in 2027?")
    ['2.5']
    >>> marked(no_rounding, title="Will prices in Marrow rise by more than 2.5% in 2027?",
    ...        fine_print="The figure counts as published, with one decimal.")
    []
    """
    if not _ROUNDING.search(wording.rules):
        yield from list(wording.matches(_DECIMAL, TITLE, OUTCOMES))[:1]


@rule("M06", Severity.ERROR, UNIT, TITLE)
def range_without_unit(wording: Wording, now: datetime) -> Iterator[Span]:
    """Give the number a unit: answers cannot be compared without one.

    >>> marked(range_without_unit, title="What will the Lark Bridge cost by 2028?", type="numeric",
    ...        range=Range(lower=50, upper=150))
    ['unit']
    >>> marked(range_without_unit, title="What will the Lark Bridge cost by 2028?", type="numeric",
    ...        range=Range(lower=50, upper=150, unit="million euros"))
    []
    """
    if wording.type != NUMERIC or not wording.range or wording.unit.strip():
        return
    if not _COUNTED.search(wording.title):
        yield Span(UNIT)


@rule("M07", Severity.ERROR, "range")
def empty_range(wording: Wording, now: datetime) -> Iterator[Span]:
    """Let the range begin below its end.

    >>> marked(empty_range, type="numeric", range=Range(lower=150, upper=50, unit="days"))
    ['range']
    >>> marked(empty_range, type="numeric", range=Range(lower=50, upper=150, unit="days"))
    []
    """
    if wording.range and not wording.range.lower < wording.range.upper:
        yield Span("range")


@rule("M08", Severity.WARNING, "range")
def closed_range(wording: Wording, now: datetime) -> Iterator[Span]:
    """Leave the range open where values beyond it are possible, or no outcome may come true.

    >>> marked(closed_range, type="numeric", range=Range(lower=50, upper=150, unit="days"))
    ['range']
    >>> marked(closed_range, type="numeric",
    ...        range=Range(lower=0, upper=150, unit="days", open_above=True))
    []
    """
    asked = wording.range
    if asked is None or asked.lower >= asked.upper:
        return
    is_share = asked.unit.strip().startswith(("%", "per")) and asked.upper == 100
    below = asked.open_below or (wording.type != DATE and asked.lower == 0)
    if not below or not (asked.open_above or is_share):
        yield Span("range")


@rule("M09", Severity.ERROR, CRITERIA, TITLE)
def other_magnitude(wording: Wording, now: datetime) -> Iterator[Span]:
    """Mean the same magnitude in the title and in the criteria.

    >>> marked(other_magnitude, title="Will the Lark Bridge cost over 2 billion euros by 2028?",
    ...        resolution_criteria="YES if it has cost more than 2 million euros, else NO.")
    ['2 million']
    >>> marked(other_magnitude, title="Will the Lark Bridge cost over 2 billion euros by 2028?",
    ...        resolution_criteria="YES if it has cost more than 2 billion euros, else NO.")
    []
    """
    asked: dict[str, set[str]] = {}
    for match in _SCALED.finditer(wording.title):
        asked.setdefault(_plain(match["number"]), set()).add(_scale(match["scale"]))
    for match in _SCALED.finditer(wording.resolution_criteria):
        scales = asked.get(_plain(match["number"]))
        if scales and _scale(match["scale"]) not in scales:
            yield Span(CRITERIA, match.start(), match.end())


@rule("M10", Severity.HINT, TITLE, OUTCOMES)
def whose_dollar(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say once whose dollars these are.

    >>> marked(whose_dollar, title="Will the Lark Bridge cost over $90 million by 2028?")
    ['$9']
    >>> marked(whose_dollar, title="Will the Lark Bridge cost over $90 million by 2028?",
    ...        fine_print="Amounts are in US dollars.")
    []
    """
    said = f"{wording.title}\n{wording.rules}\n{wording.background}"
    if not _WHOSE_DOLLAR.search(said):
        yield from list(wording.matches(_DOLLAR, TITLE, OUTCOMES))[:1]


@rule("M11", Severity.WARNING, TITLE, CRITERIA)
def threshold_not_in_criteria(wording: Wording, now: datetime) -> Iterator[Span]:
    """Repeat the number of the title in the criteria, which are what decides.

    >>> marked(threshold_not_in_criteria, title="Will the Lark Bridge take over 40 trains by 2028?",
    ...        resolution_criteria="YES if it has carried enough trains, else NO.")
    ['over 40']
    >>> marked(threshold_not_in_criteria, title="Will the Lark Bridge take over 40 trains by 2028?",
    ...        resolution_criteria="YES if it has carried 41 trains or more than 40, else NO.")
    []
    """
    said = {_plain(each) for each in re.findall(NUMBER, wording.rules)}
    for match in _THRESHOLD.finditer(wording.title):
        number = _plain(match["number"])
        is_year = number.isdigit() and 1900 <= int(number) <= 2199
        if wording.resolution_criteria.strip() and number not in said and not is_year:
            yield Span(TITLE, match.start(), match.end())


@rule("M12", Severity.WARNING, TITLE, CRITERIA)
def percent_of_percent(wording: Wording, now: datetime) -> Iterator[Span]:
    """Write percentage points where a rate moves: 2% of 5% are 0.1 points.

    >>> marked(percent_of_percent, title="Will turnout in Marrow rise by 2% in 2027?")
    ['turnout in Marrow rise by 2%']
    >>> marked(percent_of_percent, title="Will turnout in Marrow rise by 2 points in 2027?")
    []
    """
    return wording.matches(_RATE_CHANGE, TITLE, CRITERIA)


@rule("M13", Severity.WARNING, TITLE, CRITERIA)
def multiple_of_what(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name the value that is to be multiplied, and its day.

    >>> marked(multiple_of_what, title="Will traffic in Marrow double by 2028?",
    ...        resolution_criteria="YES if traffic doubles.")
    ['double', 'doubles']
    >>> marked(multiple_of_what, title="Will traffic in Marrow double by 2028?",
    ...        resolution_criteria="YES if traffic doubles, compared with 9,000 cars in 2026.")
    []
    """
    if not _BASE.search(wording.rules):
        yield from wording.matches(_MULTIPLE, TITLE, CRITERIA)


@rule("M14", Severity.WARNING, TITLE, CRITERIA, FINE_PRINT, BACKGROUND, OUTCOMES)
def short_magnitude(wording: Wording, now: datetime) -> Iterator[Span]:
    """Write the magnitude out: m is a million to one reader and a metre to another.

    >>> marked(short_magnitude, title="Will the Lark Bridge cost over €90m by 2028?")
    ['€90m']
    >>> marked(short_magnitude, title="Will the Lark Bridge cost over €90 million by 2028?")
    []
    """
    return wording.matches(_SHORT, TITLE, CRITERIA, FINE_PRINT, OUTCOMES)


def _plain(number: str) -> str:
    plain = number.replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _scale(word: str) -> str:
    return {"bn": "billion", "mn": "million"}.get(word.lower(), word.lower())
