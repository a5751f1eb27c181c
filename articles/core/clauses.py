"""The clause around a cue: who it is about, what is to happen, and who says so.

Works on offsets into the text; a subject or a predicate that cannot be cut out cleanly is None,
and the sentence then gives no question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from articles.core.lexicon import (
    ACRONYMS,
    CONJUNCTIONS,
    DETERMINERS,
    FINITE_VERBS,
    PREPOSITIONS,
    PRONOUNS,
    words,
)
from articles.core.names import find_names
from articles.core.story import Story
from articles.core.temporal import TimeExpression

SUBJECT_WORDS_MAX: Final = 14
PREDICATE_WORDS_MAX: Final = 18

_SAYING: Final = (
    r"(?:said|says|say|announced|announces|reported|reports|confirmed|confirms|stated|added|noted"
    r"|warned|warns|predicted|predicts|estimates|estimated|forecasts|believes?|expects?|hopes?|told"
    r"\s(?:[a-z]{1,12}\s)?\w{1,20}|according\sto\sthe\splan|agreed|decided|revealed|indicated)"
)
# Whoever forecasts or fears something is not the source that settles it.
_STATING: Final = (
    r"(?:said|says|announced|announces|reported|reports|confirmed|confirms|stated|added|told)"
)
_REPORTED: Final = re.compile(
    rf"\b{_SAYING}(?:\s(?:on|late|early|last|in|at|this)\s[\w\s]{{1,24}}?)?,?\s(?:that\s|[\"“])?",
)
_SAID_THAT: Final = re.compile(rf"\b{_SAYING}(?:\s[\w\s]{{1,30}}?)?\sthat\s")
_EXPECTED_THAT: Final = re.compile(
    r"\bit\s(?:is|was)\s(?:[a-z]{1,12}\s){0,2}(?:expected|planned|hoped|likely|understood|thought"
    r"|announced|clear)\sthat\s",
    re.IGNORECASE,
)
_CLAUSE_BREAK: Final = re.compile(
    r"(?:,\s(?:and|but|while|as|so|with|because|since|after|before|although|though|whereas|when"
    r"|where|meaning|adding|saying|or)\s|\s(?:while|whereas|because|although|though|but|so)\s"
    r"|;\s|:\s|\s[–—-]\s|—|\s\()"
)
_RELATIVE: Final = re.compile(r",?\s(?:which|that|who)\s(?:[a-z]{3,12}ly\s)?$")
_LEAD_IN: Final = re.compile(
    r"[\"“'‘(]?(?:(?:and|but|so|yet|or|also|meanwhile|however|moreover|furthermore|separately"
    r"|additionally|in addition|afterwards?|thereafter|earlier|instead|still|now|then|finally"
    r"|next|similarly|as a result"
    r"|for example|for instance|at the same time|in the meantime|nevertheless|nonetheless"
    r"|in particular|notably|once complete|if all goes well)\b,?\s{0,2}){0,2}",
    re.IGNORECASE,
)
_LEAD_PREPOSITION: Final = re.compile(
    r"^(?:in|on|at|by|for|from|with|under|after|before|during|since|until|following|as|within"
    r"|over|between|given|despite|amid|to|according to|along with|together with|unlike|like"
    r"|besides|beyond|starting|beginning)\b",
    re.IGNORECASE,
)
# Often without a comma: "After four delays the ring railway".
_LEAD_DELAY: Final = re.compile(
    r"(?:After|Following|Despite)\s(?:[a-z]{1,12}\s){0,3}(?:delays?|setbacks?|postponements?)\s"
    r"(?=the\s|an?\s|[A-Z])"
)
_TRAILING: Final = re.compile(
    r"(?:\s|,)(?:now|also|still|currently|officially|reportedly|already|then|soon|only|itself"
    r"|themselves|both|all|never|therefore|thus|later|finally|eventually|probably|itself)$"
)
_PARENTHESIS: Final = re.compile(r"\s?\([^()\n]{0,40}\)")

CONDITION: Final = re.compile(
    r"\b(?:if|unless|provided|pending|subject\sto|should\sthe|assuming|depending)\b", re.IGNORECASE
)
_STOP: Final = re.compile(
    r"(?:;|:\s|\s[–—-]\s|—|\s\(|[\"”“]"
    r"|\s(?:because|although|though|while|whereas|unless|if|but|so|in\sorder|amid|despite|following"
    r"|after|when|once|pending|subject\sto|provided|as\sit|as\sthey|as\spart|which|who|where|whose"
    r"|thanks\sto|due\sto|according|and\s(?:will|is|are|has|have|then|would|could|may|it|they|that"
    r"|the\s\w{1,20}\s(?:will|is|has))|even|rather|instead)\b)"
)
_SOURCE_AFTER: Final = re.compile(
    rf"[,”\"]\s?(?P<source>[^,;”\"]{{2,70}}?)\s(?:has\s|have\s)?{_STATING}\b"
)
_SOURCE_BEFORE: Final = re.compile(
    rf"^[\"“]?(?P<source>[^,;:”\"]{{2,70}}?)(?:,[^,]{{2,60}},)?\s(?:has\s|have\s)?{_STATING}\b"
)
_ACCORDING: Final = re.compile(r"\b[Aa]ccording\sto\s(?P<source>[^,;.]{2,70})")
_UNFINISHED: Final = PREPOSITIONS | DETERMINERS | CONJUNCTIONS
_NO_SOURCE: Final = words(
    "sources source experts analysts observers critics reports media insiders some many people"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a clause is about: [start, end) of the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is to happen, in the base form, without its time; flags say what is doubtful."""

    text: str
    deadline: TimeExpression | None
    flags: tuple[str, ...] = ()


