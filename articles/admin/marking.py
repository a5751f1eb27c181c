"""An article's text in paragraphs, with the passages that drafts came from marked."""

from collections.abc import Iterable
from dataclasses import dataclass

from articles.models import Draft


@dataclass(frozen=True)
class Piece:
    """A stretch of text; with a draft, the passage that the draft came from."""

    text: str
    draft_id: int | None = None
    number: int | None = None


def marked_paragraphs(text: str, drafts: Iterable[Draft]) -> list[list[Piece]]:
    """Split a text into paragraphs of pieces.

    `drafts` are numbered from 1 in the order given. Where passages overlap, the one that begins
    first keeps the shared words, because a mark inside a mark cannot be told apart.
    """
    numbered = sorted(enumerate(drafts, start=1), key=lambda pair: (pair[1].start, pair[1].end))
    paragraphs, offset = [], 0
    for line in text.split("\n"):
        if line.strip():
            paragraphs.append(_pieces(text, offset, offset + len(line), numbered))
        offset += len(line) + 1
    return paragraphs


def _pieces(text: str, start: int, end: int, numbered: list[tuple[int, Draft]]) -> list[Piece]:
    """The pieces of text[start:end], marked wherever a draft's span reaches into it."""
    pieces, here = [], start
    for number, draft in numbered:
        begins, ends = max(draft.start, here), min(draft.end, end)
        if begins >= ends:
            continue
        if begins > here:
            pieces.append(Piece(text[here:begins]))
        pieces.append(Piece(text[begins:ends], draft.pk, number))
        here = ends
    if here < end:
        pieces.append(Piece(text[here:end]))
    return pieces
