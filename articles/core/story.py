"""One text made ready for the rules: its sentences, its headline, its words, its places."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from articles.core import periods
from articles.core.blocks import Block, BlockKind, find_blocks
from articles.core.cleaning import find_headline, find_sentences
from articles.core.places import REGIONS, find_places
from articles.core.sentences import Sentence

HEADLINE_WEIGHT: Final = 3

_LOWER_WORD: Final = re.compile(r"(?<![\w'’-])[^\W\d_A-Z][\w-]*")
_UPPER_WORD: Final = re.compile(r"(?<=[\w,] )[A-ZÀ-Þ][\w-]+")


@dataclass(frozen=True, slots=True)
class Story:
    """A text and what every rule needs to know about it; built once for each article.

    told is its prose without headings and noise, for counting only: its offsets mean nothing.
    """

    text: str
    published: dt.datetime
    headline: str
    blocks: Sequence[Block]
    sentences: Sequence[Sentence]
    lower_words: frozenset[str]
    upper_words: frozenset[str]
    places: Mapping[str, int]
    told: str

    def is_common(self, word: str) -> bool:
        """Whether a capitalised word is an ordinary one, which the text also writes small."""
        return word.lower() in self.lower_words

    def main_place(self, *, region: bool) -> str:
        """The country or region that the text is mostly about, or "" where it names none."""
        named = {
            place: count for place, count in self.places.items() if not region or place in REGIONS
        }
        return max(named, key=lambda place: named[place], default="")

    def sentence_text(self, index: int) -> str:
        """The sentence as it stands in the text."""
        sentence = self.sentences[index]
        return self.text[sentence.start : sentence.end]

    def kind_of(self, index: int) -> BlockKind:
        """The kind of block that a sentence stands in."""
        return self.blocks[self.sentences[index].block].kind


def read_story(text: str, published_at: dt.datetime, headline: str | None = None) -> Story:
    """The story that a text tells. Raises InstantInvalid (see periods)."""
    blocks = find_blocks(text)
    title = headline if headline is not None else find_headline(text) or ""
    told = " \n".join(text[block.start : block.end] for block in blocks if is_told(block))
    places = Counter(find_places(told))
    for place in find_places(title):
        places[place] += HEADLINE_WEIGHT
    return Story(
        text=text,
        published=periods.checked_instant(published_at),
        headline=title,
        blocks=blocks,
        sentences=find_sentences(text, blocks),
        lower_words=frozenset(_LOWER_WORD.findall(told)),
        upper_words=frozenset(_UPPER_WORD.findall(told)),
        places=places,
        told=told,
    )


def is_told(block: Block) -> bool:
    """Whether a block is part of what the story says, in whole sentences."""
    return block.kind in {BlockKind.PROSE, BlockKind.BULLET}
