"""What a page says about its article: headline, author, site, tags, and when it was published.

Read from JSON-LD first (schema.org), then from meta elements (Open Graph, Dublin Core), then from
the page itself. Dates come as candidates, best first, because only the reader knows the present;
a year in a copyright line is never looked at.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal

from lxml.html import HtmlElement

from articles.core.canonical import normalise_text
from articles.core.errors import TextEmpty

Precision = Literal["instant", "day"]

SCRIPTS_MAX: Final = 20
SCRIPT_LENGTH_MAX: Final = 500_000
OBJECTS_MAX: Final = 100
NAMES_MAX: Final = 3
NAME_LENGTH_MAX: Final = 80
TAGS_MAX: Final = 20
TAG_LENGTH_MAX: Final = 40
DATE_LINES_MAX: Final = 8
DATE_LINE_LENGTH_MAX: Final = 90
ELEMENTS_MAX: Final = 400
LINE_LENGTH_MAX: Final = 5_000
YEAR_MIN: Final = 1990

_ARTICLE_TYPES: Final = frozenset(
    {
        "Article",
        "NewsArticle",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "BackgroundNewsArticle",
        "OpinionNewsArticle",
        "ReviewNewsArticle",
        "LiveBlogPosting",
        "BlogPosting",
        "Report",
        "TechArticle",
        "ScholarlyArticle",
    }
)
_PAGE_TYPES: Final = frozenset({"WebPage", "ItemPage"})
_DATE_METAS: Final = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.created",
    "citation_publication_date",
    "publish-date",
    "publish_date",
    "publishdate",
    "pubdate",
    "article.published",
    "date",
)
_AUTHOR_METAS: Final = ("author", "article:author", "dc.creator", "parsely-author", "byl")
_TAG_METAS: Final = ("article:tag", "news_keywords", "parsely-tags", "keywords")
_DATE_IN_URL: Final = re.compile(
    r"/(?P<year>20\d\d|199\d)(?P<mark>[/-]?)(?P<month>0[1-9]|1[0-2])(?P=mark)"
    r"(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
_ISO_START: Final = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_DATED_CLASS: Final = re.compile(r"publish|posted|pubdate|entry-date|created|issued", re.IGNORECASE)
_CHANGED_CLASS: Final = re.compile(r"updat|modif|edited", re.IGNORECASE)
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*$"
)


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date that a page gives, exact to the instant or to the day, and where it gives it."""

    at: datetime
    precision: Precision
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHead:
    """What a page says about its article; whatever it does not say is empty.

    dates are candidates, best first; date_lines are short texts that may hold one in words.
    """

    headline: str
    author: str
    site_name: str
    address: str
    language: str
    tags: tuple[str, ...]
    dates: tuple[DateFound, ...]
    date_lines: tuple[str, ...]
    is_free: bool


def read_head(tree: HtmlElement, *, url: str = "") -> PageHead:
    """What the page says about its article."""
    linked = _linked_article(tree)
    metas = _metas(tree)
    site_name = _name_of(linked.get("publisher")) or metas.get("og:site_name", [""])[0]
    return PageHead(
        headline=_headline(tree, linked, metas, site_name),
        author=_author(tree, linked, metas),
        site_name=_line(site_name)[:120],
        address=_address(tree, metas),
        language=_language(tree, linked),
        tags=_tags(linked, metas),
        dates=tuple(_dates(tree, linked, metas, url)),
        date_lines=tuple(_date_lines(tree)),
        is_free=str(linked.get("isAccessibleForFree", True)).lower() not in {"false", "no", "0"},
    )


def parse_moment(value: str) -> tuple[datetime, Precision] | None:
    """The instant or the day that a machine-readable date stands for, in UTC; else None.

    A time without a zone only tells the day, and so does midnight on the dot.
    """
    text = value.strip()[:60]
    moment = _iso_moment(text) if _ISO_START.match(text) else _mail_moment(text)
    if moment is None or moment.year < YEAR_MIN:
        return None
    if moment.tzinfo is None or moment.time() == time():
        return datetime.combine(moment.date(), time(), tzinfo=UTC), "day"
    try:
        return moment.astimezone(UTC), "instant"
    except OverflowError:
        return None


def _iso_moment(text: str) -> datetime | None:
    cleaned = re.sub(r"\s*(?:Z|UTC|GMT)$", "+00:00", text)
    cleaned = re.sub(r"\s+(?=[+-]\d\d)", "", cleaned)
    for candidate in (cleaned, text[:10]):
        try:
            return datetime.fromisoformat(candidate)
        except ValueError:
            continue
    return None


