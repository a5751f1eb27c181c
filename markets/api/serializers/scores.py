"""Scores, and everything that they follow from."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.api.fields import Instant, Probability, QueryParameters, StrictInteger
from markets.api.fields import OutcomeProbabilities, by_key
from markets.api.ranges import VALUE_SCHEMA, spelled_value
from markets.models import Outcome, Score, ScoredSeries
from markets.queries.scored import ScoringState
from markets.queries.working import ROWS_MAX, WorkedScore

ROWS_LIMIT = 5_000


class WorkingQuery(QueryParameters):
    start = Instant(
        required=False, default=None, help_text="The window from here on; else from the opening."
    )
    limit = StrictInteger(
        required=False,
        default=ROWS_MAX,
        max_value=ROWS_LIMIT,
        help_text="How many steps, forecasts and days a window holds at the most.",
    )


class KindsSerializer(serializers.Serializer[Any]):
    """Every kind of score; docs/scoring.md defines them."""

    baseline = serializers.FloatField()
    peer = serializers.FloatField()
    spot_baseline = serializers.FloatField(
        allow_null=True, help_text="null where nothing of theirs stood at that instant."
    )
    spot_peer = serializers.FloatField(allow_null=True)
    brier = serializers.FloatField(help_text="Of a number or a date the ordinal form.")
    relative_brier = serializers.FloatField(
        allow_null=True, help_text="null where nothing of theirs stood at the end of a day."
    )
    log = serializers.FloatField()
    crps = serializers.FloatField(
        allow_null=True, help_text="Of a number or a date, in shares of its range; else null."
    )
    coverage = serializers.FloatField()


class ForecasterScoreSerializer(KindsSerializer):
    rank = serializers.SerializerMethodField(help_text="By peer score; equal ones share a rank.")
    forecaster = serializers.CharField(source="forecaster.name")

    def get_rank(self, score: Score) -> int:
        rank: int = self.context["ranks"][score.pk]
        return rank


class SeriesScoreSerializer(KindsSerializer):
    """What odds that nobody stated would have scored; they have no rank."""

    series = serializers.ChoiceField(ScoredSeries.values)


class ScoresSerializer(serializers.Serializer[Any]):
    question = serializers.IntegerField()
    scoring_state = serializers.ChoiceField(list(ScoringState))
    resolution_version = serializers.IntegerField(allow_null=True)
    scored_at = Instant(allow_null=True)
    attainable_coverage = serializers.FloatField(
        allow_null=True, help_text="What a forecast from the opening to the end covers."
    )
    series = SeriesScoreSerializer(many=True)
    results = ForecasterScoreSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Send it back as `cursor`.")


class LifeSerializer(serializers.Serializer[Any]):
    """From when till when a question is scored: O, S, C and T."""

    opened_at = Instant(help_text="O")
    closes_at = Instant(help_text="S, as it was scheduled.")
    ended_at = Instant(help_text="C: when it closed, or when the answer was known, if earlier.")
    seconds = serializers.FloatField(help_text="T = S − O: what every score is divided by.")
    attainable_coverage = serializers.FloatField(help_text="(C − O)/T")


class TruthSerializer(serializers.Serializer[Any]):
    """What came true."""

    resolution_version = serializers.IntegerField()
    weights = OutcomeProbabilities(help_text="The share of each outcome; mostly a single 1.")
    value = serializers.SerializerMethodField("get_known_value")

    @extend_schema_field(VALUE_SCHEMA)
    def get_known_value(self, truth: dict[str, Any]) -> float | str | None:
        return spelled_value(truth["bins"], truth["value"])


class YardstickSerializer(serializers.Serializer[Any]):
    """The constants of the log scores."""

    ignorance = Probability(help_text="q: what knowing nothing gives to the truth.")
    scale = serializers.FloatField(help_text="d: baseline accrues at 100·ln(p/q)/d.")
    peer_factor = serializers.FloatField(help_text="1, or 1/2 for a number or a date.")


class WorkedForecastSerializer(serializers.Serializer[Any]):
    """One stretch in which nothing changed, and what it adds to two of the scores."""

    forecast = serializers.IntegerField(source="forecast_id", allow_null=True)
    starts_at = Instant()
    ends_at = Instant()
    probability_of_truth = Probability(help_text="p")
    brier = serializers.FloatField()
    crps = serializers.FloatField(allow_null=True)
    baseline = serializers.FloatField(help_text="100·ln(p/q)/d · (its length)/T")
    peer = serializers.FloatField(help_text="Its part of the peer score.")


class CrowdStepSerializer(serializers.Serializer[Any]):
    """From `at` until the next step, or the end, this is who stood."""

    at = Instant()
    forecaster_count = serializers.IntegerField(help_text="N, whoever asks included.")
    log_mean = serializers.FloatField(
        allow_null=True, help_text="ln G: the mean of their ln p; null while nobody stood."
    )


class SpotSerializer(serializers.Serializer[Any]):
    """The instant of the spot scores."""

    at = Instant()
    probability_of_truth = Probability(allow_null=True, help_text="null: nothing stood then.")
    forecaster_count = serializers.IntegerField()
    log_mean = serializers.FloatField(allow_null=True)


class DaySerializer(serializers.Serializer[Any]):
    """The end of a day, with the Brier score of what stood then, and everybody's median."""

    ends_at = Instant()
    brier = serializers.FloatField()
    median = serializers.FloatField()


class WorkingSerializer(serializers.Serializer[Any]):
    """A score and every number that it follows from, window by window of time."""

    question = serializers.IntegerField(source="question.pk")
    name = serializers.CharField(help_text="The forecaster, or the series.")
    scored_at = Instant(source="score.scored_at")
    scores = KindsSerializer(source="score")
    life = LifeSerializer()
    truth = TruthSerializer()
    yardstick = YardstickSerializer()
    forecasts = WorkedForecastSerializer(many=True, help_text="Those that begin in the window.")
    spot = SpotSerializer()
    days = DaySerializer(many=True)
    steps = CrowdStepSerializer(many=True)
    next = Instant(
        allow_null=True,
        help_text="Where the window ends and the next begins; send it back as `start`.",
    )


def working_body(worked: WorkedScore, *, name: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """The answer that spells out a working."""
    resolution = worked.score.resolution
    spot = asdict(worked.spot)
    body = {
        "question": worked.question,
        "name": name,
        "score": worked.score,
        "life": {
            "opened_at": worked.opened_at,
            "closes_at": worked.closes_at,
            "ended_at": worked.ended_at,
            "seconds": worked.life.length,
            "attainable_coverage": worked.life.attainable_coverage,
        },
        "truth": {
            "resolution_version": resolution.version,
            "weights": by_key(outcomes, resolution.outcome_weights or ()),
            "value": resolution.value,
            "bins": worked.question.bins,
        },
        "yardstick": worked.yardstick,
        "forecasts": worked.forecasts,
        "spot": {**spot, "at": worked.spot_at},
        "days": worked.days,
        "steps": worked.steps,
        "next": worked.next,
    }
    return dict(WorkingSerializer(body).data)
