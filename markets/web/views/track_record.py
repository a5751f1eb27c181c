"""Who has been right, how often, and which of our odds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from markets.core.periods import ALL_TIME, Period, Span, after, all_time, before, period_named
from markets.models import ScoredSeries
from markets.queries.calibration import (
    NOTHING,
    Calibration,
    Compared,
    calibration_of,
    calibration_of_series,
    series_compared,
)
from markets.queries.leaderboard import KINDS, board, busiest_tags, ranked, standing_of
from markets.queries.track_record import (
    best_and_worst,
    peer_over_time,
    person_named,
    profits_on,
    records_of,
    scores_of,
)
from markets.web import wording
from markets.web.curves import Dot, Whisker, draw_curve, draw_differences, draw_sum
from markets.web.lookup import reader_of, word_of

LEADERS_PER_PAGE: Final = 50
SCORES_PER_PAGE: Final = 25
TAGS_SHOWN: Final = 12
CURVE_COUNT_MIN: Final = 20
"""With fewer statements a curve is mostly chance, and the page says so."""

CURVE_TICKS: Final = (0, 25, 50, 75, 100)
KIND_NAMES: Final = {
    "peer": "Peer",
    "peer_mean": "Peer per question",
    "baseline": "Baseline",
    "relative_brier": "Relative Brier",
    "profit": "Trading profit",
}
SPAN_NAMES: Final = {
    Span.ALL: "All time",
    Span.QUARTER: "Quarter",
    Span.MONTH: "Month",
    Span.WEEK: "Week",
}
SERIES_NAMES: Final = {ScoredSeries.MARKET: "Market"}
"""The others are ways to aggregate the crowd, and are called by their own names."""


@dataclass(frozen=True)
class Link:
    label: str
    address: str
    is_here: bool = False


@dataclass(frozen=True)
class Drawn:
    """A calibration as a page shows it."""

    found: Calibration
    dots: tuple[Dot, ...]
    range_dots: tuple[Dot, ...]
    is_thin: bool


@dataclass(frozen=True)
class SeriesRow:
    name: str
    drawn: Drawn
    compared: Compared
    whisker: Whisker
    is_against: bool


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else "peer"
    period, tag = _period(request, now), word_of(request, "tag")
    page = Paginator(board(kind=kind, period=period.name, tag=tag), LEADERS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    reader = reader_of(request)
    mine = standing_of(reader.pk, kind=kind, period=period.name, tag=tag) if reader else None
    asked = {"kind": kind, "period": period.name, "tag": tag}
    context = {
        "kind": kind,
        "kind_name": KIND_NAMES[kind],
        "count_min": KINDS[kind].count_min,
        "page": page,
        "leaders": ranked(list(page.object_list), kind=kind),
        "mine": mine,
        "mine_missing": KINDS[kind].count_min - mine.counted if mine else 0,
        "others": _query(asked),
        "kinds": _links(asked, "kind", KIND_NAMES.items()),
        **_filters(asked, period, now),
    }
    return render(request, "markets/leaderboard.html", context)


@require_safe
def person(request: HttpRequest, name: str) -> HttpResponse:
    found = person_named(name)
    if found is None:
        raise Http404
    now = timezone.now()
    records = records_of(found.pk)
    page = Paginator(scores_of(found.pk), SCORES_PER_PAGE).get_page(request.GET.get("page"))
    scores = list(page.object_list)
    reached = peer_over_time(found.pk)
    best, worst = best_and_worst(found.pk)
    profits = profits_on(found.pk, [each.question_id for each in scores])
    context = {
        "person": found,
        "is_me": found == reader_of(request),
        "overall": records[0] if records else None,
        "by_tag": records[1:],
        "drawn": _drawn(calibration_of(found.pk, period=all_time()) if records else NOTHING),
        "sum": draw_sum(reached, now=now) if reached else None,
        "best": best,
        "worst": worst,
        "page": page,
        "ticks": CURVE_TICKS,
        "rows": [(each, profits.get(each.question_id)) for each in scores],
    }
    return render(request, "markets/person.html", context)


@require_safe
def calibration(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    period, tag = _period(request, now), word_of(request, "tag")
    against = request.GET.get("against", "")
    against = against if against in ScoredSeries.values else ScoredSeries.MARKET.value
    compared = series_compared(against=against, period=period, tag=tag)
    asked = {"against": against, "period": period.name, "tag": tag}
    names = [(series, series_name(series)) for series in ScoredSeries.values]
    context = {
        "against": against,
        "against_name": series_name(against),
        "rows": _series_rows(compared, calibration_of_series(period=period, tag=tag), against),
        "question_count": max((row.question_count for row in compared), default=0),
        "ticks": CURVE_TICKS,
        "series": _links(asked, "against", names),
        **_filters(asked, period, now),
    }
    return render(request, "markets/calibration.html", context)


def series_name(series: str) -> str:
    """What a page calls one of our odds.

    >>> series_name("market"), series_name("logit_mean")
    ('Market', 'Geometric mean of odds')
    """
    label = ScoredSeries(series).label
    return SERIES_NAMES.get(ScoredSeries(series), f"{label[0].upper()}{label[1:]}")


def _series_rows(
    compared: Iterable[Compared], found: dict[str, Calibration], against: str
) -> list[SeriesRow]:
    rows = list(compared)
    whiskers = draw_differences([row.brier.difference for row in rows])
    return [
        SeriesRow(
            series_name(row.series), _drawn(found.get(row.series, NOTHING)), row, whisker,
            row.series == against,
        )
        for row, whisker in zip(rows, whiskers, strict=True)
    ]  # fmt: skip


def _drawn(found: Calibration) -> Drawn:
    statements, ranges = found.statements, found.ranges
    return Drawn(
        found=found,
        dots=draw_curve(statements) if statements else (),
        range_dots=draw_curve(ranges, is_of_ranges=True) if ranges else (),
        is_thin=statements is not None and statements.count < CURVE_COUNT_MIN,
    )


def _period(request: HttpRequest, now: datetime) -> Period:
    """The period that the address names; all time where it names none."""
    return period_named(request.GET.get("period", ALL_TIME), now=now) or all_time()


def _filters(asked: dict[str, str], period: Period, now: datetime) -> dict[str, object]:
    """The links to other periods and tags, each with everything else as it is."""
    tags = busiest_tags(limit=TAGS_SHOWN)
    listed = [*tags, *([asked["tag"]] if asked["tag"] and asked["tag"] not in tags else [])]
    here = period_named(period.span, now=now)
    spans = [
        Link(label, f"?{_query({**asked, 'period': span})}", period.span == span)
        for span, label in SPAN_NAMES.items()
    ]
    return {
        "period": period,
        "is_current": here is not None and here.name == period.name,
        "spans": spans,
        "earlier": _neighbour(asked, before(period)),
        "later": _neighbour(asked, after(period, now=now)),
        "tag": asked["tag"],
        "tags": _links(asked, "tag", [("", "Every topic"), *((each, each) for each in listed)]),
    }


def _neighbour(asked: dict[str, str], period: Period | None) -> Link | None:
    if period is None:
        return None
    return Link(wording.period(period), f"?{_query({**asked, 'period': period.name})}")


def _links(asked: dict[str, str], name: str, choices: Iterable[tuple[str, str]]) -> list[Link]:
    return [
        Link(label, f"?{_query({**asked, name: value})}", asked[name] == value)
        for value, label in choices
    ]


def _query(asked: dict[str, str]) -> str:
    """What stands behind the question mark; whatever is usual is left out."""
    usual = {"kind": "peer", "period": ALL_TIME, "tag": "", "against": ScoredSeries.MARKET}
    return urlencode({name: value for name, value in asked.items() if value != usual[name]})
