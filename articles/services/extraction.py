"""The article in a page: its text by trafilatura, and what the page says about it.

Hand it bytes, never addresses. A hostile page of two megabytes can keep any parser busy for
minutes, so production code calls `confinement.extract_confined`, which does this in a process
that is stopped when it takes too long. Nothing here imports Django, so that it starts quickly.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from articles.core.errors import ArticleError
from articles.services.page_head import PageHead, read_head

PAGE_BYTES_MAX: Final = 2_000_000
PRECISE_LENGTH_MIN: Final = 600

_DECLARED_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.I
)
_DECLARED_LENGTH: Final = 2048
_ENTITY_DECLARATION: Final = re.compile(r"<!doctype[^>\[]{0,300}\[|<!entity\b", re.IGNORECASE)
_ENTITY_LENGTH: Final = 4000
# Browsers read what is called Latin-1 or ASCII as Windows-1252 (WHATWG, Encoding).
_LEGACY: Final = "cp1252"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSETS: Final = re.compile(
    r"utf-?8|utf-16(?:-[lb]e)?|cp(?:125\d|874|866|949|932)|iso8859-\d{1,2}|koi8-[ru]|gbk|gb2312"
    r"|gb18030|big5|shift_jis|euc_jp|euc_kr|ascii|mac-roman"
)


class NotAnArticle(ArticleError):
    """The page holds nothing to read."""

    code = "not_an_article"
    field = "html"


class PageTooLarge(ArticleError):
    """The page is larger than an article may be."""

    code = "page_too_large"
    field = "html"


class EntitiesRefused(ArticleError):
    """The page declares entities, which no article needs and attacks are made of."""

    code = "entities_refused"
    field = "html"


@dataclass(frozen=True, slots=True)
class Extraction:
    """The main text of a page, as it was found, and what the page says about it."""

    text: str
    head: PageHead


def extract(html: bytes, *, charset: str = "", url: str = "") -> Extraction:
    """The article in a page; charset is what the HTTP headers claim.

    Precise extraction first; where it finds little, a more generous one, and on pages without any
    article (walls, empty shells) all that can be seen, so that the reason can be told.
    Raises NotAnArticle, PageTooLarge, EntitiesRefused.
    """
    if len(html) > PAGE_BYTES_MAX:
        raise PageTooLarge(
            f"The page holds more than {PAGE_BYTES_MAX // 1_000_000} MB; paste its text instead."
        )
    source = decode(html, charset=charset)
    if _ENTITY_DECLARATION.search(source, 0, _ENTITY_LENGTH):
        raise EntitiesRefused("The page declares entities of its own; paste its text instead.")
    if not source.strip():
        raise NotAnArticle("The page is empty; give the page of an article.")
    tree = _parse(source)
    head = read_head(tree, url=url)
    text = _main_text(tree, precise=True)
    if len(text) < PRECISE_LENGTH_MIN:
        text = max(text, _main_text(tree, precise=False), key=len)
    text = text or _visible_text(tree)
    if not text.strip():
        raise NotAnArticle("The page shows no text; open it in a browser and paste its text.")
    return Extraction(text=text, head=head)


def decode(html: bytes, *, charset: str = "") -> str:
    """The page as text: by its byte order mark, its headers, its own word, or as UTF-8."""
    for mark, name in _MARKS:
        if html.startswith(mark):
            return html[len(mark) :].decode(name, errors="replace")
    declared = _DECLARED_CHARSET.search(html[:_DECLARED_LENGTH])
    candidates = [
        charset,
        declared.group(1).decode("ascii", "replace") if declared else "",
        "utf-8",
    ]
    for candidate in filter(None, map(_known_charset, candidates)):
        try:
            return html.decode(candidate)
        except UnicodeDecodeError:
            continue
    return html.decode(_LEGACY, errors="replace")


def _known_charset(name: str) -> str:
    """Python's name of a charset that pages are written in, or nothing."""
    try:
        known = codecs.lookup(name.strip()).name if name else ""
    except (LookupError, ValueError):  # a NUL, or half a character
        return ""
    if known in {"ascii", "iso8859-1"}:
        return _LEGACY
    return known if _CHARSETS.fullmatch(known) else ""


def _parse(source: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    unbroken = source.replace("\x00", "").encode(errors="replace")
    try:
        return document_fromstring(unbroken, parser=parser)
    except (LxmlError, ValueError) as error:  # a page that is all comment is an LxmlError
        raise NotAnArticle("The page cannot be read; paste its text instead.") from error


def _main_text(tree: HtmlElement, *, precise: bool) -> str:
    document = trafilatura.bare_extraction(
        tree,
        favor_precision=precise,
        favor_recall=not precise,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
    )
    text = getattr(document, "text", None)
    return text.strip() if isinstance(text, str) else ""


def _visible_text(tree: HtmlElement) -> str:
    lines = (
        " ".join(str(text).split())
        for text in tree.xpath(
            "//body//text()[not(ancestor::script or ancestor::style or ancestor::template)]"
        )
    )
    return "\n".join(line for line in lines if line)
