"""The sample articles: text files with a small header, written for this project.

title: …
author: …
source: …
url: https://…example.com/…
published: 52 days before at 06:40
tags: a, b

The text, with placeholders where a date belongs (see `dates`).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from markets.management.demo.dates import fill

WORLD = Path(__file__).parent / "articles"
CONSOLE = Path(__file__).parent / "articles" / "console"
_PUBLISHED = re.compile(r"(\d+) days? before at (\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """One article as it is published when the world is loaded at an anchor."""

    slug: str
    title: str
    author: str
    source: str
    url: str
    published_at: datetime
    tags: tuple[str, ...]
    text: str


def articles_at(anchor: datetime, folder: Path = WORLD) -> tuple[SampleArticle, ...]:
    """Return the sample articles of a folder, oldest first, dated from the anchor."""
    articles = [_read(path, anchor) for path in folder.glob("*.txt")]
    return tuple(sorted(articles, key=lambda article: article.published_at))


def _read(path: Path, anchor: datetime) -> SampleArticle:
    header, _, text = path.read_text().partition("\n\n")
    named = dict(line.split(": ", 1) for line in header.splitlines())
    return SampleArticle(
        slug=path.stem,
        title=fill(named["title"], anchor),
        author=named["author"],
        source=named["source"],
        url=named["url"],
        published_at=_published_at(named["published"], anchor),
        tags=tuple(tag.strip() for tag in named["tags"].split(",")),
        text=fill(text.strip(), anchor),
    )


def _published_at(words: str, anchor: datetime) -> datetime:
    match = _PUBLISHED.fullmatch(words)
    if match is None:
        raise ValueError(f"write '52 days before at 06:40', not {words!r}")
    days, hour, minute = map(int, match.groups())
    return (anchor - timedelta(days=days)).replace(hour=hour, minute=minute)
