"""The parts of a pasted page: prose, headings, table rows, bullets, tags, and what is noise.

Every block is [start, end) in the normalised text; nothing is rewritten, so a quote taken from a
block is always a quote of the article. One pass over the lines, each pattern only on short lines.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from articles.core.noise import (
    ENDING_TITLE,
    PAUSING_TITLE,
    is_age_line,
    is_noise_line,
    is_sentence_like,
)


class BlockKind(StrEnum):
    """What a block is. Questions come from prose, bullets and table rows only."""

    PROSE = "prose"
    HEADING = "heading"
    TABLE_ROW = "table_row"
    BULLET = "bullet"
    TAGS = "tags"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Block:
    """One block at [start, end) of its text, without outer spaces."""

    kind: BlockKind
    start: int
    end: int


SENTENCE_LENGTH_MIN: Final = 60
AGE_LINE_LENGTH_MAX: Final = 60
NAVIGATION_WORDS_MAX: Final = 3
# Far more lines than an article has; what follows them belongs to no block.
LINES_MAX: Final = 8_000
LINE_WIDTH_MAX: Final = 120
LINE_WIDTH_MIN: Final = 45

_LINE: Final = re.compile(r"[^\n]+")
_TERMINAL: Final = re.compile(r"""[.!?…:]["'”’»)\]]{0,3}$""")
_BULLET: Final = re.compile(r"(?:[-•*–—‣◦▪·]|\(?\d{1,2}[.)])\s+(?=\S)")
_NUMBERING: Final = re.compile(r"^(?:[-•*–—‣◦▪·#]+|\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)]?)\s+")
_TAG_LINE: Final = re.compile(r"#[^\W\d][^#\n]{1,60}(?:\s#[^\W\d][^#\n]{1,60}){0,30}$")
_TAG_LIST: Final = re.compile(r"(?:tags?|topics?|filed under|keywords)\s{0,3}:\s", re.IGNORECASE)

Span = tuple[int, int]


def find_blocks(text: str) -> list[Block]:
    """The blocks of a page, in order and without overlap; blank lines belong to none.

    Only the first LINES_MAX lines are read.
    """
    lines = _logical_lines(text)
    kinds = [_kind_alone(text[start:end]) for start, end in lines]
    _mark_repeated_headlines(text, lines, kinds)
    _mark_sections(text, lines, kinds)
    _mark_outside_the_story(text, lines, kinds)
    return [Block(kind, start, end) for kind, (start, end) in zip(kinds, lines, strict=True)]


def bare_line(line: str) -> str:
    """A line without its bullet or its numbering, spaces folded."""
    return " ".join(_NUMBERING.sub("", line, count=1).split())


def told_from(text: str, block: Block) -> int:
    """Where a block starts to speak: after the mark or the number of a bullet."""
    if block.kind is not BlockKind.BULLET:
        return block.start
    mark = _BULLET.match(text, block.start, block.end)
    return mark.end() if mark else block.start


def _kind_alone(line: str) -> BlockKind:
    """What a line is, judged without its neighbours."""
    if _TAG_LINE.match(line[:2000]) or (_TAG_LIST.match(line) and len(line) <= 300):
        return BlockKind.TAGS
    if is_noise_line(line):
        return BlockKind.NOISE
    cells = [cell for cell in re.split(r"[|\t]", line) if cell.strip()]
    if len(cells) >= 2 and max(map(len, cells)) <= 200:
        return BlockKind.TABLE_ROW
    if is_sentence_like(line):
        return BlockKind.BULLET if _BULLET.match(line) else BlockKind.PROSE
    return BlockKind.BULLET if line.startswith(("•", "* ", "- ", "– ")) else BlockKind.HEADING


def _mark_repeated_headlines(text: str, lines: Sequence[Span], kinds: list[BlockKind]) -> None:
    """Teasers of other stories: a title given twice around its age, or a title above an age."""
    bare = [bare_line(text[start:end][:200]) for start, end in lines]
    counts = Counter(bare)
    first_prose = _first_prose(lines, kinds)
    for index, (start, end) in enumerate(lines):
        if end - start > AGE_LINE_LENGTH_MAX or not is_age_line(text[start:end]):
            continue
        kinds[index] = BlockKind.NOISE
        above, below = bare[index - 1 : index], bare[index + 1 : index + 2]
        if above and above == below:
            kinds[index - 1] = kinds[index + 1] = BlockKind.NOISE
        elif index > first_prose and kinds[index - 1] is BlockKind.HEADING:
            kinds[index - 1] = BlockKind.NOISE
        elif index > first_prose and below and counts[below[0]] > 1:
            kinds[index + 1] = BlockKind.NOISE


