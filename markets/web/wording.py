"""How numbers and instants are said on pages; pure, so that every rule has an exact test."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from markets.core.money import MICRO, format_credits

_STEPS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)
_DAYS_BEFORE_MONTHS = 60
FLOAT_SLACK = 1e-6
CHANGE_MIN = 0.0005
"""Smaller changes are said to be none: they would round to 0.0 points."""


def percent(probability: float | None) -> str:
    """A probability for people: whole percents, a decimal near the ends, a dash for unknown.

    >>> percent(0.4149), percent(0.0042), percent(0.9968), percent(None)
    ('41%', '0.4%', '99.7%', '–')
    >>> percent(0.0001), percent(0.9999), percent(1.0), percent(0.0)
    ('<0.1%', '>99.9%', '100%', '0%')
    """
    if probability is None:
        return "–"
    if probability in {0, 1}:
        return f"{probability:.0%}"
    if probability < 0.001:
        return "<0.1%"
    if probability > 0.999:
        return ">99.9%"
    if probability < 0.01 or probability >= 0.995:
        return f"{probability:.1%}"
    return f"{probability:.0%}"


def percent_fields(probabilities: Sequence[float]) -> list[str]:
    """Probabilities as they stand in number boxes: tenths of a percent that make exactly 100.

    Each gets at least a tenth; what rounding down left over goes to those that lost most.

    >>> percent_fields([0.5, 0.5]), percent_fields([1 / 3, 1 / 3, 1 / 3])
    (['50', '50'], ['33.4', '33.3', '33.3'])
    """
    if not probabilities:
        return []
    exact = [max(1.0, part * 1000) for part in probabilities]
    tenths = [math.floor(part + FLOAT_SLACK) for part in exact]
    neediest = sorted(range(len(exact)), key=lambda place: tenths[place] - exact[place])
    for place in neediest[: max(0, 1000 - sum(tenths))]:
        tenths[place] += 1
    tenths[tenths.index(max(tenths))] -= max(0, sum(tenths) - 1000)
    return [f"{part / 10:.1f}".removesuffix(".0") for part in tenths]


def points(change: float) -> str:
    """A change of probability in percentage points, always with its sign.

    >>> points(0.0212), points(-0.1), points(0.0001)
    ('+2.1', '−10', '±0')
    """
    if abs(change) < CHANGE_MIN:
        return "±0"
    sign = "+" if change > 0 else "−"
    return sign + f"{abs(change) * 100:.1f}".removesuffix(".0")


def shares(amount: int) -> str:
    """Microshares for people: to the hundredth, as credits are."""
    return format_credits(amount)


def signed_credits(amount: int) -> str:
    """Credits gained or lost, with the sign before the number.

    >>> signed_credits(1_500_000), signed_credits(-1_500_000), signed_credits(0)
    ('+1.50', '−1.50', '0.00')
    """
    said = format_credits(abs(amount))
    return said if said == "0.00" else ("+" if amount > 0 else "−") + said


def score(amount: float) -> str:
    """A score to the tenth, with its sign.

    >>> score(12.34), score(-0.26), score(0.0)
    ('+12.3', '−0.3', '0.0')
    """
    said = f"{abs(amount):.1f}"
    return said if said == "0.0" else ("+" if amount > 0 else "−") + said


def signed_decimals(amount: float) -> str:
    """A small score to the thousandth, with its sign.

    >>> signed_decimals(0.0123), signed_decimals(-0.2231), signed_decimals(0.0)
    ('+0.012', '−0.223', '0.000')
    """
    said = f"{abs(amount):.3f}"
    return said if said == "0.000" else ("+" if amount > 0 else "−") + said


def short_credits(amount: int) -> str:
    """Credits where space is short: no decimals from a hundred on, thousands as k.

    >>> short_credits(12_340_000), short_credits(1_234_000_000), short_credits(45_600_000_000)
    ('12.34', '1,234', '45.6k')
    """
    whole = amount / MICRO
    if whole >= 10_000:
        return f"{whole / 1000:.1f}k"
    if whole >= 100:
        return f"{whole:,.0f}"
    return format_credits(amount).removesuffix(".00")


def day(at: datetime) -> str:
    """A calendar day in UTC.

    >>> day(datetime(2026, 3, 1, tzinfo=UTC))
    '1 March 2026'
    """
    moment = at.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y}"


def instant(at: datetime) -> str:
    """An instant in UTC, to the minute.

    >>> instant(datetime(2026, 3, 1, 9, 5, tzinfo=UTC))
    '1 March 2026, 09:05 UTC'
    """
    moment = at.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def machine_instant(at: datetime) -> str:
    """What stands in a time element's datetime attribute.

    >>> machine_instant(datetime(2026, 3, 1, 9, 5, tzinfo=UTC))
    '2026-03-01T09:05:00Z'
    """
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def distance(at: datetime, now: datetime) -> str:
    """How far an instant is from now, in the largest unit that fits.

    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> distance(noon + timedelta(days=3, hours=5), noon), distance(noon - timedelta(hours=1), noon)
    ('in 3 days', '1 hour ago')
    >>> distance(noon, noon), distance(noon + timedelta(days=400), noon)
    ('now', 'in 1 year')
    """
    span = abs(at - now)
    for step, name in _STEPS:
        if name == "month" and span < timedelta(days=_DAYS_BEFORE_MONTHS):
            continue
        if span >= step:
            count = span // step
            words = f"{count} {name}{'' if count == 1 else 's'}"
            return f"in {words}" if at > now else f"{words} ago"
    return "now"


def limit_percent(mills: int | None) -> str:
    """The price of an order in percent, to the tenth that limits have.

    >>> limit_percent(400), limit_percent(655), limit_percent(None)
    ('40%', '65.5%', '–')
    """
    return "–" if mills is None else f"{mills / 10:.1f}".removesuffix(".0") + "%"
