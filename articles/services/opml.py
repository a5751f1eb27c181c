"""Lists of feeds in OPML, as feed readers exchange them.

Source: OPML 2.0 (http://opml.org/spec2.opml): an outline with an `xmlUrl` is a feed, one without
is a folder.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError  # the parser is defusedxml's
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.db import transaction
from django.utils.http import http_date
from django.utils.xmlutils import SimplerXMLGenerator

from articles.core.errors import ArticleError
from articles.models import Feed
from articles.services.feeds import FeedExists, add_feed

OPML_BYTES_MAX: Final = 1_000_000
OPML_DEPTH_MAX: Final = 16
OPML_FEEDS_MAX: Final = 1_000


class OpmlInvalid(ArticleError):
    """The file is no OPML, or a larger or deeper one than any list of feeds is."""

    code = "opml_invalid"
    field = "opml"


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a list: feeds added, addresses that were here already, and refused ones."""

    added: tuple[Feed, ...]
    known: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


@transaction.atomic
def import_feeds(*, opml: bytes, now: datetime) -> Imported:
    """Add every feed of a list that is not here yet; one bad address does not stop the others.

    Raises OpmlInvalid.
    """
    added: list[Feed] = []
    known: list[str] = []
    refused: list[tuple[str, str]] = []
    for address in addresses_in(opml):
        try:
            added.append(add_feed(url=address, now=now))
        except FeedExists:
            known.append(address)
        except ArticleError as refusal:
            refused.append((address, str(refusal)))
    return Imported(tuple(added), tuple(known), tuple(refused))


def addresses_in(opml: bytes) -> list[str]:
    """The addresses of the feeds in a list, in its order, none twice, whatever folder it is in.

    >>> addresses_in(
    ...     b'<opml version="2.0"><body><outline text="News">'
    ...     b'<outline text="Post" type="rss" xmlUrl="https://post.example/feed"/>'
    ...     b'</outline></body></opml>'
    ... )
    ['https://post.example/feed']

    Raises OpmlInvalid.
    """
    if len(opml) > OPML_BYTES_MAX:
        raise OpmlInvalid(f"The list holds more than {OPML_BYTES_MAX // 1_000_000} MB; split it.")
    try:
        root = fromstring(opml, forbid_dtd=True)
    except DefusedXmlException as error:
        raise OpmlInvalid(
            "The list has a document type, which no OPML needs; remove it."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise OpmlInvalid("The file is not well-formed XML; export the list again.") from error
    if root.tag.lower() != "opml":
        raise OpmlInvalid("The file is no OPML; export the list of feeds from your reader.")
    addresses = list(dict.fromkeys(_addresses(root)))
    if len(addresses) > OPML_FEEDS_MAX:
        raise OpmlInvalid(f"The list names more than {OPML_FEEDS_MAX:,} feeds; split it.")
    return addresses


def _addresses(root: Element) -> Iterable[str]:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        if depth > OPML_DEPTH_MAX:
            raise OpmlInvalid(f"The list has folders more than {OPML_DEPTH_MAX} deep.")
        address = next(
            (value for name, value in element.attrib.items() if name.lower() == "xmlurl"), ""
        ).strip()
        if element.tag == "outline" and address:
            yield address
        waiting.extend((child, depth + 1) for child in reversed(element))


def export_feeds(feeds: Iterable[Feed], *, now: datetime) -> bytes:
    """A list of these feeds that every feed reader can import."""
    written = io.StringIO()
    xml = SimplerXMLGenerator(written, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("opml", AttributesImpl({"version": "2.0"}))
    xml.startElement("head", AttributesImpl({}))
    xml.addQuickElement("title", "Feeds of Oddsdesk")
    xml.addQuickElement("dateCreated", http_date(now.timestamp()))
    xml.endElement("head")
    xml.startElement("body", AttributesImpl({}))
    for feed in feeds:
        name = str(feed)
        attributes = {"text": name, "title": name, "type": "rss", "xmlUrl": feed.url}
        xml.addQuickElement("outline", "", attributes)
    xml.endElement("body")
    xml.endElement("opml")
    return written.getvalue().encode()
