"""Settings of resolvers that tests begin with, and the instants at which they run."""

from datetime import timedelta
from typing import Any

from markets.services.resolver_settings import ResolverSettings
from tests.instants import NOON

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CLOSE = NOON + 10 * DAY
DUE = CLOSE + DAY
"""From when on a no may be given: the close of the cast's question, and a day of grace."""

CONFIRMED = DUE + 10 * MINUTE


def settings(kind: str, **changes: Any) -> ResolverSettings:
    return ResolverSettings(**{"kind": kind, "first_at": NOON, "every": DAY, **changes})


def json_settings(**changes: Any) -> ResolverSettings:
    """Whether at least one train has crossed, by the field `trains`."""
    given = {"expression": "corridor.trains", "comparison": ">=", "threshold": 1.0}
    return settings("json", **{**given, **changes})


def csv_settings(**changes: Any) -> ResolverSettings:
    given = {
        "column": "trains", "delimiter": ",", "comparison": ">=", "threshold": 1.0,
    }  # fmt: skip
    return settings("csv", **{**given, **changes})
