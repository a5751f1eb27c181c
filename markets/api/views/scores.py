"""How good the forecasts on a question were, and how that follows from what was said."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.fields import PageParameters
from markets.api.calls import PublicRead, outcomes_in_order, question_seen_by
from markets.api.schema import NAMED, described
from markets.api.serializers.scores import (
    ScoresSerializer,
    WorkingQuery,
    WorkingSerializer,
    working_body,
)
from markets.models import ScoredSeries
from markets.queries.scored import ranks_of, scores_on, scoring_state, series_on
from markets.queries.working import ScoreNotFound, worked_score, worked_series

_TAG = "Scores"
_FORECASTER = OpenApiParameter(
    "forecaster",
    {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    OpenApiParameter.PATH,
    description="Their public name.",
)
_SERIES = OpenApiParameter(
    "series",
    {"type": "string", "enum": ScoredSeries.values},
    OpenApiParameter.PATH,
    description="Whose odds.",
)


class ScoresView(PublicRead):
    @described(
        "listScores",
        "Everybody's scores on a question, the best peer score first",
        tag=_TAG,
        answer=ScoresSerializer,
        also=NAMED,
        parameters=PageParameters,
        refusals=("question_not_found", "invalid_cursor"),
    )
    def get(self, request: Request, question: str) -> Response:
        """Empty until `scoring_state` is `scored`. After a correction the scores are those of the
        new answer. `series` are the market and the crowd's methods: scored, but not ranked."""
        found = question_seen_by(None, question)
        page = self.paginate_queryset(scores_on(found)) or []
        ranks = {row.pk: rank for row, rank in zip(page, ranks_of(page), strict=True)}
        series = series_on(found)
        any_row = page[0] if page else series[0] if series else None
        body = {
            "question": found.pk,
            "scoring_state": scoring_state(found).value,
            "resolution_version": found.resolution.version if found.resolution else None,
            "scored_at": any_row.scored_at if any_row else None,
            "attainable_coverage": any_row.attainable_coverage if any_row else None,
            "series": series,
            "results": page,
            "next": getattr(self.paginator, "next", None),
        }
        return Response(ScoresSerializer(body, context={"ranks": ranks}).data)


class ScoreView(PublicRead):
    @described(
        "getScore",
        "A forecaster's scores on a question, and their working",
        tag=_TAG,
        answer=WorkingSerializer,
        also=(*NAMED, _FORECASTER),
        parameters=WorkingQuery,
        refusals=("question_not_found", "score_not_found", "working_too_large"),
    )
    def get(self, request: Request, question: str, forecaster: str) -> Response:
        """Everything that the scores follow from: what stood when, how likely it said the truth
        was, and who else stood meanwhile. docs/scoring.md adds them up by hand. A long working is
        told window by window of time: put `forecasts`, `steps` and `days` of all together."""
        found = question_seen_by(None, question)
        asked = {"start": self.query["start"], "rows_max": self.query["limit"]}
        worked = worked_score(found, forecaster, **asked)
        return Response(working_body(worked, name=forecaster, outcomes=outcomes_in_order(found)))


class SeriesScoreView(PublicRead):
    @described(
        "getSeriesScore",
        "What the market or a crowd method would have scored, and its working",
        tag=_TAG,
        answer=WorkingSerializer,
        also=(*NAMED, _SERIES),
        parameters=WorkingQuery,
        refusals=("question_not_found", "score_not_found", "working_too_large"),
    )
    def get(self, request: Request, question: str, series: str) -> Response:
        """As of a forecaster. A series is not one of the N who stand: its peer score accrues at
        100·(ln p − ln G) while anybody does."""
        found = question_seen_by(None, question)
        if series not in ScoredSeries.values:
            raise ScoreNotFound(
                "There is no such series; `series` of the question's scores lists them."
            )
        asked = {"start": self.query["start"], "rows_max": self.query["limit"]}
        worked = worked_series(found, ScoredSeries(series), **asked)
        return Response(working_body(worked, name=series, outcomes=outcomes_in_order(found)))
