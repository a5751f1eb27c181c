"""What every answer of the API has in common: strict JSON in, problems and cursors out.

`REST_FRAMEWORK` and `config.urls` name what stands here; views never need to.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import IO, Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from psycopg import errors
from rest_framework.exceptions import APIException, ErrorDetail, Throttled
from rest_framework.pagination import BasePagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.fields import PAGE_LENGTH, PAGE_LENGTH_MAX
from articles.api.refusals import (
    ApiRefusal,
    BodyTooLarge,
    FieldError,
    InvalidParameter,
    MalformedJson,
    field_errors,
)
from articles.core.errors import ArticleError
from config.cursors import after, read_cursor, sorted_by, write_cursor
from markets.api.addresses import absolute
from markets.api.errors import CODES, Meaning
from markets.core.errors import MarketError

API_PREFIX = "/api/"
PROBLEM_TYPE = "application/problem+json"
RETRY_SECONDS = 1
DOCS_ADDRESS = "/api/v1/docs"

BODY_BYTES_MAX = 256 * 1024
JSON_DEPTH_MAX = 32


_logger = logging.getLogger("django.request")


# Refusals: RFC 9457 problems


def problem_response(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Return the problem document for whatever a view raised; nothing else leaves the API."""
    request: Request = context["request"]
    headers = {"Cache-Control": "no-store"}
    faults: list[FieldError] = []
    detail, retryable = "", False
    match exc:
        case MarketError() | ArticleError():
            code, detail, retryable = exc.code, str(exc), exc.retryable
            if exc.field is not None:
                faults = [{"field": _FIELDS.get(exc.field, exc.field), "message": detail}]
        case ApiRefusal():
            code, detail, faults = exc.code, str(exc.detail), exc.errors
        case Http404():
            code = "not_found"
        case PermissionDenied():
            code, detail = "permission_denied", str(exc)
        case APIException():
            code, detail, faults = _framework_refusal(exc)
            headers.update(_framework_headers(exc))
            retryable = isinstance(exc, Throttled)
        case OperationalError() | InterfaceError():
            _log(request, exc)
            code, retryable = ("busy" if _is_crowded(exc) else "unavailable"), True
        case _:
            _log(request, exc)
            got_request_exception.send(sender=None, request=request)
            code = "internal_error"
    if retryable:
        headers.setdefault("Retry-After", str(getattr(exc, "retry_seconds", RETRY_SECONDS)))
    document = problem(code, detail=detail, errors=faults, retryable=retryable, request=request)
    return Response(document, document["status"], headers=headers, content_type=PROBLEM_TYPE)


def problem(
    code: str,
    *,
    detail: str = "",
    errors: Sequence[FieldError] = (),
    retryable: bool = False,
    request: HttpRequest,
) -> dict[str, Any]:
    meaning = CODES.get(code) or Meaning(code, HTTPStatus.UNPROCESSABLE_ENTITY, "", "")
    return {
        "type": absolute(f"{DOCS_ADDRESS}#{code}"),
        "title": meaning.status.phrase,
        "status": meaning.status.value,
        "detail": detail or meaning.sentence,
        "code": code,
        "errors": list(errors),
        "request_id": getattr(request, "id", None),
        "retryable": retryable,
    }


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: hosts that we are not, and what Django finds suspicious."""
    if _is_for_the_api(request):
        return _bare_problem("bad_request", request)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_for_the_api(request):
        return _bare_problem("permission_denied", request)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_for_the_api(request):
        return _bare_problem("not_found", request)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: what goes wrong outside the views, in middleware."""
    if _is_for_the_api(request):
        return _bare_problem("internal_error", request)
    return defaults.server_error(request)


def _is_for_the_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIX)


def _bare_problem(code: str, request: HttpRequest) -> JsonResponse:
    document = problem(code, request=request)
    return JsonResponse(
        document,
        status=document["status"],
        content_type=PROBLEM_TYPE,
        headers={"Cache-Control": "no-store"},
    )


# What the services call by another name than the API.
_FIELDS = {"request_key": "Idempotency-Key", "cost_max": "max_cost", "shares_min": "min_shares"}

