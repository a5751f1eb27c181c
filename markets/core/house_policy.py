"""The house policy: what holds for every question that does not say otherwise.

Versions are never changed, only added: a question is decided by the policy under which people
forecast on it.
"""

from dataclasses import dataclass
from typing import Final

DOUBT_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class HousePolicy:
    """One version; `answers` are the rules of lint that its text satisfies for every question."""

    version: int
    text: str
    answers: frozenset[str]


POLICIES: Final = {
    1: HousePolicy(
        version=1,
        text=(
            "Times are UTC, and a day ends at 23:59 UTC. If the source that a question names says "
            "nothing, two independent established news outlets decide. If the outcome is still in "
            f"doubt {DOUBT_DAYS} days after the deadline, the question is annulled, and everybody "
            "gets back what they paid."
        ),
        answers=frozenset({"T03", "S03", "O03"}),
    ),
}
CURRENT: Final = max(POLICIES)


def policy_text(version: int | None) -> str:
    """The text of a version, "" where no policy holds or the version is unknown.

    >>> policy_text(1).partition(",")[0], policy_text(None)
    ('Times are UTC', '')
    """
    policy = POLICIES.get(version or 0)
    return policy.text if policy else ""
