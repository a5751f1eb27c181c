"""Who has been right, how often, and which of our odds."""

from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.fields import PageParameters
from articles.api.refusals import PersonNotFound
from markets.api.addresses import person_page
from markets.api.calls import PublicRead
from markets.api.schema import PERSON, described
from markets.api.serializers.track_record import (
    LeaderboardSerializer,
    LeadersQuery,
    PeriodQuery,
    PersonCalibrationSerializer,
    PersonScoreSerializer,
    PersonSerializer,
    SiteCalibrationQuery,
    SiteCalibrationSerializer,
)
from markets.queries.calibration import (
    NOTHING,
    calibration_of,
    calibration_of_series,
    series_compared,
)
from markets.queries.leaderboard import KINDS, board, ranked, standing_of
from markets.queries.track_record import person_named, profits_on, records_of, scores_of
from users.models import User

_TAG = "Track records"


class LeaderboardsView(PublicRead):
    @described(
        "listLeaders",
        "Who has been right",
        tag=_TAG,
        answer=LeaderboardSerializer,
        parameters=LeadersQuery,
        refusals=("invalid_cursor", "person_not_found"),
    )
    def get(self, request: Request) -> Response:
        """Forecasters by what their scores on the questions of a period add up to, the best first.
        Scores arrive here within ten minutes, corrections too."""
        kind, period, tag = (self.query[name] for name in ("kind", "period", "tag"))
        asked = {"kind": kind, "period": period.name, "tag": tag}
        name = self.query["forecaster"]
        rows = self.paginate_queryset(board(**asked)) or []
        body = {
            "kind": kind,
            "period": period,
            "tag": tag or None,
            "count_min": KINDS[kind].count_min,
            "forecaster": standing_of(_person(name).pk, **asked) if name else None,
            **self.get_paginated_response(ranked(rows, kind=kind)).data,
        }
        return Response(LeaderboardSerializer(body).data)


class PersonView(PublicRead):
    @described(
        "getPerson",
        "What a forecaster's scores add up to",
        tag=_TAG,
        answer=PersonSerializer,
        also=PERSON,
        refusals=("person_not_found",),
    )
    def get(self, request: Request, name: str) -> Response:
        """Over all questions, and by tag. Nothing is told of forecasts that still stand."""
        person = _person(name)
        records = records_of(person.pk)
        body = {
            "name": person.name,
            "html_url": person_page(person.name),
            "overall": records[0] if records else None,
            "tags": records[1:],
        }
        return Response(PersonSerializer(body).data)


class PersonScoresView(PublicRead):
    @described(
        "listPersonScores",
        "A forecaster's scores, question by question",
        tag=_TAG,
        answer=PersonScoreSerializer(many=True),
        also=PERSON,
        parameters=PageParameters,
        refusals=("person_not_found", "invalid_cursor"),
    )
    def get(self, request: Request, name: str) -> Response:
        """The latest scored first, each under the answer that stands."""
        person = _person(name)
        rows = self.paginate_queryset(scores_of(person.pk)) or []
        profits = profits_on(person.pk, [row.question_id for row in rows])
        context = {"name": person.name, "profits": profits}
        body = PersonScoreSerializer(rows, many=True, context=context).data
        return self.get_paginated_response(body)


class PersonCalibrationView(PublicRead):
    @described(
        "getPersonCalibration",
        "Whether what a forecaster put at 70 % happened seven times in ten",
        tag=_TAG,
        answer=PersonCalibrationSerializer,
        also=PERSON,
        parameters=PeriodQuery,
        refusals=("person_not_found",),
    )
    def get(self, request: Request, name: str) -> Response:
        person = _person(name)
        found = calibration_of(person.pk, **self.query)
        context = {"name": person.name, **self.query}
        return Response(PersonCalibrationSerializer(found, context=context).data)


class SiteCalibrationView(PublicRead):
    @described(
        "getCalibration",
        "Which of our odds has been right more often",
        tag=_TAG,
        answer=SiteCalibrationSerializer,
        parameters=SiteCalibrationQuery,
    )
    def get(self, request: Request) -> Response:
        """The market and each way to aggregate the crowd, compared on the questions that both
        answered, the lowest Brier score first."""
        period, tag, against = (self.query[name] for name in ("period", "tag", "against"))
        compared = series_compared(against=against, period=period, tag=tag)
        found = calibration_of_series(period=period, tag=tag)
        calibrations = {row.series: found.get(row.series, NOTHING) for row in compared}
        body = {"period": period, "tag": tag or None, "against": against, "results": compared}
        context = {"calibrations": calibrations}
        return Response(SiteCalibrationSerializer(body, context=context).data)


def _person(name: str) -> User:
    """Raises `PersonNotFound`."""
    person = person_named(name)
    if person is None:
        raise PersonNotFound
    return person
