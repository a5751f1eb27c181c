"""Articles as pages show them: an excerpt for everybody, the whole text where that is allowed."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Left

from articles.core.blocks import Block, BlockKind, find_blocks
from articles.core.sentences import split_sentences
from articles.models import Article, ArticleVersion, Draft
from articles.models.article import Quality

EXCERPT_LENGTH_MAX: Final = 300
EXCERPT_LENGTH_MIN: Final = 120
# Enough of a text to find its first paragraph behind whatever was pasted before it.
OPENING_LENGTH: Final = 6_000
WORDS_A_MINUTE: Final = 220

_SHOWN: Final = {BlockKind.PROSE, BlockKind.BULLET, BlockKind.TABLE_ROW, BlockKind.HEADING}
_STORY: Final = _SHOWN - {BlockKind.HEADING}


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage to be marked in a page: [start, end) of a version, and the words that it had.

    key is whatever the page wants to recognise the passage by, such as the id of a question.
    """

    key: int
    version_id: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text, and the keys of the marks that cover all of it."""

    text: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block of an article; kind is prose, heading, bullet or table_row."""

    kind: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article to be read. Without is_whole there are no paragraphs, only excerpt and quotes.

    quotes are the marked passages that stand in no paragraph of this page. minutes is the time
    that the whole article takes to read, at least one.
    """

    article: Article
    byline: str
    version_id: int
    version_number: int
    minutes: int
    is_whole: bool
    excerpt: str
    paragraphs: tuple[Paragraph, ...]
    quotes: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """An article in a list."""

    article: Article
    byline: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class WaitingDraft:
    """A draft that nobody has decided about, with its article; the version's text is deferred."""

    draft: Draft
    article: Article


def public_articles(*, tag: str = "", domain: str = "") -> QuerySet[Article]:
    """The articles that passed the quality gate, newest first, with their sources."""
    articles = Article.objects.select_related("source").filter(quality=Quality.GOOD)
    if tag:
        articles = articles.filter(tags__contains=[tag])
    if domain:
        articles = articles.filter(source__domain=domain)
    return articles.order_by("-published_at", "-id")


def newest(*, limit: int = 20, tag: str = "", domain: str = "") -> tuple[ArticleCard, ...]:
    """The newest public articles with their excerpts, in one query."""
    versions = ArticleVersion.objects.filter(article=OuterRef("pk")).order_by("-number")
    opening = Subquery(versions.values(opening=Left("text", OPENING_LENGTH))[:1])
    articles = public_articles(tag=tag, domain=domain).annotate(opening=opening)[:limit]
    return tuple(
        ArticleCard(article, byline_of(article), excerpt_of(article.opening, article.title))
        for article in articles
    )


def article_page(
    article_id: int, *, marks: Sequence[Mark] = (), for_editor: bool = False
) -> ArticlePage | None:
    """The newest version of an article, in one query; None where there is no such article.

    Everybody may read the whole text where its source's licence says so, and editors always. A
    mark of another version is found again by its words.
    """
    version = (
        ArticleVersion.objects.select_related("article__source")
        .filter(article=article_id)
        .order_by("-number")
        .first()
    )
    if version is None:
        return None
    article, text = version.article, version.text
    blocks = _shown_blocks(text, article.title)
    is_whole = for_editor or (article.source is not None and article.source.shows_full_text)
    placed = [place for mark in marks if (place := _placed(mark, version)) is not None]
    paragraphs = tuple(_paragraph(text, block, placed) for block in blocks) if is_whole else ()
    shown = {key for part in paragraphs for segment in part.segments for key in segment.keys}
    return ArticlePage(
        article=article,
        byline=byline_of(article),
        version_id=version.pk,
        version_number=version.number,
        minutes=_minutes(text, blocks),
        is_whole=is_whole,
        excerpt=excerpt_of(text, article.title),
        paragraphs=paragraphs,
        quotes=_quotes(marks, shown),
    )


