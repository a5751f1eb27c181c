"""How a question is resolved, in words: YES and NO, the source, what if the source is silent.

The house policy in short: times are UTC, two independent established outlets stand in for a silent
source, and a question still in doubt 14 days after its deadline is annulled.
"""

import re
from typing import Final

from articles.core import periods
from articles.core.passage_types import LEVEL, Measure, Passage
from articles.core.windows import GRACE_DAYS, Window

DEFAULT_SOURCE: Final = "an official announcement by those in charge"
DEFAULT_FIGURE_SOURCE: Final = "the official statistics from which the last value was taken"

_MEANINGS: Final = (
    (
        r"be operational",
        "Operational means open to regular traffic or service; a ceremony or a test is not enough.",
    ),
    (
        r"be completed",
        "Completed means that those in charge declare the works finished, or open them for use.",
    ),
    (
        r"be (?:adopted|approved|passed)",
        "This needs a formal decision of the body in charge; a statement of intent is not enough.",
    ),
    (
        r"(?:be signed|sign)\b",
        "Signed means signed by all parties; an initialled text or a memorandum is not enough.",
    ),
    (
        r"(?:join|become an observer)\b",
        "The membership or status must have been granted; an invitation is not enough.",
    ),
    (r"be extended or renewed", "A replacement under another name with the same effect counts."),
    (r"take place", "The opening day counts; a meeting held only online counts as well."),
)

_FALLS: Final = frozenset({"fall", "decline", "shrink", "contract", "drop"})


def statement(passage: Passage, predicate: str) -> str:
    """What must come true, as "the bridge must open to traffic"."""
    return f"{passage.subject} must {predicate}"


def binary_criteria(passage: Passage, predicate: str, window: Window, source: str) -> str:
    """Criteria of a question with a deadline."""
    return deadline_criteria(statement(passage, predicate), window, source)


def deadline_criteria(condition: str, window: Window, source: str) -> str:
    """Criteria of a question that asks for something, "the bridge must open", by a deadline."""
    return (
        f"To resolve YES, {condition} no later than 23:59 UTC on {window.day}. "
        "It resolves NO if this has not happened by then; a postponement, or an announcement of "
        f"something still to come, does not count. Source: {source}. {_policy()}"
    )


def figure_criteria(
    passage: Passage, measure: Measure, window: Window, source: str, unit: str
) -> str:
    """Criteria of a question about the next value of an indicator."""
    due = periods.long_date(periods.last_day(window.resolve_by))
    if measure.verb == LEVEL:
        asked = f"{passage.subject} {window.phrase}"
    else:
        way, other = ("fall", "rise") if measure.verb in _FALLS else ("rise", "fall")
        asked = (
            f"the change of {passage.subject} {window.phrase}, where a {way} counts as positive "
            f"and a {other} as negative"
        )
    return (
        f"Resolves to {asked}, in {_spelled(unit)}, according to the first official figure for "
        "that period, with the decimals that it is published with; later revisions do not count. "
        "A value on the edge of two ranges belongs to the upper one. The last value named is "
        f"{measure.written}, for {periods.label(measure.period)}. Source: {source}. If no figure "
        f"has been published by 23:59 UTC on {due}, two independent established news outlets "
        "decide; without them the question is annulled."
    )


def date_criteria(passage: Passage, window: Window, source: str) -> str:
    """Criteria of a question about when something happens."""
    return (
        f"Resolves to the day, in UTC, on which it comes true: for this {passage.subject} must "
        f"{passage.predicate}. A plan, a promise or an announcement of something still to come "
        f"does not count. If this has not happened by 23:59 UTC on {window.day}, it resolves to "
        f"the last outcome, which also stands for never. Source: {source}. {_policy()}"
    )


def _spelled(unit: str) -> str:
    return "percent" if unit == "%" else unit


def contest_criteria(passage: Passage, window: Window, source: str) -> str:
    """Criteria of a question with one outcome for each candidate or side."""
    who, after = (
        ("side that", "extra time")
        if passage.family == "match"
        else ("candidate who", "further round")
    )
    return (
        f"Resolves to the {who} wins {passage.subject} according to {source}, after any "
        f"{after}. Any winner not listed resolves to the last outcome. If no winner is "
        f"declared within {GRACE_DAYS} days after {window.day} (23:59 UTC), because the vote is "
        "postponed, tied or void, the question is annulled. If the source says nothing, two "
        "independent established news outlets decide."
    )


def choice_criteria(condition: str, window: Window, source: str) -> str:
    """Criteria of a question with several answers, whose `condition` says what tells them apart."""
    return (
        f"Resolves to the answer of which this is true no later than 23:59 UTC on {window.day}: "
        f"{condition}. Any other answer resolves to the last outcome. If there is no answer within "
        f"{GRACE_DAYS} days after that, because it is postponed, tied or void, the question is "
        f"annulled. Source: {source}. If that source says nothing, two independent established "
        "news outlets decide."
    )


def fine_print(predicate: str, flags: tuple[str, ...]) -> str:
    """What a careful reader asks next: the meaning of a word, and where the deadline is from."""
    notes = [meaning for pattern, meaning in _MEANINGS if re.match(pattern, predicate)][:1]
    if "deadline_assumed" in flags:
        notes.append("The article names no date; the deadline was chosen for this question.")
    if "date_uncertain" in flags:
        notes.append("The article names the time only roughly; its last day was taken.")
    return " ".join(notes)


def _policy() -> str:
    return (
        "If that source says nothing, two independent established news outlets decide. If the "
        f"outcome is still in doubt {GRACE_DAYS} days after the deadline, the question is annulled."
    )
