"""What a rule of the audit is, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from markets.core.money import format_amount


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One violation: which rule, on what, in a sentence."""

    line: str
    sentence: str
    market_id: int | None = None


@dataclass(frozen=True)
class Check:
    """A rule with the query that finds what breaks it: (market, subject, expected, found)."""

    line: str
    sentence: str
    query: str
    counts: bool = False
    """Are its numbers counts, rather than amounts in millionths?"""
    parameters: Callable[[], dict[str, Any]] | None = None
    """What the query needs that the database cannot work out."""

    def findings(self) -> Iterator[Finding]:
        """Run the query, and say of each row what is wrong."""
        with connection.cursor() as cursor:
            cursor.execute(self.query, self.parameters() if self.parameters else None)
            for market_id, subject, expected, found in cursor.fetchall():
                place = f"market {market_id}: " if market_id is not None else ""
                spell = str if self.counts else _spell
                sentence = self.sentence.format(subject, spell(expected), spell(found))
                yield Finding(line=self.line, sentence=place + sentence, market_id=market_id)


def _spell(amount: object) -> str:
    return "nothing" if amount is None else format_amount(int(str(amount)))
