"""Names of people, places, bodies and projects, and what "it" or "the bridge" stands for.

A name is a run of capitalised words, joined by "of", "for", "the" or "and" inside; the first word
of a sentence counts only where the text never writes it small. Minimal, and right more often than
not: whatever rests on it is flagged.
"""

import re
from dataclasses import dataclass
from typing import Final

from articles.core.lexicon import (
    ACRONYMS,
    BODY_WORDS,
    COMMON_OPENERS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    words,
)
from articles.core.periods import MONTHS, WEEKDAYS
from articles.core.story import Story

ANTECEDENT_SENTENCES_MAX: Final = 12

_TOKEN: Final = re.compile(r"[^\W_][\w-]*(?:['’][^\W\d_]{1,3}\b)?")
_POSSESSIVE: Final = re.compile(r"['’]s?$")
_LINKS: Final = words("of for the and & de la del von van al bin")
_NOT_NAMES: Final = frozenset(
    {month.lower() for month in MONTHS}
    | {day.lower() for day in WEEKDAYS}
    | words("jan feb mar apr jun jul aug sep sept oct nov dec mr mrs ms dr i gdp cpi ceo cfo ai tv")
    | words("spring summer autumn winter q1 q2 q3 q4 h1 h2 eur usd gbp")
)
_FUNCTION_WORDS: Final = (
    DETERMINERS
    | PRONOUNS
    | PREPOSITIONS
    | words(
        """
        and but or so yet if when while although though because as however meanwhile moreover
        furthermore instead afterward afterwards thereafter also
        still then now according not no today yesterday tomorrow last
        next once more other another what how why where who even only just perhaps
        two three four five six seven eight nine ten several
        """
    )
)
_LEADING_ADJECTIVES: Final = words(
    "new political former senior local national international global regional public early late"
    " overall total annual joint proposed world-wide nationwide"
)
# "Broadcaster RTVS said": a role at the head of a sentence is no part of the name after it.
_ROLES: Final = words(
    """
    broadcaster carmaker automaker airline retailer lender regulator opposition publisher developer
    operator manufacturer startup billionaire singer actor director author coach striker defender
    scientist researcher economist analyst lawmaker chipmaker drugmaker chip tech drug miner
    watchdog neighbouring neighboring planemaker brewer insurer defending
    """
)
_CAPITAL_NEXT: Final = re.compile(r"\s[A-Z][a-zà-ž]")
_OF_CAPITAL: Final = re.compile(r"\s(?:of|for|and)\s(?:the\s)?[A-Z]")
_AGENTS: Final = re.compile(r"(?:ers|ors|ists|tions|ments|ings|ties|ics|ness)$")
_BODY: Final = re.compile(
    r"\b(?:Organi[sz]ation|Union|Bank|Association|Alliance|Council|League|Treaty|Community|Forum"
    r"|Group|Pact|Agency|Federation|Commonwealth|Confederation|Convention|Agreement|Partnership"
    r"|Fund|Bloc|Parliament|Court|Committee|[A-Z]{3,8})\b"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name at [start, end) of its text."""

    start: int
    end: int


def find_names(story: Story, start: int, end: int) -> list[Name]:
    """The names in [start, end), in order; start is taken for the start of a sentence."""
    text = story.text
    names: list[Name] = []
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text, start, end):
        if run and not _continues(text, run[-1], token):
            _close(text, run, names)
            run = []
        if _is_name_word(story, token, first=token.start() <= start + 1) or (
            run and (token.group() in _LINKS or _is_numeral(run[-1], token))
        ):
            run.append(token)
        else:
            _close(text, run, names)
            run = []
    _close(text, run, names)
    return names


def has_name(story: Story, phrase_start: int, phrase_end: int, sentence_start: int) -> bool:
    """Whether a phrase of a sentence names anything."""
    return any(
        name.start < phrase_end and name.end > phrase_start
        for name in find_names(story, sentence_start, phrase_end)
    )


def is_ordinary_opener(story: Story, start: int) -> bool:
    """Whether the capitalised first word of a sentence would be written small inside one."""
    token = _TOKEN.match(story.text, start)
    if token is None:
        return False
    word = _POSSESSIVE.sub("", token.group())
    lower, after = word.lower(), story.text[token.end() : token.end() + 40]
    if word in ACRONYMS:
        return False
    if lower in _FUNCTION_WORDS or lower in _ROLES:
        return True
    if _CAPITAL_NEXT.match(after) or (lower in BODY_WORDS and _OF_CAPITAL.match(after)):
        return False
    if lower in COMMON_OPENERS or lower in _LEADING_ADJECTIVES or story.is_common(word):
        return True
    return word not in story.upper_words and _AGENTS.search(lower) is not None


def with_article(story: Story, name: Name) -> str:
    """A name as its sentence uses it: with "the" where the text has it."""
    text = " ".join(story.text[name.start : name.end].split())
    before = story.text[max(0, name.start - 4) : name.start].lower()
    return f"the {text}" if before == "the " else text


def antecedent(story: Story, index: int) -> Name | None:
    """What "it" or "its" at the head of a sentence stands for: a name in the sentence before.

    The subject of that sentence where it is a name, else the last name that it gives ("A part of
    this network is the X Corridor").
    """
    previous = index - 1
    if previous < 0 or story.sentences[previous].block != story.sentences[index].block:
        return None
    sentence = story.sentences[previous]
    names = find_names(story, sentence.start, sentence.end)
    if not names:
        return None
    lead = story.text[sentence.start : names[0].start].strip().lower()
    leads = lead == "the" or (not lead and not _may_be_plural(story, names[0]))
    return names[0] if leads else names[-1]


_SAYS: Final = re.compile(
    r"\s(?:has\s)?(?:said|says|confirmed|confirms|announced|announces|added|promised|pledged|revealed"
    r"|told\s[a-z]{3,14})(?:\son\s[A-Z][a-z]{5,9})?\s(?:that\s)?"
)


def speaker(story: Story, start: int, end: int) -> Name | None:
    """Whom "it" stands for in "Norden Air said it": the name at start that speaks until end."""
    names = find_names(story, start, end)
    if not names or story.text[start : names[0].start].strip().lower() not in {"", "the"}:
        return None
    return names[0] if _SAYS.fullmatch(story.text, names[0].end, end) else None


def _may_be_plural(story: Story, opener: Name) -> bool:
    """Whether the first word of a sentence may be a common plural ("Trucks"), so no "it"."""
    word = story.text[opener.start : opener.end]
    return word.isalpha() and word.endswith("s") and word not in story.upper_words


def body_before(story: Story, index: int) -> Name | None:
    """The organisation named last in the two sentences before: what one "tried to join"."""
    for previous in range(index - 1, max(-1, index - 3), -1):
        sentence = story.sentences[previous]
        bodies = [
            name
            for name in find_names(story, sentence.start, sentence.end)
            if _BODY.search(story.text[name.start : name.end])
        ]
        if bodies:
            return _spelt_out(story, bodies)
    return None


def _spelt_out(story: Story, bodies: list[Name]) -> Name:
    """The last body, or the full name before it where it is an abbreviation in parentheses."""
    last = bodies[-1]
    if len(bodies) > 1 and story.text[bodies[-2].end : last.start].strip() == "(":
        return bodies[-2]
    return last


def named_by_head(story: Story, index: int, head: str) -> Name | None:
    """The nearest name before a sentence that ends in a noun: "the bridge" → "Forth Bridge"."""
    first = max(0, index - ANTECEDENT_SENTENCES_MAX)
    for previous in range(index - 1, first - 1, -1):
        sentence = story.sentences[previous]
        for name in reversed(find_names(story, sentence.start, sentence.end)):
            named = story.text[name.start : name.end]
            if " " in named and named.lower().endswith(f" {head.lower()}"):
                return name
    return None


def _continues(text: str, last: re.Match[str], token: re.Match[str]) -> bool:
    """Whether nothing but a space, a hyphen, a plus or an ampersand parts two words."""
    between = text[last.end() : token.start()]
    possessive = last.group().endswith(("'s", "’s"))
    return not possessive and len(between) <= 3 and between.strip() in {"", "&", "+", "–", "."}


def _is_name_word(story: Story, token: re.Match[str], *, first: bool) -> bool:
    word = token.group()
    if not word[0].isupper():
        return False
    bare = _POSSESSIVE.sub("", word)
    if bare.lower() in _NOT_NAMES:
        return False
    if first:
        return not is_ordinary_opener(story, token.start())
    return bare in ACRONYMS or bare.lower() not in DETERMINERS | PRONOUNS


def _is_numeral(last: re.Match[str], token: re.Match[str]) -> bool:
    """The number in a name such as "Artemis 3": directly after a capitalised word."""
    return last.group()[0].isupper() and token.group().isdecimal() and len(token.group()) <= 2


def _close(text: str, run: list[re.Match[str]], names: list[Name]) -> None:
    if not run:
        return
    while run and run[-1].group() in _LINKS:
        run.pop()
    while run and run[0].group() in _LINKS:
        run.pop(0)
    pieces = _without_loose_and(run)
    for piece in pieces:
        end = piece[-1].end()
        ending = _POSSESSIVE.search(text[piece[0].start() : end])
        names.append(Name(piece[0].start(), end - (len(ending.group()) if ending else 0)))


def _without_loose_and(run: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """ "Ministry of Trade and Industry" is one name, "Kenya and Uganda" are two."""
    linked = any(token.group() in {"of", "for"} for token in run)
    pieces: list[list[re.Match[str]]] = [[]]
    for token in run:
        if token.group() == "and" and not linked:
            pieces.append([])
        elif pieces[-1] or token.group() not in _LINKS:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]
