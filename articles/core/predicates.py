"""Predicates in the base form that a title needs, for cues that give another form or none."""

import re
from typing import Final

from articles.core.cues import CueMatch, Family
from articles.core.lexicon import words
from articles.core.references import head_of

_ROUTES: Final = words(
    """
    corridor line railway railroad road motorway highway bridge tunnel pipeline port airport plant
    station reactor terminal metro route link crossing ferry canal refinery farm grid cable
    factory gigafactory smelter mine facility interconnector
    """
)
_APPROVED: Final = words("bill law act budget constitution amendment regulation directive ruling")
_LAPSING: Final = words(
    """
    agreement treaty deal contract mandate sanctions ceasefire truce licence license lease waiver
    pact moratorium ban tariff tariffs exemption permit concession mission embargo patent accord
    programme program scheme subsidy restrictions curbs guarantee compact copyright
    """
)
_DELIVERED: Final = words("ruling verdict judgment judgement decision sentence opinion")
_PUBLISHED: Final = words("report results figures findings review study assessment minutes")
_OCCURRING: Final = words(
    """
    election elections vote referendum summit meeting talks launch trial hearing final opening
    conference match race strike auction debate inauguration ceremony flight test tour games
    championship tournament closure release session congress forum congress assembly festival
    consultation negotiations round runoff ballot coronation wedding sale start completion
    sentencing retrial inquest premiere derby
    landing takeover merger rollout delivery deliveries shutdown primary polls exhibition parade
    """
)
_PURPOSES: Final = {
    "launch": "be launched",
    "completion": "be completed",
    "delivery": "be delivered",
    "release": "be released",
    "publication": "be published",
    "demolition": "be demolished",
    "closure": "be closed",
    "opening": "be opened",
    "trial": "go on trial",
    "auction": "be auctioned",
    "sale": "be put up for sale",
}
_VERB_FORMS: Final = {
    "goes": "go",
    "closes": "close",
    "launches": "launch",
}
_TALKS: Final = re.compile(
    r"(?:negotiating|discussing|in\s(?:talks|negotiations)\s(?:on|over|about|for))\s(?P<text>.{3,120})"
)
_TREATY: Final = re.compile(r"\b(?:agreement|deal|treaty|pact|accord|contract|partnership)\b")
_PARTICIPLES: Final = {
    "approve": "approved",
    "adopt": "adopted",
    "authorise": "authorised",
    "authorize": "authorized",
    "ratify": "ratified",
    "ban": "banned",
    "extend": "extended",
}
_DEED: Final = re.compile(rf"(?P<verb>{'|'.join(_PARTICIPLES)})\s(?P<object>[^,;]{{3,80}})")
_WHETHER: Final = re.compile(r"(?:(?:decide|rule)\s)?whether\sto\s(?P<text>.{3,120})")
_VOTE: Final = re.compile(r"(?:vote\s)?on\s(?P<whether>whether\sto\s)?(?P<text>.{3,120})")


def completed(subject: str, predicate: str, cue: CueMatch) -> str:
    """The predicate of a title, or "" where the subject makes no sense of the cue."""
    head, shape = head_of(subject), cue.cue.shape
    if shape == "status":
        return status_predicate(head, cue.cue.completion)
    if shape == "scheduled":
        return _scheduled(head, predicate)
    if shape == "expiry":
        return "be extended or renewed" if head in _LAPSING else ""
    return _opening(cue.match.group(), predicate) if shape == "opening" else _decided(predicate)


def passive(predicate: str) -> tuple[str, str] | None:
    """What is approved, as a subject, and "be approved"; for deeds of a body without a name.

    >>> passive("approve Corvax’s new vaccine")
    ('Corvax’s new vaccine', 'be approved')
    >>> passive("approve the plan")
    """
    match = _DEED.fullmatch(predicate)
    named = match and any(word[0].isupper() for word in match["object"].split())
    return (match["object"], f"be {_PARTICIPLES[match['verb']]}") if match and named else None


def family_of(cue: CueMatch, predicate: str) -> Family:
    """The family of a cue, unless what is to happen is a vote or an election."""
    if re.match(r"(?:approve|pass|be passed|reject|ratify)\b", predicate):
        return "vote"
    if "election" in predicate or "referendum" in predicate:
        return "election"
    return cue.cue.family


def status_predicate(head: str, completion: str) -> str:
    """What ends a status: a line under construction opens, a bill under review is passed."""
    if head in _ROUTES:
        return "be operational" if completion == "be completed" else "be approved"
    return "be passed" if head in _APPROVED and completion == "be adopted" else completion


def _decided(predicate: str) -> str:
    """Talks end with a signature and votes with a result: that is what a question asks."""
    talks, vote = _TALKS.match(predicate), _VOTE.match(predicate)
    whether = _WHETHER.match(predicate)
    if whether:
        return whether["text"]
    if talks:
        return f"sign {talks['text']}" if _TREATY.search(talks["text"]) else ""
    if vote:
        return vote["text"] if vote["whether"] else f"approve {vote['text']}"
    return predicate


def _scheduled(head: str, rest: str) -> str:
    """ "is scheduled for 3 March", "is due in June": what kind of thing it is decides."""
    if rest and len(rest.split()) > 6:
        return ""
    purpose = re.match(r"for\s(?:its\s|a\s|the\s)?(?P<noun>[a-z-]{3,14})\b(?P<tail>.*)", rest)
    if purpose:
        verb = _PURPOSES.get(purpose["noun"])
        return f"{verb}{purpose['tail']}" if verb else ""
    tail = f" {rest}" if rest.split(maxsplit=1)[:1] in (["in"], ["at"]) else ""
    if head in _DELIVERED:
        return f"be delivered{tail}"
    if head in _PUBLISHED:
        return f"be published{tail}"
    return f"take place{tail}" if head in _OCCURRING else ""


def _opening(cue: str, rest: str) -> str:
    words_of_cue = cue.split()
    verb = words_of_cue[0]
    base = _VERB_FORMS.get(verb, verb.removesuffix("s"))
    phrase = " ".join([base, *words_of_cue[1:]])
    return f"{phrase} {rest}".strip() if len(rest.split()) <= 8 else ""
