"""A: a question means one thing to everybody, read slowly or fast."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from articles.core.likeness import kinship, stems
from markets.core.question_lint.examples import marked
from markets.core.question_lint.registry import Severity, rule
from markets.core.question_lint.wording import (
    BACKGROUND,
    BINARY,
    CRITERIA,
    DATE,
    FINE_PRINT,
    MULTIPLE_CHOICE,
    NUMERIC,
    OUTCOMES,
    SOURCES,
    TITLE,
    Span,
    Wording,
)

__all__ = ["marked"]  # what the examples below need

TITLE_LENGTH_MIN: Final = 15
TITLE_LENGTH_MAX: Final = 150
CRITERIA_LENGTH_MIN: Final = 40
CRITERIA_LENGTH_MAX: Final = 2_500
OVERLAP_MIN: Final = 0.2
CAPITALS_MAX: Final = 0.6

_VAGUE: Final = re.compile(
    r"\b(?:significant(?:ly)?|substantial(?:ly)?|considerabl[ey]|meaningful(?:ly)?|successful(?:ly)?"
    r"|serious(?:ly)?|widespread|large-scale|noteworthy|notabl[ey]|reasonabl[ey]|effective(?:ly)?"
    r"|drastic(?:ally)?|dramatic(?:ally)?|sharp(?:ly)?|strong(?:ly)?|(?<![Hh]ow\s)many|several|numerous|most\slikely"
    r"|a\slot\sof|major|big|huge|large|popular|important|adequate(?:ly)?|sufficient(?:ly)?)\b"
)
_MODAL: Final = re.compile(r"\b(?:[Cc]ould|[Mm]ight|may|[Pp]ossibly|[Pp]erhaps|[Pp]otentially)\b")
_PRONOUN_SUBJECT: Final = re.compile(
    r"^(?:Will|Would|Does|Do|Did|Has|Have|Is|Are|Can|Could|Might)\s(?P<pronoun>it|he|she|they|this|these|those)\b",
    re.IGNORECASE,
)
_NAMELESS: Final = re.compile(
    r"^(?:Will|Does|Has|Is|Can|Could)\s(?P<name>the\s(?:company|firm|president|prime\sminister|minister|country"
    r"|government|agreement|deal|project|party|club|team|court|bank|ministry|parliament|summit|law"
    r"|bill|war|plan|city|two\s\w{1,12}|three\s\w{1,12}|sides|parties))\s(?!of\b|in\b|between\b|for\b|on\b"
    r"|to\b|at\b|with\b|from\b)",
    re.IGNORECASE,
)
_AND_OR: Final = re.compile(r"\band/or\b|\beither\sor\sboth\b", re.IGNORECASE)
_NEGATION: Final = re.compile(
    r"\b(?:not|never|no|none|nobody|neither|nor|without|cannot|unless|fails?\sto|refuses?\sto"
    r"|declines?\sto|avoids?|prevents?|denies)\b|n['’]t\b",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    r"\b(?:I(?=\s(?:will|would|think|am|have|had|believe|mean|decide|judge)\b|['’])|[Ww]e|[Oo]urs?|[Mm]y"
    r"|us(?=[\s.,;])|[Yy]ou|[Yy]ours?)\b"
)
_ASKS_WHETHER: Final = re.compile(
    r"^(?:Will|Would|Does|Do|Did|Has|Have|Had|Is|Are|Was|Were|Can|Could|Shall|Should)\b",
    re.IGNORECASE,
)
_ASKS_WHICH: Final = re.compile(
    r"^(?:Who|Whom|Whose|Which|What|Where|When|How|Why)\b", re.IGNORECASE
)
_ASKS_WHEN: Final = re.compile(
    r"\bwhen\b|\b(?:which|what)\s(?:day|date|month|year|week|quarter)\b|\bhow\ssoon\b|\bdate\b",
    re.IGNORECASE,
)
_INTENT: Final = re.compile(
    r"\b(?:announces?|announced|declares?|says?|said|promises?)\s(?:that\s(?:it|he|she|they)\s(?:will|intends?"
    r"|plans?)|(?:an?|its|his|her|their)\s(?:intention|plans?)|plans?(?:\sto)?|it\swill)\b",
    re.IGNORECASE,
)
_ANNOUNCES: Final = re.compile(
    r"\b(?:announc\w{1,4}|promis\w{1,3}|pledg\w{1,3}|propos\w{1,3}|plan(?:s|ned)?|agree[ds]?)\b",
    re.IGNORECASE,
)
_RESIDUE: Final = re.compile(
    r"\{\{?[^{}\n]{0,60}\}?\}|\[[A-Z][A-Z _-]{2,30}\]|<[A-Za-z][A-Za-z _-]{1,30}>|_{3,}|\?\?\?+"
    r"|\b(?:TODO|TBD|TBA|FIXME|XXX+|[Ll]orem\sipsum|INSERT)\b|%\([a-z_]{1,30}\)s|&(?:amp|nbsp|quot|lt|gt);"
)
_LOADED: Final = re.compile(
    r"\b(?:finally|at\slast|disastrous|shocking(?:ly)?|historic|outrageous|notorious|so-called|regime"
    r"|dares?\sto|actually|really|even\smanage|desperate(?:ly)?|brutal|heroic)\b"
)
_OPEN_LIST: Final = re.compile(
    r"\betc\b\.?|\band\sso\son\b|\band\sthe\slike\b|\bor\ssimilar\b|…|\.\.\."
)
_TWICE: Final = re.compile(r"\b([A-Za-z]{2,20})\s\1\b", re.IGNORECASE)


@rule("A01", Severity.WARNING, TITLE, CRITERIA)
def vague_word(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say how much or how many: this word is measured differently by everybody.

    >>> marked(vague_word, title="Will traffic in Marrow fall significantly by 1 March 2027?")
    ['significantly']
    >>> marked(vague_word, title="Will traffic in Marrow fall by at least 10% by 1 March 2027?")
    []
    """
    return wording.matches(_VAGUE, TITLE, CRITERIA)


