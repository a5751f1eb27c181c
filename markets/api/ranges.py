"""Values, bins and ranges of numeric and date questions as the API spells them.

A value is a JSON number, or for a date an RFC 3339 time; what an answer says, a request may send.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.api.fields import StrictText
from markets.core.claims import InvalidClaim
from markets.core.distribution import InvalidQuantiles, Summary
from markets.core.numeric import VALUE_MAX, Bins, moment
from markets.models import Question, Scale

KEY_LENGTH_MAX = 60
KEYS_MAX = 200

_NUMBER = r"-?[0-9]{1,16}(\.[0-9]{1,15})?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
_DATE = f"{_DAY}({_TIME})?"
EDGE_SCHEMA = {
    "oneOf": [
        {"type": "number", "minimum": -VALUE_MAX, "maximum": VALUE_MAX},
        {"type": "string", "pattern": f"^({_NUMBER}|{_DATE})$"},
    ]
}
VALUE_SCHEMA = {
    "type": ["number", "string", "null"],
    "description": "A number, or of a date an RFC 3339 time.",
}
QUANTILES_SCHEMA = {"type": ["object", "null"], "additionalProperties": VALUE_SCHEMA}

Edge = int | float | str


@dataclass(frozen=True, slots=True)
class RangeAsked:
    """A range [begin, end) as it was asked for, with None for no bound on that side."""

    begin: Edge | None
    end: Edge | None


class EdgeText(StrictText):
    """An edge in a query string: a plain number, or of a date an RFC 3339 time or day."""

    default_error_messages = {"invalid_edge": "Give a number, or a date such as 2027-03-01."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not is_edge(text):
            self.fail("invalid_edge")
        return text


@extend_schema_field(EDGE_SCHEMA)
class EdgeField(serializers.Field[Any, Any, Any, Any]):
    """A value in a body: a JSON number, or of a date an RFC 3339 time or day."""

    default_error_messages = {"invalid": "Give a number, or a date such as 2027-03-01."}

    def to_internal_value(self, data: Any) -> Edge:
        if not is_edge(data):
            self.fail("invalid")
        edge: Edge = data
        return edge


@extend_schema_field(VALUE_SCHEMA)
class RangeValue(serializers.Field[Any, Any, Any, Any]):
    """A value that is ready to be shown; see `spelled_value`."""

    def to_representation(self, value: float | str) -> float | str:
        return value


@extend_schema_field(
    {
        "oneOf": [
            {
                "type": "array",
                "items": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX},
                "minItems": 1,
                "maxItems": KEYS_MAX,
            },
            {
                "type": "object",
                "properties": {"from": EDGE_SCHEMA, "to": EDGE_SCHEMA},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    }
)
class ClaimAsked(serializers.Field[Any, Any, Any, Any]):
    """A claim: outcome keys, or of a number or a date `{"from": …, "to": …}`, or one of the two."""

    default_error_messages = {
        "invalid": 'Give a list of outcome keys, or a range such as {{"from": "10", "to": "12"}}.',
    }

    def to_internal_value(self, data: Any) -> list[str] | RangeAsked:
        if isinstance(data, Mapping):
            if not data or set(data) - {"from", "to"}:
                self.fail("invalid")
            if not all(is_edge(edge) for edge in data.values()):
                self.fail("invalid")
            return RangeAsked(data.get("from"), data.get("to"))
        if not isinstance(data, list):
            self.fail("invalid")
        keys = serializers.ListField(
            child=StrictText(max_length=KEY_LENGTH_MAX), min_length=1, max_length=KEYS_MAX
        )
        found: list[str] = keys.run_validation(data)
        return found


class BoundsSerializer(serializers.Serializer[Any]):
    """The range of a numeric or date question, and how it is cut into outcomes."""

    lower = RangeValue()
    upper = RangeValue()
    scale = serializers.ChoiceField(Scale.values, help_text="log: bins of equal ratio.")
    open_below = serializers.BooleanField(help_text="Is the first outcome all below the bounds?")
    open_above = serializers.BooleanField(help_text="Is the last outcome all above them?")

    def get_attribute(self, instance: Question) -> dict[str, Any] | None:
        bins = instance.bins
        if bins is None:
            return None
        return {
            "lower": spelled_value(bins, bins.lower),
            "upper": spelled_value(bins, bins.upper),
            "scale": bins.scale,
            "open_below": bins.open_below,
            "open_above": bins.open_above,
        }


def spelled_value(bins: Bins | None, value: float | None) -> float | str | None:
    """A value as answers give it: a JSON number, or of a date an RFC 3339 time to the second."""
    if bins is None or value is None:
        return None
    if bins.is_date:
        return moment(round(value)).isoformat().replace("+00:00", "Z")
    return float(value)


def spelled_edges(bins: Bins | None, index: int) -> dict[str, float | str | None]:
    """Where an outcome begins and ends, for a claim to say the same."""
    low, high = bins.bounds(index) if bins else (None, None)
    return {"from": spelled_value(bins, low), "to": spelled_value(bins, high)}


def spelled_quantiles(bins: Bins | None, said: Summary | None) -> dict[str, Any] | None:
    """Values by their share of probability; null inside an open tail."""
    if said is None:
        return None
    return {f"{share:g}": spelled_value(bins, value) for share, value in said.quantiles.items()}


def outcomes_between(bins: Bins | None, asked: RangeAsked) -> list[int]:
    """The numbers of the outcomes in a range.

    Raises:
        InvalidClaim: where there are no bins, or for values of another kind, or an empty range.
        RangeOffEdges: for a range that begins or ends inside a bin.
    """
    if bins is None:
        raise InvalidClaim("Only numbers and dates have ranges; name the outcomes instead.")
    return list(bins.claim_between(_edge(bins, asked.begin), _edge(bins, asked.end)))


def pairs_of(bins: Bins | None, stated: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Stated quantiles as pairs of a probability and a value.

    Raises:
        InvalidQuantiles: for a value of another kind than the question's.
    """
    if bins is None:
        raise InvalidQuantiles(
            "Only numbers and dates are forecast in quantiles; give probabilities.",
            field="quantiles",
        )
    return [
        (each["probability"], _value(bins, each["value"], index))
        for index, each in enumerate(stated)
    ]


