"""Reading in a process of its own, which is stopped when a page or a feed keeps it busy.

Measured on pages below two megabytes: 200,000 attributes on one element kept libxml2 busy for a
minute and trafilatura for five; 100,000 spans took 90 seconds; an ordinary page takes 0.05. No
check beforehand tells them all apart, so time and memory are bounded from outside instead. The
process (`articles.services.confined`) costs a quarter of a second for a page and an eighth for a
feed, and knows no settings and no secrets.
"""

import json
import logging
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from articles.core.errors import ArticleError
from articles.services.extraction import (
    PAGE_BYTES_MAX,
    EntitiesRefused,
    Extraction,
    NotAnArticle,
    PageTooLarge,
    extract,
)
from articles.services.feed_parsing import (
    FEED_BYTES_MAX,
    Entry,
    FeedDeclaresTypes,
    FeedMalformed,
    FeedTooComplex,
    FeedTooLarge,
    NotAFeed,
    ParsedFeed,
    parse_feed,
)
from articles.services.page_head import DateFound, PageHead

logger = logging.getLogger(__name__)

CPU_SECONDS: Final = 8
WALL_SECONDS: Final = 20

_ROOT: Final = Path(__file__).resolve().parents[2]
_REFUSALS: Final[dict[str, type[ArticleError]]] = {
    refusal.code: refusal
    for refusal in (
        NotAnArticle,
        PageTooLarge,
        EntitiesRefused,
        NotAFeed,
        FeedMalformed,
        FeedDeclaresTypes,
        FeedTooComplex,
        FeedTooLarge,
    )
}


class PageTooComplex(ArticleError):
    """The page keeps its reader busy for longer than any article does."""

    code = "page_too_complex"
    field = "html"


def extract_confined(
    html: bytes, *, charset: str = "", url: str = "", cpu_seconds: int = CPU_SECONDS
) -> Extraction:
    """What `extract` makes of a page, within cpu_seconds and WALL_SECONDS.

    Raises PageTooComplex, and what `extract` raises.
    """
    if len(html) > PAGE_BYTES_MAX:  # refused by extract as well: this saves a process
        return extract(html)
    answer = _read_confined("page", html, charset=charset, url=url, cpu_seconds=cpu_seconds)
    if answer is None:
        raise PageTooComplex("The page is too tangled to be read; paste the text of the article.")
    return _restored(answer)


def parse_feed_confined(
    feed: bytes, *, charset: str = "", url: str = "", cpu_seconds: int = CPU_SECONDS
) -> ParsedFeed:
    """What `parse_feed` makes of a feed, within cpu_seconds and WALL_SECONDS.

    Raises what `parse_feed` raises; FeedTooComplex also when it takes too long.
    """
    if len(feed) > FEED_BYTES_MAX:
        return parse_feed(feed)
    answer = _read_confined("feed", feed, charset=charset, url=url, cpu_seconds=cpu_seconds)
    if answer is None:
        raise FeedTooComplex("The feed is too tangled to be read.")
    return ParsedFeed(answer["title"], tuple(map(_restored_entry, answer["entries"])))


def _read_confined(reader: str, content: bytes, **request: Any) -> dict[str, Any] | None:
    """What a reader says of some bytes; None when it took too long or died. Raises its refusals."""
    arguments = json.dumps({"reader": reader, **request})
    try:
        finished = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", "articles.services.confined", arguments],
            input=content,
            capture_output=True,
            cwd=_ROOT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if finished.returncode != 0:
        last_words = finished.stderr[-500:].decode(errors="replace")
        logger.warning("reading a %s ended with %s: %s", reader, finished.returncode, last_words)
        return None
    answer: dict[str, Any] = json.loads(finished.stdout)
    if "code" in answer:
        raise _REFUSALS[answer["code"]](answer["message"])
    return answer


def _restored_entry(entry: dict[str, Any]) -> Entry:
    at = entry["published_at"]
    return Entry(
        **{
            **entry,
            "categories": tuple(entry["categories"]),
            "published_at": datetime.fromisoformat(at) if at else None,
        }
    )


def _restored(answer: dict[str, Any]) -> Extraction:
    head = answer["head"]
    head["tags"], head["date_lines"] = tuple(head["tags"]), tuple(head["date_lines"])
    head["dates"] = tuple(
        DateFound(datetime.fromisoformat(found["at"]), found["precision"], found["origin"])
        for found in head["dates"]
    )
    return Extraction(text=answer["text"], head=PageHead(**head))
