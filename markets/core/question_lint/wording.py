"""What lint reads: the whole wording of one question as one frozen value, and spans of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from markets.core.house_policy import policy_text

BINARY: Final = "binary"
MULTIPLE_CHOICE: Final = "multiple_choice"
NUMERIC: Final = "numeric"
DATE: Final = "date"

TITLE: Final = "title"
CRITERIA: Final = "resolution_criteria"
FINE_PRINT: Final = "fine_print"
BACKGROUND: Final = "background"
SOURCES: Final = "resolution_sources"
OUTCOMES: Final = "outcomes"
TAGS: Final = "tags"
UNIT: Final = "unit"
QUOTE: Final = "quote"
ARTICLE: Final = "article_text"

SPANS_MAX: Final = 5
"""How many spans of one pattern are worth showing; the rest fall when the first are mended."""


@dataclass(frozen=True, slots=True)
class Span:
    """The words at [start, end) of a field; without a sentence the rule's own says what to do.

    A field of several lines is named with the number of the line, "outcomes.1". What is no text,
    such as a date, is meant as a whole, by an empty span.
    """

    field: str
    start: int = 0
    end: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The bounds of a number, or of a date in seconds since 1970."""

    lower: float
    upper: float
    unit: str = ""
    open_below: bool = False
    open_above: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One question as it is written, and what is known of where it comes from.

    Everything but the title may be missing, because lint also reads what is half written. Instants
    know their zone. `quote` is the evidence, `quote_sha256` its hash when it was stored, and
    `article_text` the article that it stands in. `deadline_assumed` says that the deadline was
    chosen by the drafting rules and by nobody since. `policy_version` names the house policy that
    holds for the question; None means that none does.
    """

    title: str
    type: str = BINARY
    outcomes: tuple[str, ...] = ("Yes", "No")
    resolution_criteria: str = ""
    fine_print: str = ""
    background: str = ""
    resolution_sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    resolve_by: datetime | None = None
    prior: tuple[float, ...] = ()
    range: Range | None = None
    quote: str | None = None
    quote_sha256: str | None = None
    article_text: str | None = None
    deadline_assumed: bool = False
    open_titles: tuple[str, ...] = field(default=(), repr=False)
    policy_version: int | None = None

    def texts(self, *names: str) -> Iterator[tuple[str, str]]:
        """The texts of some fields as (field, text), each line of a list by itself."""
        for name in names:
            value = self.unit if name == UNIT else getattr(self, name)
            if isinstance(value, str):
                yield name, value
            elif isinstance(value, tuple):
                yield from ((f"{name}.{index}", str(line)) for index, line in enumerate(value))

    def text(self, field_name: str) -> str:
        """The text of a field or of a line of one, "" of what is no text."""
        return dict(self.texts(field_name.partition(".")[0])).get(field_name, "")

    @property
    def unit(self) -> str:
        return self.range.unit if self.range else ""

    @property
    def rules(self) -> str:
        """The criteria and the fine print, which decide together."""
        return f"{self.resolution_criteria}\n{self.fine_print}"

    @property
    def all_rules(self) -> str:
        """What decides: criteria, fine print, and the house policy that holds."""
        return f"{self.rules}\n{policy_text(self.policy_version)}"

    def matches(self, pattern: re.Pattern[str], *names: str, sentence: str = "") -> Iterator[Span]:
        """Where a pattern occurs in some fields, at most SPANS_MAX times in each."""
        for name, text in self.texts(*names):
            for count, match in enumerate(pattern.finditer(text)):
                if count == SPANS_MAX:
                    break
                yield Span(name, match.start(), match.end(), sentence)

    def whole(self, name: str, sentence: str = "") -> Span:
        """A field as a whole."""
        return Span(name, 0, len(self.text(name)), sentence)