def words_in(phrase: str) -> list[str]:
    """The words of a phrase in lower case, without punctuation; "US" and "WHO" are no pronouns."""
    bare = (word.strip(".,;:\"“”'’()") for word in phrase.split())
    return [word if word in ACRONYMS else word.lower() for word in bare]


def folded(phrase: str) -> str:
    """A phrase on one line, without parentheses and outer punctuation."""
    return " ".join(_PARENTHESIS.sub("", phrase).split()).strip(' ,;:"“”—–-')


def find_subject(story: Story, start: int, end: int, *, reduced: bool = False) -> Subject | None:
    """The subject of the clause that runs up to a cue at end, in a sentence from start.

    reduced says that the cue stands after the comma of a shortened relative clause.
    """
    left = story.text[start:end]
    relative = _RELATIVE.search(left)
    if relative or reduced:
        limit = start + (relative.start() if relative else len(left.rstrip()) - 1)
        return _antecedent_phrase(story, start, limit)
    offset = _clause_start(left)
    kept = _without_apposition(_TRAILING.sub("", left[offset:].rstrip(" ,")))
    return _trimmed(start + offset, kept)


def _clause_start(left: str) -> int:
    """Where the last clause of a stretch starts, after "said that", ", and" or "In 2027, "."""
    offset = max(
        (
            match.end()
            for pattern in _OPENINGS
            for match in pattern.finditer(left)
            if not _is_inside(left, match)
        ),
        default=0,
    )
    lead_in = _LEAD_IN.match(left, offset)
    offset = lead_in.end() if lead_in else offset
    return offset + _lead_phrase(left[offset:])


def _antecedent_phrase(story: Story, start: int, limit: int) -> Subject | None:
    """The noun phrase that a relative clause hangs on: what stands before ", which"."""
    left = story.text[start:limit]
    whole = _trimmed(start + _clause_start(left), left[_clause_start(left) :])
    if whole and is_clean_subject(story.text[whole.start : whole.end]):
        return whole
    names = find_names(story, start, limit)
    if not names or limit - names[-1].end > 2:
        return None
    name = _with_determiner(story.text, start, Subject(names[-1].start, names[-1].end))
    before = words_in(story.text[start : name.start])
    if name.start < names[-1].start or not before or before[-1] not in PREPOSITIONS:
        return name
    tail = re.search(
        r"\b(?:the|an?|its|their)\s(?:[\w’'-]{1,20}\s){1,5}$", left[: name.start - start]
    )
    if tail is None or not is_clean_subject(left[tail.start() :]):
        return None
    return Subject(start + tail.start(), limit)


