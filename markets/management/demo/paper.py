"""Reading somebody's own article from a file: text or HTML, in whatever encoding it came."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from articles.models import Article
from articles.services.ingest import ingest_html, ingest_text
from users.models import User

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
HTML_MARKS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<article")
LOOKED_AT = 2_000
ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass(frozen=True, slots=True)
class Paper:
    """The bytes of an article, and whether they are a page or plain text."""

    content: bytes
    is_html: bool

    def take_in(self, *, editor: User | None, now: datetime) -> Article:
        """Bring it in as an editor would who uploads a page or pastes a text."""
        if self.is_html:
            return ingest_html(html=self.content, editor=editor, now=now)
        return ingest_text(text=_decoded(self.content), editor=editor, now=now)


def read_paper(path: Path) -> Paper:
    """Return what is in a file; raises OSError where there is nothing to read."""
    content = path.read_bytes()
    head = content[:LOOKED_AT].lower()
    is_html = path.suffix.lower() in HTML_SUFFIXES or any(mark in head for mark in HTML_MARKS)
    return Paper(content, is_html)


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
