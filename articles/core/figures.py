"""A figure with its period, as a passage; shared by tables and sentences."""

from typing import Final

from articles.core.blocks import BlockKind
from articles.core.clauses import find_source
from articles.core.passage_types import Measure, Passage
from articles.core.periods import Period
from articles.core.quantities import Quantity
from articles.core.references import Reference
from articles.core.story import Story
from articles.core.temporal import TimeExpression, find_times

FIGURE_WEIGHT: Final = 0.65
FIGURE_PRIOR: Final = 0.5
"""Of a value above the last one."""

_PERIODIC: Final = frozenset({"month", "quarter", "half", "year"})


def past_periods(story: Story, start: int, end: int) -> list[TimeExpression]:
    """The months, quarters, halves and years of a stretch of text that have begun."""
    return [
        time
        for time in find_times(story.text, story.published, lean="past", start=start, end=end)
        if time.precision in _PERIODIC
        and time.relation in {"at", "attribute"}
        and time.starts_at < story.published
        and _is_whole(time)
    ]


def _is_whole(time: TimeExpression) -> bool:
    """Whether an expression is for one whole period, not for "early 2026" or "2024-2026"."""
    days = (time.ends_at - time.starts_at).days
    longest = {"month": 31, "quarter": 92, "half": 184, "year": 366}[time.precision]
    return longest - 4 <= days <= longest


def period_of(time: TimeExpression) -> Period:
    """The period that a time expression names."""
    return Period(time.starts_at, time.ends_at, time.precision)


def figure_passage(
    story: Story, index: int, reference: Reference, quantity: Quantity, period: Period, verb: str
) -> Passage:
    """The passage of one figure; for verb see Measure."""
    sentence = story.sentences[index]
    written = " ".join(story.text[quantity.start_offset : quantity.end_offset].split())
    return Passage(
        rule="indicator_row" if story.kind_of(index) is BlockKind.TABLE_ROW else "indicator_stated",
        family="indicator",
        start=sentence.start,
        end=sentence.end,
        subject=reference.text,
        predicate=verb,
        deadline=None,
        times=(),
        quantities=(quantity,),
        source=find_source(story.text, sentence.start, sentence.end),
        flags=reference.flags,
        weight=FIGURE_WEIGHT,
        prior=FIGURE_PRIOR,
        measure=Measure(quantity, written, period, verb),
    )
