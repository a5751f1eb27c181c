"""What becomes of each question of the demo world, read from `questions.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from markets.core.lifecycle import QuestionStatus
from markets.core.money import MICRO
from markets.management.demo.dates import fill, instant
from markets.management.demo.ranges import RangePlan
from markets.services.question_text import QuestionText

PLANS = Path(__file__).parent / "questions.toml"
DAYS_BEFORE_PUBLICATION = 0.08
"""An editor writes a question about two hours before it is published."""


NOT_OPENED = frozenset(
    {QuestionStatus.DRAFT, QuestionStatus.REVIEW, QuestionStatus.REJECTED, QuestionStatus.SCHEDULED}
)
ANSWERED = frozenset(
    {
        QuestionStatus.PROPOSED,
        QuestionStatus.CHALLENGED,
        QuestionStatus.RESOLVED,
        QuestionStatus.FINAL,
    }
)

Waypoint = tuple[float, tuple[float, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionPlan:
    """One question; times are days from the anchor, dates in texts are placeholders."""

    key: str
    article: str
    quote: str
    title: str
    criteria: str
    prior: tuple[float, ...]
    opens: float
    closes: float
    resolve_by: float
    subsidy: int
    fate: QuestionStatus
    type: str = "binary"
    outcomes: tuple[str, ...] = ("Yes", "No")
    range: RangePlan | None = None
    background: str = ""
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    rationales: tuple[tuple[int, str], ...] = ()
    path: tuple[Waypoint, ...] = ()
    reveal_at: float | None = None
    published: float | None = None
    answer: int | None = None
    decided: float | None = None
    reason: str = ""
    challenge_days: float = 1.0
    challenged: float | None = None
    challenge: str = ""
    window_passes: bool = False
    evidence: str = ""
    evidence_url: str = ""
    follow_up: str = ""
    early_end: str = ""
    is_ambiguous: bool = False
    first_answer: int | None = None
    corrected: float | None = None
    correction: str = ""
    known_since: float | None = None
    correction_waits: bool = False
    featured: int = 0
    clarified: float | None = None
    clarification: str = ""
    watched: float | None = None
    phrases: tuple[str, ...] = ()
    suggested: float | None = None
    suggestion: str = ""
    suggestion_url: str = ""

    @property
    def publishes(self) -> float:
        return self.opens if self.published is None else self.published

    @property
    def written(self) -> float:
        return self.publishes - DAYS_BEFORE_PUBLICATION

    @property
    def ends(self) -> float:
        """When the crowd stops: at the close, at an early decision, or at the anchor."""
        decided = 0.0 if self.decided is None else self.decided
        return min(self.closes, decided, 0.0)

    def text(self, anchor: datetime) -> QuestionText:
        """Return what an editor writes, with its dates."""
        return QuestionText(
            title=fill(self.title, anchor),
            type=self.type,
            outcomes=() if self.range else self.outcomes,
            bins=self.range.bins(anchor) if self.range else None,
            prior=self.prior,
            resolution_criteria=fill(self.criteria.strip(), anchor),
            background=fill(self.background.strip(), anchor),
            resolution_sources=self.sources,
            tags=self.tags,
            opens_at=None if self.published is None else instant(anchor, self.opens),
            closes_at=instant(anchor, self.closes),
            resolve_by=instant(anchor, self.resolve_by),
            reveal_at=None if self.reveal_at is None else instant(anchor, self.reveal_at),
            subsidy=self.subsidy * MICRO,
            challenge_window=timedelta(days=self.challenge_days),
        )


def read_plans(path: Path = PLANS) -> tuple[QuestionPlan, ...]:
    """Return every planned question, in the order in which they are published."""
    with path.open("rb") as file:
        plans = [_plan(entry) for entry in tomllib.load(file)["question"]]
    return tuple(sorted(plans, key=lambda plan: plan.publishes))


def _plan(entry: Mapping[str, Any]) -> QuestionPlan:
    known = {each.name for each in fields(QuestionPlan)}
    unknown = entry.keys() - known
    if unknown:
        raise ValueError(f"question {entry.get('key')!r}: what is {', '.join(sorted(unknown))}?")
    values = {name: _frozen(value) for name, value in entry.items()}
    if "range" in entry:
        values |= _ranged(RangePlan(**entry["range"]), values)
    return QuestionPlan(**values | {"fate": QuestionStatus(entry["fate"])})


def _ranged(plan: RangePlan, values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what is planned in three values, low, middle and high, into distributions over bins."""
    return {
        "range": plan,
        "outcomes": plan.labels(),
        "prior": plan.distribution(values["prior"]),
        "path": tuple((day, plan.distribution(three)) for day, three in values["path"]),
    }


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
