"""Reading the past of a question: its line, its candles, its fills."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from markets.api.calls import PublicRead, outcomes_in_order, question_seen_by
from markets.api.fields import by_key
from markets.api.schema import NAMED, described
from markets.api.serializers.history import (
    CandlesQuery,
    CandlesSerializer,
    FillsQuery,
    FillsSerializer,
    HistoryQuery,
    HistorySerializer,
)
from markets.models import Outcome, Question
from markets.queries.candles import Moves, candles_of
from markets.queries.fills import PublicFill, fills_after
from markets.queries.history import Point, history_of
from markets.queries.past import require_past

_TAG = "Questions"


class HistoryView(PublicRead):
    @described(
        "getHistory",
        "How the odds came to be what they are",
        tag=_TAG,
        answer=HistorySerializer,
        also=NAMED,
        parameters=HistoryQuery,
        refusals=("question_not_found", "instant_out_of_range"),
    )
    def get(self, request: Request, question: str) -> Response:
        """Each line begins with what stood at its start. Nothing is thinned out of the record:
        with `period=raw` every change can be read, however old the question is."""
        found = question_seen_by(None, question)
        history = history_of(
            found,
            start=self.query["start"],
            end=self.query["end"],
            points_max=self.query["points"],
            period=self.query["period"],
            series=self.query["series"],
            now=_instant_of(found, self.query["as_of"]),
        )
        outcomes = outcomes_in_order(found)
        body = {
            "question": found.pk,
            "market": [_point(point, outcomes) for point in history.market],
            "crowd": [_point(point, outcomes) for point in history.crowd],
            "articles": history.articles,
            "next": history.next if self.query["period"] else None,
        }
        return Response(HistorySerializer(body).data)


class CandlesView(PublicRead):
    @described(
        "getCandles",
        "Open, high, low and close of each minute, hour or day",
        tag=_TAG,
        answer=CandlesSerializer,
        also=NAMED,
        parameters=CandlesQuery,
        refusals=("question_not_found", "instant_out_of_range"),
    )
    def get(self, request: Request, question: str) -> Response:
        """The oldest first. The newest is never missing: what changed a moment ago is in it."""
        found = question_seen_by(None, question)
        asked = dict(self.query)
        page = candles_of(found, now=_instant_of(found, asked.pop("as_of")), **asked)
        outcomes = outcomes_in_order(found)
        body = {
            "question": found.pk,
            "series": self.query["series"],
            "period": self.query["period"],
            "results": [_candle(candle, outcomes) for candle in page.candles],
            "next": page.next,
        }
        return Response(CandlesSerializer(body).data)


class FillsView(PublicRead):
    @described(
        "listFills",
        "The fills of a market, oldest first",
        tag=_TAG,
        answer=FillsSerializer,
        also=NAMED,
        parameters=FillsQuery,
        refusals=("question_not_found",),
    )
    def get(self, request: Request, question: str) -> Response:
        """`seq` grows by one with each, so whoever asks after the last that they know misses none
        and sees none twice."""
        found = question_seen_by(None, question)
        limit = self.query["limit"]
        fills = fills_after(found.pk, self.query["after_seq"], limit=limit + 1)
        outcomes = outcomes_in_order(found)
        shown = fills[:limit]
        body = {
            "question": found.pk,
            "results": [_fill(fill, outcomes) for fill in shown],
            "next": shown[-1].seq if len(fills) > limit else None,
        }
        return Response(FillsSerializer(body).data)


def _instant_of(question: Question, as_of: datetime | None) -> datetime:
    """The instant whose public knowledge is asked for; raises `InstantOutOfRange`."""
    now = timezone.now()
    if as_of is None:
        return now
    require_past(question, as_of=as_of, now=now)
    return as_of


def _point(point: Point, outcomes: list[Outcome]) -> dict[str, Any]:
    said = by_key(outcomes, point.probabilities) if point.probabilities else {}
    return {"at": point.at, "probabilities": said}


def _candle(candle: Moves, outcomes: list[Outcome]) -> dict[str, Any]:
    arrays = ("open", "high", "low", "close")
    named = {name: by_key(outcomes, getattr(candle, name)) for name in arrays}
    return {**vars(candle), **named}


def _fill(fill: PublicFill, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        **vars(fill),
        "claim": None if fill.claim is None else [outcomes[index].key for index in fill.claim],
        "shares": by_key(outcomes, fill.shares),
        "probabilities": by_key(outcomes, fill.probabilities),
    }