def _trimmed(start: int, phrase: str) -> Subject | None:
    lead = len(phrase) - len(phrase.lstrip(" \"“'‘,"))
    length = len(phrase.rstrip(' ,"”'))
    return Subject(start + lead, start + length) if lead < length else None


_OPENINGS: Final = (_REPORTED, _SAID_THAT, _EXPECTED_THAT, _CLAUSE_BREAK)


def _is_inside(left: str, match: re.Match[str]) -> bool:
    """Whether a break is none: ", and" before the last of several subjects, or "Bank (VB)"."""
    mark = match.group().strip(" ,")
    if mark == "(":
        return ")" in left[match.end() :]
    if mark not in {"and", "or"}:
        return False
    return not any(word in FINITE_VERBS for word in words_in(left[: match.start()]))


def _with_determiner(text: str, start: int, subject: Subject) -> Subject:
    before = re.search(r"\b[Tt]he\s$", text[max(start, subject.start - 5) : subject.start])
    return Subject(subject.start - len(before.group()), subject.end) if before else subject


def _lead_phrase(phrase: str) -> int:
    """The length of an adverbial before the subject: "In 2027, ", "After the vote, "."""
    comma = phrase.find(", ")
    if comma < 0 or not _LEAD_PREPOSITION.match(phrase):
        delayed = _LEAD_DELAY.match(phrase)
        return delayed.end() if delayed else 0
    rest = phrase[comma + 2 :]
    return comma + 2 if rest.strip() else 0


def _without_apposition(phrase: str) -> str:
    """ "Kenya, the region's largest economy" is about Kenya; "A, B and C" is about all three."""
    comma = phrase.find(", ")
    if comma < 0:
        return phrase
    rest = phrase[comma + 2 :]
    listed = re.search(r",?\s(?:and|or)\s[^,]{1,40}$", rest)
    if listed and not re.match(r"(?:the|a|an|which|who|one|its|his|her|their)\b", rest):
        return phrase
    return phrase[:comma]


def is_clean_subject(phrase: str) -> bool:
    """Whether a phrase can stand as the subject of a question: short, whole, and no clause."""
    listed = words_in(phrase)
    if not 1 <= len(listed) <= SUBJECT_WORDS_MAX or listed[0] in PREPOSITIONS | {"to", "and", "or"}:
        return False
    if any(word in FINITE_VERBS or word in {"which", "who", "that", "if"} for word in listed):
        return False
    if (len(listed) == 1 and listed[0] in PRONOUNS) or listed[-1] in _UNFINISHED:
        return False
    unbalanced = phrase.count("(") != phrase.count(")") or phrase.count("“") != phrase.count("”")
    if unbalanced or re.search(r"[;:?!|=]|https?", phrase) or phrase.count('"') % 2:
        return False
    return not _has_finite_participle(phrase)


def _has_finite_participle(phrase: str) -> bool:
    """Whether an "-ed" word after a noun reads as a verb: "the company posted losses and"."""
    tokens = phrase.split()
    for before, word, after in zip(tokens, tokens[1:], [*tokens[2:], ""], strict=False):
        if not word.endswith("ed") or not word.islower() or len(word) < 5:
            continue
        adjective = before.lower() in {"the", "a", "an", "its", "and", "newly", "long", "of", "in"}
        reduced = after.lower() in PREPOSITIONS or after == ""
        if not (adjective or reduced or before.endswith(("ly", "ed", "-"))):
            return True
    return False


