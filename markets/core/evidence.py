"""What stands behind an answer: quotes, and the places where they can be read.

A piece of evidence names an article of this site, an address on the web, or both. Of an article it
quotes a passage, which has to stand there word for word, however the lines are broken; an address
alone may do without a quote, because a table or a picture has no sentence to quote.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from markets.core.errors import MarketError

EVIDENCE_MAX = 10
QUOTE_LENGTH_MAX = 2_000
URL_LENGTH_MAX = 2_000

_NAMES = frozenset({"article", "url", "quote"})
_SECRET = re.compile(r"key|token|secret|signature|sig$|pass|pwd|credential|auth|session", re.I)
"""What the name of a parameter contains that opens a door; better one too many is left out."""


class InvalidEvidence(MarketError):
    """A piece of evidence cannot be looked up; the message begins with its number, from one."""

    code = "invalid_evidence"
    field = "evidence"

    def __init__(self, number: int, message: str) -> None:
        super().__init__(f"Evidence {number}: {message}")
        self.number = number


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote and where it stands: the id of an article, an address, or both."""

    article: int | None = None
    url: str = ""
    quote: str = ""

    def as_json(self) -> dict[str, str | int]:
        """Only what is known, as the database keeps it.

        >>> Evidence(url="https://rail.example/first-train").as_json()
        {'url': 'https://rail.example/first-train'}
        """
        known: dict[str, str | int] = {}
        if self.quote:
            known["quote"] = self.quote
        if self.url:
            known["url"] = self.url
        if self.article is not None:
            known["article"] = self.article
        return known


def read_evidence(given: Sequence[Mapping[str, object]]) -> tuple[Evidence, ...]:
    """The pieces of evidence, each complete in itself; raises `InvalidEvidence`.

    >>> read_evidence([{"quote": " It crossed. ", "article": 7}])
    (Evidence(article=7, url='', quote='It crossed.'),)
    >>> read_evidence([{"article": 7, "quote": "It crossed."}, {"url": "ftp://rail.example/1"}])
    Traceback (most recent call last):
    ...
    markets.core.evidence.InvalidEvidence: Evidence 2: give an address that begins with http:// \
or https://.
    """
    if len(given) > EVIDENCE_MAX:
        raise InvalidEvidence(
            EVIDENCE_MAX + 1, f"{EVIDENCE_MAX} pieces are enough; leave out the weakest."
        )
    return tuple(_read(number, each) for number, each in enumerate(given, start=1))


def stands_in(quote: str, text: str) -> bool:
    """Does the quote stand in the text word for word, wherever the lines are broken?

    >>> stands_in("the first  train crossed", "On Tuesday the first\\ntrain crossed.")
    True
    >>> stands_in("the second train", "On Tuesday the first train crossed.")
    False
    """
    return " ".join(quote.split()) in " ".join(text.split())


def public_address(url: str) -> str:
    """Scheme, host and path of an address: what everybody may know of one that editors read.

    >>> public_address("https://me:word@rail.example:8443/trains.json?api_key=4711#top")
    'https://rail.example:8443/trains.json'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def without_secrets(url: str) -> str:
    """An address without the parameters whose names look like secrets; the others stay as sent.

    >>> without_secrets("https://rail.example/t?series=trains&X-Amz-Signature=4711&year=2027")
    'https://rail.example/t?series=trains&year=2027'
    """
    pairs = urlsplit(url).query.split("&")
    kept = [pair for pair in pairs if not _SECRET.search(unquote_plus(pair.partition("=")[0]))]
    query = "&".join(kept)
    return public_address(url) + (f"?{query}" if query else "")


def _read(number: int, given: Mapping[str, object]) -> Evidence:
    unknown = sorted(set(given) - _NAMES)
    if unknown:
        raise InvalidEvidence(number, f"it has an article, a url and a quote, but no {unknown[0]}.")
    article, url, quote = given.get("article"), given.get("url"), given.get("quote")
    if article is not None and (type(article) is not int or article < 1):
        raise InvalidEvidence(number, "name the article by its id.")
    url, quote = _text(number, "url", url), _text(number, "quote", quote)
    if article is None and not url:
        raise InvalidEvidence(number, "say where it stands: name the article or give the address.")
    if url and not _is_web_address(url):
        raise InvalidEvidence(number, "give an address that begins with http:// or https://.")
    if article is not None and not quote:
        raise InvalidEvidence(number, "quote the sentence of the article that tells the answer.")
    if len(quote) > QUOTE_LENGTH_MAX:
        raise InvalidEvidence(number, f"keep the quote under {QUOTE_LENGTH_MAX:,} characters.")
    return Evidence(article=article, url=url, quote=quote)


def _text(number: int, name: str, given: object) -> str:
    if given is None:
        return ""
    if not isinstance(given, str) or "\0" in given:
        raise InvalidEvidence(number, f"its {name} is a text.")
    return given.strip()


def _is_web_address(url: str) -> bool:
    if len(url) > URL_LENGTH_MAX or any(letter.isspace() for letter in url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host)
