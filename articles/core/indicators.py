"""Passages from figures in sentences: "Inflation in Kenya was 4.1% in October".

The next period of such an indicator can be asked about. Without a period, or with one that is
still to come, a figure gives nothing.
"""

import re
from typing import Final

from articles.core.clauses import find_source, find_subject, words_in
from articles.core.figures import figure_passage, past_periods, period_of
from articles.core.lexicon import COMPANY_INDICATORS, INDICATOR_NOUNS
from articles.core.passage_types import LEVEL, Passage
from articles.core.quantities import Quantity, find_quantities
from articles.core.references import Reference, resolve, with_place
from articles.core.story import Story

_LEVEL: Final = re.compile(
    r"\b(?:reached|totalled|totaled|amounted\sto|stood\sat|was|were|hit|came\sin\sat|came\sto|exceeded"
    r"|surpassed|averaged|(?:rose|grew|fell|climbed|dropped|increased|declined|jumped|slowed|eased"
    r"|accelerated|edged\s(?:up|down)|slipped|surged)\s(?:[^.,;]{0,40}?\s)?to)\s"
    r"(?:(?:about|around|nearly|almost|some|roughly|over|more\sthan|an\sestimated|a\srecord"
    r"|just\s(?:over|under)|at)\s){0,2}$"
)
_GROWTH: Final = re.compile(
    r"\b(?P<verb>grew|rose|increased|expanded|climbed|jumped|surged|fell|declined|shrank|contracted"
    r"|dropped)\s(?:by\s)?(?:(?:about|around|nearly|almost|some|roughly|over|more\sthan|a|an)\s)?$"
)
_BASE_FORMS: Final = {
    "grew": "grow",
    "rose": "rise",
    "increased": "increase",
    "expanded": "expand",
    "climbed": "climb",
    "jumped": "rise",
    "surged": "rise",
    "fell": "fall",
    "declined": "decline",
    "shrank": "shrink",
    "contracted": "contract",
    "dropped": "drop",
}


def indicator_passages(story: Story, index: int) -> list[Passage]:
    """The indicator that a fit sentence of prose states, if any."""
    sentence, text = story.sentences[index], story.text
    quantities = find_quantities(text, start=sentence.start, end=sentence.end)
    for quantity in quantities:
        left = text[max(sentence.start, quantity.start_offset - 90) : quantity.start_offset]
        level, growth = _LEVEL.search(left), _GROWTH.search(left)
        match = level or growth
        if match is None or not (quantity.unit or quantity.magnitude > 1):
            continue
        cue_start = quantity.start_offset - len(left) + match.start()
        verb = LEVEL if level else _BASE_FORMS[match["verb"]]
        passage = _stated(story, index, quantity, cue_start, verb)
        if passage is not None:
            return [passage]
    return []


def _of_its_company(story: Story, index: int, reference: Reference) -> Reference | None:
    """ "Norden Air said revenue came to": a company's figure is its own, an office's is not."""
    sentence = story.sentences[index]
    source = find_source(story.text, sentence.start, sentence.end)
    listed = words_in(reference.text)
    if not source or source[0].islower() or listed[-1] not in COMPANY_INDICATORS:
        return None
    if {"office", "institute", "bank", "ministry", "agency", "bureau"} & set(words_in(source)):
        return None
    owned = reference.text.removeprefix("its ").removeprefix("the ")
    return Reference(f"{source}’s {owned}", named=True, flags=reference.flags)


def _stated(
    story: Story, index: int, quantity: Quantity, cue_start: int, verb: str
) -> Passage | None:
    """The passage of a sentence that states a figure, where the clause gives its period."""
    sentence = story.sentences[index]
    if verb != LEVEL and not quantity.percent:
        return None
    after = past_periods(story, quantity.end_offset, sentence.end)
    near = [t for t in after if t.start_offset - quantity.end_offset <= 40]
    before = past_periods(story, sentence.start, cue_start)
    times = near[:1] or before[-1:]
    subject = find_subject(story, sentence.start, cue_start)
    if not times or subject is None:
        return None
    reference = resolve(story, index, subject)
    if reference is None or not any(w in INDICATOR_NOUNS for w in words_in(reference.text)):
        return None
    if not reference.named:
        placed = _of_its_company(story, index, reference) or with_place(story, reference)
        if placed is None:
            return None
        reference = placed
    return figure_passage(story, index, reference, quantity, period_of(times[0]), verb)
