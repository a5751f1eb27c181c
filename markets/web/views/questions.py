"""The list of questions, and the page of one with its odds, chart, tickets and record."""

import csv
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from markets.core.lifecycle import ACCEPTS_FORECASTS, ACCEPTS_TRADES, QuestionStatus
from markets.models import Forecast, Question
from markets.queries.cards import cards_of, leading_outcome
from markets.queries.history import history_of
from markets.queries.odds import Odds, odds_for
from markets.queries.portfolio import (
    open_orders_of,
    position_in,
    standing_forecast,
    wallet_of,
)
from markets.queries.record import cited_articles, clarifications_of, recent_fills, score_of
from markets.queries.scored import ScoringState, scoring_state
from markets.queries.search import public_questions
from markets.queries.similar import similar_to
from markets.services.bonds import CHALLENGE_BOND
from markets.web import charts, wording
from markets.web.books import book_panel
from markets.web.crowds import crowd_panel
from markets.web.distributions import draw_medians, range_parts
from markets.web.forms import ChallengeForm, QuestionFilter, forecast_start
from markets.web.lifeline import lifeline
from markets.web.lookup import question_or_404, reader_of
from markets.web.range_forms import forecast_form, stated_start, trade_form
from markets.web.suggestions import resolving_parts
from markets.web.trails import trail_parts

