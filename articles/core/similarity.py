"""How much two texts say the same; titles are compared in `likeness`.

Texts are compared by their shingles of five words through a bottom-k sketch (Broder, "On the
resemblance and containment of documents", 1997): the k smallest hashes of all shingles are a fair
sample of them, small enough to store. SimHash does not separate short news and is not used.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from articles.core.likeness import WORD

SHINGLE_WORDS: Final = 5
SKETCH_SIZE: Final = 256
DUPLICATE_CONTAINMENT: Final = 0.8
SAME_STORY_CONTAINMENT: Final = 0.25


@dataclass(frozen=True, slots=True)
class Sketch:
    """The smallest hashes of a text's shingles, ascending, and how many shingles it has.

    Hashes are whole numbers in [0, 2**63), which fit a signed column of eight bytes.
    """

    hashes: tuple[int, ...]
    shingle_count: int


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of SHINGLE_WORDS words of a text; a shorter text is one run."""
    listed = [word.casefold() for word in WORD.findall(text)]
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


def _hashed(shingle: tuple[str, ...]) -> int:
    digest = hashlib.blake2b(" ".join(shingle).encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1
