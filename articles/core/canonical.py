"""One form for texts and addresses, so that the same article is recognised when it comes twice.

Sources: Unicode Standard Annex 15 (NFC), RFC 3986 section 6.2 (comparing addresses).
"""

import hashlib
import re
import unicodedata
from typing import Final
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from articles.core.errors import TextEmpty, TextHasNul, TextNotUnicode, TextTooLong, UrlInvalid
from articles.core.lexicon import words

TEXT_LENGTH_MAX: Final = 200_000
URL_LENGTH_MAX: Final = 2_000

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_TRACKING_PREFIXES: Final = ("utm_", "utm-", "hsa_", "pk_", "mtm_", "at_custom", "oly_")
_TRACKING_NAMES: Final = words(
    """
    fbclid gclid gclsrc gbraid wbraid dclid msclkid yclid ysclid twclid ttclid igshid igsh
    li_fat_id mc_cid mc_eid mkt_tok vero_id wickedid _ga _gl _hsenc _hsmi hsctatracking
    __twitter_impression at_medium at_campaign cmpid s_cid ocid ncid sr_share smid smtyp
    guccounter guce_referrer guce_referrer_sig ref_src ref_url xtor spm
    """
)

# Left and right marks, embeddings, isolates, zero-width spaces, word joiners, soft hyphens and
# byte order marks change what a reader sees, never what a text says.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+"
)
# Joiners are spelling in Persian, Hindi or emoji, and nothing but noise beside a Latin letter.
_JOINERS: Final = re.compile(
    "(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])",
)
_NEWLINES: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def normalise_text(text: str) -> str:
    """The text in NFC, with one kind of newline and without invisible controls.

    Every offset in this package counts code points of the text that comes out. Idempotent.
    Raises TextHasNul, TextNotUnicode, TextEmpty, TextTooLong (over TEXT_LENGTH_MAX code points).
    """
    if "\x00" in text:
        raise TextHasNul("The text holds a NUL character; paste it as plain text.")
    if _SURROGATES.search(text):
        raise TextNotUnicode("The text holds half of a character; copy it again from its page.")
    if len(text) > 4 * TEXT_LENGTH_MAX:
        raise TextTooLong(_too_long(len(text)))
    composed = unicodedata.normalize("NFC", _NEWLINES.sub("\n", text))
    visible = _JOINERS.sub("", _INVISIBLE.sub("", composed))
    normalised = unicodedata.normalize("NFC", visible)
    if not normalised.strip():
        raise TextEmpty("The text is empty; paste the article itself.")
    if len(normalised) > TEXT_LENGTH_MAX:
        raise TextTooLong(_too_long(len(normalised)))
    return normalised


def text_sha256(text: str) -> str:
    """The SHA-256 of a normalised text in UTF-8, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_url(url: str) -> str:
    """The address without what does not change the page: two links to one article become equal.

    Lower-cases the scheme and the host, drops fragment, credentials, default port, the dot after
    the host and tracking parameters; the other parameters keep their order. Idempotent.
    Raises UrlInvalid for anything but an http or https address with a host.
    """
    stripped = url.strip()
    if not stripped or len(stripped) > URL_LENGTH_MAX:
        raise UrlInvalid("Give the full address of the page, at most 2,000 characters long.")
    try:
        parts = urlsplit(stripped)
        host, port = _canonical_host(parts.hostname or ""), parts.port
        path = _escaped(parts.path, "/:@!$&'()*+,;=~") or "/"
        query = "&".join(
            _escaped(pair, "/:@!$'()*+,;=?~")
            for pair in parts.query.split("&")
            if pair and not _is_tracking(pair)
        )
    except ValueError as error:  # a malformed port, bracket, label or code point
        raise UrlInvalid("The address cannot be read; copy it again from the browser.") from error
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise UrlInvalid("Give an address that starts with http:// or https:// and names a site.")
    location = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    return urlunsplit((parts.scheme, location, path, query, ""))


def _canonical_host(hostname: str) -> str:
    if ":" in hostname:  # an IPv6 address, which urlsplit hands out without its brackets
        return f"[{hostname.lower()}]"
    bare = hostname.rstrip(".").lower()
    if not bare:
        return ""
    host = bare.encode("idna").decode("ascii").lower().rstrip(".")
    if not re.fullmatch(r"[a-z0-9_.-]{1,253}", host) or ".." in host:
        raise UrlInvalid("The address names no site; copy it again from the browser.")
    return host


def _is_tracking(pair: str) -> bool:
    name = unquote_plus(pair.partition("=")[0]).strip().lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def _escaped(part: str, safe: str) -> str:
    return quote(part, safe=safe + "%")


def _too_long(length: int) -> str:
    return (
        f"The text has {length:,} characters, and an article at most {TEXT_LENGTH_MAX:,}; "
        "paste only the article."
    )