def _mark_sections(text: str, lines: Sequence[Span], kinds: list[BlockKind]) -> None:
    """Everything after "Related news" or "Comments" is noise, once the story has been told.

    Before any story the same title opens a box at the head of the page, and inside it ("Read
    more") a box in the middle: both last until the next paragraph.
    """
    weights = [
        end - start if kind is BlockKind.PROSE else 0
        for kind, (start, end) in zip(kinds, lines, strict=True)
    ]
    total, told, paused = sum(weights), 0, False
    for index, (start, end) in enumerate(lines):
        title = text[start:end] if end - start <= 80 else ""
        if ENDING_TITLE.fullmatch(title) and told >= SENTENCE_LENGTH_MIN:
            _silence(kinds, index)
            return
        if ENDING_TITLE.fullmatch(title) or PAUSING_TITLE.fullmatch(title):
            if told >= SENTENCE_LENGTH_MIN and told * 2 >= total:
                _silence(kinds, index)
                return
            paused = True
        elif paused and weights[index] >= (2 if told else 1) * SENTENCE_LENGTH_MIN:
            paused = False
        if paused:
            kinds[index] = BlockKind.NOISE
            total -= weights[index]
        else:
            told += weights[index]


def _silence(kinds: list[BlockKind], start: int) -> None:
    for index in range(start, len(kinds)):
        if kinds[index] is not BlockKind.TAGS:
            kinds[index] = BlockKind.NOISE


def _mark_outside_the_story(text: str, lines: Sequence[Span], kinds: list[BlockKind]) -> None:
    """Short lines before the first paragraph are navigation, and so are titles after the last."""
    first = _first_prose(lines, kinds)
    titles = [
        kind is BlockKind.HEADING
        or (kind is BlockKind.BULLET and not is_sentence_like(text[start:end]))
        for kind, (start, end) in zip(kinds, lines, strict=True)
    ]
    silent = {BlockKind.NOISE, BlockKind.TAGS}
    last = max(
        (i for i, kind in enumerate(kinds) if kind not in silent and not titles[i]),
        default=len(lines),
    )
    for index, (start, end) in enumerate(lines):
        short = text.count(" ", start, end) < NAVIGATION_WORDS_MAX
        if titles[index] and (index > last or (index < first and short)):
            kinds[index] = BlockKind.NOISE


def _first_prose(lines: Sequence[Span], kinds: Sequence[BlockKind]) -> int:
    """The index of the first paragraph, or the number of lines where there is none."""
    return next(
        (
            index
            for index, (start, end) in enumerate(lines)
            if kinds[index] is BlockKind.PROSE and end - start >= SENTENCE_LENGTH_MIN
        ),
        next((i for i, kind in enumerate(kinds) if kind is BlockKind.PROSE), len(lines)),
    )


def _logical_lines(text: str) -> list[Span]:
    """The lines of a text, with paragraphs that were wrapped at a margin put together again."""
    lines: list[Span] = []
    for match in itertools.islice(_LINE.finditer(text), LINES_MAX):
        stripped = match.group().strip()
        if stripped:
            start = match.start() + match.group().index(stripped[0])
            lines.append((start, start + len(stripped)))
    joined: list[Span] = []
    for group in _groups(text, lines):
        joined.extend(_unwrapped(text, group))
    return joined


def _groups(text: str, lines: Sequence[Span]) -> list[list[Span]]:
    """Lines that follow each other without a blank line between them."""
    groups: list[list[Span]] = []
    for line in lines:
        if groups and text.count("\n", groups[-1][-1][1], line[0]) == 1:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _unwrapped(text: str, group: Sequence[Span]) -> list[Span]:
    width = max(end - start for start, end in group)
    full = [_is_full(text, here, after, width) for here, after in itertools.pairwise(group)]
    lower = sum(text[start].islower() for start, _ in group[1:])
    wrapped = (
        LINE_WIDTH_MIN <= width <= LINE_WIDTH_MAX
        and 5 * sum(full) >= 3 * len(full)
        and 5 * lower >= 2 * len(full)
    )
    joined = [group[0]]
    for index, line in enumerate(group[1:]):
        if (wrapped and full[index]) or _continues(text, joined[-1], line):
            joined[-1] = (joined[-1][0], line[1])
        else:
            joined.append(line)
    return joined


def _is_full(text: str, here: Span, after: Span, width: int) -> bool:
    """Whether the first word of the next line would not have fitted on this one."""
    head = text[after[0] : min(after[1], after[0] + 40)]
    return here[1] - here[0] + 1 + len(head.split(maxsplit=1)[0]) > width


def _continues(text: str, here: Span, after: Span) -> bool:
    """Whether a line breaks off inside a sentence and the next one goes on in lower case."""
    return (
        here[1] - here[0] >= LINE_WIDTH_MIN - 5
        and text[after[0]].islower()
        and text.count(" ", *after) >= NAVIGATION_WORDS_MAX
        and _TERMINAL.search(text[here[1] - 1 : here[1]]) is None
        and "|" not in text[here[0] : here[1]]
    )
