"""A question as forecasters will see it, while it is still being written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markets.admin.answer_words import labels_of
from markets.admin.previews import percent
from markets.admin.question_form import QuestionForm
from markets.core import bin_words
from markets.core.numeric import Bins
from markets.models import Question, QuestionType

OUTCOMES_SHOWN: Final = 8
SUM_TOLERANCE: Final = 1e-6


@dataclass(frozen=True)
class SketchedOutcome:
    label: str
    percent: str
    width: float


@dataclass(frozen=True)
class Sketch:
    """What can be shown already: the likeliest outcomes in their order, and how many more."""

    title: str
    kind: str
    outcomes: tuple[SketchedOutcome, ...]
    more_count: int
    closes_at: datetime | None
    criteria: str


def sketch_of(form: QuestionForm, question: Question | None = None) -> Sketch | None:
    """What was typed as forecasters would see it, else what is saved; None without a title."""
    if not form.is_bound:
        return None if question is None else _sketch_of_saved(question)
    wording = form.to_wording()
    if not wording.title:
        return None
    bins: Bins | None = form.cleaned_data.get("bins")
    labels = wording.outcomes if bins is None or bins.faults() else bin_words.labels(bins)
    return _sketch(
        wording.title,
        wording.type,
        labels,
        wording.prior,
        wording.closes_at,
        wording.resolution_criteria,
    )


def _sketch_of_saved(question: Question) -> Sketch:
    return _sketch(
        question.title,
        question.type,
        labels_of(question),
        question.prior,
        question.closes_at,
        question.resolution_criteria,
    )


def _sketch(
    title: str,
    kind: str,
    labels: Sequence[str],
    prior: Sequence[float],
    closes_at: datetime | None,
    criteria: str,
) -> Sketch:
    parts = prior if _is_whole(prior, len(labels)) else [1 / len(labels) for _ in labels]
    likeliest = sorted(range(len(labels)), key=lambda index: -parts[index])[:OUTCOMES_SHOWN]
    return Sketch(
        title=title,
        kind=dict(QuestionType.choices).get(kind, kind),
        outcomes=tuple(
            SketchedOutcome(labels[index], percent(parts[index]), parts[index])
            for index in sorted(likeliest)
        ),
        more_count=max(0, len(labels) - OUTCOMES_SHOWN),
        closes_at=closes_at,
        criteria=criteria,
    )


def _is_whole(prior: Sequence[float], outcome_count: int) -> bool:
    return len(prior) == outcome_count and abs(sum(prior) - 1) < SUM_TOLERANCE
