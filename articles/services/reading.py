"""What an article is, before anything is stored: pasted text and fetched pages become one thing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit

from articles.core.canonical import canonical_url, normalise_text
from articles.core.cleaning import find_headline, find_published, find_tags
from articles.core.errors import ArticleError, UrlInvalid
from articles.core.sentences import split_sentences
from articles.models.article import DatePrecision, Quality
from articles.services.confinement import extract_confined
from articles.services.extraction import decode
from articles.services.outbound import Fetched
from articles.services.page_head import PageHead, clean_tags, one_line
from articles.services.quality import judge_language, judge_quality

WORDS_MIN: Final = 12
TITLE_LENGTH_MAX: Final = 300
STAND_IN_TITLE_LENGTH_MAX: Final = 120
# A site ahead of UTC may give tomorrow's date; whatever lies further ahead is no publication.
AHEAD_MAX: Final = timedelta(days=1)
_DATES_FOR_PROGRAMS: Final = frozenset({"json-ld", "meta"})


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """When an article was published, how exactly that is known, and where it was found."""

    at: datetime
    precision: DatePrecision
    origin: str


class TextTooShort(ArticleError):
    """The text is a headline or an address, not an article."""

    code = "text_too_short"
    field = "text"


class PublishedInvalid(ArticleError):
    """The date of publication has no zone, or lies ahead."""

    code = "published_invalid"
    field = "published_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article as it was read: text is normalised, url canonical or empty.

    are_tags_chosen: a person gave the tags, so that none are to be added.
    """

    text: str
    title: str
    author: str
    url: str
    source_name: str
    published_at: datetime
    published_precision: DatePrecision
    published_origin: str
    language: str
    tags: tuple[str, ...]
    quality: Quality
    are_tags_chosen: bool = False


def read_text(
    text: str,
    *,
    now: datetime,
    title: str = "",
    author: str = "",
    url: str = "",
    source_name: str = "",
    published_at: datetime | None = None,
    tags: Sequence[str] = (),
) -> Reading:
    """The article in a pasted text; what is not given is looked for in the text.

    Raises TextEmpty, TextTooShort, TextTooLong, TextHasNul, TextNotUnicode, UrlInvalid,
    PublishedInvalid.
    """
    normalised = normalise_text(text)
    if len(normalised.split()) < WORDS_MIN:
        raise TextTooShort("This is too short for an article; paste the whole text of it.")
    published = (
        _published_in_text(normalised, now) if published_at is None else _given(published_at, now)
    )
    return Reading(
        text=normalised,
        title=one_line(title)[:TITLE_LENGTH_MAX] or _title_of(normalised),
        author=one_line(author)[:200],
        url=canonical_url(url) if url.strip() else "",
        source_name=one_line(source_name)[:120],
        published_at=published.at,
        published_precision=published.precision,
        published_origin=published.origin,
        language=judge_language(normalised),
        tags=clean_tags(tuple(tags) or find_tags(normalised)),
        quality=judge_quality(normalised, title=title),
        are_tags_chosen=bool(tags),
    )


def read_html(html: bytes, *, now: datetime, url: str = "", charset: str = "") -> Reading:
    """The article in a page; without url, the address that the page gives itself is believed.

    Raises NotAnArticle, PageTooLarge, PageTooComplex, EntitiesRefused, TextTooLong, UrlInvalid.
    """
    given = canonical_url(url) if url.strip() else ""
    extraction = extract_confined(html, charset=charset, url=given)
    head = extraction.head
    text = normalise_text(extraction.text)
    title = one_line(head.headline)[:TITLE_LENGTH_MAX]
    published = _published_on_page(head, text, now)
    return Reading(
        text=text,
        title=title or _title_of(text),
        author=head.author,
        url=given or _own_address(head.address),
        source_name=head.site_name,
        published_at=published.at,
        published_precision=published.precision,
        published_origin=published.origin,
        language=judge_language(text, declared=head.language),
        tags=clean_tags((*head.tags, *find_tags(text))),
        quality=judge_quality(text, title=title, is_free=head.is_free),
    )


