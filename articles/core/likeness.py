"""How much two titles ask the same: words that carry meaning, numbers, dates, names."""

import re
from functools import lru_cache
from typing import Final

from articles.core.lexicon import CARDINALS, ORDINALS, words
from articles.core.periods import MONTHS

DUPLICATE: Final = 0.8
"""From this likeness on two titles ask the same."""

DIFFERENT_FACTS_MAX: Final = 0.5
"""Two titles that differ in a number, a date or a name ask two things, however alike they look."""

HEAD_MIN: Final = 3
"""How many letters two words of one family begin with at least: win, winner."""

OTHER_NUMBER: Final = "another number"
OTHER_DATE: Final = "another date"
OTHER_NAME: Final = "another name"

WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_SMALL_WORDS: Final = words(
    """
    a an the of in on at by for to from with and or will be is are was were has have had it its
    this that these those who what which when where how whether any before after than more least
    as into over new not no yes if does did do can must resolves resolve question otherwise first
    until their his her they there than many much among between
    """
)
_ENDINGS: Final = ("ing", "ed", "es", "s", "d", "e")
_MONTH: Final = "|".join(MONTHS)
_DATE: Final = re.compile(
    rf"\b(?:\d{{1,2}}\s(?:{_MONTH})|(?:{_MONTH})\s\d{{1,2}}\b(?![.,]\d)|(?:{_MONTH})"
    r"|\d{4}-\d\d-\d\d|Q[1-4]|(?:19|20|21)\d\d(?![.,]?\d|\s?%))\b"
)
_COUNTED: Final = {
    word: str(number)
    for listing in (CARDINALS, ORDINALS)
    for number, word in enumerate(listing)
    if number >= 2
}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word in small letters without its commonest ending.

    >>> stem("Opened"), stem("opens"), stem("bus"), stem("state’s")
    ('open', 'open', 'bus', 'stat')
    """
    lower = re.sub(r"['’]s?$", "", word.casefold())
    for ending in _ENDINGS:
        if lower.endswith(ending) and len(lower) - len(ending) >= 4:
            return lower.removesuffix(ending)
    return lower


def stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that carry meaning; numbers are not among them."""
    return frozenset(
        stem(word)
        for word in WORD.findall(text)
        if word.casefold() not in _SMALL_WORDS and not word[0].isdigit() and word not in MONTHS
    )


def likeness(first: str, second: str) -> float:
    """How much two titles ask the same, in [0, 1]; DUPLICATE and above is the same question.

    The share of words in common, but at most DIFFERENT_FACTS_MAX where something `differs`.

    >>> likeness("Will the Lark Bridge open by 2027?", "Will Lark Bridge be opened by 2027?")
    1.0
    >>> likeness("Will the Lark Bridge open by 2027?", "Will the Lark Bridge open by 2028?")
    0.5
    """
    ours, theirs = stems(first), stems(second)
    if not ours or not theirs:
        return 0.0
    shared = len(ours & theirs) / len(ours | theirs)
    return min(shared, DIFFERENT_FACTS_MAX) if differs(first, second) else shared


def differs(first: str, second: str) -> tuple[str, ...]:
    """What tells two titles apart, however alike they look: a number, a date, a name.

    A name differs where each title has one that the other lacks: "Lark Bridge" and "the bridge"
    may be the same.

    >>> differs("Will Lark Bridge open by 1 May 2027?", "Will Swan Bridge open by 1 May 2028?")
    ('another date', 'another name')
    >>> differs("Will the seventh Lake Summit end by May?", "Will the 8th Lake Summit end by May?")
    ('another number',)
    """
    apart = {
        OTHER_NUMBER: numbers(first) != numbers(second),
        OTHER_DATE: dates(first) != dates(second),
        OTHER_NAME: _clash(names(first), names(second)),
    }
    return tuple(what for what, is_so in apart.items() if is_so)


def coverage(text: str, by: str) -> float:
    """The share of the meaning words of a text that another has too, in [0, 1]."""
    ours = stems(text)
    return len(ours & stems(by)) / len(ours) if ours else 1.0


def kinship(text: str, to: str) -> float:
    """The share of the meaning words of a text of which another has one of the same family.

    >>> kinship("Will voters win?", to="The winner has more votes.")
    1.0
    """
    ours, theirs = stems(text), stems(to)
    heads = {word[:length] for word in theirs for length in range(HEAD_MIN, len(word) + 1)}
    akin = [
        word
        for word in ours
        if word in heads or any(word[:end] in theirs for end in range(HEAD_MIN, len(word)))
    ]
    return len(akin) / len(ours) if ours else 1.0


def dates(title: str) -> frozenset[str]:
    """The days, months, quarters and years that a title names.

    >>> sorted(dates("Will 5,000 sign by 1 May 2027?")), sorted(dates("By May 1, 2027?"))
    (['1', '2027', 'May'], ['1', '2027', 'May'])
    """
    return frozenset(part for found in _DATE.findall(title) for part in found.split())


def numbers(title: str) -> frozenset[str]:
    """The numbers of a title that are no dates, in digits.

    >>> sorted(numbers("Will two of 5,000 sign the third treaty by 1 May 2027?"))
    ['2', '3', '5000']
    """
    rest = _DATE.sub(" ", title)
    written = {number.replace(",", "") for number in NUMBER.findall(rest)}
    named = {word.casefold() for word in WORD.findall(rest)} & _COUNTED.keys()
    return frozenset(written | {_COUNTED[word] for word in named})


def names(title: str) -> frozenset[str]:
    """The stems of the capitalised words of a title, without its first word and the months."""
    return frozenset(
        stem(word) for word in WORD.findall(title)[1:] if word[0].isupper() and word not in MONTHS
    )


def _clash(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether each names something that the other does not."""
    return bool(ours - theirs) and bool(theirs - ours)
