"""The text of a question, half written or whole, and what lint finds in it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.api.fields import Instant, Probability, StrictInteger, StrictSerializer, StrictText
from markets.core.numeric import UNIT_LENGTH_MAX, VALUE_MAX
from markets.core.question_lint import RULES, Range, Severity, Wording
from markets.models import QuestionType

TEXT_LENGTH_MAX = 20_000
TITLE_LENGTH_MAX = 1_000
LINE_LENGTH_MAX = 300
LINES_MAX = 200


@extend_schema_field(
    {
        "oneOf": [
            {"type": "number", "minimum": -VALUE_MAX, "maximum": VALUE_MAX},
            {"type": "string", "format": "date-time"},
        ]
    }
)
class Bound(serializers.Field[float, Any, float, Any]):
    """A number, or of a date an RFC 3339 time; inside, a date is seconds since 1970."""

    default_error_messages = {
        "invalid": "Give a number, or of a date an RFC 3339 time such as 2027-03-01T00:00:00Z."
    }

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, str):
            return Instant().to_internal_value(data).timestamp()
        if type(data) not in {int, float} or not abs(data) <= VALUE_MAX:
            self.fail("invalid")
        return float(data)


class LintRangeBody(StrictSerializer):
    """The bounds of a number or of a date."""

    lower = Bound()
    upper = Bound()
    unit = StrictText(
        required=False, allow_blank=True, default="", max_length=UNIT_LENGTH_MAX,
        help_text="Of a number, such as: billion dollars.",
    )  # fmt: skip
    open_below = serializers.BooleanField(required=False, default=False)
    open_above = serializers.BooleanField(required=False, default=False)


def _text(**options: Any) -> StrictText:
    return StrictText(
        required=False, allow_blank=True, default="", max_length=TEXT_LENGTH_MAX, **options
    )


def _lines(**options: Any) -> serializers.ListField:
    return serializers.ListField(
        child=StrictText(allow_blank=True, max_length=LINE_LENGTH_MAX),
        required=False,
        max_length=LINES_MAX,
        **options,
    )


def _instant() -> Instant:
    return Instant(required=False, allow_null=True, default=None)


class LintBody(StrictSerializer):
    """Everything but the title may be left out."""

    title = StrictText(allow_blank=True, max_length=TITLE_LENGTH_MAX)
    type = serializers.ChoiceField(QuestionType.values, required=False, default="binary")
    outcomes = _lines(default=list, help_text="Left out, they are Yes and No.")
    range = LintRangeBody(required=False, allow_null=True, default=None)
    prior = serializers.ListField(
        child=Probability(), required=False, default=list, max_length=LINES_MAX
    )
    resolution_criteria = _text()
    background = _text()
    fine_print = _text()
    resolution_sources = _lines(default=list)
    tags = _lines(default=list)
    opens_at = _instant()
    closes_at = _instant()
    resolve_by = _instant()
    quote = _text(help_text="The sentence of an article that raises the question.")

    @staticmethod
    def wording(asked: dict[str, Any]) -> Wording:
        """What lint reads, from the validated values."""
        is_binary = asked["type"] == QuestionType.BINARY
        outcomes = tuple(asked["outcomes"]) or (("Yes", "No") if is_binary else ())
        lists = {name: tuple(asked[name]) for name in ("prior", "resolution_sources", "tags")}
        bounds = Range(**asked["range"]) if asked["range"] else None
        quote = asked["quote"] or None
        return Wording(**{**asked, **lists, "outcomes": outcomes, "range": bounds, "quote": quote})


class FindingSerializer(serializers.Serializer[Any]):
    """The words at [start, end) of a field, counted in characters, and what to do about them."""

    rule = serializers.ChoiceField(list(RULES))
    severity = serializers.ChoiceField([severity.value for severity in Severity])
    field = serializers.CharField(help_text="A line of a list is numbered: `outcomes.1`.")
    start = StrictInteger(min_value=0)
    end = StrictInteger(min_value=0, help_text="As large as start where the whole field is meant.")
    words = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField(help_text="What to do.")


class LintSerializer(serializers.Serializer[Any]):
    policy_version = StrictInteger(help_text="The house policy that was taken to hold.")
    findings = FindingSerializer(many=True, help_text="Errors first, then warnings, then hints.")
