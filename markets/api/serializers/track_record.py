"""How forecasters compare, what one of them has scored, and whether our odds were right."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.api.fields import Instant, QueryParameters, StrictText, Words
from markets.api.addresses import score_address
from markets.api.fields import Amount
from markets.core.calibration import RANGE_LEVELS
from markets.core.periods import ALL_TIME, Period, all_time, period_named
from markets.models import QuestionType, Sample, Score, ScoredSeries
from markets.queries.calibration import Calibration, Compared
from markets.queries.leaderboard import KINDS

TAG_LENGTH_MAX = 40


@extend_schema_field(
    {
        "type": "string",
        "pattern": r"^(week|month|quarter|all|2[0-9]{3}-(W[0-9]{2}|Q[1-4]|[0-9]{2}))$",
        "examples": ["all", "month", "2026-Q4"],
    }
)
class PeriodAsked(serializers.Field[Period, Any, str, Any]):
    """A calendar period in UTC by its name."""

    default_error_messages = {
        "invalid": "Give week, month, quarter or all, or a period by name: 2026-W48, 2026-11, "
        "2026-Q4."
    }

    def to_internal_value(self, data: Any) -> Period:
        period = period_named(str(data), now=timezone.now())
        if period is None:
            self.fail("invalid")
        return period


class PeriodQuery(QueryParameters):
    period = PeriodAsked(
        required=False,
        default=all_time,
        help_text="Questions that were first resolved in this period: `week`, `month` or "
        "`quarter` for the one that lasts, or one by its name.",
    )
    tag = Words(max_length=TAG_LENGTH_MAX, help_text="Questions with this tag; else all.")


class LeadersQuery(PeriodQuery):
    paginated = True
    kind = serializers.ChoiceField(
        list(KINDS),
        required=False,
        default="peer",
        help_text="What ranks: sums of `peer` or `baseline` scores, the mean peer score, the mean "
        "relative Brier score (the lowest first), or trading `profit`.",
    )
    forecaster = Words(
        max_length=40, help_text="Tell also where the forecaster of this name stands."
    )


class SiteCalibrationQuery(PeriodQuery):
    against = serializers.ChoiceField(
        ScoredSeries.values,
        required=False,
        default=ScoredSeries.MARKET.value,
        help_text="Which of our odds the others are compared with.",
    )


class PeriodSerializer(serializers.Serializer[Any]):
    name = StrictText()
    starts_at = serializers.SerializerMethodField(help_text="null: all time.")
    ends_at = serializers.SerializerMethodField(help_text="Before this; null: all time.")

    @extend_schema_field(Instant(allow_null=True))
    def get_starts_at(self, period: Period) -> str | None:
        return _instant(period, "starts_at")

    @extend_schema_field(Instant(allow_null=True))
    def get_ends_at(self, period: Period) -> str | None:
        return _instant(period, "ends_at")


def _instant(period: Period, name: str) -> str | None:
    if period.name == ALL_TIME:
        return None
    return Instant().to_representation(getattr(period, name))


class LeaderSerializer(serializers.Serializer[Any]):
    rank = serializers.IntegerField(
        allow_null=True, help_text="Equal values share a rank; null: too few questions for one."
    )
    name = serializers.CharField()
    score_sum = serializers.FloatField(
        allow_null=True, help_text="Of the scores of this kind; of peer scores where profit ranks."
    )
    score_mean = serializers.FloatField(allow_null=True)
    question_count = serializers.IntegerField(help_text="Questions with scores.")
    coverage = serializers.FloatField(
        allow_null=True, help_text="The mean share of the time with a forecast."
    )
    profit = Amount(help_text="Credits won or lost on the traded questions.")
    traded_count = serializers.IntegerField()


class LeaderboardSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(list(KINDS))
    period = PeriodSerializer()
    tag = serializers.CharField(allow_null=True)
    count_min = serializers.IntegerField(
        help_text="Whoever has fewer questions (with trades, where profit ranks) has no rank."
    )
    forecaster = LeaderSerializer(
        allow_null=True, help_text="The one who was asked after, if there is anything to tell."
    )
    results = LeaderSerializer(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="Send it back as `cursor` for the next page; null at the end."
    )


class RecordSerializer(serializers.Serializer[Any]):
    """What scores add up to, on all questions or on those of one tag."""

    tag = serializers.SerializerMethodField(help_text="null: all questions.")
    question_count = serializers.IntegerField()
    peer_sum = serializers.FloatField()
    peer_mean = serializers.FloatField(allow_null=True)
    baseline_sum = serializers.FloatField()
    relative_brier_mean = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField(allow_null=True)
    traded_count = serializers.IntegerField()
    profit = Amount()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_tag(self, record: Any) -> str | None:
        return record.tag or None


class PersonSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    html_url = serializers.CharField()
    overall = RecordSerializer(allow_null=True, help_text="null: nothing is scored yet.")
    tags = RecordSerializer(many=True)


class PersonScoreSerializer(serializers.Serializer[Any]):
    """One forecaster's scores on one question, under the answer that stands."""

    question = serializers.IntegerField(source="question_id")
    slug = serializers.CharField(source="question.slug")
    working_url = serializers.SerializerMethodField(
        help_text="How these scores came about, part by part."
    )
    title = serializers.CharField(source="question.title")
    type = serializers.ChoiceField(QuestionType.values, source="question.type")
    resolution_version = serializers.IntegerField(source="resolution.version")
    resolved_at = Instant(source="question.tally_mark.resolved_at", help_text="The first time.")
    peer = serializers.FloatField()
    baseline = serializers.FloatField()
    spot_peer = serializers.FloatField(allow_null=True)
    spot_baseline = serializers.FloatField(allow_null=True)
    brier = serializers.FloatField()
    relative_brier = serializers.FloatField(allow_null=True)
    log = serializers.FloatField()
    crps = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField()
    attainable_coverage = serializers.FloatField()
    profit = serializers.SerializerMethodField(help_text="null: no trade on this question.")

    @extend_schema_field(serializers.CharField())
    def get_working_url(self, score: Score) -> str:
        return score_address(score.question_id, self.context["name"])

    @extend_schema_field(Amount(allow_null=True))
    def get_profit(self, score: Score) -> str | None:
        amount = self.context["profits"].get(score.question_id)
        return None if amount is None else Amount().to_representation(amount)