@rule("A02", Severity.WARNING, TITLE)
def could_or_might(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask whether it will happen: that it might is true already.

    >>> marked(could_or_might, title="Could the Lark Bridge open by 1 March 2027?")
    ['Could']
    >>> marked(could_or_might, title="Will the Lark Bridge open by 1 May 2027?")
    []
    """
    return wording.matches(_MODAL, TITLE)


@rule("A03", Severity.ERROR, TITLE)
def pronoun(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name who or what is meant: nobody has read the article.

    >>> marked(pronoun, title="Will it open to traffic by 1 March 2027?")
    ['it']
    >>> marked(pronoun, title="Will the Lark Bridge open to traffic by 1 March 2027?")
    []
    """
    match = _PRONOUN_SUBJECT.search(wording.title)
    if match:
        yield Span(TITLE, match.start("pronoun"), match.end("pronoun"))


@rule("A04", Severity.WARNING, TITLE)
def nameless(wording: Wording, now: datetime) -> Iterator[Span]:
    """Give it its name: there are others of its kind.

    >>> marked(nameless, title="Will the company open a bridge by 1 March 2027?")
    ['the company']
    >>> marked(nameless, title="Will the government of Marrow resign by 1 March 2027?")
    []
    """
    match = _NAMELESS.search(wording.title)
    if match:
        yield Span(TITLE, match.start("name"), match.end("name"))


@rule("A05", Severity.WARNING, TITLE, CRITERIA, FINE_PRINT, OUTCOMES)
def and_or(wording: Wording, now: datetime) -> Iterator[Span]:
    """Decide between "and" and "or".

    >>> marked(and_or, title="Will the Lark Bridge open to cars and/or trains in 2027?")
    ['and/or']
    >>> marked(and_or, title="Will the Lark Bridge open to cars or trains in 2027?")
    []
    """
    return wording.matches(_AND_OR, TITLE, CRITERIA, FINE_PRINT, OUTCOMES)


@rule("A06", Severity.WARNING, TITLE)
def two_questions(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask one thing; make a question of its own of the other.

    >>> marked(two_questions, title="Will the Lark Bridge open? Will it close again by 2028?")
    ['Will it close again by 2028?']
    >>> marked(two_questions, title="Will the Lark Bridge open by 2028?")
    []
    """
    first, mark, rest = wording.title.partition("?")
    if "?" in rest:
        start = len(first) + len(mark) + len(rest) - len(rest.lstrip())
        yield Span(TITLE, start, len(wording.title))


@rule("A07", Severity.WARNING, TITLE)
def double_negation(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask without negations: with two of them YES and NO are easily confused.

    >>> marked(double_negation, title="Will the Lark Bridge not open without a toll by 2028?")
    ['not open without']
    >>> marked(double_negation, title="Will the Lark Bridge open with a toll by 2028?")
    []
    """
    found = list(wording.matches(_NEGATION, TITLE))
    if len(found) > 1:
        yield Span(TITLE, found[0].start, found[1].end)


@rule("A08", Severity.HINT, TITLE)
def negation(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask whether it happens rather than whether it does not, if the question allows.

    >>> marked(negation, title="Will the Lark Bridge not open by 1 March 2027?")
    ['not']
    >>> marked(negation, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    found = list(wording.matches(_NEGATION, TITLE))
    if wording.type == BINARY and len(found) == 1:
        yield found[0]


@rule("A09", Severity.WARNING, TITLE, CRITERIA, FINE_PRINT)
def first_person(wording: Wording, now: datetime) -> Iterator[Span]:
    """Leave yourself and the reader out of it, and name who is meant.

    >>> marked(first_person, title="Will our bridge open by 1 March 2027?")
    ['our']
    >>> marked(first_person, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    return wording.matches(_PERSON, TITLE, CRITERIA, FINE_PRINT)


@rule("A10", Severity.ERROR, TITLE)
def form_and_type(wording: Wording, now: datetime) -> Iterator[Span]:
    """Let the title ask for what the type answers: yes or no, one of several, a number, a date.

    >>> marked(form_and_type, title="When will the Lark Bridge open?", type="binary")
    ['When']
    >>> marked(form_and_type, title="When will the Lark Bridge open?", type="date")
    []
    """
    whether, which = _ASKS_WHETHER.match(wording.title), _ASKS_WHICH.match(wording.title)
    if wording.type == BINARY and which:
        yield Span(
            TITLE, 0, which.end(), "Begin with 'Will', or choose another type: it asks more."
        )
    if wording.type in {NUMERIC, DATE} and whether:
        yield Span(TITLE, 0, whether.end(), "Ask for the value: this is answered by yes or no.")
    if wording.type == DATE and which and not _ASKS_WHEN.search(wording.title):
        yield Span(TITLE, 0, which.end(), "Ask when: the answer is a date.")
    if wording.type == NUMERIC and which and which.group().lower() in {"when", "who", "where"}:
        yield Span(TITLE, 0, which.end(), "Ask how many or how much: the answer is a number.")


@rule("A11", Severity.WARNING, TITLE)
def whether_among_several(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask who, which or what where there are several outcomes.

    >>> marked(whether_among_several, title="Will Ana win in 2027?", type="multiple_choice",
    ...        outcomes=("Ana", "Berta", "Somebody else"))
    ['Will']
    >>> marked(whether_among_several, title="Who will win in 2027?", type="multiple_choice",
    ...        outcomes=("Ana", "Berta", "Somebody else"))
    []
    """
    whether = _ASKS_WHETHER.match(wording.title)
    if wording.type == MULTIPLE_CHOICE and whether:
        yield Span(TITLE, 0, whether.end())


@rule("A12", Severity.WARNING, TITLE)
def no_question_mark(wording: Wording, now: datetime) -> Iterator[Span]:
    """Make the title a question, with its mark at the end.

    >>> marked(no_question_mark, title="Opening of the Lark Bridge by 1 March 2027")
    ['7']
    >>> marked(no_question_mark, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    title = wording.title.rstrip()
    if title and not title.endswith("?"):
        yield Span(TITLE, len(title) - 1, len(title))


@rule("A13", Severity.WARNING, TITLE)
def title_length(wording: Wording, now: datetime) -> Iterator[Span]:
    """Keep the title between 15 and 150 characters: it is shown on cards and in badges.

    >>> marked(title_length, title="Rain in 2027?")
    ['Rain in 2027?']
    >>> marked(title_length, title="Will it rain in Marrow on 1 March 2027?")
    []
    """
    if not TITLE_LENGTH_MIN <= len(wording.title.strip()) <= TITLE_LENGTH_MAX:
        yield wording.whole(TITLE)


@rule("A14", Severity.WARNING, CRITERIA)
def criteria_length(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say in 40 to 2,500 characters what decides: less leaves gaps, more is not read.

    >>> marked(criteria_length, resolution_criteria="YES if it opens.")
    ['YES if it opens.']
    >>> marked(criteria_length, resolution_criteria="YES if a train crosses the bridge, NO if not.")
    []
    """
    if not CRITERIA_LENGTH_MIN <= len(wording.resolution_criteria.strip()) <= CRITERIA_LENGTH_MAX:
        yield wording.whole(CRITERIA)


@rule("A15", Severity.WARNING, CRITERIA, TITLE)
def criteria_elsewhere(wording: Wording, now: datetime) -> Iterator[Span]:
    """Decide what the title asks: the criteria hardly share a word with it.

    >>> marked(criteria_elsewhere, resolution_criteria="YES if the mayor cuts the ribbon in time.")
    ['YES if the mayor cuts the ribbon in time.']
    >>> marked(criteria_elsewhere, resolution_criteria="YES if the Lark Bridge is open by then.")
    []
    """
    if not wording.resolution_criteria.strip() or len(stems(wording.title)) < 3:
        return
    if kinship(wording.title, to=wording.rules) < OVERLAP_MIN:
        yield wording.whole(CRITERIA)


@rule("A16", Severity.WARNING, CRITERIA, TITLE)
def announced_is_not_done(wording: Wording, now: datetime) -> Iterator[Span]:
    """Decide whether the deed counts or its announcement: title and criteria differ.

    >>> marked(announced_is_not_done, resolution_criteria="YES if Marrow announces plans for it.")
    ['announces plans']
    >>> marked(announced_is_not_done, resolution_criteria="YES if the Lark Bridge is open by then.")
    []
    """
    if not _ANNOUNCES.search(wording.title):
        yield from wording.matches(_INTENT, CRITERIA)


@rule("A17", Severity.ERROR, TITLE, CRITERIA, FINE_PRINT, BACKGROUND, OUTCOMES, SOURCES)
def residue(wording: Wording, now: datetime) -> Iterator[Span]:
    """Fill in what a template left open.

    >>> marked(residue, title="Will the Lark Bridge open by [DATE]?")
    ['[DATE]']
    >>> marked(residue, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    return wording.matches(_RESIDUE, TITLE, CRITERIA, FINE_PRINT, BACKGROUND, OUTCOMES, SOURCES)


@rule("A18", Severity.HINT, TITLE)
def shouting(wording: Wording, now: datetime) -> Iterator[Span]:
    """Write it in small letters and without exclamation marks.

    >>> marked(shouting, title="WILL THE LARK BRIDGE OPEN IN 2027?")
    ['WILL THE LARK BRIDGE OPEN IN 2027?']
    >>> marked(shouting, title="Will the Lark Bridge open in 2027?")
    []
    """
    letters = [letter for letter in wording.title if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    if "!" in wording.title or (len(letters) > 10 and capitals > CAPITALS_MAX * len(letters)):
        yield wording.whole(TITLE)


@rule("A19", Severity.HINT, TITLE, CRITERIA)
def loaded_word(wording: Wording, now: datetime) -> Iterator[Span]:
    """Leave the comment out: a question takes no side.

    >>> marked(loaded_word, title="Will the Lark Bridge finally open by 1 March 2027?")
    ['finally']
    >>> marked(loaded_word, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    return wording.matches(_LOADED, TITLE, CRITERIA)


@rule("A20", Severity.WARNING, CRITERIA, FINE_PRINT, OUTCOMES)
def open_list(wording: Wording, now: datetime) -> Iterator[Span]:
    """End the list: what else belongs to it is what will be disputed.

    >>> marked(open_list, fine_print="Cars, lorries etc. count as traffic.")
    ['etc.']
    >>> marked(open_list, fine_print="Cars and lorries count as traffic.")
    []
    """
    return wording.matches(_OPEN_LIST, CRITERIA, FINE_PRINT, OUTCOMES)


@rule("A21", Severity.HINT, TITLE, CRITERIA, FINE_PRINT)
def word_twice(wording: Wording, now: datetime) -> Iterator[Span]:
    """Write the word once.

    >>> marked(word_twice, title="Will the the Lark Bridge open by 1 March 2027?")
    ['the the']
    >>> marked(word_twice, title="Will the Lark Bridge open by 1 March 2027?")
    []
    """
    return wording.matches(_TWICE, TITLE, CRITERIA, FINE_PRINT)