def find_predicate(
    text: str, start: int, end: int, times: Sequence[TimeExpression]
) -> Predicate | None:
    """The verb phrase between a cue and the end of its clause, with its deadline cut out."""
    inside = [time for time in times if start <= time.start_offset < end]
    stop = _clause_end(text, start, end, inside)
    kept = [time for time in inside if time.end_offset <= stop and time.relation != "attribute"]
    deadline = next((time for time in kept if time.is_deadline), None)
    if deadline is None:  # "host the 2029 Cup" says when by its name
        named = (t for t in inside if t.relation == "attribute" and t.is_future)
        deadline = next((time for time in named if time.end_offset <= stop), None)
    flags = ("conditional",) if CONDITION.search(text, start, end) else ()
    pieces: list[str] = []
    at = start
    for time in kept:
        pieces.append(text[at : time.start_offset])
        at = time.end_offset
    pieces.append(text[at:stop])
    if any(not time.is_deadline for time in kept):
        return None
    phrase = _tidied(" ".join(pieces))
    if len(phrase.split()) > PREDICATE_WORDS_MAX:
        return None
    return Predicate(phrase, deadline, flags)


def _clause_end(text: str, start: int, end: int, times: Sequence[TimeExpression]) -> int:
    """Where the clause stops: at a connector, or at a comma that continues no list."""

    def inside_time(at: int) -> bool:
        return any(time.start_offset <= at < time.end_offset for time in times)

    for match in re.finditer(r",|" + _STOP.pattern, text[start:end]):
        at = start + match.start()
        after = start + match.end()
        if inside_time(at) or inside_time(at + 1):
            continue
        if match.group() == ",":
            before_time = any(after <= time.start_offset <= after + 2 for time in times)
            if before_time or text[after : after + 1].isdigit() or _is_list(text[after:end]):
                continue
        return at
    return end


def _is_list(rest: str) -> bool:
    """Whether what follows a comma goes on with a list: "Kenya, Uganda and Rwanda"."""
    match = re.match(
        r"\s(?P<next>[\w’'$€£.-]{1,30}(?:\s[\w’'-]{1,30}){0,3}?)"
        r"(?:,\s[\w’'$€£.-]{1,30}(?:\s[\w’'-]{1,30}){0,3}?){0,5},?\s(?:and|or)\s(?!is|are|will|has)",
        rest,
    )
    if match is None:
        return False
    first = words_in(match["next"])
    return not any(word in FINITE_VERBS or word in PREPOSITIONS for word in first) and first[
        0
    ] not in {"and", "but", "or", "so", "which", "who", "while", "as", "the"}


def _tidied(phrase: str) -> str:
    """One line, without leading adverbs, dangling prepositions and punctuation."""
    line = folded(phrase)
    line = re.sub(r"\s+([,.;:])", r"\1", line).rstrip(" .!?…,;:")
    line = re.sub(r",(?=\s?,)|,$", "", line)
    line = re.sub(
        r"^(?:(?:soon|formally|officially|also|finally|eventually|then|now|again|likely|probably"
        r"|reportedly|still|already|shortly|once again|fully|therefore|together)\s)+",
        "",
        line,
    )
    return re.sub(
        r"(?:\s(?:in|on|at|by|for|from|of|to|with|and|or|sometime|as early as))+$", "", line
    )


def find_source(text: str, start: int, end: int) -> str:
    """Who says so, where the sentence names an accountable source, else ""."""
    sentence = text[start:end]
    for pattern in (_ACCORDING, _SOURCE_AFTER, _SOURCE_BEFORE):
        match = pattern.search(sentence)
        if match is None:
            continue
        source = folded(match["source"])
        listed = words_in(source)
        if 1 <= len(listed) <= 9 and not any(
            word in PRONOUNS or word in _NO_SOURCE or word in FINITE_VERBS for word in listed
        ):
            return source[0].lower() + source[1:] if listed[0] in {"the", "a", "an"} else source
    return ""
