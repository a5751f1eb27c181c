"""Rules, what they find, and the one place where they are registered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from markets.core.question_lint.wording import Span, Wording

Check = Callable[[Wording, datetime], Iterable[Span]]

FINDINGS_MAX: Final = 10
"""The most that one rule reports of one question."""


class Severity(StrEnum):
    """How much is at stake: a dispute, a doubt, or a better question."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found: the words at [start, end) of a field, and what to do about them."""

    rule: str
    severity: Severity
    field: str
    start: int
    end: int
    words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a sound question does; `fields` are those whose words it looks at."""

    id: str
    severity: Severity
    fields: tuple[str, ...]
    check: Check

    @property
    def wants(self) -> str:
        """What the rule asks an editor to do: the first line of its docstring."""
        return (self.check.__doc__ or "").strip().partition("\n")[0]

    def findings(self, wording: Wording, now: datetime) -> list[Finding]:
        """What the rule finds in a wording, in the order of its fields."""
        return [
            Finding(
                self.id,
                self.severity,
                span.field,
                span.start,
                span.end,
                wording.text(span.field)[span.start : span.end],
                span.sentence or self.wants,
            )
            for span in islice(self.check(wording, now), FINDINGS_MAX)
        ]


REGISTERED: Final[dict[str, Rule]] = {}
"""Every rule by its id, as the modules of the families are imported."""


def rule(rule_id: str, severity: Severity, *fields: str) -> Callable[[Check], Check]:
    """Register the check below as a rule; ids never change once published."""

    def register(check: Check) -> Check:
        if rule_id in REGISTERED:
            raise ValueError(f"two rules are called {rule_id}")
        REGISTERED[rule_id] = Rule(rule_id, severity, fields, check)
        return check

    return register
