"""Answers in the words of their questions."""

from collections.abc import Sequence

from markets.admin.previews import percent
from markets.core.bin_words import spelled
from markets.core.resolver_readings import Answer
from markets.models import Question, ResolverRun


def labels_of(question: Question) -> list[str]:
    """The outcomes' labels in order, from what is prefetched."""
    return [each.label for each in sorted(question.outcomes.all(), key=lambda each: each.index)]


def read_words(answer: Answer | None, question: Question) -> str:
    """What a source was read to say; "" where it said nothing."""
    if answer is None:
        return ""
    if answer.value is not None and question.bins is not None:
        return spelled(question.bins, answer.value)
    return labels_of(question)[answer.outcome or 0]


def run_words(run: ResolverRun, question: Question) -> str:
    """Which answer a run of a resolver read; "" where it read none."""
    return answer_words(run.outcome_weights, run.value, question)


def answer_words(weights: Sequence[float] | None, value: float | None, question: Question) -> str:
    """A value, or the outcome with all the weight, or the parts of several; "" for neither."""
    if value is not None and question.bins is not None:
        return spelled(question.bins, value)
    labels = labels_of(question)
    weighed = [
        (label, weight) for label, weight in zip(labels, weights or [], strict=False) if weight
    ]
    if len(weighed) == 1:
        return weighed[0][0]
    return ", ".join(f"{percent(weight)} {label}" for label, weight in weighed)