def waiting_drafts(*, limit: int = 50) -> tuple[WaitingDraft, ...]:
    """The drafts that editors have not decided about, newest articles first, in one query."""
    drafts = (
        Draft.objects.waiting()
        .select_related("version__article__source")
        .defer("version__text")
        .order_by("-version__article__published_at", "-version__article_id", "-score", "start")
    )
    return tuple(WaitingDraft(draft, draft.version.article) for draft in drafts[:limit])


def byline_of(article: Article) -> str:
    """Who wrote it for whom, as far as that is known."""
    return ", ".join(filter(None, (article.author, article.source.name if article.source else "")))


def excerpt_of(text: str, title: str = "") -> str:
    """The first sentences of a story, at most EXCERPT_LENGTH_MAX characters with the ellipsis."""
    blocks = _shown_blocks(text, title)
    story = [block for block in blocks if block.kind is BlockKind.PROSE] or blocks
    excerpt = ""
    for block in story:
        for start, end in split_sentences(text, block.start, block.end):
            longer = f"{excerpt} {' '.join(text[start:end].split())}".strip()
            if len(longer) <= EXCERPT_LENGTH_MAX:
                excerpt = longer
            elif len(excerpt) >= EXCERPT_LENGTH_MIN:
                return excerpt
            else:
                return _shortened(longer)
    return excerpt


def _shortened(text: str) -> str:
    """A text cut between two words, or inside one that fills the whole excerpt."""
    words = text[:EXCERPT_LENGTH_MAX].rpartition(" ")[0]
    return (words or text[: EXCERPT_LENGTH_MAX - 1]) + "…"


def _shown_blocks(text: str, title: str) -> list[Block]:
    """The blocks of a text that are its article, without a heading that repeats its title."""
    return [
        block
        for block in find_blocks(text)
        if block.kind in _SHOWN
        and not (
            block.kind is BlockKind.HEADING and _unnumbered(text[block.start : block.end]) == title
        )
    ]


def _unnumbered(heading: str) -> str:
    """A heading without the number that it has in a list of articles."""
    return re.sub(r"^\d{1,3}\.\s", "", heading)


def _minutes(text: str, blocks: Sequence[Block]) -> int:
    words = sum(len(text[b.start : b.end].split()) for b in blocks if b.kind in _STORY)
    return max(1, round(words / WORDS_A_MINUTE))


def _quotes(marks: Sequence[Mark], shown: set[int]) -> tuple[Segment, ...]:
    """The passages that stand in no paragraph, each once, whoever marked it."""
    keys: dict[str, list[int]] = {}
    for mark in marks:
        if mark.key not in shown:
            keys.setdefault(mark.quote, []).append(mark.key)
    return tuple(Segment(quote, tuple(marked)) for quote, marked in keys.items())


@dataclass(frozen=True, slots=True)
class _Place:
    key: int
    start: int
    end: int


def _placed(mark: Mark, version: ArticleVersion) -> _Place | None:
    """Where a mark lies in a version; by its words when it was made on another version."""
    if mark.version_id == version.pk:
        return _Place(mark.key, mark.start, mark.end)
    start = version.text.find(mark.quote)
    return _Place(mark.key, start, start + len(mark.quote)) if start >= 0 else None


def _paragraph(text: str, block: Block, places: Sequence[_Place]) -> Paragraph:
    """A block cut wherever a mark begins or ends."""
    inside = [place for place in places if place.start < block.end and block.start < place.end]
    cuts = {block.start, block.end}
    for place in inside:
        cuts |= {max(place.start, block.start), min(place.end, block.end)}
    edges = sorted(cuts)
    segments = tuple(
        Segment(
            text[start:end],
            tuple(place.key for place in inside if place.start <= start and end <= place.end),
        )
        for start, end in itertools.pairwise(edges)
    )
    return Paragraph(block.kind.value, segments)
