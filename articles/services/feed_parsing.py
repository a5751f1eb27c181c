"""What a feed says: RSS 0.9 to 2.0 and Atom, by feedparser, behind a gate.

feedparser opens whatever a string names, so it is handed bytes in a buffer and nothing else. The
gate reads the same bytes before it, and lets through only what no attack is made of: well-formed
XML without a document type, of bounded depth and width. Production code calls
`confinement.parse_feed_confined`. Nothing here imports Django, so that it starts quickly.
"""

import calendar
import codecs
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from xml.parsers import expat

import feedparser
from lxml.etree import LxmlError
from lxml.html import HTMLParser, document_fromstring

from articles.core.errors import ArticleError
from articles.core.lexicon import words

FEED_BYTES_MAX: Final = 5_000_000
DEPTH_MAX: Final = 64
ATTRIBUTES_MAX: Final = 64
ENTRIES_MAX: Final = 500
TITLE_LENGTH_MAX: Final = 300
URL_LENGTH_MAX: Final = 2_000
ID_LENGTH_MAX: Final = 2_000
ENTRY_LENGTH_MAX: Final = 500_000
CATEGORIES_MAX: Final = 20
YEAR_MIN: Final = 1990

_SPACE: Final = re.compile(r"\s")
"""What parts names from namespaces inside feedparser, which stumbles over one more."""

_ROOTS: Final = frozenset({"rss", "rdf", "feed"})
_DECLARATION: Final = re.compile(r"^\s*<\?xml\b[^>]{0,300}\?>")
_DECLARED_CHARSET: Final = re.compile(
    rb"^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,30})[\"']"
)
_CHARSETS: Final = re.compile(
    r"utf-?8|utf-16(?:-[lb]e)?|cp(?:125\d|874|866|949|932)|iso8859-\d{1,2}|koi8-[ru]|gbk|gb2312"
    r"|gb18030|big5|shift_jis|euc_jp|euc_kr|ascii"
)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLOCKS: Final = words(
    """
    address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6
    header hr li main nav ol p pre section table td th tr ul
    """
)
_UNSEEN: Final = frozenset({"script", "style", "template", "noscript", "iframe", "object"})


class NotAFeed(ArticleError):
    """What answers is no feed: mostly it is the page that a feed belongs to."""

    code = "not_a_feed"
    field = "url"


class FeedMalformed(ArticleError):
    """The feed is not well-formed XML, or its characters cannot be read."""

    code = "feed_malformed"
    field = "url"


class FeedDeclaresTypes(ArticleError):
    """The feed has a document type or entities, which no feed needs and attacks are made of."""

    code = "feed_declares_types"
    field = "url"


class FeedTooComplex(ArticleError):
    """The feed is nested too deep or too wide, or keeps its reader busy."""

    code = "feed_too_complex"
    field = "url"