class CurvePointSerializer(serializers.Serializer[Any]):
    bucket = serializers.SerializerMethodField(help_text="Around which chance, or how wide.")
    stated = serializers.FloatField(help_text="The mean chance that was stated.")
    observed = serializers.FloatField(help_text="How often it came true.")
    count = serializers.FloatField(help_text="Statements, by the share of time that they stood.")
    low = serializers.FloatField(help_text="Wilson's interval of 95 % around `observed`.")
    high = serializers.FloatField()

    @extend_schema_field(serializers.FloatField())
    def get_bucket(self, point: Any) -> float:
        is_range = self.context.get("sample") == Sample.RANGE
        return float(RANGE_LEVELS[point.bucket] if is_range else point.bucket / 10)


class CurveSerializer(serializers.Serializer[Any]):
    question_count = serializers.SerializerMethodField()
    statement_count = serializers.FloatField(source="count")
    calibration_error = serializers.FloatField(
        source="error", help_text="The mean distance of stated from observed."
    )
    sure = serializers.FloatField(help_text="Sharpness: the mean chance of the likelier side.")
    right = serializers.FloatField(help_text="How often the likelier side came true.")
    brier = serializers.FloatField(help_text="Of single outcomes: the mean of (p − o)², 0 to 1.")
    reliability = serializers.FloatField()
    resolution = serializers.FloatField()
    uncertainty = serializers.FloatField()
    within = serializers.FloatField(
        help_text="brier = reliability − resolution + uncertainty + within."
    )
    points = CurvePointSerializer(many=True)

    @extend_schema_field(serializers.IntegerField())
    def get_question_count(self, _: Any) -> int:
        count: int = self.context["question_count"]
        return count


class RangeCurveSerializer(serializers.Serializer[Any]):
    question_count = serializers.IntegerField()
    points = CurvePointSerializer(many=True)


class CalibrationSerializer(serializers.Serializer[Any]):
    """Whether what was put at 70 % happened seven times in ten."""

    statements = serializers.SerializerMethodField(
        help_text="Outcomes of binary and multiple-choice questions; null without any."
    )
    ranges = serializers.SerializerMethodField(
        help_text="Central ranges of numbers and dates: that of 80 % should hold eight in ten."
    )

    @extend_schema_field(CurveSerializer(allow_null=True))
    def get_statements(self, found: Calibration) -> dict[str, Any] | None:
        if found.statements is None:
            return None
        context = {"question_count": found.statement_questions}
        return dict(CurveSerializer(found.statements, context=context).data)

    @extend_schema_field(RangeCurveSerializer(allow_null=True))
    def get_ranges(self, found: Calibration) -> dict[str, Any] | None:
        if found.ranges is None:
            return None
        curve = {"question_count": found.range_questions, "points": found.ranges.points}
        return dict(RangeCurveSerializer(curve, context={"sample": Sample.RANGE}).data)


class PersonCalibrationSerializer(CalibrationSerializer):
    name = serializers.SerializerMethodField()
    period = serializers.SerializerMethodField()
    tag = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField())
    def get_name(self, _: Any) -> str:
        name: str = self.context["name"]
        return name

    @extend_schema_field(PeriodSerializer())
    def get_period(self, _: Any) -> dict[str, Any]:
        return dict(PeriodSerializer(self.context["period"]).data)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_tag(self, _: Any) -> str | None:
        return self.context["tag"] or None


class DifferenceSerializer(serializers.Serializer[Any]):
    """Means over the same questions, and their mean difference with its interval of 95 %."""

    mean = serializers.FloatField(source="ours")
    against_mean = serializers.FloatField(source="theirs")
    difference = serializers.FloatField(source="difference.mean")
    difference_low = serializers.FloatField(
        source="difference.low", allow_null=True, help_text="null: a single question has none."
    )
    difference_high = serializers.FloatField(source="difference.high", allow_null=True)


class SeriesRecordSerializer(serializers.Serializer[Any]):
    series = serializers.ChoiceField(ScoredSeries.values)
    question_count = serializers.IntegerField(help_text="Questions that both answered.")
    coverage = serializers.FloatField()
    brier = DifferenceSerializer(help_text="The lower, the better.")
    log = DifferenceSerializer(help_text="The higher, the better.")
    baseline = DifferenceSerializer(help_text="The higher, the better.")
    closer = serializers.IntegerField(help_text="Questions on which its Brier score was better.")
    farther = serializers.IntegerField()
    calibration = serializers.SerializerMethodField()

    @extend_schema_field(CalibrationSerializer())
    def get_calibration(self, compared: Compared) -> dict[str, Any]:
        return dict(CalibrationSerializer(self.context["calibrations"][compared.series]).data)


class SiteCalibrationSerializer(serializers.Serializer[Any]):
    period = PeriodSerializer()
    tag = serializers.CharField(allow_null=True)
    against = serializers.ChoiceField(ScoredSeries.values)
    results = SeriesRecordSerializer(many=True)
