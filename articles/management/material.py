"""What an editor names on the console: a file of text or HTML, or an address."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError

from articles.core.errors import ArticleError
from articles.services.extraction import PAGE_BYTES_MAX, decode
from articles.services.ingest import fetch_reading
from articles.services.reading import Reading, read_html, read_text

REFUSED: Final = 1
MISUSED: Final = 2

_ADDRESS: Final = re.compile(r"https?://", re.IGNORECASE)
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|meta)\b", re.IGNORECASE)
_HEAD_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class Material:
    """Exactly one of these: an address, the bytes of a page, or a text."""

    address: str = ""
    html: bytes = b""
    text: str = ""


def material_of(named: str) -> Material:
    """What a file or an address holds; a file is a page when it begins like one."""
    if _ADDRESS.match(named):
        return Material(address=named)
    try:
        with Path(named).open("rb") as file:
            content = file.read(PAGE_BYTES_MAX + 1)
    except OSError as error:
        raise CommandError(
            f"{named} cannot be read ({error.strerror}); name a file of text or HTML, or an "
            "address that starts with http:// or https://.",
            returncode=MISUSED,
        ) from error
    if _HTML.search(content[:_HEAD_BYTES]):
        return Material(html=content)
    return Material(text=decode(content))


def reading_of(material: Material, *, url: str, now: datetime) -> Reading:
    """The article in it, without storing anything."""
    if material.address:
        return fetch_reading(url=material.address, now=now)
    if material.html:
        return read_html(material.html, url=url, now=now)
    return read_text(material.text, url=url, now=now)


def refused(refusal: ArticleError) -> CommandError:
    """The refusal as the console says it, with its code for scripts to look for."""
    return CommandError(f"{refusal} [{refusal.code}]", returncode=REFUSED)
