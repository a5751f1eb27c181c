"""Where a sentence ends: full stops told from decimals, initials, abbreviations and addresses.

Copes with pages whose sentences were joined without a space ("was signed.The next"). One pass over
the stops of a text; every look around a stop is bounded, so the time is linear in the text.
"""

import itertools
import re
from dataclasses import dataclass
from typing import Final

from articles.core.lexicon import words

QUOTATION_LENGTH_MAX: Final = 300
# A text of 200,000 characters has some 2,000 sentences. What lies beyond these many full stops is
# no prose, and stays one long sentence that no rule will take.
STOPS_MAX: Final = 10_000
_LOOK_AROUND: Final = 80

_STOP: Final = re.compile(r"""[.!?…]+["'”’»)\]]*""")
_SPACES: Final = re.compile(r"\s{1,40}")
_WORD: Final = re.compile(r"[\w'’-]{1,30}")
_TOKEN_BEFORE: Final = re.compile(r"(?:^|[\s(\[\"“‘'’/—–-])([\w.]{1,12})$")
_ADDRESS: Final = re.compile(r"://|@|www\.")

_NEVER_END: Final = words(
    """
    mr mrs ms dr prof gen col lt maj sgt capt cmdr adm sen rep gov hon rev st mt ft messrs
    vs v e.g i.e cf ca approx fig art vol pp al dept est
    """
)
_SELDOM_END: Final = words(
    """
    inc ltd co corp plc jr sr etc bros univ no a.m p.m u.s u.k u.n e.u u.s.a d.c ph.d
    jan feb mar apr jun jul aug sep sept oct nov dec
    """
)
_STARTERS: Final = words(
    """
    The A An It He She They We You I This That These Those There Its His Her Their Our My But And
    Or So Yet In On At By For From With Without After Before Since Until While When Where If
    Although Though Because As However Meanwhile Moreover Furthermore Instead Also Still Then Now
    Some Many Most Several Such What Who Why How Not No One Two Both Each Every Analysts Officials
    """
)
_SITE_ENDINGS: Final = frozenset({"Com", "Net", "Org", "Io", "Ai", "Co", "Edu", "Gov"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence at [start, end) of its text; block is the index of the block it stands in."""

    start: int
    end: int
    block: int


def split_sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of text[start:end] as [start, end) pairs, in order, without outer spaces."""
    quotations = _quotations(text, start, end)
    spans: list[tuple[int, int]] = []
    opened, quotation = start, 0
    for stop in itertools.islice(_STOP.finditer(text, start, end), STOPS_MAX):
        while quotation < len(quotations) and quotations[quotation][1] < stop.end():
            quotation += 1
        inside = quotation < len(quotations) and quotations[quotation][0] < stop.start()
        if not inside and _ends_sentence(text, stop, start, end):
            _append_trimmed(spans, text, opened, stop.end())
            opened = stop.end()
    _append_trimmed(spans, text, opened, end)
    return spans


def _append_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _quotations(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Short quotations, as the offsets of their opening and closing marks."""
    found: list[tuple[int, int]] = []
    opened: int | None = None
    for mark in re.finditer(r'["“”]', text[start:end]):
        at = start + mark.start()
        opens = mark.group() == "“" or (
            mark.group() == '"' and (at == start or text[at - 1].isspace() or text[at - 1] in "([—")
        )
        if opens:
            opened = at
        elif opened is not None:
            if at - opened <= QUOTATION_LENGTH_MAX:
                found.append((opened, at))
            opened = None
    return found


def _ends_sentence(text: str, stop: re.Match[str], start: int, end: int) -> bool:
    if stop.end() >= end:
        return True
    spaces = _SPACES.match(text, stop.end(), end)
    if spaces is None:
        return _is_joined(text, stop, start, end)
    following = text[spaces.end()] if spaces.end() < end else ""
    if following.islower() or following in ",;:)":
        return False
    return stop.group()[0] != "." or not _is_abbreviation(text, stop, start, spaces.end())


def _is_joined(text: str, stop: re.Match[str], start: int, end: int) -> bool:
    """Whether the next sentence follows without a space, as in "was signed.The next"."""
    word = _WORD.match(text, stop.end(), end)
    if word is None or not word.group()[0].isupper() or word.group() in _SITE_ENDINGS:
        return False
    if len(word.group()) > 1 and not (word.group()[1].islower() or word.group()[1] in "'’"):
        return False
    before = text[max(start, stop.start() - _LOOK_AROUND) : stop.start()]
    chunk = before.rpartition(" ")[2]
    if _ADDRESS.search(chunk):
        return False
    if len(stop.group()) > 1 or stop.group() in "!?…":
        return len(chunk) > 1
    ending = re.search(r"(?:[^\W\d_]{2}|\d|[)%])$", before)
    return ending is not None and chunk.lower() not in _NEVER_END and not chunk[-1:].isupper()


def _is_abbreviation(text: str, stop: re.Match[str], start: int, following: int) -> bool:
    """Whether the stop belongs to its word: an initial, "Dr.", "U.S.", "Nov." or a numbering."""
    before = text[max(start, stop.start() - 16) : stop.start()]
    match = _TOKEN_BEFORE.search(before)
    if match is None or len(stop.group().rstrip("\"'”’»)]")) > 1:
        return False
    token, next_word = match.group(1), _WORD.match(text, following)
    starter = next_word is not None and next_word.group() in _STARTERS
    numbering = text[start : stop.start()].strip()
    if len(numbering) <= 6 and re.fullmatch(r"[\d.]+|[A-Za-z]", numbering):
        return True
    if token.lower() in _NEVER_END:
        return True
    if token.lower() == "no":  # "No. 5" is a number, "He said no." ends
        return text[following].isdigit()
    if token.lower() in _SELDOM_END or re.fullmatch(r"[A-Za-z](?:\.[A-Za-z])+|[^\W\d_]", token):
        return not starter
    return False
