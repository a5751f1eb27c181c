"""Who did how well on a question, and how that follows from what they said."""

from http import HTTPStatus

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from markets.models import Question, ScoredSeries
from markets.queries.odds import odds_for
from markets.queries.scored import ranks_of, scores_on, scoring_state, series_on
from markets.queries.working import (
    ScoreNotFound,
    WorkedScore,
    WorkingTooLarge,
    worked_score,
    worked_series,
)
from markets.web import workings
from markets.web.lookup import question_or_404, reader_of
from markets.web.trails import answer_words

SCORES_PER_PAGE = 50
PARTS_SHOWN = 200
DAYS_SHOWN = 400
STEPS_SHOWN = 400
ROWS_DRAWN = 5_000
"""More than this no drawing shows; where there are more, it ends early and says so."""


@require_safe
def question_scores(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody's scores on one question, the best first."""
    asked = question_or_404(request, slug)
    page = Paginator(scores_on(asked), SCORES_PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    reader = reader_of(request)
    context = {
        "question": asked,
        "state": scoring_state(asked).value,
        "page": page,
        "rows": list(zip(ranks_of(rows), rows, strict=True)),
        "series": series_on(asked),
        "my_name": reader.name if reader else "",
    }
    return render(request, "markets/scores.html", context)


@require_safe
def question_score(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The working of one forecaster's scores."""
    asked = question_or_404(request, slug)
    try:
        worked = worked_score(asked, name, rows_max=ROWS_DRAWN)
    except ScoreNotFound as missing:
        raise Http404(str(missing)) from None
    except WorkingTooLarge as refusal:
        return _refused(request, asked, refusal)
    reader = reader_of(request)
    is_mine = reader is not None and reader.name == name
    return _page(request, asked, worked, who="you" if is_mine else name, name=name)


@require_safe
def question_series(request: HttpRequest, slug: str, series: str) -> HttpResponse:
    """The working of what the market or a method of the crowd would have scored."""
    asked = question_or_404(request, slug)
    if series not in ScoredSeries.values:
        raise Http404
    try:
        worked = worked_series(asked, ScoredSeries(series), rows_max=ROWS_DRAWN)
    except ScoreNotFound as missing:
        raise Http404(str(missing)) from None
    except WorkingTooLarge as refusal:
        return _refused(request, asked, refusal)
    label = ScoredSeries(series).label
    who = label if series == ScoredSeries.MARKET else f"the crowd’s {label}"
    return _page(request, asked, worked, who=who, name=series, is_series=True)


def _refused(request: HttpRequest, asked: Question, refusal: WorkingTooLarge) -> HttpResponse:
    context = {"question": asked, "refusal": refusal}
    return render(request, "markets/score_refused.html", context, status=HTTPStatus.CONFLICT)


def _page(
    request: HttpRequest,
    asked: Question,
    worked: WorkedScore,
    *,
    who: str,
    name: str,
    is_series: bool = False,
) -> HttpResponse:
    odds = odds_for(asked, now=worked.score.scored_at)
    context = {
        "question": asked,
        "bins": asked.bins,
        "worked": worked,
        "who": who,
        "name": name,
        "is_series": is_series,
        "drawing": workings.draw(worked),
        "told": workings.told(worked),
        "parts": workings.parts(worked)[:PARTS_SHOWN],
        "parts_left_out": max(0, worked.forecast_count - PARTS_SHOWN),
        "days": worked.days[:DAYS_SHOWN],
        "steps": workings.steps(worked)[:STEPS_SHOWN],
        "steps_left_out": len(worked.steps) > STEPS_SHOWN,
        "answer_label": answer_words(asked.resolution, asked, odds) if asked.resolution else "",
    }
    return render(request, "markets/score.html", context)
