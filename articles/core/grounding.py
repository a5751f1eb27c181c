"""Which names and numbers of a sentence an article does not know: what somebody has made up.

Strict on purpose. A name that is written in another way, or an amount that is rounded, counts as
made up; a draft that is lost costs less than an invented fact on a page with odds.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from articles.core.lexicon import CARDINALS, ORDINALS, number_of, words
from articles.core.periods import MONTHS, WEEKDAYS
from articles.core.quantities import Quantity, find_quantities

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")
_POSSESSIVE: Final = re.compile(r"['’]s?$")
# Capitalised at the head of a question or a sentence, or by the calendar, and never invented.
_NO_NAMES: Final = (
    words(
        """
        will who which what how when where whether the a an by on in at before after between any
        if no yes another other it this that these there its their to for of and or as with utc
        """
    )
    | {month.lower() for month in MONTHS}
    | {day.lower() for day in WEEKDAYS}
)
# "One", "first" and "second" say other things as often as they count.
_COUNTS: Final = frozenset(CARDINALS[2:]) | frozenset(ORDINALS[3:])

_SHARES: Final = ("percent", "basis")


@dataclass(frozen=True, slots=True)
class Ground:
    """What an article knows: its words, those of them that it never writes small, its numbers."""

    words: frozenset[str]
    names: frozenset[str]
    neighbours: frozenset[tuple[str, str]]
    numbers: frozenset[str]
    amounts: frozenset[tuple[Decimal, str]]


def read_ground(*texts: str) -> Ground:
    """The ground that some texts give, such as an article and its headline."""
    known: set[str] = set()
    small: set[str] = set()
    neighbours: set[tuple[str, str]] = set()
    numbers: set[str] = set()
    amounts: set[tuple[Decimal, str]] = set()
    for text in texts:
        listed = _words_of(text)
        known |= {word.casefold() for word in listed}
        small |= {word for word in listed if word[0].islower()}
        neighbours |= {(a.casefold(), b.casefold()) for a, b in _pairs(text)}
        numbers |= _numbers(text)
        for quantity in find_quantities(text):
            amounts |= _amounts(quantity)
    return Ground(
        words=frozenset(known),
        names=frozenset(known - small),
        neighbours=frozenset(neighbours),
        numbers=frozenset(numbers),
        amounts=frozenset(amounts),
    )


def invented_names(sentence: str, ground: Ground) -> list[str]:
    """The names of a sentence that the article does not have, in order.

    A name is a capitalised word. Two that stand side by side must do so in the article too, so
    that nobody is made of one person's first name and another one's last.

    >>> ground = read_ground("Anna Lind met Peter Berg, the minister, in Halvik.")
    >>> invented_names("Will Anna Lind visit Halvik by 1 May 2027?", ground)
    []
    >>> invented_names("Will Minister Peter Berg visit Osmark?", ground)
    ['Osmark']
    >>> invented_names("Will Anna Berg resign?", ground)
    ['Anna Berg']
    """
    strange = [word for word in _words_of(sentence) if _is_strange(word, ground)]
    joined = [
        f"{first} {second}"
        for first, second in _pairs(sentence)
        if {first.casefold(), second.casefold()} <= ground.names - _NO_NAMES
        and (first.casefold(), second.casefold()) not in ground.neighbours
    ]
    return list(dict.fromkeys([*strange, *joined]))


def invented_numbers(sentence: str, ground: Ground) -> list[str]:
    """The numbers of a sentence that the article does not have, in order.

    >>> ground = read_ground("Trade fell 3% to $10.7 billion after seven years, in 2026.")
    >>> invented_numbers("fall by 3 percent to $10.7 billion in 7 years", ground)
    []
    >>> invented_numbers("exceed $10.7 million, or 4 per cent, for eight years", ground)
    ['$10.7 million', '4 per cent', 'eight']
    """
    strange: list[tuple[int, str]] = []
    weighed: list[Quantity] = find_quantities(sentence)
    for quantity in weighed:
        if not (_amounts(quantity) <= ground.amounts or _is_counted(quantity, ground)):
            written = sentence[quantity.start_offset : quantity.end_offset]
            strange.append((quantity.start_offset, written))
    for match in _DIGITS.finditer(sentence):
        inside = any(q.start_offset <= match.start() < q.end_offset for q in weighed)
        if not inside and not _numbers(match.group()) <= ground.numbers:
            strange.append((match.start(), match.group()))
    for match in _WORD.finditer(sentence):
        word = match.group().casefold()
        inside = any(q.start_offset <= match.start() < q.end_offset for q in weighed)
        if word in _COUNTS and not inside and str(number_of(word)) not in ground.numbers:
            strange.append((match.start(), match.group()))
    return [written for _, written in sorted(strange)]


def _is_strange(word: str, ground: Ground) -> bool:
    bare = word.casefold()
    return word[0].isupper() and bare not in _NO_NAMES and bare not in ground.words


def _words_of(text: str) -> list[str]:
    return [_POSSESSIVE.sub("", word) for word in _WORD.findall(text)]


def _pairs(text: str) -> list[tuple[str, str]]:
    """The capitalised words that stand side by side, parted by no more than a space or a dot."""
    listed = list(_WORD.finditer(text))
    return [
        (_POSSESSIVE.sub("", first.group()), _POSSESSIVE.sub("", second.group()))
        for first, second in pairwise(listed)
        if first.group()[0].isupper()
        and second.group()[0].isupper()
        and not first.group().endswith(("'s", "’s"))
        and text[first.end() : second.start()].strip() in {"", ".", "-", "–"}
    ]


def _numbers(text: str) -> set[str]:
    """The figures of a text without their commas, and its number words as figures."""
    figures = {number.replace(",", "") for number in _DIGITS.findall(text)}
    spelt = {word.casefold() for word in _WORD.findall(text)} & _COUNTS
    return figures | {str(number_of(word)) for word in spelt}


def _is_counted(quantity: Quantity, ground: Ground) -> bool:
    """Whether an amount is a plain number of things that the article has, "two of its ships"."""
    is_plain = quantity.magnitude == 1 and quantity.upper is None
    is_thing = not quantity.unit.isupper() and not quantity.unit.startswith(_SHARES)
    return is_plain and is_thing and str(quantity.value) in ground.numbers


def _amounts(quantity: Quantity) -> set[tuple[Decimal, str]]:
    ends = [quantity.value, *([quantity.upper] if quantity.upper is not None else [])]
    return {((end * quantity.magnitude).normalize(), quantity.unit) for end in ends}