class FeedTooLarge(ArticleError):
    """The feed is larger than a feed may be."""

    code = "feed_too_large"
    field = "url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed, as plain text; whatever it does not say is empty or None."""

    identifier: str
    url: str
    title: str
    author: str
    text: str
    categories: tuple[str, ...]
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed calls itself, and its entries in its own order."""

    title: str
    entries: tuple[Entry, ...]


def parse_feed(feed: bytes, *, charset: str = "", url: str = "") -> ParsedFeed:
    """The entries of a feed; charset is what the HTTP headers claim, url makes links absolute.

    Raises FeedTooLarge, FeedMalformed, FeedDeclaresTypes, FeedTooComplex, NotAFeed.
    """
    if len(feed) > FEED_BYTES_MAX:
        raise FeedTooLarge(f"The feed holds more than {FEED_BYTES_MAX // 1_000_000} MB.")
    source = as_utf8(feed, charset=charset)
    check_gate(source)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(
        io.BytesIO(source),
        response_headers=headers,
        sanitize_html=False,  # no HTML of a feed is kept: below, it becomes plain text
        resolve_relative_uris=False,
    )
    if parsed.bozo:
        raise FeedMalformed("The feed cannot be read as RSS or Atom.")
    return ParsedFeed(
        title=_line(parsed.feed.get("title")),
        entries=tuple(map(_entry, parsed.entries[:ENTRIES_MAX])),
    )


def as_utf8(feed: bytes, *, charset: str = "") -> bytes:
    """The feed in UTF-8 without a declaration: by its mark, its headers, its own word (RFC 7303).

    >>> as_utf8("<?xml version='1.0' encoding='iso-8859-1'?><é/>".encode("latin-1")).decode()
    '<é/>'

    Raises FeedMalformed.
    """
    for mark, name in _MARKS:
        if feed.startswith(mark):
            return _decoded(feed[len(mark) :], [name])
    declared = _DECLARED_CHARSET.search(feed[:500])
    own_word = declared.group(1).decode("ascii", "replace") if declared else ""
    return _decoded(feed, [charset, own_word, "utf-8"])


def check_gate(source: bytes) -> None:
    """Let through a well-formed RSS or Atom document in UTF-8 of bounded depth and width.

    >>> check_gate(b"<rss><channel/></rss>")
    >>> check_gate(b"<rss><channel>" + b"<a>" * 63)
    Traceback (most recent call last):
    articles.services.feed_parsing.FeedTooComplex: The feed is nested too deep or too wide.

    Raises FeedDeclaresTypes, FeedTooComplex, NotAFeed, FeedMalformed.
    """
    gate = _Gate()
    parser = expat.ParserCreate(encoding="utf-8")
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = gate.declares
    parser.EntityDeclHandler = gate.declares
    parser.StartElementHandler = gate.opens
    parser.EndElementHandler = gate.closes
    try:
        parser.Parse(source, True)  # noqa: FBT003 - expat takes it by place
    except expat.ExpatError as error:
        if not gate.has_root:
            raise _not_a_feed() from error
        raise FeedMalformed(
            f"The feed is not well-formed XML: {expat.ErrorString(error.code)} in line "
            f"{error.lineno}."
        ) from error


class _Gate:
    def __init__(self) -> None:
        self.depth = 0
        self.has_root = False

    def declares(self, name: str, *_details: object) -> None:
        if name.lower() == "html":
            raise _not_a_feed()
        raise FeedDeclaresTypes(
            "The feed has a document type, which no feed needs and attacks are made of."
        )

    def opens(self, name: str, attributes: list[str]) -> None:
        if not self.has_root and name.rpartition(":")[2].lower() not in _ROOTS:
            raise _not_a_feed()
        self.has_root = True
        self.depth += 1
        if self.depth > DEPTH_MAX or len(attributes) > 2 * ATTRIBUTES_MAX:
            raise FeedTooComplex("The feed is nested too deep or too wide.")
        named = zip(attributes[::2], attributes[1::2], strict=True)
        if any(each.startswith("xmlns") and _SPACE.search(value) for each, value in named):
            raise FeedMalformed("The feed names a namespace with a space in it.")

    def closes(self, _name: str) -> None:
        self.depth -= 1


def _not_a_feed() -> NotAFeed:
    return NotAFeed(
        "What answers is neither RSS nor Atom; give the address of the feed, not of its page."
    )


def _decoded(feed: bytes, names: list[str]) -> bytes:
    for name in names:
        try:
            known = codecs.lookup(name.strip()).name if name.strip() else ""
        except (LookupError, ValueError):
            continue
        if not _CHARSETS.fullmatch(known):
            continue
        try:
            text = feed.decode(known)
        except UnicodeDecodeError:
            continue
        return _DECLARATION.sub("", text).lstrip().encode(errors="replace")
    raise FeedMalformed("The characters of the feed cannot be read; it is not in UTF-8.")


def _entry(entry: Mapping[str, Any]) -> Entry:
    return Entry(
        identifier=_string(entry.get("id"))[:ID_LENGTH_MAX],
        url=_link(entry),
        title=_line(entry.get("title")),
        author=_line(entry.get("author"))[:200],
        text=_longest_text(entry),
        categories=_categories(entry),
        published_at=_published(entry),
    )


def _link(entry: Mapping[str, Any]) -> str:
    """The address of the entry's page, or nothing where it is none of the web."""
    link = _string(entry.get("link")).strip()
    is_web = link.lower().startswith(("http://", "https://"))
    return link if is_web and len(link) <= URL_LENGTH_MAX else ""


def _longest_text(entry: Mapping[str, Any]) -> str:
    contents = [
        _string(content.get("value"))
        for content in (entry.get("content") or [])[:3]
        if _string(content.get("type")).startswith(("text/", "application/xhtml"))
    ]
    return plain_text(max([_string(entry.get("summary")), *contents], key=len))


def _categories(entry: Mapping[str, Any]) -> tuple[str, ...]:
    named = (_line(tag.get("label") or tag.get("term")) for tag in entry.get("tags") or [])
    return tuple(dict.fromkeys(filter(None, named)))[:CATEGORIES_MAX]


def _published(entry: Mapping[str, Any]) -> datetime | None:
    """When it was published, else when it was last changed; feedparser gives both in UTC."""
    for name in ("published_parsed", "updated_parsed"):
        parsed = entry.get(name) if name in entry else None
        if parsed is None:
            continue
        try:
            at = datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC)
        except (ValueError, OverflowError, TypeError, OSError):
            continue
        if at.year >= YEAR_MIN:
            return at
    return None


def plain_text(html: str) -> str:
    r"""The text of a piece of HTML; what is a block of its own there is a paragraph here.

    >>> plain_text("<p>One&nbsp;&amp; <b>two</b>.</p><script>x</script><p>Three.</p>")
    'One & two.\n\nThree.'
    >>> plain_text("No markup at all: 1 < 2.")
    'No markup at all: 1 < 2.'
    """
    source = html.replace("\x00", "")[:ENTRY_LENGTH_MAX].strip()
    if not source:
        return ""
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(f"<div>{source}</div>".encode(errors="replace"), parser=parser)
    except (LxmlError, ValueError, AssertionError):
        return ""
    pieces: list[str] = []
    _walk(tree, pieces)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n\n"))
    return "\n\n".join(line for line in lines if line)


def _walk(tree: Any, pieces: list[str]) -> None:
    """The text in order, without recursion: each element opens, and later closes."""
    waiting = [(tree, True)]
    while waiting:
        element, opens = waiting.pop()
        is_seen = isinstance(element.tag, str) and element.tag not in _UNSEEN
        if opens:
            if is_seen:
                pieces.append("\n\n" if element.tag in _BLOCKS else "")
                pieces.append((element.text or "").replace("\n", " "))
            waiting.append((element, False))
            if is_seen:
                waiting.extend((child, True) for child in reversed(element))
        else:
            pieces.append("\n\n" if is_seen and element.tag in _BLOCKS else "")
            pieces.append((element.tail or "").replace("\n", " "))


def _line(value: object) -> str:
    """A title on one line without markup."""
    text = _string(value)
    plain = plain_text(text) if "<" in text or "&" in text else text
    return " ".join(plain.replace("\x00", "").split())[:TITLE_LENGTH_MAX]


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