QUESTIONS_PER_PAGE = 30
CHART_POINTS_MAX = 400
_DECIDED = {QuestionStatus.RESOLVED, QuestionStatus.FINAL, QuestionStatus.ANNULLED}


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    filters = QuestionFilter(request.GET)
    asked = filters.asked()
    page = Paginator(public_questions(**asked), QUESTIONS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    others = request.GET.copy()
    others.pop("page", None)
    context = {
        "filters": filters,
        "asked": asked,
        "page": page,
        "cards": cards_of(page.object_list, now=timezone.now()),
        "others": others.urlencode(),
    }
    return render(request, "markets/questions.html", context)


@require_safe
def question(request: HttpRequest, slug: str) -> HttpResponse:
    asked = question_or_404(request, slug)
    if slug != asked.slug:
        return redirect("pages:question", slug=asked.slug)
    return question_page(request, asked)


def question_page(
    request: HttpRequest, asked: Question, *, status: int = 200, **replaced: Any
) -> HttpResponse:
    """The page of a question; a refused form or an order to confirm replaces its beginnings."""
    now = timezone.now()
    odds = odds_for(asked, now=now)
    cited = cited_articles(asked, now=now)
    decided = trail_parts(asked, odds, now=now)
    leading = leading_outcome(odds)
    context = {
        "question": asked,
        "odds": odds,
        "odds_rows": odds_rows(odds),
        "leading": leading,
        "crowd_panel": crowd_panel(
            asked, odds, odds.outcomes[0] if len(odds.outcomes) == 2 else leading, now=now
        ),
        "seen": seen_mark(odds),
        "polls": asked.status not in _DECIDED,
        "cited": cited,
        "lifeline": lifeline(asked, decided["answer"]),
        "clarifications": clarifications_of(asked.pk),
        "fills": recent_fills(asked.pk),
        "labels": [outcome.label for outcome in odds.outcomes],
        "is_decided": asked.status in _DECIDED,
        "is_scored": scoring_state(asked) == ScoringState.SCORED,
        "bond": CHALLENGE_BOND,
        "similar": similar_to(
            title=asked.title, criteria=asked.resolution_criteria, exclude_id=asked.pk
        ),
        **decided,
        **range_parts(asked, odds),
        **resolving_parts(request, asked),
        **_chart(request, asked, {each.article.pk: each.number for each in cited}),
        **_tickets(request, asked, odds),
        **replaced,
    }
    return render(request, "markets/question.html", context, status=status)


@require_safe
def question_odds(request: HttpRequest, slug: str) -> HttpResponse:
    """The odds alone, for a page that asks again and again; 204 while they are those it shows."""
    asked = question_or_404(request, slug)
    odds = odds_for(asked, now=timezone.now())
    seen = seen_mark(odds)
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    is_decided = asked.status in _DECIDED
    context = {
        "question": asked,
        "odds": odds,
        "odds_rows": odds_rows(odds),
        "seen": seen,
        "polls": not is_decided,
        "is_decided": is_decided,
        "has_moved": True,
        **range_parts(asked, odds),
    }
    if is_decided:  # the chart ends with what the market closed at
        context |= _chart(request, asked, {})
    return render(request, "markets/parts/odds.html", context)


@require_safe
def question_history(request: HttpRequest, slug: str) -> JsonResponse:
    """The chart's lines as columns, for the script that draws them on hover."""
    asked = question_or_404(request, slug)
    if asked.opened_at is None:
        raise Http404
    name, start, end = _range(request, asked)
    history = history_of(
        asked, start=start, end=end, now=timezone.now(), points_max=CHART_POINTS_MAX
    )
    labels = [outcome.label for outcome in asked.outcomes.all()]
    drawn = charts.drawn_outcomes(history, len(labels))
    return JsonResponse(
        {
            "range": name,
            "start": start.timestamp(),
            "end": end.timestamp(),
            "top": charts.top_of(history, drawn),
            "lines": [{"index": index, "label": labels[index]} for index in drawn],
            "columns": charts.series(history, drawn=drawn, end=end),
        }
    )


@require_safe
def question_history_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same history as a table to keep: one row per point, one column per outcome."""
    asked = question_or_404(request, slug)
    now = timezone.now()
    history = history_of(asked, now=now, points_max=CHART_POINTS_MAX)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{asked.slug}.csv"'
    sheet = csv.writer(response)
    keys = [outcome.key for outcome in asked.outcomes.all()]
    sheet.writerow(["at", "series", *keys])
    for name, points in (("market", history.market), ("crowd", history.crowd)):
        for point in points:
            said = point.probabilities or [""] * len(keys)  # empty from when on nobody stood
            sheet.writerow([wording.machine_instant(point.at), name, *said])
    return response


def odds_rows(odds: Odds) -> list[dict[str, Any]]:
    """Each outcome with what the market and the crowd say about it."""
    centre = odds.crowd.centre if odds.crowd else None
    return [
        {"outcome": outcome, "crowd": None if centre is None else centre[outcome.index]}
        for outcome in odds.outcomes
    ]


def seen_mark(odds: Odds) -> str:
    """What tells two renderings of the odds apart."""
    crowd = odds.crowd
    if crowd is None:
        return f"{odds.seq}-{odds.status}-none"
    shown = "hidden" if crowd.centre is None else "shown"
    as_of = f"{crowd.as_of.timestamp():.3f}-{crowd.forecaster_count}-{shown}"
    return f"{odds.seq}-{odds.status}-{as_of}"


def _range(request: HttpRequest, asked: Question) -> tuple[str, datetime, datetime]:
    name = request.GET.get("range", "all")
    name = name if name in charts.RANGES else "all"
    opened_at = asked.opened_at or timezone.now()
    return name, *charts.period_of(
        name, opened_at=opened_at, ended_at=asked.closed_at, now=timezone.now()
    )


def _chart(request: HttpRequest, asked: Question, numbers: dict[int, int]) -> dict[str, Any]:
    if asked.opened_at is None:
        return {"chart": None}
    name, start, end = _range(request, asked)
    history = history_of(
        asked, start=start, end=end, now=timezone.now(), points_max=CHART_POINTS_MAX
    )
    ranges = [(key, key.upper() if key != "all" else "All") for key in charts.RANGES]
    if asked.bins is not None:
        medians = draw_medians(history, asked.bins, numbers=numbers, start=start, end=end)
        return {"medians": medians, "range": name, "ranges": ranges}
    labels = [outcome.label for outcome in asked.outcomes.all()]
    chart = charts.draw(history, labels=labels, numbers=numbers, start=start, end=end)
    closing = chart.rows[0][1][0] if chart.rows and chart.rows[0][1] else None
    return {"chart": chart, "range": name, "ranges": ranges, "closing": closing}


def _tickets(request: HttpRequest, asked: Question, odds: Odds) -> dict[str, Any]:
    """What the reader may do here, and what he or she has here."""
    now = timezone.now()
    before_close = asked.closes_at is None or now < asked.closes_at
    takes_trades = asked.status in ACCEPTS_TRADES and before_close
    chosen = request.GET.get("book", "")
    context: dict[str, Any] = {
        "takes_forecasts": asked.status in ACCEPTS_FORECASTS and before_close,
        "takes_trades": takes_trades,
        "book": book_panel(asked, chosen=chosen, now=now) if takes_trades else None,
    }
    reader = reader_of(request)
    if reader is None:
        return context
    standing = standing_forecast(reader.pk, asked.pk, now=now)
    return {
        **context,
        "wallet": wallet_of(reader.pk),
        "my_orders": open_orders_of(reader.pk, asked.pk),
        "position": position_in(reader.pk, asked.pk),
        "standing": standing,
        "score": score_of(reader.pk, asked) if asked.status in _DECIDED else None,
        "forecast_form": forecast_form(
            asked, initial=_forecast_start(asked, standing, odds), auto_id="forecast_%s"
        ),
        "trade_form": trade_form(asked, initial=_trade_start(request), auto_id="trade_%s"),
        "challenge_form": ChallengeForm(auto_id="challenge_%s"),
    }


def _forecast_start(asked: Question, standing: Forecast | None, odds: Odds) -> dict[str, Any]:
    """What the forecast's boxes begin with: what stands, or what the market says."""
    market = [outcome.probability for outcome in odds.outcomes if outcome.probability is not None]
    start = standing.probabilities if standing else market
    if asked.bins is not None:
        return stated_start(asked.bins, start) if start else {}
    return forecast_start(start)


def _trade_start(request: HttpRequest) -> dict[str, str]:
    """What a link such as "sell these" asks the trade form to begin with."""
    return {
        name: request.GET[name]
        for name in ("side", "claim", "begin", "end", "amount")
        if name in request.GET
    }
