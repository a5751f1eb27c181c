"""Rules that derive the answer of a question from the answers of others.

A rule is a boolean expression of a few words. Its parts say that another question, named by its
number, was answered by one of its outcomes, named by its key: `12=yes and not (13=no or 14=paris)`.
What is not known stays unknown unless the rest decides it: the strong logic of three values.
Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from markets.core.errors import MarketError

RULE_LENGTH_MAX: Final = 500
RULE_DEPTH_MAX: Final = 20

_TOKEN: Final = re.compile(r"\s*(?:(\(|\)|and\b|or\b|not\b)|#?([0-9]{1,15})\s*=\s*([a-z0-9_-]+))")


class RuleUnreadable(MarketError):
    """The rule does not follow the grammar."""

    code = "rule_unreadable"
    field = "expression"


Known = Mapping[int, str | None]
"""The key of the outcome that came true, by question; None where that is not known."""

Evaluate = Callable[[Known], bool | None]


@dataclass(frozen=True, slots=True)
class Part:
    """That a question was answered by one of its outcomes."""

    question_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was read: its parts in order, and what they make together."""

    parts: tuple[Part, ...]
    evaluate: Evaluate


def read_rule(text: str) -> Rule:
    """The rule that a text spells.

    Raises:
        RuleUnreadable: where it is too long, too deep, or no rule at all.

    >>> rule = read_rule("12=yes and not (13=no or 14=paris)")
    >>> [part.question_id for part in rule.parts]
    [12, 13, 14]
    >>> rule.evaluate({12: "yes", 13: "yes", 14: "rome"})
    True
    >>> rule.evaluate({12: "no", 13: None, 14: None})
    False
    >>> print(rule.evaluate({12: "yes", 13: None, 14: "rome"}))
    None
    >>> read_rule("12=yes and")
    Traceback (most recent call last):
    ...
    markets.core.derived.RuleUnreadable: The rule ends where another part should follow.
    """
    if len(text) > RULE_LENGTH_MAX:
        raise RuleUnreadable(f"A rule has at most {RULE_LENGTH_MAX} characters.")
    reader = _Reader(list(_tokens(text)))
    evaluate = reader.any_of(depth=0)
    if reader.upcoming is not None:
        raise RuleUnreadable("Put “and” or “or” between the parts of the rule.")
    return Rule(tuple(reader.parts), evaluate)


def all_true(values: Iterator[bool | None]) -> bool | None:
    """Whether all hold; unknown where some are unknown and none is false.

    >>> all_true(iter([True, None])), all_true(iter([False, None]))
    (None, False)
    """
    listed = list(values)
    if False in listed:
        return False
    return None if None in listed else True


def any_true(values: Iterator[bool | None]) -> bool | None:
    """Whether any holds; unknown where some are unknown and none is true.

    >>> any_true(iter([True, None])), any_true(iter([False, None]))
    (True, None)
    """
    listed = list(values)
    if True in listed:
        return True
    return None if None in listed else False


def _tokens(text: str) -> Iterator[str | Part]:
    place = 0
    end = len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            near = text[place:].strip()[:20]
            raise RuleUnreadable(
                f"Near “{near}”: write parts such as 12=yes, joined by and, or, not, ( and )."
            )
        word, question_id, key = found.groups()
        yield word or Part(int(question_id), key)
        place = found.end()


class _Reader:
    """Reads tokens from left to right: “or” binds loosest, “not” tightest."""

    def __init__(self, tokens: list[str | Part]) -> None:
        self.tokens = tokens
        self.place = 0
        self.parts: list[Part] = []

    @property
    def upcoming(self) -> str | Part | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def any_of(self, depth: int) -> Evaluate:
        terms = [self.all_of(depth)]
        while self.upcoming == "or":
            self.place += 1
            terms.append(self.all_of(depth))
        return lambda known: any_true(term(known) for term in terms)

    def all_of(self, depth: int) -> Evaluate:
        terms = [self.one(depth)]
        while self.upcoming == "and":
            self.place += 1
            terms.append(self.one(depth))
        return lambda known: all_true(term(known) for term in terms)

    def one(self, depth: int) -> Evaluate:
        if depth > RULE_DEPTH_MAX:
            raise RuleUnreadable(f"A rule is at most {RULE_DEPTH_MAX} brackets deep.")
        here = self.upcoming
        if here is None:
            raise RuleUnreadable("The rule ends where another part should follow.")
        self.place += 1
        if isinstance(here, Part):
            self.parts.append(here)
            return lambda known: _is_so(here, known)
        if here == "not":
            term = self.one(depth + 1)
            return lambda known: _opposite(term, known)
        if here != "(":
            raise RuleUnreadable(f"“{here}” stands where a part such as 12=yes should.")
        inner = self.any_of(depth + 1)
        if self.upcoming != ")":
            raise RuleUnreadable("A bracket is opened and not closed.")
        self.place += 1
        return inner


def _is_so(part: Part, known: Known) -> bool | None:
    key = known.get(part.question_id)
    return None if key is None else key == part.key


def _opposite(term: Evaluate, known: Known) -> bool | None:
    value = term(known)
    return None if value is None else not value
