"""What a forecastable passage holds."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from articles.core.cues import Family
from articles.core.periods import Period
from articles.core.quantities import Quantity
from articles.core.temporal import TimeExpression

LEVEL: Final = "be"


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator's last value, the period that it is for, and how a question says it.

    verb is LEVEL for a level; for a rate of change it is the base form, "grow" or "fall", and the
    value is positive in the direction of the verb.
    """

    last: Quantity
    written: str
    period: Period
    verb: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A forecastable sentence or table row at [start, end) of its text.

    subject and predicate are ready for a title ("the bridge", "open to traffic"); deadline is the
    time that the text gives, or None; weight and prior come from the cue. Elections name their
    candidates, indicators their measure.
    """

    rule: str
    family: Family
    start: int
    end: int
    subject: str
    predicate: str
    deadline: TimeExpression | None
    times: tuple[TimeExpression, ...]
    quantities: tuple[Quantity, ...]
    source: str
    flags: tuple[str, ...]
    weight: float
    prior: float
    candidates: tuple[str, ...] = ()
    measure: Measure | None = None
    follows: dt.datetime | None = None
