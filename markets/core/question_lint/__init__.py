"""Lint: the cheapest prevention of a disputed resolution.

A registry of pure rules. Each looks at one wording and says which words will lead to a dispute, and
what to write instead. The families: T time, S sources, M measures, A language, O outcomes, C care,
P provenance, B base rate. docs/lint.md lists them all, from the docstrings of the rules.
"""

from datetime import datetime
from typing import Final

from markets.core.question_lint import (
    base_rate,
    care,
    language,
    measures,
    outcomes,
    provenance,
    sources,
    times,
)
from markets.core.question_lint.registry import REGISTERED, Finding, Rule, Severity
from markets.core.question_lint.wording import Range, Span, Wording

FAMILIES: Final = {
    "T": times,
    "S": sources,
    "M": measures,
    "A": language,
    "O": outcomes,
    "C": care,
    "P": provenance,
    "B": base_rate,
}
RULES: Final[dict[str, Rule]] = {
    each: REGISTERED[each]
    for each in sorted(REGISTERED, key=lambda each: ([*FAMILIES].index(each[0]), each))
}
"""Every rule by its id, family by family."""

_BY_WEIGHT: Final = {severity: weight for weight, severity in enumerate(Severity)}

__all__ = ["FAMILIES", "RULES", "Finding", "Range", "Rule", "Severity", "Span", "Wording", "lint"]


def lint(wording: Wording, now: datetime) -> tuple[Finding, ...]:
    """Everything that is doubtful about a wording, errors first, else in the order of the rules.

    >>> from markets.core.question_lint.examples import NOW, SOUND, spoilt
    >>> lint(SOUND, NOW)
    ()
    >>> [(each.rule, each.words) for each in lint(spoilt(title="Will it open soon?"), NOW)]
    [('T10', 'soon'), ('A03', 'it'), ('T02', 'Will it open soon?')]
    """
    found = [finding for rule in RULES.values() for finding in rule.findings(wording, now)]
    return tuple(sorted(found, key=lambda finding: _BY_WEIGHT[finding.severity]))