def read_page(page: Fetched, *, now: datetime) -> Reading:
    """The article in what a site answered, be it a page or plain text."""
    if page.content_type == "text/plain":
        text = decode(page.body, charset=page.charset)
        return read_text(text, now=now, url=page.final_url)
    return read_html(page.body, now=now, url=page.final_url, charset=page.charset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a feed says of an article; whatever it does not say is empty or None."""

    author: str = ""
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None


def hinted(reading: Reading, hint: Hint, *, now: datetime) -> Reading:
    """A reading with what it lacks taken from a hint.

    What a page says in words for programs is believed before a feed, and a feed before the rest:
    its date replaces one that was found in prose, in an address, or not at all.
    """
    published = _dated_by(reading, hint, now)
    return replace(
        reading,
        author=reading.author or one_line(hint.author)[:200],
        tags=clean_tags((*reading.tags, *hint.tags)),
        published_at=published.at,
        published_precision=published.precision,
        published_origin=published.origin,
    )


def _dated_by(reading: Reading, hint: Hint, now: datetime) -> PublicationDate:
    own = PublicationDate(
        reading.published_at, reading.published_precision, reading.published_origin
    )
    if hint.published_at is None or own.origin in _DATES_FOR_PROGRAMS:
        return own
    at = hint.published_at.astimezone(UTC)
    precision = DatePrecision.DAY if at.time() == time() else DatePrecision.INSTANT
    present = _not_ahead(at, precision, now)
    return PublicationDate(present, precision, "feed") if present else own


def _given(published_at: datetime, now: datetime) -> PublicationDate:
    """The date that an editor gives; midnight on the dot only tells the day."""
    if published_at.tzinfo is None:
        raise PublishedInvalid("Give the date of publication with its time zone.")
    if published_at > now:
        raise PublishedInvalid("The date of publication lies ahead; give when it was published.")
    at = published_at.astimezone(UTC)
    precision = DatePrecision.DAY if at.time() == time() else DatePrecision.INSTANT
    return PublicationDate(at, precision, "editor")


def _published_on_page(head: PageHead, text: str, now: datetime) -> PublicationDate:
    """The first date of a page that can be true: its own words for programs, then for people."""
    for found in head.dates:
        precision = DatePrecision(found.precision)
        at = _not_ahead(found.at, precision, now)
        if at is not None:
            return PublicationDate(at, precision, found.origin)
    in_line = _published_in_text("\n\n".join(head.date_lines), now)
    if in_line.precision is not DatePrecision.UNKNOWN:
        return in_line
    return _published_in_text(text, now)


def _published_in_text(text: str, now: datetime) -> PublicationDate:
    found = find_published(text, now)
    if found.precision == "unknown":
        return _arrival(now)
    precision = DatePrecision.DAY if found.precision == "day" else DatePrecision.INSTANT
    at = _not_ahead(found.at, precision, now)
    return PublicationDate(at, precision, "text") if at else _arrival(now)


def _not_ahead(at: datetime, precision: DatePrecision, now: datetime) -> datetime | None:
    """A date that does not lie ahead: a little ahead is the present, further ahead is no date."""
    if at <= now:
        return at
    if at > now + AHEAD_MAX:
        return None
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today if precision is DatePrecision.DAY else now


def _arrival(now: datetime) -> PublicationDate:
    return PublicationDate(now, DatePrecision.UNKNOWN, "arrival")


def _own_address(address: str) -> str:
    """The canonical address that an uploaded page gives itself, unless that is a whole site."""
    try:
        canonical = canonical_url(address)
    except UrlInvalid:
        return ""
    parts = urlsplit(canonical)
    return canonical if parts.path.strip("/") or parts.query else ""


def _title_of(text: str) -> str:
    """The headline in a text, or where there is none, its first sentence."""
    headline = find_headline(text)
    if headline:
        return headline[:TITLE_LENGTH_MAX]
    start, end = split_sentences(text, 0, len(text))[0]
    sentence = " ".join(text[start:end].split())
    if len(sentence) <= STAND_IN_TITLE_LENGTH_MAX:
        return sentence
    words = sentence[:STAND_IN_TITLE_LENGTH_MAX].rpartition(" ")[0]
    return (words or sentence[: STAND_IN_TITLE_LENGTH_MAX - 1]) + "…"