def _mail_moment(text: str) -> datetime | None:
    """A date as in a mail's header, "Thu, 20 Nov 2025 08:00:00 GMT", which feeds also use."""
    if text.count(":") < 1:
        return None
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _dates(
    tree: HtmlElement, linked: dict[str, Any], metas: dict[str, list[str]], url: str
) -> Iterator[DateFound]:
    given = [("json-ld", str(linked.get("datePublished") or ""))]
    given += [("meta", value) for name in _DATE_METAS for value in metas.get(name, [])]
    given += [("time", value) for value in _time_elements(tree)]
    for origin, value in given:
        parsed = parse_moment(value)
        if parsed is not None:
            yield DateFound(*parsed, origin)
    in_url = _DATE_IN_URL.search(url)
    if in_url is not None:
        parsed = parse_moment("-".join(in_url.group("year", "month", "day")))
        if parsed is not None:
            yield DateFound(*parsed, "url")


def _time_elements(tree: HtmlElement) -> list[str]:
    """The datetime of the story's own `<time>` elements; those named as publication come first."""
    story = next(iter(tree.xpath("//article | //main | //*[@role='main']")), tree)
    ranked: list[tuple[int, str]] = []
    for element in story.xpath(".//time[@datetime]")[:ELEMENTS_MAX]:
        names = " ".join(element.get(name, "") for name in ("class", "id", "itemprop"))
        if _CHANGED_CLASS.search(names) and not _DATED_CLASS.search(names):
            continue
        named = element.get("pubdate") is not None or bool(_DATED_CLASS.search(names))
        ranked.append((0 if named else 1, element.get("datetime", "")))
    return [value for _, value in sorted(ranked, key=lambda pair: pair[0])[:DATE_LINES_MAX]]


def _date_lines(tree: HtmlElement) -> Iterator[str]:
    """Short texts in elements that are named after dates or bylines, in order."""
    named = tree.xpath(
        "//time | //*[contains(@class,'date') or contains(@class,'time')"
        " or contains(@class,'publish') or contains(@class,'byline')"
        " or contains(@class,'meta') or contains(@id,'date')]"
    )
    found: dict[str, None] = {}
    for element in named[:ELEMENTS_MAX]:
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if _CHANGED_CLASS.search(names) and not _DATED_CLASS.search(names):
            continue
        line = _line(" ".join(element.itertext()))
        if 4 <= len(line) <= DATE_LINE_LENGTH_MAX and any(map(str.isdigit, line)):
            found.setdefault(line)
    yield from list(found)[:DATE_LINES_MAX]


def _linked_article(tree: HtmlElement) -> dict[str, Any]:
    """The JSON-LD object of the article, else that of the page, else nothing."""
    page: dict[str, Any] = {}
    for script in tree.xpath("//script[@type='application/ld+json']")[:SCRIPTS_MAX]:
        source = _WRAPPING.sub("", script.text_content()[:SCRIPT_LENGTH_MAX])
        try:
            parsed = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        for linked in _objects(parsed):
            types = _strings(linked.get("@type"))
            if _ARTICLE_TYPES.intersection(types):
                return linked
            if not page and _PAGE_TYPES.intersection(types):
                page = linked
    return page


def _objects(parsed: object, *, outermost: bool = True) -> Iterator[dict[str, Any]]:
    """The objects at the top of a JSON-LD script: not those in lists of other articles."""
    if isinstance(parsed, list):
        for part in parsed[:OBJECTS_MAX]:
            yield from _objects(part, outermost=outermost)
    elif isinstance(parsed, dict):
        yield parsed
        if outermost:
            yield from _objects(parsed.get("@graph"), outermost=False)
            yield from _objects(parsed.get("mainEntity"), outermost=False)


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]")[:ELEMENTS_MAX]:
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = element.get("content", "").strip()
        if name and content:
            metas.setdefault(name.strip().lower(), []).append(content)
    return metas


def _headline(
    tree: HtmlElement, linked: dict[str, Any], metas: dict[str, list[str]], site_name: str
) -> str:
    titles = tree.xpath("//h1")
    candidates = [
        next(iter(_strings(linked.get("headline"))), ""),
        *metas.get("og:title", [])[:1],
        *metas.get("twitter:title", [])[:1],
        " ".join(titles[0].itertext()) if len(titles) == 1 else "",
        *(" ".join(title.itertext()) for title in tree.xpath("//head/title | //title")[:1]),
    ]
    for candidate in candidates:
        headline = _without_site(_line(candidate), _line(site_name))
        if headline:
            return headline[:300]
    return ""