def value_asked(
    bins: Bins | None, asked: Edge | None, refusal: Callable[[str], Exception]
) -> float | None:
    """The value of an answer as the bins have it; raises `refusal` for one of another kind."""
    if asked is None:
        return None
    if bins is None:
        raise refusal("Only numbers and dates are answered by a value.")
    try:
        return _edge(bins, asked)
    except InvalidClaim:
        raise refusal(f"The answer to this question is {_wanted(bins)}.") from None


def _value(bins: Bins, asked: Edge, index: int) -> float:
    try:
        value = _edge(bins, asked)
    except InvalidClaim:
        name = f"quantiles[{index}]"
        raise InvalidQuantiles(f"{name}: the value is {_wanted(bins)}.", field=name) from None
    if value is None:
        raise AssertionError("a body without a value is refused before")
    return value


def _wanted(bins: Bins) -> str:
    return "a date, such as 2027-03-01" if bins.is_date else "a number"


def is_edge(edge: Any) -> bool:
    """Is it spelled as a number, a day or a time?"""
    if isinstance(edge, str):
        return re.fullmatch(f"{_NUMBER}|{_DATE}", edge) is not None
    return type(edge) in {int, float} and -VALUE_MAX <= edge <= VALUE_MAX


def _edge(bins: Bins, edge: Edge | None) -> float | None:
    if edge is None:
        return None
    is_number = not isinstance(edge, str) or re.fullmatch(_NUMBER, edge) is not None
    if bins.is_date == is_number:
        wanted = "dates, such as 2027-03-01" if bins.is_date else "numbers"
        raise InvalidClaim(f"The range of this question is one of {wanted}.")
    if not bins.is_date:
        return float(edge)
    try:
        at = datetime.fromisoformat(str(edge))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise InvalidClaim(f"{edge!r} is not a date.") from None
