"""What a pasted page says about itself: its headline, its tags, its date, and its sentences.

Everything is read from the blocks of the page (see blocks), so noise is never taken for news.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from articles.core import periods
from articles.core.blocks import Block, BlockKind, bare_line, find_blocks, told_from
from articles.core.lexicon import words
from articles.core.noise import AGE
from articles.core.sentences import Sentence, split_sentences
from articles.core.temporal import TimeExpression, find_times

TAGS_MAX: Final = 20
HEADLINE_WORDS_MIN: Final = 3
HEADLINE_WORDS_MAX: Final = 26
DATE_LINE_LENGTH_MAX: Final = 90

_SITE_TAGS: Final = words("featured news trending breaking latest top-stories home all article")
_TAG: Final = re.compile(r"#([^\W\d][^#\n]{1,60})")
_TAG_LIST: Final = re.compile(
    r"(?:tags?|topics?|filed under|keywords)\s{0,3}:\s(?P<tags>.{1,300})", re.IGNORECASE
)
_DATE_LABEL: Final = re.compile(
    r"^[\s•*·|–—-]{0,6}(?:by\s[^|,–—]{3,50}[|,–—]\s?)?(?:(?:first\s)?(?:published|posted|updated|last\supdated|date|on)\b)?[\s:]{0,3}"
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b,?\s)?",
    re.IGNORECASE,
)
_DATELINE: Final = re.compile(
    r"^[A-Z][A-Za-zÀ-ž.'’ -]{1,30}(?:,\s[A-Z][A-Za-z. ]{1,20})?,\s"
    r"(?P<date>[A-Z][a-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][a-z]{2,8})(?:,\s\d{4})?"
    r"\s{0,2}(?:\([A-Za-z ]{2,20}\)\s?)?[-–—:]"
)
_GLUED_DAY: Final = re.compile(r"^([A-Z][a-z]{2,8}\.?\s\d{1,2})(?=\d{1,2}\s(?i:min))")


@dataclass(frozen=True, slots=True)
class Published:
    """When a page says that it was published, how exactly, and where it says so."""

    at: dt.datetime
    precision: Literal["hour", "day", "unknown"]
    origin: Literal["date_line", "dateline", "age", "fallback"]


def find_sentences(text: str, blocks: Sequence[Block] | None = None) -> list[Sentence]:
    """The sentences of prose and bullets, and the table rows whole, with their offsets."""
    sentences: list[Sentence] = []
    for index, block in enumerate(find_blocks(text) if blocks is None else blocks):
        if block.kind in {BlockKind.PROSE, BlockKind.BULLET}:
            sentences.extend(
                Sentence(start, end, index)
                for start, end in split_sentences(text, told_from(text, block), block.end)
            )
        elif block.kind is BlockKind.TABLE_ROW:
            sentences.append(Sentence(block.start, block.end, index))
    return sentences


def find_headline(text: str) -> str | None:
    """The title of the page, or None where no line before the first paragraph can be one.

    A title that the page repeats (in its breadcrumb, say) beats one that it gives once; among
    equals the first wins.
    """
    candidates: list[str] = []
    for block in find_blocks(text):
        if block.kind is BlockKind.PROSE and block.end - block.start > 120:
            break
        line = bare_line(text[block.start : block.end][:300])
        if block.kind is BlockKind.HEADING and _is_headline_like(line):
            candidates.append(line)
    repeats = Counter(candidates)
    return max(candidates, key=lambda line: repeats[line], default=None)


def find_tags(text: str) -> tuple[str, ...]:
    """The tags that the page gives itself, at most TAGS_MAX, without those every page has."""
    tags: dict[str, str] = {}
    for block in find_blocks(text):
        if block.kind is BlockKind.TAGS:
            for tag in _tags_of(text[block.start : block.end]):
                if tag.lower() not in _SITE_TAGS:
                    tags.setdefault(tag.lower(), tag)
    return tuple(tags.values())[:TAGS_MAX]


def find_published(text: str, fallback: dt.datetime) -> Published:
    """When the page says that it was published; fallback is when it was read.

    "Nov 20" without a year is the last such day before the fallback, "3 hours ago" counts back
    from it, and without either the fallback itself is returned. Days start at midnight UTC.
    Raises InstantInvalid (see periods).
    """
    read_at = periods.checked_instant(fallback)
    paragraphs = 0
    for block in find_blocks(text):
        line = text[block.start : block.end][:DATE_LINE_LENGTH_MAX]
        short = block.end - block.start <= DATE_LINE_LENGTH_MAX
        found = _dateline(line, read_at) if paragraphs == 0 else None
        if short and found is None:
            found = _date_line(line, read_at) or _age(line, read_at)
        if found is not None:
            return found
        paragraphs += block.kind is BlockKind.PROSE and block.end - block.start > 120
        if paragraphs:
            break
    return Published(read_at, "unknown", "fallback")


def _is_headline_like(line: str) -> bool:
    count = line.count(" ") + 1
    return (
        HEADLINE_WORDS_MIN <= count <= HEADLINE_WORDS_MAX
        and len(line) >= 12
        and any(character.isalpha() for character in line)
    )


def _tags_of(line: str) -> list[str]:
    listed = _TAG_LIST.match(line)
    found = listed["tags"].split(",") if listed else _TAG.findall(line)
    tags = [" ".join(tag.strip(" .#").split()) for tag in found]
    return [tag for tag in tags if 2 <= len(tag) <= 60]


def _date_line(line: str, read_at: dt.datetime) -> Published | None:
    """A line that holds a date and next to nothing else."""
    rest = _DATE_LABEL.sub("", line, count=1)[:60]
    cased = rest.title() if rest.isupper() or rest.islower() else rest
    times = _past_times(_GLUED_DAY.sub(r"\1 ", cased), read_at)
    if not times or times[0].precision != "day" or times[0].start_offset > 0:
        return None
    if len(re.findall(r"[^\W\d]{3,}", rest[times[0].end_offset :])) > 4:
        return None
    return _not_ahead(times[0].starts_at, read_at, "date_line")


def _dateline(line: str, read_at: dt.datetime) -> Published | None:
    """The place and the date that open an agency's report: "VIENNA, March 3 (Agency) -"."""
    match = _DATELINE.match(line)
    if match is None:
        return None
    times = _past_times(line[match.start("date") : match.end()], read_at)
    if not times or times[0].precision != "day":
        return None
    return _not_ahead(times[0].starts_at, read_at, "dateline")


def _past_times(line: str, read_at: dt.datetime) -> list[TimeExpression]:
    """The times of a line; a date without a year may be today's where the day began earlier."""
    times = find_times(line, read_at, lean="past")
    if times and times[0].year_assumed:
        return find_times(line, read_at + dt.timedelta(days=1), lean="past")
    return times


def _not_ahead(
    day: dt.datetime, read_at: dt.datetime, origin: Literal["date_line", "dateline"]
) -> Published | None:
    if day > read_at + dt.timedelta(days=1):  # nothing is published after it was read
        return None
    return Published(day, "day", origin)


def _age(line: str, read_at: dt.datetime) -> Published | None:
    match = AGE.search(line)
    if match is None or match.start() > 12:
        return None
    count = 1 if match[1].lower() in {"a", "an"} else int(match[1])
    unit = match[2].lower().rstrip("s")
    hours = {"hour": 1, "hr": 1, "day": 24, "week": 168, "month": 730, "year": 8766}.get(unit, 0)
    fine = hours <= 1
    at = read_at - dt.timedelta(hours=hours * count) if hours else read_at
    return Published(at if fine else periods.day_of(at).starts_at, "hour" if fine else "day", "age")
