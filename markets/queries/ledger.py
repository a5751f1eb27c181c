"""The audit: what must always hold of the books, checked in the database, set by set.

Each check is one query that returns what breaks its rule, so that an audit of millions of rows
reads each of them a few times and brings home only findings. Every query sees one instant, so
trading may go on meanwhile.
"""

from markets.queries.audit.books import BOOKS
from markets.queries.audit.check import Finding
from markets.queries.audit.crowd import CROWD
from markets.queries.audit.fills import FILLS
from markets.queries.audit.makers import MAKERS, maker_findings
from markets.queries.audit.orders import ORDERS
from markets.queries.audit.positions import POSITIONS
from markets.queries.audit.settlements import SETTLEMENTS

__all__ = ["RULES", "Finding", "audit"]

CHECKS = (*BOOKS, *POSITIONS, *FILLS, *ORDERS, *SETTLEMENTS, *CROWD)
RULES = (*(check.line for check in CHECKS), *MAKERS)


def audit() -> list[Finding]:
    """Return every violation; an empty list is a clean audit."""
    return [finding for check in CHECKS for finding in check.findings()] + list(maker_findings())
