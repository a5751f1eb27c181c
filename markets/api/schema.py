"""How the views describe themselves in the OpenAPI schema."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from articles.api.fields import (
    CURSOR_LENGTH_MAX,
    PAGE_LENGTH,
    PAGE_LENGTH_MAX,
    NoParameters,
    QueryParameters,
    StrictInteger,
    StrictText,
)
from markets.api.calls import (
    IDEMPOTENCY_KEY,
    REPLAYED,
    Call,
    EditorsCall,
    OwnersCall,
    PublicRead,
)
from markets.api.errors import CODES
from markets.services.idempotency import REQUEST_KEY_LENGTH_MAX

_View = TypeVar("_View", bound=Callable[..., Any])

PROBLEM = "application/problem+json"
ALWAYS = ("not_acceptable", "unavailable", "internal_error")
SIGNED_IN = ("api_key_invalid", "not_authenticated", "scope_missing", "permission_denied")
WITHOUT_KEY = ("unsupported_media_type", "body_too_large", "malformed_json", "invalid_request")
BODY = ("idempotency_key_missing", "invalid_request_key", *WITHOUT_KEY)
TRADING = (
    "market_not_found",
    "request_key_reused",
    "market_not_open",
    "insufficient_credits",
    "price_out_of_range",
    "shares_out_of_range",
)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "users.api.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key: `Authorization: Bearer odk_…`.",
        }


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = StrictText()
    message = StrictText()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457: every refusal looks like this."""

    type = serializers.URLField(help_text="Where the code is explained.")
    title = StrictText()
    status = StrictInteger()
    detail = StrictText(help_text="A sentence for people: what to do.")
    code = StrictText(help_text="For programs: stable.")
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # the problem's own name
    request_id = StrictText(allow_null=True)
    retryable = serializers.BooleanField(help_text="May the very same request succeed shortly?")


def described(
    name: str,
    summary: str,
    *,
    tag: str,
    answer: Any,
    status: int = 200,
    request: type[serializers.Serializer[Any]] | None = None,
    parameters: type[QueryParameters] | None = None,
    refusals: tuple[str, ...] = (),
    also: tuple[OpenApiParameter, ...] = (),
    is_replayed_with_200: bool = False,
    answer_to_a_list: Any = None,
) -> Callable[[_View], _View]:
    """Give a view method its place in the schema: its shapes, and each refusal by its code.

    The summary is one line; what else there is to say stands in the method's docstring.
    """
    asked: list[Any] = [*([parameters] if parameters and parameters().fields else []), *also]
    codes = ["unknown_parameter", *refusals, *ALWAYS]
    if parameters is not None:
        codes.insert(1, "invalid_parameter")
        asked.extend(PAGE if parameters.paginated else ())
    responses = {status: answer, **_problems(codes)}
    if is_replayed_with_200:
        responses[200] = answer
    if answer_to_a_list is not None:
        responses[200] = answer_to_a_list
    if IF_NONE_MATCH in also:
        responses[304] = OpenApiResponse(description="Nothing has changed.")

    def describe(view: _View) -> _View:
        view.parameters = parameters or NoParameters  # type: ignore[attr-defined]  # Call reads it
        return extend_schema(
            operation_id=name,
            summary=summary,
            description=inspect.getdoc(view) or "",
            tags=[tag],
            request=request,
            parameters=asked,
            responses=responses,
        )(view)

    return describe


def silent_classes() -> list[type]:
    """Whose docstrings are for readers of the code: a setting of the generator's."""
    theirs: list[type] = get_lib_doc_excludes()  # type: ignore[no-untyped-call]
    return [*theirs, Call, OwnersCall, EditorsCall, PublicRead]


def close_requests(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say in the schema that unknown fields are refused: a hook of the generator's."""
    for name, component in result["components"]["schemas"].items():
        if name.endswith("Request"):
            component["additionalProperties"] = False
    return result


def _problems(codes: Iterable[str]) -> dict[Any, Any]:
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(CODES[code].status.value, []).append(code)
    return {
        (status, PROBLEM): OpenApiResponse(
            ProblemSerializer,
            "\n".join(f"- `{code}`: {CODES[code].sentence}" for code in together),
        )
        for status, together in sorted(by_status.items())
    }


def _header(name: str, description: str, **options: Any) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, "header", description=description, **options)


NAMED = (
    OpenApiParameter(
        "question",
        {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
        OpenApiParameter.PATH,
        description="The question's id or its slug.",
    ),
)
PERSON = (
    OpenApiParameter(
        "name",
        {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
        OpenApiParameter.PATH,
        description="The forecaster's name.",
    ),
)
IF_NONE_MATCH = _header(
    "If-None-Match", "The ETag of an earlier answer: 304 while nothing has changed."
)
CONDITIONAL = (
    IF_NONE_MATCH,
    _header("ETag", "Send it back as If-None-Match.", response=[200]),
)
IDEMPOTENT = (
    _header(
        IDEMPOTENCY_KEY,
        "Yours to choose, one per request, such as a random UUID; repeat it only to retry.",
        required=True,
        pattern=rf"^[!-~]{{1,{REQUEST_KEY_LENGTH_MAX}}}$",
    ),
    _header(REPLAYED, "`true` where this is the first answer, once more.", response=[201]),
    _header("Location", "Where to find it from now on.", response=[201]),
)
REPEATED = IDEMPOTENT[1:]
"""For what is safe to repeat without a key, because it is recognised by what it says."""

PAGE = (
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": PAGE_LENGTH_MAX, "default": PAGE_LENGTH},
        description="How many results a page holds.",
    ),
    OpenApiParameter(
        "cursor",
        {"type": "string", "maxLength": CURSOR_LENGTH_MAX},
        description="The `next` of the page before.",
    ),
)
