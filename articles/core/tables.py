"""Passages from table rows: figures with a period, and things with a status.

"Exports (2024) | $5.1 billion" gives an indicator, "Second terminal | under construction" a thing
that is to be completed. A row without a figure or a status gives nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from articles.core.blocks import BlockKind
from articles.core.clauses import folded, words_in
from articles.core.figures import figure_passage, past_periods, period_of
from articles.core.lexicon import INDICATOR_NOUNS
from articles.core.names import find_names
from articles.core.passage_types import LEVEL, Passage
from articles.core.periods import Period
from articles.core.places import find_places
from articles.core.predicates import status_predicate
from articles.core.quantities import Quantity, find_quantities
from articles.core.references import Reference, head_of, with_place
from articles.core.story import Story

LABEL_WORDS_MAX: Final = 10
TABLE_ROWS_MAX: Final = 60

_INITIALS: Final = re.compile(r"(?<![\w.])(?:[A-Z]\.){2,4}(?!\w)")
_PARENTHESIS: Final = re.compile(r"\(([^()]{1,40})\)")
_QUOTED: Final = re.compile(r"[\"“]([^\"“”]{2,60})[\"”]")


@dataclass(frozen=True, slots=True)
class _Status:
    """What the cell of a row says about the thing that the row is named after."""

    rule: str
    pattern: re.Pattern[str]
    completion: str
    weight: float
    prior: float


_STATUSES: Final = (
    _Status(
        "under_consideration",
        re.compile(r"\bunder\s(?:active\s|serious\s)?(?:consideration|review|discussion)\b", re.I),
        "be adopted",
        0.62,
        0.30,
    ),
    _Status(
        "under_negotiation", re.compile(r"\bunder\snegotiation\b", re.I), "be signed", 0.62, 0.30
    ),
    _Status(
        "under_construction",
        re.compile(r"\b(?:under\sconstruction|being\sbuilt)\b", re.I),
        "be completed",
        0.65,
        0.45,
    ),
    _Status(
        "share_done",
        re.compile(r"\b\d{1,3}\s?(?:%|percent)\s(?:complete|completed|done|built)\b", re.I),
        "be completed",
        0.70,
        0.60,
    ),
)


def table_passages(story: Story, index: int) -> list[Passage]:
    """The figure or the status that a table row gives, if any."""
    row = story.sentences[index]
    cells = _cells(story.text, row.start, row.end)
    if len(cells) < 2:
        return []
    passage = _figure(story, index, cells) or _status(story, index, cells)
    return [passage] if passage is not None else []


def _figure(story: Story, index: int, cells: Sequence[tuple[int, int]]) -> Passage | None:
    label = _label(story, story.text[cells[0][0] : cells[0][1]])
    found = _row_value(story, index, cells)
    if found is None or not any(word in INDICATOR_NOUNS for word in words_in(label)):
        return None
    reference: Reference | None = Reference(label, named=bool(find_places(label)))
    if reference is not None and not reference.named:
        reference = with_place(story, reference)
    if reference is None:
        return None
    quantity, period = found
    return figure_passage(story, index, reference, quantity, period, LEVEL)


def _status(story: Story, index: int, cells: Sequence[tuple[int, int]]) -> Passage | None:
    """ "Proposed brand | "Grown Here" under consideration" is about the brand of that name."""
    row, text = story.sentences[index], story.text
    label = _label(story, text[cells[0][0] : cells[0][1]])
    inside = text[cells[1][0] : cells[1][1]]
    status = next((s for s in _STATUSES if s.pattern.search(inside)), None)
    quoted = _QUOTED.search(inside) or _QUOTED.search(text[cells[0][0] : cells[0][1]])
    named = quoted is not None or len(find_names(story, *cells[0])) > 0
    if status is None or not label or not named:
        return None
    if quoted and quoted[1] not in label:
        label = f'{label} "{quoted[1]}"'
    else:
        label = folded(text[cells[0][0] : cells[0][1]])
    return Passage(
        rule=status.rule,
        family="pending",
        start=row.start,
        end=row.end,
        subject=f"the {label}",
        predicate=status_predicate(head_of(label.partition(' "')[0]), status.completion),
        deadline=None,
        times=(),
        quantities=(),
        source="",
        flags=(),
        weight=status.weight,
        prior=status.prior,
    )


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The [start, end) of each cell of a row that is not blank."""
    return [
        (start + match.start(), start + match.end())
        for match in re.finditer(r"[^|\t]+", text[start:end])
        if match.group().strip()
    ]


def _row_value(
    story: Story, index: int, cells: Sequence[tuple[int, int]]
) -> tuple[Quantity, Period] | None:
    """The last value of a row and its period, named in the row or at the head of its column."""
    values: list[tuple[int, Quantity]] = []
    for column, (start, end) in enumerate(cells[1:], start=1):
        quantities = find_quantities(story.text, start=start, end=end)
        if quantities:
            values.append((column, quantities[0]))
    if not values:
        return None
    row = story.sentences[index]
    times = past_periods(story, row.start, row.end)
    if len(values) == 1 and times:
        return values[0][1], period_of(times[-1])
    header = _header(story, index)
    for column, quantity in reversed(values):
        if len(header) == len(cells):
            headed = past_periods(story, *header[column])
            if headed:
                return quantity, period_of(headed[-1])
    return None


def _header(story: Story, index: int) -> list[tuple[int, int]]:
    """The cells of the first row of the table that a row stands in."""
    first = index
    while (
        first > max(0, index - TABLE_ROWS_MAX) and story.kind_of(first - 1) is BlockKind.TABLE_ROW
    ):
        first -= 1
    head = story.sentences[first]
    return _cells(story.text, head.start, head.end) if first < index else []


def _label(story: Story, cell: str) -> str:
    """The name of a row as inside a sentence: small letters except in names, initials resolved."""
    expanded = _PARENTHESIS.sub(lambda match: _kept_parenthesis(story, match[1]), cell)
    tokens = folded(_INITIALS.sub(lambda match: _expanded(story, match.group()), expanded)).split()
    if not 1 <= len(tokens) <= LABEL_WORDS_MAX:
        return ""
    places = {word for place in find_places(" ".join(tokens)) for word in place.split()}
    return " ".join(
        token if _keeps_capital(story, token, places) else token.lower() for token in tokens
    )


def _kept_parenthesis(story: Story, inside: str) -> str:
    """ "(in C.A.)" says where and stays; "(2024)" and "(% change)" say what is known otherwise."""
    if re.match(r"in\s[A-Z]", inside) and not re.search(r"\d", inside):
        return f" {inside} "
    return " "


def _expanded(story: Story, initials: str) -> str:
    """ "C.A." as the place of the text that it abbreviates, else as it is."""
    letters = initials.replace(".", "")
    for place in sorted(story.places, key=lambda place: -story.places[place]):
        if "".join(word[0] for word in place.split()) == letters:
            return place
    return initials


def _keeps_capital(story: Story, token: str, places: set[str]) -> bool:
    acronym = len(token) > 1 and token.isupper() and token.isalpha()
    named = token in story.upper_words and not story.is_common(token)
    return acronym or token in places or (named and token.lower() not in INDICATOR_NOUNS)
