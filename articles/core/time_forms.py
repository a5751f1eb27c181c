"""The forms of time expressions that news uses, each with the way to read it.

Every pattern is bounded and starts at a word, so that no text can make it slow.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from articles.core.periods import MONTHS, WEEKDAYS, Period
from articles.core.time_readings import (
    Reading,
    read_ago,
    read_coming,
    read_current,
    read_day,
    read_days,
    read_decade,
    read_feast,
    read_half,
    read_iso,
    read_month,
    read_months,
    read_past_span,
    read_quarter,
    read_relative_day,
    read_season,
    read_span,
    read_weekday,
    read_which,
    read_which_month,
    read_year,
    read_year_end,
    read_years,
)

FormRelation = Literal["at", "by", "from", "since"]
Context = Literal["none", "preposition", "part"]

_MONTH: Final = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_DAY: Final = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_WHICH: Final = r"(?P<which>this|next|last|the\s(?:coming|following|current|previous|past))"
_OF_YEAR: Final = rf"(?:\s(?:of\s)?(?:{_YEAR}|(?P<which>this|next|last|the)\syear))"
_COUNT: Final = (
    r"(?P<count>\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|fifteen|twenty)"
)
_UNIT: Final = r"(?P<unit>day|week|month|year)s?"
_DASH: Final = r"\s?(?:-|–|—|to|and|through)\s?"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of expression.

    context says what must stand before it to count: nothing, a preposition ("in March"), or a
    part ("the end of the year").
    """

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], Reading], Period | None]
    context: Context = "none"
    may_be_attribute: bool = False
    relation: FormRelation | None = None

    def year_assumed(self, match: re.Match[str]) -> bool:
        """Whether the text named a date without its year."""
        groups = match.groupdict()
        return "year" in groups and not groups["year"] and "which" not in groups


def _pattern(source: str, *, any_case: bool = False) -> re.Pattern[str]:
    flags = re.IGNORECASE if any_case else re.NOFLAG
    return re.compile(rf"(?<![\w$€£¥.,/])(?<!\d[-–]){source}(?![\w%])", flags)


_NUMBER_AFTER: Final = r"(?!\d|,\d|\.\d|\s?%|\s(?:percent|per\scent|million|billion|trillion))"
_NO_QUANTITY: Final = (
    r"(?!,\d|\.\d|\s?%|\s(?:percent|per\scent|thousand|million|billion|trillion|people|tons|tonnes"
    r"|km|kilomet|mile|metre|meter|dollars|euros|points|seats|jobs|vehicles|cars|passengers|units"
    r"|homes|hectares|acres|megawatts|MW|GW|troops|soldiers|members|delegates|votes))"
)
_QUARTER: Final = r"(?P<number>first|second|third|fourth|final|1st|2nd|3rd|4th)\squarter"
_HALF: Final = r"(?P<number>first|second|1st|2nd)\shalf"
_FIGURE_YEAR: Final = r"(?:[\s’'-]?(?P<year>20\d\d|\d\d(?!\d)))"

