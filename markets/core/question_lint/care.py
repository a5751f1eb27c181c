"""C: a question harms nobody, betrays nobody, and is not decided by those who trade on it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from markets.core.question_lint.examples import marked
from markets.core.question_lint.registry import Severity, rule
from markets.core.question_lint.wording import (
    BACKGROUND,
    CRITERIA,
    FINE_PRINT,
    OUTCOMES,
    SOURCES,
    TITLE,
    Span,
    Wording,
)

__all__ = ["marked"]  # what the examples below need

_DEATH: Final = re.compile(
    r"\b(?:dies?|died|dying|dead|death(?!\s(?:penalt|sentence|row|toll|rate))|pass(?:es)?\saway"
    r"|(?:be\s)?(?:killed|assassinated|murdered|executed|lynched)|assassinations?|outlives?"
    r"|still\s(?:be\s)?alive)\b",
    re.IGNORECASE,
)
_VIOLENCE: Final = re.compile(
    r"\b(?:bomb(?:ing|ings|ed|s)?|massacres?|terror(?:ist|ism)?(?:\sattacks?)?|mass\sshootings?|shootings?"
    r"|casualties|death\stoll|rapes?|kidnap\w{0,4}|hostages?|stabb\w{2,4}|tortur\w{1,3}|genocide|riots?)\b",
    re.IGNORECASE,
)
_SELF_HARM: Final = re.compile(
    r"\b(?:suicides?|suicidal|self-harm|overdos\w{1,4})\b", re.IGNORECASE
)
_PRIVATE: Final = re.compile(
    r"\b(?:pregnan(?:t|cy)|divorc\w{1,3}|affair\swith|ex-(?:wife|husband|girlfriend|boyfriend)"
    r"|(?:his|her|their|[A-Z]\w+['’]s)\s(?:son|daughter|child(?:ren)?|wife|husband|girlfriend|boyfriend"
    r"|mother|father|health|diagnosis)|diagnosed|hospitali[sz]ed|come\sout\sas|sexual\sorientation"
    r"|home\saddress|schoolchild(?:ren)?|teenager)\b"
)
_MAIL: Final = re.compile(r"\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24}\b")
_PHONE: Final = re.compile(r"(?<![\w.,])\+\d{1,3}[\s(.-]{1,2}\d(?:[\s().-]{0,2}\d){6,12}(?!\d)")
_OURSELVES: Final = re.compile(
    r"\b(?:Oddsdesk|this\s(?:site|website|platform|market)|(?:on|of)\sthis\s(?:site|website|platform|market)"
    r"|(?:price|odds|probability|volume|traders?|forecasters?|comments?|trades)\s(?:of|in|on|under)\sthis\s"
    r"(?:market|question))\b",
    re.IGNORECASE,
)
_GUILT: Final = re.compile(
    r"\b(?:guilty|criminals?|fraudsters?|corrupt|crooks?|murderers?|traitors?|liars?|thie(?:f|ves))\b",
    re.IGNORECASE,
)
_COURT: Final = re.compile(
    r"\b(?:courts?|convict\w{0,4}|verdict|jury|judges?|sentenc\w{1,3}|trial|indict\w{0,4}|plead\w{0,2})\b",
    re.IGNORECASE,
)


@rule("C01", Severity.ERROR, TITLE, OUTCOMES)
def death(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask about the office or the event instead: nobody should gain by a person's death.

    >>> marked(death, title="Will the mayor of Marrow die by 1 March 2027?")
    ['die']
    >>> marked(death, title="Will the mayor of Marrow leave office by 1 March 2027?")
    []
    """
    return wording.matches(_DEATH, TITLE, OUTCOMES)


@rule("C02", Severity.WARNING, TITLE, OUTCOMES)
def violence(wording: Wording, now: datetime) -> Iterator[Span]:
    """Think twice about violence: ask about what is decided or agreed, if that says as much.

    >>> marked(violence, title="Will there be a bombing in Marrow by 1 March 2027?")
    ['bombing']
    >>> marked(violence, title="Will a ceasefire in Marrow be signed by 1 March 2027?")
    []
    """
    return wording.matches(_VIOLENCE, TITLE, OUTCOMES)


@rule("C03", Severity.WARNING, TITLE, CRITERIA)
def private_life(wording: Wording, now: datetime) -> Iterator[Span]:
    """Leave private lives alone: ask about what somebody does in office.

    >>> marked(private_life, title="Will Ana Marlow announce a divorce by 1 March 2027?")
    ['divorce']
    >>> marked(private_life, title="Will Ana Marlow announce a candidacy by 1 March 2027?")
    []
    """
    return wording.matches(_PRIVATE, TITLE, CRITERIA)


@rule("C04", Severity.ERROR, TITLE, CRITERIA, FINE_PRINT, BACKGROUND, SOURCES)
def contact(wording: Wording, now: datetime) -> Iterator[Span]:
    """Take out the address or number of a person: the page is public.

    >>> marked(contact, background="Ask ana.marlow@roads.example.org about it.")
    ['ana.marlow@roads.example.org']
    >>> marked(contact, background="Ask the road authority about it.")
    []
    """
    names = (TITLE, CRITERIA, FINE_PRINT, BACKGROUND, SOURCES)
    yield from wording.matches(_MAIL, *names)
    yield from wording.matches(_PHONE, *names)


@rule("C05", Severity.ERROR, TITLE, CRITERIA, FINE_PRINT)
def ourselves(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask about the world: traders would make an answer that depends on this site.

    >>> marked(ourselves, title="Will the price of this market exceed 0.9 by 1 March 2027?")
    ['price of this market']
    >>> marked(ourselves, title="Will the price of oil exceed 90 dollars by 1 March 2027?")
    []
    """
    return wording.matches(_OURSELVES, TITLE, CRITERIA, FINE_PRINT)


@rule("C06", Severity.ERROR, TITLE, CRITERIA, OUTCOMES)
def self_harm(wording: Wording, now: datetime) -> Iterator[Span]:
    """Do not ask about self-harm.

    >>> marked(self_harm, title="Will there be a suicide on the Lark Bridge by 1 March 2027?")
    ['suicide']
    >>> marked(self_harm, title="Will the Lark Bridge get a higher railing by 1 March 2027?")
    []
    """
    return wording.matches(_SELF_HARM, TITLE, CRITERIA, OUTCOMES)


@rule("C07", Severity.WARNING, TITLE)
def accusation(wording: Wording, now: datetime) -> Iterator[Span]:
    """Ask what a court decides: until then nobody is guilty.

    >>> marked(accusation, title="Will Ana Marlow turn out to be corrupt by 1 March 2027?")
    ['corrupt']
    >>> marked(accusation, title="Will a court find Ana Marlow guilty of bribery by 1 March 2027?")
    []
    """
    if not _COURT.search(wording.title):
        yield from wording.matches(_GUILT, TITLE)
