"""What the subject of a clause refers to, in words that stand alone in a title."""

import re
from dataclasses import dataclass
from typing import Final

from articles.core.clauses import Subject, folded, is_clean_subject, words_in
from articles.core.lexicon import NATIONAL_INDICATORS, PREPOSITIONS, PRONOUNS, words
from articles.core.names import (
    Name,
    antecedent,
    has_name,
    is_ordinary_opener,
    named_by_head,
    speaker,
    with_article,
)
from articles.core.places import find_places
from articles.core.places import with_article as place_with_article
from articles.core.story import Story

NATIONAL_VOTES: Final = words("election elections referendum")
_POINTERS: Final = words("the this that these those such")
_PERSONAL: Final = words("it he she")
_POSSESSIVE: Final = words("its his her")
_PLURAL: Final = words("they their these those we")
_BUILDING: Final = words("construction completion building work")
_ROLES: Final = words(
    """
    company firm group bank ministry party agency club team organisation organization bloc
    manufacturer carmaker automaker airline retailer startup start-up regulator
    university studio union watchdog lender miner insurer broadcaster
    city town region province country kingdom republic nation council committee commission
    """
)
_GOALS: Final = words(
    """
    aim goal goals aims idea objective purpose hope task challenge key point way question problem
    risk danger result consequence effect effects benefit benefits reason reasons issue concern
    answer lesson message scenario future view approach change changes shift situation impact move
    moves trend trends factor factors step steps effort efforts things thing success failure
    outcome outcomes role influence importance value analysis story
    """
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A subject in words: named tells whether it holds a name, flags on what it rests."""

    text: str
    named: bool
    flags: tuple[str, ...] = ()


def head_of(phrase: str) -> str:
    """The noun that a phrase is built on: the last word before a preposition."""
    head = ""
    for word in words_in(phrase):
        if word in PREPOSITIONS and head:
            break
        head = word
    return re.sub(r"['’]s?$", "", head)


def resolve(
    story: Story, index: int, subject: Subject, *, building: bool = False
) -> Reference | None:
    """The subject of a clause of a sentence; None where it cannot stand in a title.

    building says that the clause is about something being built, so that "its construction" means
    the thing itself.
    """
    phrase = folded(story.text[subject.start : subject.end])
    listed = words_in(phrase)
    if not listed:
        return None
    if listed[0] in _PLURAL or (len(listed) == 1 and listed[0] in PRONOUNS - _PERSONAL):
        return None
    if listed[0] in _PERSONAL | _POSSESSIVE:
        spoken = speaker(story, story.sentences[index].start, subject.start)
        return _pronoun(story, phrase, spoken or antecedent(story, index), building=building)
    if not is_clean_subject(phrase) or head_of(phrase) in _GOALS:
        return None
    sentence = story.sentences[index]
    if has_name(story, subject.start, subject.end, sentence.start):
        return Reference(_cased(story, phrase, subject.start, sentence.start), named=True)
    return _described(story, index, phrase) or Reference(
        _cased(story, phrase, subject.start, sentence.start), named=False
    )


def with_place(story: Story, reference: Reference) -> Reference | None:
    """An indicator without a place ("inflation") put where the text is about; else None."""
    listed = words_in(reference.text)
    national = NATIONAL_INDICATORS | NATIONAL_VOTES
    if not any(word in national for word in listed) or find_places(reference.text):
        return None
    place = story.main_place(region="regional" in listed)
    if not place:
        return None
    text = f"{reference.text} in {place_with_article(place)}"
    return Reference(text, named=True, flags=(*reference.flags, "place_assumed"))


def _pronoun(story: Story, phrase: str, name: Name | None, *, building: bool) -> Reference | None:
    if name is None:
        return None
    listed, words_after = words_in(phrase), phrase.split()[1:]
    if listed[0] in _PERSONAL:
        return _flagged(with_article(story, name)) if len(listed) == 1 else None
    if building and listed[1:2] and listed[1] in _BUILDING:
        return _flagged(with_article(story, name))
    rest = " ".join(words_after)
    return _flagged(f"{with_article(story, name)}'s {rest}") if is_clean_subject(phrase) else None


def _described(story: Story, index: int, phrase: str) -> Reference | None:
    """The name behind "the bridge", "the company" or a bare "construction"."""
    listed, head = words_in(phrase), head_of(phrase)
    if listed[0] in _BUILDING and len(listed) == 1:
        name = antecedent(story, index)
        link = "on" if head == "work" else "of"
        return _flagged(f"{head} {link} {with_article(story, name)}") if name else None
    if listed[0] not in _POINTERS or len(listed) > 3:
        return None
    found: Name | None = named_by_head(story, index, head)
    if found is None and head in _ROLES and len(listed) == 2:
        owned = _owned(story, index, head)
        if owned:
            return _flagged(owned)
        found = antecedent(story, index)
    return _flagged(with_article(story, found)) if found else None


def _owned(story: Story, index: int, head: str) -> str:
    """The owner's phrase just before: "Kenya's central bank" for "the bank"."""
    pattern = rf"\b[A-Z][\w-]{{1,30}}['’]s\s(?:[a-z-]{{2,20}}\s){{0,2}}{re.escape(head)}\b"
    for previous in range(index - 1, max(-1, index - 3), -1):
        match = re.search(pattern, story.sentence_text(previous))
        if match:
            return match.group()
    return ""


def _flagged(text: str) -> Reference:
    return Reference(text, named=True, flags=("coreference",))


def _cased(story: Story, phrase: str, start: int, sentence_start: int) -> str:
    """The phrase as inside a sentence: its first word small unless it is a name."""
    first = phrase.split(maxsplit=1)[0]
    opens = story.text[sentence_start:start].strip(" \"“'‘(") == "" or first.lower() in _POINTERS
    acronym = len(first) > 1 and first.isupper()
    if opens and not acronym and is_ordinary_opener(story, start):
        return phrase[0].lower() + phrase[1:]
    return phrase
