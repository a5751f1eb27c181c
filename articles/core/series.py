"""Passages from things that recur: after the Seventh Meeting comes the eighth.

The text must tell that the meeting took place; its date, if given, is where the wait for the next
one starts. Every second or fourth year is not guessed at: such a series gives nothing.
"""

import re
from typing import Final

from articles.core.lexicon import number_of, ordinal
from articles.core.passage_types import Passage
from articles.core.story import Story
from articles.core.temporal import find_times

ORDINAL_MIN: Final = 3
SERIES_WEIGHT: Final = 0.62
SERIES_PRIOR: Final = 0.80

_ORDINAL: Final = (
    r"(?P<ordinal>\d{1,3}(?:st|nd|rd|th)|(?i:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth"
    r"|nineteenth|twentieth))"
)
_KIND: Final = (
    r"(?:Meeting|Summit|Conference|Forum|Congress|Session|Assembly|Convention|Dialogue|Symposium"
    r"|Festival|Exhibition|Fair|Expo|Plenum|Championships?|Marathon|Regatta|Biennale|Awards)"
)
_CAPITALISED: Final = r"[A-Z][\w’'&+-]{0,30}"
_SERIES: Final = re.compile(
    rf"""
    \b(?:[Tt]he\s)?{_ORDINAL}\s(?P<annual>(?:[Aa]nnual|[Rr]egular|[Oo]rdinary)\s)?
    (?P<name>(?:(?:{_CAPITALISED}|of|the|on|for|and)\s){{0,8}}?{_KIND}\b
      (?:\s(?:of|on|for|to)(?:\sthe)?(?:\s{_CAPITALISED}){{1,5}}
         (?:\s(?:of|and|for|to)(?:\sthe)?(?:\s{_CAPITALISED}){{1,4}}){{0,2}}
         (?:\s(?:leaders|ministers|presidents|states|countries|nations|parties))?)?)
    """,
    re.VERBOSE,
)
_TOOK_PLACE: Final = re.compile(
    r"\b(?:was|were|wasn['’]t|took\splace|held|hosted|ended|concluded|wrapped\sup|closed|convened"
    r"|met|opened|gathered|brought|marked|saw|adopted|signed|produced|attended|joined|agreed)\b"
)
_STILL_AHEAD: Final = re.compile(
    r"\b(?:will|to\sbe\sheld|(?:is|are)\s(?:expected|scheduled|due|set|planned|to)|upcoming|ahead\sof"
    r"|next|before\sthe|preparations?)\b"
)
_OTHER_RHYTHM: Final = re.compile(
    r"\b(?:biennial\w{0,2}|every\s(?:two|three|four|five|second|other)|quadrennial|Olympic|World\sCup"
    r"|and\s(?:final|last)|(?:final|last)\stime)\b"
)


def series_passages(story: Story, index: int) -> list[Passage]:
    """The next meeting of a series that a fit sentence of prose tells of, if any."""
    sentence, text = story.sentences[index], story.text
    said = text[sentence.start : sentence.end]
    match = _SERIES.search(text, sentence.start, sentence.end)
    if match is None or _STILL_AHEAD.search(said) or _OTHER_RHYTHM.search(said):
        return []
    number = number_of(match["ordinal"])
    times = find_times(text, story.published, lean="past", start=sentence.start, end=sentence.end)
    past = [time for time in times if time.precision == "day" and not time.is_future]
    if number is None or number < ORDINAL_MIN or not (past or _TOOK_PLACE.search(said)):
        return []
    name = " ".join(match["name"].split())
    following = ordinal(number + 1, in_words=match["ordinal"].isalpha())
    return [
        Passage(
            rule="next_in_series",
            family="recurring",
            start=sentence.start,
            end=sentence.end,
            subject=f"the {following} {(match['annual'] or '').lower()}{name}",
            predicate="take place",
            deadline=None,
            times=tuple(times),
            quantities=(),
            source="",
            flags=(),
            weight=SERIES_WEIGHT,
            prior=SERIES_PRIOR,
            follows=past[-1].starts_at if past else story.published,
        )
    ]