# From specific to general: what an earlier form has taken, a later one does not see.
FORMS: Final[tuple[Form, ...]] = (
    Form(_pattern(r"(?P<year>20\d\d|19\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"), read_iso),
    Form(
        _pattern(
            rf"{_MONTH}\s{_DAY}\s?(?:-|–|—|to)\s?(?P<last>\d\d?)(?:st|nd|rd|th)?"
            rf"{_NUMBER_AFTER}(?:,?\s{_YEAR})?"
        ),
        read_days,
    ),
    Form(
        _pattern(
            rf"{_DAY}\s?(?:-|–|—|to)\s?(?P<last>\d\d?)(?:st|nd|rd|th)?\s{_MONTH}"
            rf"(?:,?\s{_YEAR})?"
        ),
        read_days,
    ),
    Form(_pattern(rf"{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?"), read_day),
    Form(_pattern(rf"{_MONTH}\s{_DAY}{_NUMBER_AFTER}(?:,?\s{_YEAR})?"), read_day),
    Form(
        _pattern(rf"{_MONTH}{_DASH}(?P<last>{'|'.join(MONTHS)})(?:,?\s{_YEAR})?"),
        read_months,
        context="preposition",
    ),
    Form(_pattern(rf"{_MONTH},?\s(?:of\s)?{_YEAR}"), read_month),
    Form(_pattern(rf"(?P<which>next|last|this)\s{_MONTH}"), read_which_month),
    Form(_pattern(rf"(?:the\s)?{_QUARTER}(?P<figure>){_OF_YEAR}", any_case=True), read_quarter),
    Form(
        _pattern(rf"(?:the\s)?{_QUARTER}(?P<figure>)(?P<year>)(?P<which>)", any_case=True),
        read_quarter,
        context="preposition",
    ),
    Form(_pattern(rf"Q(?P<figure>[1-4])(?P<number>)(?P<which>){_FIGURE_YEAR}?"), read_quarter),
    Form(_pattern(rf"(?P<figure>[1-4])Q(?P<number>)(?P<which>){_FIGURE_YEAR}?"), read_quarter),
    Form(_pattern(rf"(?:the\s)?{_HALF}(?P<figure>){_OF_YEAR}", any_case=True), read_half),
    Form(_pattern(rf"H(?P<figure>[12])(?P<number>)(?P<which>){_FIGURE_YEAR}"), read_half),
    Form(
        _pattern(
            rf"(?:the\s)?(?P<season>spring|summer|autumn|fall|winter){_OF_YEAR}", any_case=True
        ),
        read_season,
    ),
    Form(
        _pattern(
            r"(?P<which>this|next|last)\s(?P<season>spring|summer|autumn|fall|winter)(?P<year>)",
            any_case=True,
        ),
        read_season,
    ),
    Form(
        _pattern(r"(?P<season>spring|summer|autumn|winter|(?<=the\s)fall)(?P<which>)(?P<year>)"),
        read_season,
        context="preposition",
    ),
    Form(
        _pattern(rf"{_YEAR}\s?(?:-|–|—|/|to|through)\s?(?P<last>(?:19|20)\d\d|\d\d){_NO_QUANTITY}"),
        read_years,
    ),
    Form(_pattern(rf"{_YEAR}\sand\s(?P<last>(?:19|20)\d\d)"), read_years, context="preposition"),
    Form(_pattern(r"(?P<year>(?:19|20)\d0)s(?P<which>)"), read_decade),
    Form(_pattern(r"(?P<which>this|next|the)\s(?P<year>)decade", any_case=True), read_decade),
    Form(_pattern(rf"{_YEAR}{_NO_QUANTITY}"), read_year, may_be_attribute=True),
    Form(
        _pattern(
            rf"(?:in|within|over|during|for)\s{_WHICH}(?:\s(?:few|several|couple\sof))?"
            r"\s(?P<unit>day|week|month|year)s",
            any_case=True,
        ),
        lambda match, reading: (
            read_coming(match, reading)
            if match["which"].lower().endswith(("coming", "next", "following"))
            else None
        ),
    ),
    Form(
        _pattern(
            r"(?P<which>this|next|last|the\s(?:coming|following|current|previous))\s"
            r"(?P<unit>weekend|week|month|quarter|year)(?!-)",
            any_case=True,
        ),
        read_which,
    ),
    Form(
        _pattern(
            r"(?:year[\s-]end|(?:the\s)?end[\s-]of[\s-]year|year['’]s\send|mid-?year)",
            any_case=True,
        ),
        read_year_end,
    ),
    Form(
        _pattern(
            r"(?<=(?:of|in)\sthe\s)(?P<unit>week|month|quarter|year)(?!\s(?:\d|of|to|that|when))"
        ),
        read_current,
        context="part",
    ),
    Form(
        _pattern(
            rf"(?:(?P<which>next|last|this|the\s(?:coming|following))\s)?"
            rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
        ),
        read_weekday,
    ),
    Form(
        _pattern(rf"(?P<feast>Christmas|New\sYear['’]s\sEve)(?:\sDay)?(?:,?\s{_YEAR})?"),
        read_feast,
        context="preposition",
    ),
    Form(_pattern(r"(?:today|tonight|tomorrow|yesterday)", any_case=True), read_relative_day),
    Form(
        _pattern(
            rf"(?:within|in|over|during)\s(?:the\s)?(?:next|coming|following)\s{_COUNT}\s{_UNIT}",
            any_case=True,
        ),
        read_span,
        relation="by",
    ),
    Form(
        _pattern(
            rf"(?:in|over|during|for|within)\s(?:the\s)?(?:past|last|previous)"
            rf"(?:\s{_COUNT})?(?:\sfew)?\s{_UNIT}",
            any_case=True,
        ),
        read_past_span,
        relation="since",
    ),
    Form(_pattern(rf"{_COUNT}\s{_UNIT}\s(?:ago|earlier)", any_case=True), read_ago),
    Form(_pattern(rf"within\s{_COUNT}\s{_UNIT}", any_case=True), read_span, relation="by"),
    Form(_pattern(rf"{_COUNT}\s{_UNIT}\sfrom\snow", any_case=True), read_span, relation="by"),
    Form(
        _pattern(rf"in\s{_COUNT}\s{_UNIT}(?:['’]s?\stime)?", any_case=True),
        lambda match, reading: read_span(match, reading) if reading.lean == "future" else None,
        relation="by",
    ),
    Form(_pattern(rf"{_MONTH}(?P<year>)"), read_month, context="preposition"),
)

# Every form holds one of these: a text without them names no time, and is spared the forms.
HINT: Final = re.compile(
    r"\d|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Christmas|New\sYear|[A-Z][a-z]{2,5}day"
    r"|year|month|week|quarter|half|decade|spring|summer|autumn|fall|winter|days?\b|today|tonight"
    r"|tomorrow|yesterday|mid-?year)",
    re.IGNORECASE,
)
