"""Two drafts of the same sentence: do they agree, and whose words are better?"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

from articles.core.draft_types import Draft
from articles.core.drafting import TITLE_LENGTH_LONG

AGREES: Final = "model_agrees"
DATE_DISAGREES: Final = "date_disagrees"
SAME_DEADLINE: Final = dt.timedelta(hours=36)
"""A scheduled day closes the evening before, so that a day and its eve are the same deadline."""

_REWRITTEN: Final = frozenset({"needs_rewrite", "coreference"})
"""The doubts of a rule about its own wording, which a better title answers."""


class Drafted(Protocol):
    """What a draft of the rules and a row of it have in common."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def closes_at(self) -> dt.datetime: ...
    @property
    def flags(self) -> Sequence[str]: ...


First = TypeVar("First", bound=Drafted)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a second draft says of a first: its flags from now on, and whether it says it better."""

    flags: tuple[str, ...]
    is_better_put: bool


def same_sentence(drafts: Sequence[First], second: Drafted) -> First | None:
    """The draft of the same type whose evidence overlaps most with that of another one."""
    overlaps = [
        (min(first.end, second.end) - max(first.start, second.start), -number, first)
        for number, first in enumerate(drafts)
        if first.type == second.type
    ]
    length, _, first = max(overlaps, key=lambda each: each[:2], default=(0, 0, None))
    return first if length > 0 else None


def opinion_on(first: Drafted, second: Drafted) -> Opinion:
    """What becomes of a draft of the rules when a language model drafts the same sentence.

    A title keeps its deadline with it, so that where the dates differ the words stay as well.
    """
    flags = [flag for flag in first.flags if flag not in {AGREES, DATE_DISAGREES}]
    if abs(first.closes_at - second.closes_at) > SAME_DEADLINE:
        return Opinion((*flags, DATE_DISAGREES), is_better_put=False)
    doubtful = bool(_REWRITTEN & set(flags)) or len(first.title) > TITLE_LENGTH_LONG
    is_better = doubtful and len(second.title) <= TITLE_LENGTH_LONG
    if is_better:
        flags = [flag for flag in flags if flag not in _REWRITTEN]
    return Opinion((*flags, AGREES), is_better_put=is_better)


def merged(drafts: Sequence[Draft], others: Sequence[Draft]) -> list[Draft]:
    """The drafts of the rules with what the model thinks of them, then those of its own."""
    kept = list(drafts)
    fresh: list[Draft] = []
    for other in others:
        first = same_sentence(kept, other)
        if first is None:
            fresh.append(other)
            continue
        opinion = opinion_on(first, other)
        heard = replace(first, flags=opinion.flags)
        if opinion.is_better_put:
            heard = replace(heard, title=other.title, resolution_criteria=other.resolution_criteria)
        kept[kept.index(first)] = heard
    return [*kept, *fresh]
