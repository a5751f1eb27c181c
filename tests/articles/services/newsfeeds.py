"""Feeds written for these tests, in the three languages that feeds speak."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.articles.services.stories import BRIDGE_BODY, FERRY, paragraphs

DOCTYPE = b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@dataclass(frozen=True)
class Story:
    """An entry as its publisher writes it; whatever is empty is left out."""

    title: str = "The strait bridge enters its last winter"
    link: str = ""
    identifier: str = ""
    published: str = ""
    body: str = BRIDGE_BODY
    categories: tuple[str, ...] = ()
    author: str = ""


BRIDGE_STORY = Story(identifier="bridge", published="Fri, 20 Nov 2026 08:30:00 +0100")
FERRY_STORY = Story(
    title="Five ships without a strait",
    identifier="ferry",
    published="Sat, 21 Nov 2026 10:00:00 GMT",
    body=FERRY,
)


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def rss(*stories: Story, title: str = "The Halvik Post", before: bytes = b"") -> bytes:
    """RSS 2.0, newest story first as it is given."""
    items = "".join(
        "<item>"
        + _element("title", story.title)
        + _element("link", story.link)
        + (f'<guid isPermaLink="false">{story.identifier}</guid>' if story.identifier else "")
        + _element("pubDate", story.published)
        + _element("dc:creator", story.author)
        + "".join(_element("category", category) for category in story.categories)
        + _element("description", paragraphs(story.body) if story.body else "")
        + "</item>"
        for story in stories
    )
    return (
        before
        + (
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"{_element('title', title)}{items}</channel></rss>"
        ).encode()
    )


def atom(*stories: Story, title: str = "The Halvik Post") -> bytes:
    entries = "".join(
        "<entry>"
        + _element("title", story.title)
        + _element("id", story.identifier)
        + (f'<link href="{escape(story.link)}"/>' if story.link else "")
        + _element("published", story.published)
        + (f"<author>{_element('name', story.author)}</author>" if story.author else "")
        + "".join(f'<category term="{escape(category)}"/>' for category in story.categories)
        + f'<content type="html">{escape(paragraphs(story.body))}</content></entry>'
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"{_element('title', title)}{entries}</feed>"
    ).encode()


def rdf(*stories: Story, title: str = "The Halvik Post") -> bytes:
    """RSS 1.0, in which the stories stand beside the channel."""
    items = "".join(
        f'<item rdf:about="{escape(story.link)}">'
        + _element("title", story.title)
        + _element("link", story.link)
        + _element("dc:date", story.published)
        + _element("description", paragraphs(story.body))
        + "</item>"
        for story in stories
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel>{_element('title', title)}</channel>{items}</rdf:RDF>"
    ).encode()


def told_apart(count: int) -> Sequence[Story]:
    """So many stories, newest first, whose texts differ."""
    return [
        Story(
            title=f"Story {number}",
            identifier=f"story-{number}",
            published=f"2026-11-20T{number // 60:02}:{number % 60:02}:01Z",
            body=f"{BRIDGE_BODY} This is number {number}.",
        )
        for number in reversed(range(count))
    ]