# Where the framework's sentence says less than the table's.
_RETOLD = {
    "not_authenticated",
    "not_found",
    "method_not_allowed",
    "not_acceptable",
    "unsupported_media_type",
    "throttled",
}
_RENAMED = {"parse_error": "malformed_json", "invalid": "invalid_request"}


def _framework_refusal(exc: APIException) -> tuple[str, str, list[FieldError]]:
    if not isinstance(exc.detail, ErrorDetail):
        return "invalid_request", "", list(field_errors(exc.detail))
    named = exc.detail.code or ""
    code = _RENAMED.get(named, named)
    return code, "" if code in _RETOLD else str(exc.detail), []


def _framework_headers(exc: APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(max(RETRY_SECONDS, int(wait)))
    return headers


def _is_crowded(exc: OperationalError | InterfaceError) -> bool:
    """The database answers, but not in time: locks, deadlocks, statements that ran too long."""
    return isinstance(
        exc.__cause__,
        errors.LockNotAvailable
        | errors.DeadlockDetected
        | errors.SerializationFailure
        | errors.QueryCanceled,
    )


def _log(request: Request, exc: Exception) -> None:
    _logger.error("%s %s failed", request.method, request.path, exc_info=exc)


# Bodies


class StrictJSONParser(BaseParser):
    """Takes JSON at its word, and refuses what two readers could understand differently."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(BODY_BYTES_MAX + 1)
        if len(body) > BODY_BYTES_MAX:
            raise BodyTooLarge
        try:
            return read_json(body.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise MalformedJson(f"The body is not UTF-8: byte {error.start} is wrong.") from None


def read_json(text: str) -> Any:
    """Return the value of a JSON text; raises `MalformedJson`."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_each_name_once,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise MalformedJson(
            f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from None
    except ValueError:  # Python's own guard against integers of thousands of digits
        raise MalformedJson("A number has too many digits.") from None
    _require_plain(value)
    return value


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise MalformedJson("A name stands twice in one object; give each name once.")
    return names


def _refuse_constant(constant: str) -> NoReturn:
    raise MalformedJson(f"{constant} is not a JSON number.")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise MalformedJson("A number is too large.")
    return number


def _require_plain(value: Any) -> None:
    """Refuse nesting below `JSON_DEPTH_MAX` levels, and text that no database can keep."""
    waiting = [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        if isinstance(each, str):
            _require_storable(each)
        elif isinstance(each, dict | list):
            if depth > JSON_DEPTH_MAX:
                raise _too_deep()
            inside = [*each.keys(), *each.values()] if isinstance(each, dict) else each
            waiting.extend((part, depth + 1) for part in inside)


def _require_storable(text: str) -> None:
    if "\x00" in text:
        raise MalformedJson("A text holds a NUL character; leave it out.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedJson("A text holds half of a surrogate pair; send whole characters.")


def _too_deep() -> MalformedJson:
    return MalformedJson(f"The body nests too deeply; {JSON_DEPTH_MAX} levels are the most.")


# Lists


class NewestFirstPagination(BasePagination):
    """Keyset pages: a cursor names the last row seen, so that ties and new rows skip nothing.

    The order is the queryset's own and has to end in the primary key; without one it is newest
    first.
    """

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        length = _page_length(request)
        queryset = queryset if queryset.query.order_by else queryset.order_by("-pk")
        terms = list(sorted_by(queryset))
        cursor = request.query_params.get("cursor")
        if cursor is not None:
            queryset = queryset.filter(after(terms, read_cursor(cursor, queryset.model, terms)))
        rows = list(queryset[: length + 1])
        self.next = write_cursor(rows[length - 1], terms) if len(rows) > length else None
        return rows[:length]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {
                    "type": ["string", "null"],
                    "description": "Send it back as `cursor` for the next page; null at the end.",
                },
            },
        }


def _page_length(request: Request) -> int:
    texts = request.query_params.getlist("limit") or [str(PAGE_LENGTH)]
    text = texts[0] if len(texts) == 1 else ""
    if text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= PAGE_LENGTH_MAX:
        return int(text)
    raise InvalidParameter(
        errors=[{"field": "limit", "message": f"Give a whole number from 1 to {PAGE_LENGTH_MAX}."}]
    )