def _without_site(title: str, site_name: str) -> str:
    """A title without "| Site" at its end."""
    head, mark, tail = title.rpartition(" | ")
    if not mark and site_name:
        head, mark, tail = next(
            (
                parts
                for mark in (" - ", " – ", " — ", " · ")
                if (parts := title.rpartition(mark))[1]
            ),
            ("", "", title),
        )
        mark = mark if tail.casefold() == site_name.casefold() else ""
    return head if mark and len(head) >= 8 else title


def _author(tree: HtmlElement, linked: dict[str, Any], metas: dict[str, list[str]]) -> str:
    named = [_name_of(author) for author in _listed(linked.get("author"))]
    if not any(named):
        named = [value for name in _AUTHOR_METAS for value in metas.get(name, [])[:NAMES_MAX]]
    if not any(map(_person, named)):
        elements = tree.xpath(
            "//*[@rel='author' or @itemprop='author' or contains(@class,'byline')"
            " or contains(@class,'author-name')]"
        )
        named = [" ".join(element.itertext()) for element in elements[:NAMES_MAX]]
    people = dict.fromkeys(person for name in named if (person := _person(name)))
    return ", ".join(list(people)[:NAMES_MAX])[:200]


def _person(name: str) -> str:
    """A name without "By"; empty for addresses and whole sentences."""
    line = re.sub(r"^(?:by|von|par|por)\s+", "", _line(name), flags=re.IGNORECASE)
    unlikely = not line or len(line) > NAME_LENGTH_MAX or "://" in line or line.startswith("@")
    return "" if unlikely or any(map(str.isdigit, line)) else line


def _tags(linked: dict[str, Any], metas: dict[str, list[str]]) -> tuple[str, ...]:
    given = _strings(linked.get("keywords"))
    for name in _TAG_METAS:
        given = given or metas.get(name, [])
    given = [*given, *_strings(linked.get("articleSection")), *metas.get("article:section", [])]
    return clean_tags(tag for value in given for tag in value.split(","))


def clean_tags(tags: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Tags on one line each, none twice, none too long to be one, at most TAGS_MAX."""
    found: dict[str, str] = {}
    for tag in tags:
        line = _line(tag).lstrip("#").strip()
        if 2 <= len(line) <= TAG_LENGTH_MAX:
            found.setdefault(line.casefold(), line)
    return tuple(found.values())[:TAGS_MAX]


def _address(tree: HtmlElement, metas: dict[str, list[str]]) -> str:
    linked = tree.xpath("//link[@rel='canonical']/@href")[:1]
    return str(next(iter([*linked, *metas.get("og:url", [])]), "")).strip()


def _language(tree: HtmlElement, linked: dict[str, Any]) -> str:
    declared = next(iter(_strings(linked.get("inLanguage"))), "") or next(
        iter(tree.xpath("/html/@lang | /html/@xml:lang")), ""
    )
    primary = re.match(r"[A-Za-z]{2,3}(?=$|[-_])", str(declared).strip())
    return primary.group().lower() if primary else ""


def _name_of(thing: object) -> str:
    """The name of a schema.org person or organisation, however it is written."""
    for candidate in _listed(thing):
        name = candidate.get("name") if isinstance(candidate, dict) else candidate
        for text in _strings(name):
            return text
    return ""


def _listed(thing: object) -> list[Any]:
    return thing[:NAMES_MAX] if isinstance(thing, list) else [thing]


def _strings(thing: object) -> list[str]:
    listed = thing[:TAGS_MAX] if isinstance(thing, list) else [thing]
    return [text.strip() for text in listed if isinstance(text, str) and text.strip()]


def _line(text: str) -> str:
    """A text of a page on one line, with character references resolved."""
    return one_line(html.unescape(text[:LINE_LENGTH_MAX]))


def one_line(text: str) -> str:
    """A text on one line in NFC, spaces folded, without what cannot be stored or seen."""
    readable = _UNSTORABLE.sub("", text[:LINE_LENGTH_MAX])
    try:
        return " ".join(normalise_text(readable).split())
    except TextEmpty:
        return ""
