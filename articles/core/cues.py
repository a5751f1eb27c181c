"""The turns of phrase by which a text says that something is still to come.

A cue stands between a subject and a predicate ("the bridge | is expected to | open in 2027"), or
closes the clause ("the corridor | is under construction"). Its weight says how often such a
sentence makes a usable question, its prior how often the thing then happens in time; both are
editors' rules of thumb, to be replaced by counts of what editors accept.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Family = Literal[
    "expected",
    "pledged",
    "must",
    "pending",
    "joining",
    "election",
    "match",
    "vote",
    "expiry",
    "opening",
    "recurring",
    "indicator",
    "warning",
]
Shape = Literal["verb", "scheduled", "status", "joining", "expiry", "opening"]


@dataclass(frozen=True, slots=True)
class Cue:
    """One turn of phrase.

    shape says what follows: a verb in its base form, a date ("is scheduled for"), nothing (a
    status, whose fixed predicate is completion), an organisation, or the end of something.
    """

    rule: str
    family: Family
    shape: Shape
    pattern: re.Pattern[str]
    weight: float
    prior: float
    needs_deadline: bool = False
    completion: str = ""


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A cue found in a text."""

    cue: Cue
    match: re.Match[str]

    @property
    def start(self) -> int:
        """Where the cue starts, which is where its subject ends."""
        return self.match.start()

    @property
    def reduced(self) -> bool:
        """Whether the verb is left out: "the line, due to open in 2033, ..."."""
        return self.match.string.endswith(", ", 0, self.start) and self.match.group().startswith(
            ("expected", "scheduled", "due", "set", "slated", "planned")
        )

    @property
    def end(self) -> int:
        """Where the cue ends, which is where its predicate starts."""
        return self.match.end()


_ADVERB: Final = (
    r"(?:(?:now|also|still|currently|officially|reportedly|widely|already|tentatively|again|all"
    r"|formally|fully|provisionally|both|generally|therefore|thus|is|are)\s){0,2}"
)
_IS: Final = rf"(?:is|are)\s{_ADVERB}"
_HAS: Final = rf"(?:(?:has|have)\s{_ADVERB})?"


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){source}")


_TO_COME: Final = (
    r"(?:expected|scheduled|due|set|slated|forecast|projected|planned|poised|anticipated"
    r"|on\strack|on\scourse|tipped|earmarked|predicted)"
)
_BY_WHEN: Final = (
    r"(?=(?:for|on|in|by|at|before|during|later|early|late|next|this|within|mid|around|from|no)\b)"
)
_SHARE_DONE: Final = (
    r"(?:(?:about|around|roughly|nearly|almost|more\sthan|over|some|at\sleast)\s)?"
    r"\d{1,3}(?:\.\d{1,2})?\s?(?:%|percent|per\scent)\s"
    r"(?:complete|completed|done|finished|built|ready)\b"
)
_NEARLY_DONE: Final = (
    r"(?:(?:almost|nearly|virtually|practically|close\sto|near|nearing|approaching|all\sbut)\s"
    r"(?:being\s)?(?:done|complete|completed|finished|completion|ready|built)"
    r"|in\s(?:its|the|their)\sfinal\s(?:stages?|phases?))\b"
)
_REMAINS: Final = rf"(?:(?:is|are|remains?|stays?|was\ssaid\sto\sbe|being)\s)?{_ADVERB}"

