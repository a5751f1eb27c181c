"""How much two texts, or two titles, say the same.

Texts are compared by their shingles of five words through a bottom-k sketch (Broder, "On the
resemblance and containment of documents", 1997): the k smallest hashes of all shingles are a fair
sample of them, small enough to store. SimHash does not separate short news and is not used.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from articles.core.lexicon import CARDINALS, ORDINALS, words
from articles.core.periods import MONTHS

SHINGLE_WORDS: Final = 5
SKETCH_SIZE: Final = 256
DUPLICATE_CONTAINMENT: Final = 0.8
SAME_STORY_CONTAINMENT: Final = 0.25
DUPLICATE_TITLE: Final = 0.8
# Two titles that differ in a number, a date or a name ask two things, however alike they look.
DIFFERENT_FACTS_MAX: Final = 0.5

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_STOP_WORDS: Final = words(
    """
    a an the of in on at by for to from with and or will be is are was were has have had it its
    this that who what which when whether any before after than more least as into over new
    """
)
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_SUFFIXES: Final = ("ing", "ed", "es", "s")


@dataclass(frozen=True, slots=True)
class Sketch:
    """The smallest hashes of a text's shingles, ascending, and how many shingles it has.

    Hashes are whole numbers in [0, 2**63), which fit a signed column of eight bytes.
    """

    hashes: tuple[int, ...]
    shingle_count: int


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of SHINGLE_WORDS words of a text; a shorter text is one run."""
    listed = [word.casefold() for word in _WORD.findall(text)]
    if not listed:
        return frozenset()
    count = max(1, len(listed) - SHINGLE_WORDS + 1)
    return frozenset(tuple(listed[i : i + SHINGLE_WORDS]) for i in range(count))


def sketch(text: str, *, size: int = SKETCH_SIZE) -> Sketch:
    """The bottom-k sketch of a text, with k = size."""
    hashes = {_hashed(shingle) for shingle in shingles(text)}
    return Sketch(tuple(sorted(hashes)[:size]), len(hashes))


def containment(first: Sketch, second: Sketch) -> float:
    """The share of the smaller text's shingles that the other has too, in [0, 1]."""
    return max(shared_share(first, second), shared_share(second, first))


def shared_share(part: Sketch, whole: Sketch) -> float:
    """The share of one text's shingles that another has too, in [0, 1].

    Exact where both sketches hold every shingle, else an estimate from the resemblance of the two
    (|A ∩ B| / |A ∪ B| among the k smallest hashes of the union).
    """
    if part.shingle_count == 0 or whole.shingle_count == 0:
        return 0.0
    cut = [len(s.hashes) for s in (part, whole) if len(s.hashes) < s.shingle_count]
    union = sorted({*part.hashes, *whole.hashes})
    sample = union[: min(cut)] if cut else union
    both = set(part.hashes) & set(whole.hashes)
    resemblance = sum(value in both for value in sample) / len(sample)
    shared = resemblance / (1 + resemblance) * (part.shingle_count + whole.shingle_count)
    return min(1.0, shared / part.shingle_count)


def title_similarity(first: str, second: str) -> float:
    """How much two titles ask the same, in [0, 1]; DUPLICATE_TITLE and above is a duplicate.

    The share of words in common, but at most DIFFERENT_FACTS_MAX where numbers, dates or names
    differ: "by 2027" and "by 2028" are two questions.
    """
    ours, theirs = _stems(first), _stems(second)
    if not ours or not theirs:
        return 0.0
    shared = len(ours & theirs) / len(ours | theirs)
    if _facts(first) != _facts(second) or _clash(_names(first), _names(second)):
        return min(shared, DIFFERENT_FACTS_MAX)
    return shared


def _hashed(shingle: tuple[str, ...]) -> int:
    digest = hashlib.blake2b(" ".join(shingle).encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def _stems(title: str) -> frozenset[str]:
    """The words of a title that carry meaning, without their commonest endings."""
    stems: set[str] = set()
    for word in _WORD.findall(title):
        lower = re.sub(r"['’]s?$", "", word.casefold())
        if lower in _STOP_WORDS:
            continue
        ending = next((s for s in _SUFFIXES if lower.endswith(s) and len(lower) - len(s) >= 4), "")
        stems.add(lower.removesuffix(ending))
    return frozenset(stems)


def _facts(title: str) -> frozenset[str]:
    """The numbers, ordinals and months of a title."""
    numbers = {number.replace(",", "") for number in _NUMBER.findall(title)}
    named = {word.casefold() for word in _WORD.findall(title)}
    months = {month.lower() for month in MONTHS} & named
    counted = {str(CARDINALS.index(word)) for word in named & set(CARDINALS[2:])}
    ranked = {str(ORDINALS.index(word)) for word in named & set(ORDINALS[2:])}
    return frozenset(numbers | months | counted | ranked)


def _names(title: str) -> frozenset[str]:
    """The capitalised words of a title, without the first."""
    listed = _WORD.findall(title)
    return frozenset(
        re.sub(r"['’]s?$", "", word.casefold())
        for word in listed[1:]
        if word[0].isupper() and word not in MONTHS
    )


def _clash(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether each title names something that the other does not."""
    return bool(ours - theirs) and bool(theirs - ours)
