"""Passages from contests with named candidates: who will win is a question with several answers.

The candidates stand together in one sentence beside a word of contest; the election and its date
stand there too or in a sentence nearby. Fewer than two candidates, or no date, gives nothing.
"""

import re
from typing import Final

from articles.core.lexicon import words
from articles.core.names import find_names
from articles.core.passage_types import Passage
from articles.core.places import COUNTRIES, REGIONS, find_places
from articles.core.places import with_article as place_with_article
from articles.core.story import Story
from articles.core.temporal import TimeExpression, find_times

CANDIDATES_MIN: Final = 2
CANDIDATES_MAX: Final = 8
NEARBY_SENTENCES: Final = 2
ELECTION_WEIGHT: Final = 0.70

_CONTEST: Final = re.compile(
    r"\b(?:candidates?|contenders?|nominees?|running\s(?:for|in|against)|on\sthe\sballot|vying"
    r"|compet(?:e|es|ing)\sfor|face\soff|faces|will\sface|rivals?|frontrunners?|hopefuls|runoff"
    r"|leading\sthe\s(?:\w{1,14}\s)?race)\b"
)
_ELECTION: Final = re.compile(
    r"\b(?P<election>(?:(?:presidential|mayoral|gubernatorial|leadership|general|parliamentary"
    r"|papal|by-|snap)\s?){1,2}(?:elections?|runoff|primary|contest|race|vote|ballot)|elections?)\b",
    re.IGNORECASE,
)
_REPORTING: Final = re.compile(r"\b(?:said|says|told|according\sto|polls?ter|analyst)\b")
_BODIES: Final = words(
    """
    party union alliance movement front coalition commission court council parliament congress
    senate assembly house committee bloc league group government ministry university institute
    democrats republicans labour conservatives greens liberals city state county republic election
    """
)
_TITLES: Final = words(
    """
    president prime minister senator governor mayor former incumbent opposition leader vice chief
    justice finance foreign interior dr mr mrs ms sir general
    """
)


def election_passages(story: Story, index: int) -> list[Passage]:
    """The contest that a fit sentence with two or more candidates is about, if any."""
    sentence, text = story.sentences[index], story.text
    said = text[sentence.start : sentence.end]
    if not _CONTEST.search(said) or _REPORTING.search(said):
        return []
    candidates = _candidates(story, sentence.start, sentence.end)
    if not CANDIDATES_MIN <= len(candidates) <= CANDIDATES_MAX:
        return []
    contest = _contest(story, index)
    if contest is None:
        return []
    named, deadline = contest
    return [
        Passage(
            rule="candidates",
            family="election",
            start=sentence.start,
            end=sentence.end,
            subject=named,
            predicate="win",
            deadline=deadline,
            times=(deadline,),
            quantities=(),
            source="",
            flags=(),
            weight=ELECTION_WEIGHT,
            prior=1.0 / (len(candidates) + 1),
            candidates=tuple(candidates),
        )
    ]


def _candidates(story: Story, start: int, end: int) -> list[str]:
    """The people of a sentence: names of two to four words that are no place and no body."""
    found: dict[str, None] = {}
    for name in find_names(story, start, end):
        listed = re.split(r"\s(?:of|for)\s", story.text[name.start : name.end])[0].split()
        while listed and listed[0].lower().strip(".") in _TITLES:
            listed = listed[1:]
        full = " ".join(listed)
        if not 2 <= len(listed) <= 4 or any(word.lower() in _BODIES for word in listed):
            continue
        if find_places(full) or not all(word[0].isalpha() for word in listed):
            continue
        found[full] = None
    return list(found)


def _contest(story: Story, index: int) -> tuple[str, TimeExpression] | None:
    """The election's name and its day, from the sentence itself or one nearby."""
    first, last = index - NEARBY_SENTENCES, index + NEARBY_SENTENCES
    nearby = sorted(
        range(max(0, first), min(len(story.sentences), last + 1)), key=lambda i: abs(i - index)
    )
    for other in nearby:
        sentence = story.sentences[other]
        match = _ELECTION.search(story.text, sentence.start, sentence.end)
        if match is None:
            continue
        times = find_times(
            story.text, story.published, lean="future", start=sentence.start, end=sentence.end
        )
        deadline = next((time for time in times if time.is_deadline), None)
        if deadline is not None:
            place = _place(story, other)
            name = " ".join(match["election"].lower().split()).removesuffix("s")
            return (f"the {name} in {place}" if place else f"the {name}"), deadline
    return None


def _place(story: Story, index: int) -> str:
    """Where the election is: a country in its sentence, else what the text is about."""
    named = [p for p in find_places(story.sentence_text(index)) if p in COUNTRIES | REGIONS]
    place = named[0] if named else story.main_place(region=False)
    return place_with_article(place) if place else ""