CUES: Final[tuple[Cue, ...]] = (
    Cue("expected_to", "expected", "verb", _pattern(rf"{_IS}{_TO_COME}\sto\s"), 0.60, 0.70),
    Cue(
        "expected_to", "expected", "verb",
        _pattern(r"(?<=,\s)(?:expected|scheduled|due|set|slated|planned)\sto\s"), 0.50, 0.70,
        needs_deadline=True,
    ),
    Cue(
        "expects_to", "expected", "verb", _pattern(r"expects?\sto\s"), 0.50, 0.65,
        needs_deadline=True,
    ),
    Cue(
        "forecast_to", "expected", "verb",
        _pattern(r"(?:expects?|forecasts?|predicts?|projects?)\s(?P<object>[^,.;:]{3,80}?)\sto\s"
                 r"(?=[a-z])"),
        0.55, 0.50, needs_deadline=True,
    ),
    Cue(
        "scheduled_for", "expected", "scheduled",
        _pattern(rf"{_IS}(?:scheduled|planned|slated|set|due|expected|timed|pencilled\sin)\s"
                 rf"{_BY_WHEN}"),
        0.60, 0.80, needs_deadline=True,
    ),
    Cue(
        "likely_to", "expected", "verb", _pattern(rf"{_IS}(?:very\s|most\s)?likely\sto\s"),
        0.40, 0.60, needs_deadline=True,
    ),
    Cue(
        "will", "expected", "verb", _pattern(rf"will\s{_ADVERB}"), 0.50, 0.70,
        needs_deadline=True,
    ),
    Cue(
        "is_to", "expected", "verb",
        _pattern(r"(?:is|are)\sto\s(?=(?:be|open|start|begin|launch|close|hold|host|become|get"
                 r"|receive|join|leave|take|build|cut|raise|meet|vote|stand|step|run|operate|enter"
                 r"|carry|publish|pay|end|return|resume|fly|go|sign|move|deliver|decide)\s)"),
        0.45, 0.70, needs_deadline=True,
    ),
    # Reported speech: only after a word of saying (see announcements).
    Cue(
        "said_would", "expected", "verb", _pattern(rf"would\s{_ADVERB}"), 0.50, 0.60,
        needs_deadline=True,
    ),
    Cue(
        "should_happen", "expected", "verb",
        _pattern(r"should\s(?:also\s|then\s|finally\s)?(?=(?:be\s(?:ready|finished|complete"
                 r"|completed|open|operational|available|delivered|launched|published)|(?:re)?open(?!\s(?:its|his|her|their)\b)"
                 r"|start|begin|enter|arrive|launch|carry|fly|run)\s)"),
        0.45, 0.60, needs_deadline=True,
    ),
    Cue(
        "pledged_to", "pledged", "verb",
        _pattern(rf"{_HAS}(?:pledged|promised|agreed|vowed|committed|decided|undertaken|undertook"
                 r"|proposed|resolved)(?:\s(?:at|in|on|during)\s[^,.;:]{3,40}?)?\sto\s"),
        0.45, 0.50,
    ),
    Cue(
        "announced_plans_to", "pledged", "verb",
        _pattern(rf"{_HAS}(?:announced|unveiled|outlined|confirmed|revealed|approved|backed)\s"
                 r"(?:(?:its|their|his|her|a|an|the|new|final)\s){0,2}"
                 r"(?:plans?|intentions?|proposals?|decision|agreement)\sto\s"),
        0.45, 0.50,
    ),
    Cue(
        "plans_to", "pledged", "verb",
        _pattern(r"(?:plans?|aims?|intends?|hopes?|wants?|seeks?|proposes?|pledges?|promises?"
                 r"|agrees?|vows?)\sto\s"),
        0.45, 0.45,
    ),
    Cue(
        "planning_to", "pledged", "verb",
        _pattern(rf"{_IS}(?:planning|aiming|preparing|hoping|intending|seeking|looking|committed"
                 r"|gearing\sup|getting\sready|in\stalks)\sto\s"),
        0.45, 0.45,
    ),
    Cue(
        "must", "must", "verb",
        _pattern(r"(?:must|has\sto|have\sto|(?:is|are)\s(?:required|obliged|obligated|ordered)\sto)"
                 r"\s"),
        0.50, 0.50, needs_deadline=True,
    ),
    Cue(
        "ordered_to", "must", "verb",
        _pattern(r"(?:ordered|instructed|directed|obliged|compelled)\s(?P<object>[^,.;:]{3,80}?)\sto\s"
                 r"(?=[a-z])"),
        0.55, 0.55, needs_deadline=True,
    ),
    Cue(
        "has_until", "must", "verb",
        _pattern(r"(?:(?:has|have)\suntil|(?:faces?|has|have)\sa\sdeadline\sof)\s"
                 r"(?P<until>[^,.;]{3,40}?)\sto\s"),
        0.60, 0.50, needs_deadline=True,
    ),
    Cue(
        "has_until", "must", "verb",
        _pattern(r"(?:gave|gives|given|granted)\s(?P<object>[^,.;:]{2,60}?)\suntil\s"
                 r"(?P<until>[^,.;]{3,40}?)\sto\s"),
        0.60, 0.50, needs_deadline=True,
    ),
    Cue(
        "date_set", "expected", "status",
        _pattern(rf"{_HAS}(?:set|fixed|named|chosen|picked)\s(?P<until>[^,.;]{{3,30}}?)\sas\s"
                 r"(?:the\s|its\s)?(?:date|day)\s(?:of|for)\s(?P<object>[^,.;:]{4,60})"),
        0.60, 0.85, needs_deadline=True, completion="take place",
    ),
    Cue(
        "under_construction", "pending", "status",
        _pattern(rf"(?:is|are|remains?)\s{_ADVERB}(?:under\sconstruction|being\sbuilt)\b"),
        0.65, 0.45, completion="be completed",
    ),
    Cue(
        "nearly_done", "pending", "status",
        _pattern(rf"(?:is|are)\s{_ADVERB}{_NEARLY_DONE}|\bnears\scompletion\b"),
        0.70, 0.65, completion="be completed",
    ),
    Cue(
        "share_done", "pending", "status", _pattern(rf"(?:is|are)\s{_ADVERB}{_SHARE_DONE}"),
        0.70, 0.60, completion="be completed",
    ),
    Cue(
        "under_consideration", "pending", "status",
        _pattern(rf"{_REMAINS}(?:under\s(?:active\s|serious\s)?(?:consideration|review|discussion"
                 r"|examination)|being\s(?:considered|discussed|debated))\b"),
        0.62, 0.30, completion="be adopted",
    ),
    Cue(
        "under_negotiation", "pending", "status",
        _pattern(rf"{_REMAINS}(?:under\snegotiation|being\snegotiated)\b"),
        0.62, 0.30, completion="be signed",
    ),
    Cue(
        "negotiating", "pending", "verb",
        _pattern(rf"{_IS}(?=negotiating\s|in\s(?:talks|negotiations)\s(?:on|over|about|for)\s"
                 r"|discussing\s)"),
        0.55, 0.30,
    ),
    Cue(
        "applied_to_join", "joining", "joining",
        _pattern(r"(?:(?:has|have)\s(?:also\s|already\s|long\s|formally\s|officially\s)?)?"
                  r"(?:applied|tried|sought|asked|bid|offered|requested|attempted|seeks?|wants?"
                 r"|hopes?|aims?|(?:is|are)\s(?:seeking|trying|hoping|bidding|waiting))\sto\s"
                 r"(?:join|accede\sto|enter|become\sa\s(?:full\s)?member\sof)\b"),
        0.65, 0.15,
    ),
    Cue(
        "applied_for_membership", "joining", "joining",
        _pattern(r"(?:(?:has|have)\s(?:also\s|already\s|formally\s|officially\s)?)?"
                 r"(?:applied\sfor|requested|sought|seeks?|(?:is|are)\sseeking|(?:is|are)\sapplying\sfor)"
                 r"\s(?:(?P<role>full\smembership|membership|observer\sstatus|observer\smembership"
                 r"|associate\smembership|candidate\sstatus))\s(?:of|in|at|with|to)\b"),
        0.65, 0.20,
    ),
    Cue(
        "expires", "expiry", "expiry",
        _pattern(rf"(?:(?:will|(?:is|are)\s(?:due|set|scheduled|expected)\sto)\s)?"
                 rf"(?:expires?|lapses?|runs?\sout|ends?)\s{_BY_WHEN}"),
        0.60, 0.50, needs_deadline=True,
    ),
    Cue(
        "opens", "opening", "opening",
        _pattern(r"(?:opens?|begins?|starts?|launch(?:es)?|closes?|kicks?\soff|goes\slive|go\slive"
                 r"|takes?\seffect|takes?\splace|(?:enters?|comes?)\sinto\s(?:force|effect)"
                 rf"|goes\son\ssale|go\son\ssale|(?:goes|go|returns?)\sto\sthe\spolls)\s{_BY_WHEN}"),
        0.55, 0.80, needs_deadline=True,
    ),
    Cue(
        "votes_on", "vote", "verb", _pattern(r"votes?\s(?=on\s)"), 0.60, 0.60,
        needs_deadline=True,
    ),
    Cue(
        "decides", "vote", "verb",
        _pattern(r"(?:decides?|rules?)\s(?=(?:(?:on|in|by|before)\s[^,.;:]{2,30}?\s)?whether\sto\s)"),
        0.60, 0.50, needs_deadline=True,
    ),
    Cue(
        "may", "warning", "verb", _pattern(r"(?:could|may|might)\s(?:also\s|still\s|soon\s)?"),
        0.30, 0.25, needs_deadline=True,
    ),
)  # fmt: skip


def find_cues(text: str, start: int, end: int) -> list[CueMatch]:
    """The cues of one sentence, the most specific first, each place of the text used once."""
    taken: list[tuple[int, int]] = []
    found: list[CueMatch] = []
    for cue in sorted(CUES, key=lambda cue: cue.shape == "verb"):
        for match in cue.pattern.finditer(text, start, end):
            if all(match.end() <= first or match.start() >= last for first, last in taken):
                taken.append((match.start(), match.end()))
                found.append(CueMatch(cue, match))
    return sorted(found, key=lambda found: found.start)
