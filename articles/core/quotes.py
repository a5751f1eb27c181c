"""Where a quotation stands in a text: exactly, or but for spaces and the shape of its marks.

Whoever copies a sentence straightens its quotation marks and joins its lines. Nothing else is
forgiven: a word left out or put in makes another sentence, and that one is not found.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

from articles.core.sentences import Sentence

QUOTE_LENGTH_MIN: Final = 20
"""What is shorter proves nothing: "in the" stands in every text."""

QUOTE_LENGTH_MAX: Final = 800
SENTENCES_MAX: Final = 3

_PLAIN: Final = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "…": "...",
}

Span = tuple[int, int]


def find_quote(text: str, quote: str) -> Span | None:
    """The [start, end) of a quotation in a text, or None where the text does not say it.

    The first place counts at which it neither begins nor ends inside a word.

    >>> text = "The bridge, “the last of its kind”, opens\\nby 30 June 2027."
    >>> find_quote(text, '"the last of its kind", opens by 30 June')
    (12, 52)
    >>> text[12:52]
    '“the last of its kind”, opens\\nby 30 June'
    >>> find_quote(text, "the bridge opens by 30 June 2027") is None
    True
    >>> find_quote(text, "opens\\nby 30 June 202") is None
    True
    """
    wanted = quote.strip()
    if not QUOTE_LENGTH_MIN <= len(wanted) <= QUOTE_LENGTH_MAX:
        return None
    exact = _whole_words(text, wanted)
    if exact is not None:
        return exact, exact + len(wanted)
    plain, offsets = _plain(text)
    sought = _plain(unicodedata.normalize("NFC", wanted))[0].strip()
    for form in (sought, sought.strip("\"'")):
        at = _whole_words(plain, form) if len(form) >= QUOTE_LENGTH_MIN else None
        if at is not None:
            return offsets[at], offsets[at + len(form) - 1] + 1
    return None


def sentences_around(sentences: Sequence[Sentence], span: Span) -> Span | None:
    """The whole sentences in which a span stands; None where it stands in none, or in too many.

    Half a sentence can say the opposite of it: "expected to open" of "is not expected to open".
    What is no sentence of the story (a menu, a headline of another article) is no evidence.

    >>> told = [Sentence(0, 40, 0), Sentence(41, 90, 0)]
    >>> sentences_around(told, (12, 30)), sentences_around(told, (30, 50))
    ((0, 40), (0, 90))
    >>> sentences_around(told, (95, 120)) is None
    True
    """
    touched = [each for each in sentences if each.start < span[1] and span[0] < each.end]
    if not 1 <= len(touched) <= SENTENCES_MAX:
        return None
    return touched[0].start, touched[-1].end


def _whole_words(text: str, wanted: str) -> int | None:
    """Where a text says something without cutting a word in two."""
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        cut_before = at > 0 and text[at - 1].isalnum() and text[at].isalnum()
        cut_after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
        if not (cut_before or cut_after):
            return at
        at = text.find(wanted, at + 1)
    return None


def _plain(text: str) -> tuple[str, list[int]]:
    """A text with plain marks and single spaces, and for each of its characters its true place."""
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        plain = " " if character.isspace() else _PLAIN.get(character, character)
        if plain == " " and characters and characters[-1] == " ":
            continue
        characters += plain
        offsets += [offset] * len(plain)
    return "".join(characters), offsets
