"""What templates call: wording as filters, and the small parts that every page repeats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from markets.core import money
from markets.core.numeric import Bins
from markets.models import Question
from markets.queries.impact import Impact
from markets.queries.odds import Odds
from markets.queries.portfolio import PositionView, wallet_of
from markets.queries.similar import SimilarQuestion
from markets.web import distributions, wording
from markets.web.books import claim_name
from markets.web.charts import sparkline_path

register = template.Library()

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
MARKS_APART = 0.14
"""How far apart two marks on a slider must stand for their names not to overlap."""

register.filter("percent", wording.percent)
register.filter("credits", money.format_credits)
register.filter("short_credits", wording.short_credits)
register.filter("shares", wording.shares)
register.filter("limit_percent", wording.limit_percent)
register.filter("signed", wording.signed_credits)
register.filter("plain", money.format_amount)
register.filter("score", wording.score)
register.filter("signed_decimals", wording.signed_decimals)
register.filter("day", wording.day)


@register.filter
def at(sequence: Any, index: int) -> Any:
    """The element of a sequence at an index that a template holds in a variable."""
    return sequence[index]


@register.simple_tag
def impact_steps(impact: Impact, *, is_decided: bool) -> list[tuple[str, Sequence[float]]]:
    """What to call the instants around an article that have come, each with the odds there."""
    opened = impact.since == impact.question.opened_at
    steps = (
        ("at the opening" if opened else "when it appeared", impact.at_first),
        ("an hour later", impact.after_hour),
        ("a day later", impact.after_day),
        ("in the end" if is_decided else "now", impact.at_last),
    )
    return [(name, odds) for name, odds in steps if odds is not None]


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def width(probability: float | None) -> str:
    """A probability as a length in an SVG.

    >>> width(0.4149)
    '41.49%'
    """
    return f"{(probability or 0) * 100:.2f}%"


@register.filter
def market(row: dict[str, Any]) -> float | None:
    """The market's probability in a row of odds."""
    probability: float | None = row["outcome"].probability
    return probability


@register.filter
def is_apart(row: dict[str, Any]) -> bool:
    """Whether the crowd's mark on a slider stands clear of the market's, so both have a name."""
    market, crowd = row["outcome"].probability, row["crowd"]
    return market is not None and crowd is not None and abs(market - crowd) >= MARKS_APART


@register.simple_tag
def sparkline(values: Sequence[float]) -> str:
    return sparkline_path(values)


@register.simple_tag
def claim_words(outcomes: Sequence[int], labels: Sequence[str], bins: Bins | None = None) -> str:
    return claim_name(outcomes, labels, bins)


@register.simple_tag
def holdings(position: PositionView) -> list[distributions.Holding]:
    return distributions.holdings(position.bins, position.labels, position.shares)


@register.simple_tag
def range_said(odds: Odds) -> distributions.RangeWords | None:
    """What the market says about a number or a date that is not decided, in words."""
    if odds.bins is None or odds.summary is None:
        return None
    return distributions.in_words(odds.bins, [each.probability or 0.0 for each in odds.outcomes])


@register.simple_tag
def median(bins: Bins, probabilities: Sequence[float]) -> str:
    return distributions.in_words(bins, probabilities).median


@register.filter
def distance(moment: datetime) -> str:
    return wording.distance(moment, timezone.now())


@register.filter
def domain_of(address: str) -> str:
    """The host of an address, to say where a link leads."""
    return address.partition("://")[2].partition("/")[0].removeprefix("www.") or address


@register.simple_tag
def today() -> SafeString:
    now = timezone.now()
    return format_html("{}, {}", f"{now:%A}", wording.day(now))


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The theme that the reader chose, or nothing: then the browser decides."""
    request = context.get("request")
    chosen = request.COOKIES.get(THEME_COOKIE) if request else None
    return chosen if chosen in THEMES else "auto"


@register.simple_tag
def when(moment: datetime | None) -> SafeString:
    """An instant in UTC; the script adds the reader's own time beside it."""
    if moment is None:
        return format_html("{}", "–")
    return format_html(
        '<time datetime="{}" data-local>{}</time>',
        wording.machine_instant(moment),
        wording.instant(moment),
    )


@register.simple_tag
def ago(moment: datetime) -> SafeString:
    """How far away an instant is, with the instant itself on hover and for machines."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        wording.machine_instant(moment),
        wording.instant(moment),
        wording.distance(moment, timezone.now()),
    )


@register.simple_tag
def change(amount: float | None, period: str = "in 24 hours") -> SafeString:
    """A change with arrow and sign, so that colour never speaks alone; nothing if unknown."""
    if amount is None:
        return SafeString("")
    direction, arrow = "flat", ""
    if abs(amount) >= wording.CHANGE_MIN:
        direction, arrow = ("up", "▲") if amount > 0 else ("down", "▼")
    return format_html(
        '<span class="change change--{}"><span aria-hidden="true">{}</span> {}'
        '<span class="hidden"> points {}</span></span>',
        direction,
        arrow,
        wording.points(amount),
        period,
    )


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, name: str, label: str) -> SafeString:
    address = reverse(name)
    request: HttpRequest | None = context.get("request")
    here = request is not None and request.path == address
    current = SafeString(' aria-current="page"') if here else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', address, current, label)


@register.simple_tag(takes_context=True)
def sign_in_url(context: template.Context) -> str:
    """Where to sign in, and come back to this page; never back to a page for signing in."""
    login = reverse("account_login")
    request: HttpRequest | None = context.get("request")
    if request is None or request.method != "GET" or request.path.startswith("/accounts/"):
        return login
    return f"{login}?{urlencode({'next': request.get_full_path()})}"


@register.inclusion_tag("markets/parts/wallet_line.html", takes_context=True)
def wallet_line(context: template.Context) -> dict[str, Any]:
    """The credits that the signed-in reader can spend; one query on every page."""
    return {"wallet": context.get("wallet") or wallet_of(context["user"].pk)}


@register.inclusion_tag("markets/parts/status.html")
def status_chip(question: Question | SimilarQuestion) -> dict[str, Any]:
    return {"status": question.status, "label": STATUS_WORDS[question.status]}


STATUS_WORDS = {
    "draft": "Draft",
    "review": "In review",
    "rejected": "Rejected",
    "scheduled": "Scheduled",
    "open": "Open",
    "halted": "Halted",
    "closed": "Closed",
    "proposed": "Answer proposed",
    "challenged": "Answer challenged",
    "resolved": "Resolved",
    "final": "Resolved",
    "annulled": "Annulled",
}
