"""What a proposed question holds."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from articles.core.ranges import Range

QuestionType = Literal["binary", "multiple_choice", "numeric", "date"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question and the evidence for it: quote is text[start:end] of the article.

    prior has one entry for each answer and sums to 1; score is in [0, 1]. A draft of type binary
    or multiple_choice names its outcomes, one of type numeric or date has a range instead.
    last_value is the last known value of an indicator, in the unit of its range, else None.
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
    range: Range | None = None
    last_value: Decimal | None = None
