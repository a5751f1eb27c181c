"""Fields that take a request at its word.

The framework's own fields are obliging: "1_000", "٥", 1.0 and true all pass for integers, and
unknown fields for silence. A program that sends such a thing has a fault that its author wants to
hear of, so these fields take one spelling of each value and name every other as an error.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from articles.api.refusals import (
    WHOLE,
    ApiRefusal,
    InvalidParameter,
    InvalidRequest,
    UnknownParameter,
    field_errors,
)

ID_MAX = 2**63 - 1
PAGE_LENGTH = 50
PAGE_LENGTH_MAX = 200
CURSOR_LENGTH_MAX = 400

_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_EPOCH = re.compile(r"[0-9]{1,10}")


class StrictText(serializers.CharField):
    """A JSON string, kept as it is."""

    default_error_messages = {"invalid": "Give a string."}

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        return text


class Words(StrictText):
    """Text in a query string, which may be left out or empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "default": "", **options})


class StrictInteger(serializers.IntegerField):
    """A whole JSON number; in a query string, its plain ASCII digits."""

    default_error_messages = {"invalid": "Give a whole number in plain digits."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": ID_MAX, **options})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, _Spelled) and _WHOLE_NUMBER.fullmatch(data):
            return int(data)
        if type(data) is not int:
            self.fail("invalid")
        return int(data)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
class Probability(serializers.FloatField):
    """A JSON number from 0 to 1; in a query string, the same in plain digits."""

    default_error_messages = {"invalid": "Give a number from 0 to 1."}

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, _Spelled) and re.fullmatch(r"[01](\.[0-9]{1,17})?", data):
            data = float(data)
        if type(data) not in {int, float} or not 0 <= data <= 1:
            self.fail("invalid")
        return float(data)


@extend_schema_field({"type": "string", "format": "date-time"})
class Instant(serializers.Field[datetime, Any, str, Any]):
    """RFC 3339 with its offset; a query string may also give epoch seconds. Answers end in Z."""

    default_error_messages = {
        "invalid": "Give an RFC 3339 time with its offset, such as 2026-11-22T12:00:00Z."
    }

    def to_internal_value(self, data: Any) -> datetime:
        if isinstance(data, _Spelled) and _EPOCH.fullmatch(data):
            return datetime.fromtimestamp(int(data), UTC)
        if not isinstance(data, str) or not _RFC3339.fullmatch(data):
            self.fail("invalid")
        try:
            return datetime.fromisoformat(data).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class StrictSerializer(serializers.Serializer[Any]):
    """A JSON object with the declared fields and no others."""

    refusal: ClassVar[type[ApiRefusal]] = InvalidRequest

    @classmethod
    def read(cls, given: Any) -> dict[str, Any]:
        """The validated values; raises `InvalidRequest` with one error per wrong field."""
        serializer = cls(data=given)
        if not serializer.is_valid():
            raise cls.refusal(errors=list(field_errors(serializer.errors)))
        values: dict[str, Any] = serializer.validated_data
        return values

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({WHOLE: ["Send a JSON object."]})
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                dict.fromkeys(unknown, f"There is no such field. The fields are {known}.")
            )
        values: dict[str, Any] = super().to_internal_value(data)
        return values


class _Spelled(str):
    """Text from a query string, where numbers and times can only be spelled out."""

    __slots__ = ()


class QueryParameters(StrictSerializer):
    """What an address takes behind its question mark; `paginated` adds limit and cursor."""

    refusal = InvalidParameter
    paginated: ClassVar[bool] = False

    @classmethod
    def read_from(cls, request: Request) -> dict[str, Any]:
        """The validated parameters; raises `UnknownParameter` or `InvalidParameter`."""
        given = dict(request.query_params.lists())
        if cls.paginated:
            given.pop("limit", None)
            given.pop("cursor", None)
        known = cls().fields
        unknown = sorted(set(given) - set(known))
        if unknown:
            names = ", ".join([*known, *(["limit", "cursor"] if cls.paginated else [])])
            sentence = (
                f"There is no such parameter. There are {names}." if names else "Take it out."
            )
            raise UnknownParameter(
                errors=[{"field": name, "message": sentence} for name in unknown]
            )
        return cls.read({name: _spelled(texts, known[name]) for name, texts in given.items()})


def _spelled(texts: Sequence[str], field: serializers.Field[Any, Any, Any, Any]) -> Any:
    """A list where the field takes several; else the one value, or a list for it to refuse."""
    spelled = [_Spelled(text) for text in texts]
    if isinstance(field, serializers.ListField) or len(spelled) > 1:
        return spelled
    return spelled[0]


class NoParameters(QueryParameters):
    """For addresses that take none."""


class PageParameters(QueryParameters):
    """For lists that are paged and not filtered."""

    paginated = True
