"""Passages from cues: somebody is expected to do, plans, must, or waits for something."""

import re
from typing import Final

from articles.core.clauses import (
    Predicate,
    Subject,
    find_predicate,
    find_source,
    find_subject,
    words_in,
)
from articles.core.cues import CueMatch, find_cues
from articles.core.gates import (
    is_concrete,
    is_conditional,
    is_negated,
    is_unspecific,
)
from articles.core.joining import find_joining
from articles.core.lexicon import FINITE_VERBS
from articles.core.names import find_names
from articles.core.passage_types import Passage
from articles.core.predicates import completed, family_of, passive
from articles.core.quantities import find_quantities
from articles.core.references import Reference, resolve, with_place
from articles.core.story import Story
from articles.core.temporal import TimeExpression, find_times

# "would" is a plan only in somebody's mouth.
_STATED: Final = re.compile(
    r"\b(?:said|says|told|confirmed|announced|promised|pledged|revealed|added|stated|insisted|vowed)\b"
)


def cue_passages(story: Story, index: int) -> list[Passage]:
    """The passages that the cues of one fit sentence of prose give."""
    sentence, text = story.sentences[index], story.text
    cues = list(find_cues(text, sentence.start, sentence.end))
    if not cues:
        return []
    times = tuple(
        find_times(text, story.published, lean="future", start=sentence.start, end=sentence.end)
    )
    passages = [_cue_passage(story, index, cue, times) for cue in cues]
    return [passage for passage in passages if passage is not None]


def _cue_passage(
    story: Story, index: int, cue: CueMatch, times: tuple[TimeExpression, ...]
) -> Passage | None:
    """The passage of one cue, or None where a gate stays shut."""
    sentence = story.sentences[index]
    before = story.text[sentence.start : cue.start]
    if cue.cue.rule == "said_would" and not _STATED.search(before):
        return None
    predicate = _predicate(story, index, cue, times)
    if predicate is None or (predicate.deadline is None and cue.cue.needs_deadline):
        return None
    reference = _subject(story, index, cue)
    if reference is None:
        return None
    text = completed(reference.text, predicate.text, cue)
    measured = bool(find_quantities(text))
    if is_negated(f"{text} {reference.text}") or not is_concrete(text, measured=measured):
        return None
    placed = _named(story, index, cue, reference)
    turned = passive(text) if placed is None else None
    if turned is not None:
        placed, text = Reference(turned[0], named=True, flags=reference.flags), turned[1]
    if placed is None or (cue.cue.rule == "may" and not measured and not placed.named):
        return None
    flags = (*placed.flags, *predicate.flags, *(("needs_rewrite",) if is_unspecific(text) else ()))
    return Passage(
        rule=cue.cue.rule,
        family=family_of(cue, text),
        start=sentence.start,
        end=sentence.end,
        subject=placed.text,
        predicate=text,
        deadline=predicate.deadline,
        times=times,
        quantities=tuple(find_quantities(story.text, start=cue.end, end=sentence.end))
        if measured
        else (),
        source=find_source(story.text, sentence.start, sentence.end),
        flags=tuple(dict.fromkeys(flags)),
        weight=cue.cue.weight,
        prior=cue.cue.prior,
    )


def _predicate(
    story: Story, index: int, cue: CueMatch, times: tuple[TimeExpression, ...]
) -> Predicate | None:
    """What is to happen according to a cue, with the deadline wherever the clause gives it."""
    sentence = story.sentences[index]
    if cue.cue.shape == "status":
        named = _inside(cue, times) if cue.cue.needs_deadline else None
        return Predicate(cue.cue.completion, named, _conditional(story, index))
    found = find_predicate(story.text, cue.end, sentence.end, times)
    if found is None:
        return None
    if cue.cue.shape in {"scheduled", "expiry", "opening"} and found.deadline is None:
        return None
    if cue.cue.shape == "joining":
        joining, elided = find_joining(story, index, cue.match, found.text)
        flags = (*found.flags, "coreference") if elided else found.flags
        return Predicate(joining, found.deadline, flags) if joining else None
    deadline = found.deadline or _leading_deadline(story, index, cue, times)
    return Predicate(found.text, deadline, found.flags)


def _conditional(story: Story, index: int) -> tuple[str, ...]:
    return ("conditional",) if is_conditional(story.sentence_text(index)) else ()


def _leading_deadline(
    story: Story, index: int, cue: CueMatch, times: tuple[TimeExpression, ...]
) -> TimeExpression | None:
    """ "By 2030, Kenya plans to": a time at the head of the clause, or inside "has until"."""
    if cue.cue.rule == "has_until":
        named = _inside(cue, times)
        return named if named is not None and named.ends_at > story.published else None
    subject = find_subject(story, story.sentences[index].start, cue.start)
    if subject is None:
        return None
    leading = [time for time in times if time.end_offset <= subject.start and time.is_deadline]
    between = story.text[leading[-1].end_offset : subject.start] if leading else ""
    return leading[-1] if leading and len(between) <= 12 else None


def _inside(cue: CueMatch, times: tuple[TimeExpression, ...]) -> TimeExpression | None:
    """The time that a cue itself holds, as "has until 30 April to" does."""
    first = cue.match.start("until") - 10
    return next((time for time in times if first <= time.start_offset < cue.end), None)


def _subject(story: Story, index: int, cue: CueMatch) -> Reference | None:
    start = story.sentences[index].start
    if "object" in cue.match.groupdict():  # "expects Kenya to grow": about the object
        return resolve(story, index, Subject(cue.match.start("object"), cue.match.end("object")))
    left = story.text[start : cue.start].rstrip()
    building = cue.cue.family == "pending"
    if left.endswith((" and", ",", " but")) and cue.cue.shape != "status":
        shared = re.search(
            r"\s(?:is|are|was|were|has|have|had|will|plans|opened|began|started)\s", left
        )
        finite = any(word in FINITE_VERBS for word in words_in(left))
        if shared and finite and not left.endswith(","):
            subject = find_subject(story, start, start + shared.start())
            return resolve(story, index, subject) if subject else None
    subject = find_subject(story, start, cue.start, reduced=cue.reduced)
    return resolve(story, index, subject, building=building) if subject else None


def _named(story: Story, index: int, cue: CueMatch, reference: Reference) -> Reference | None:
    """The reference, if the question will name something that a stranger could look up."""
    if reference.named:
        return reference
    placed = with_place(story, reference)
    if placed is not None:
        return placed
    sentence = story.sentences[index]
    names = find_names(story, sentence.start, sentence.end)
    if any(name.start >= cue.end for name in names) and not reference.text.startswith("the "):
        return Reference(reference.text, named=False, flags=(*reference.flags, "needs_rewrite"))
    return None
