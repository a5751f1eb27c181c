"""How the API itself says no, before a service is asked."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, TypedDict

from rest_framework.exceptions import APIException


class FieldError(TypedDict):
    """What is wrong with one field, parameter or header."""

    field: str
    message: str


class ApiRefusal(APIException):
    """A request that cannot be understood; the services have refusals of their own."""

    code: ClassVar[str]
    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    sentence: ClassVar[str]

    def __init__(self, detail: str | None = None, *, errors: Sequence[FieldError] = ()) -> None:
        self.status_code = self.status
        self.errors = list(errors)
        super().__init__(detail or self.sentence, self.code)


class IdempotencyKeyMissing(ApiRefusal):
    code = "idempotency_key_missing"
    sentence = "Send an Idempotency-Key header, such as a random UUID, and repeat it only to retry."


class BodyTooLarge(ApiRefusal):
    code = "body_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    sentence = "A request body may be at most 256 kB; send less."


class MalformedJson(ApiRefusal):
    code = "malformed_json"
    sentence = "The body is not JSON as RFC 8259 has it; the detail says where."


class UnknownParameter(ApiRefusal):
    code = "unknown_parameter"
    sentence = "A query parameter is not one of this address; check its spelling."


class InvalidParameter(ApiRefusal):
    code = "invalid_parameter"
    sentence = "A query parameter has a value that it cannot take; see errors."


class InvalidCursor(ApiRefusal):
    code = "invalid_cursor"
    sentence = (
        "The cursor does not belong to this list; send back 'next' as it came, with the same sort."
    )


class InvalidRequest(ApiRefusal):
    code = "invalid_request"
    sentence = "One or more fields of the body are missing, unknown or wrong; see errors."


class ScopeMissing(ApiRefusal):
    code = "scope_missing"
    status = HTTPStatus.FORBIDDEN
    sentence = "The API key lacks the scope that this call needs; issue one that has it."


class QuestionNotFound(ApiRefusal):
    code = "question_not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = "There is no such question; /api/v1/questions lists them."


class ArticleNotFound(ApiRefusal):
    code = "article_not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = "There is no such article; /api/v1/articles lists them."


class OrderNotFound(ApiRefusal):
    code = "order_not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = "You have no such order; /api/v1/orders lists yours."


class ForecastNotFound(ApiRefusal):
    code = "forecast_not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = "You have no such forecast; /api/v1/forecasts lists yours."


class PersonNotFound(ApiRefusal):
    code = "person_not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = "Nobody here has this name; names are those that /api/v1/leaderboards shows."


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Flatten a serializer's nested errors; a dotted path names each field.

    >>> list(field_errors({"fills": [{}, {"cost": ["Wrong."]}]}))
    [{'field': 'fills.1.cost', 'message': 'Wrong.'}]
    """
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from field_errors(inner, path if name == WHOLE else _join(path, str(name)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from field_errors(inner, _join(path, str(index)) if nested else path)
    else:
        yield {"field": path, "message": str(detail)}


WHOLE = "non_field_errors"
"""Where the framework keeps what is wrong with an object as a whole."""


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
