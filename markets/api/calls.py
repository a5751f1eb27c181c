"""What every view of the API does before and after its one call."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.http import Http404, HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from articles.api.fields import NoParameters, QueryParameters
from articles.api.refusals import IdempotencyKeyMissing, QuestionNotFound
from markets.models import Outcome, Question
from markets.queries.search import visible_question
from markets.services.idempotency import REQUEST_KEY_LENGTH_MAX, InvalidRequestKey
from users.api import HasScope
from users.models import Scope, User

PUBLIC_CACHE = "public, max-age=1, stale-while-revalidate=5"
PRIVATE_CACHE = "private, no-store"
IDEMPOTENCY_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

_IDEMPOTENCY_KEY = re.compile(rf"[\x21-\x7e]{{1,{REQUEST_KEY_LENGTH_MAX}}}")
_OPEN_TO_ALL_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, X-Request-ID",
}
_PREFLIGHT = {
    **_OPEN_TO_ALL_SITES,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class Call(GenericAPIView[Any]):
    """One address; unknown query parameters are refused before anything else is done.

    Which ones a method takes is said where `schema.described` describes it.
    """

    http_method_names = ["get", "post", "delete", "head"]
    cache: ClassVar[str] = PRIVATE_CACHE
    query: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = getattr(self, (request.method or "").lower(), None)
        parameters: type[QueryParameters] = getattr(method, "parameters", NoParameters)
        self.query = parameters.read_from(request)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", self.cache)
        return answer


class OwnersCall(Call):
    """For signed-in people and their programs, about what is theirs."""

    permission_classes = [HasScope]

    @property
    def user(self) -> User:
        user: User = self.request.user  # type: ignore[assignment]  # HasScope lets nobody else in
        return user


class IsEditor(BasePermission):
    """Lets editors in, and nobody else."""

    message = "Only editors may do this; ask one of them."
    code = "editor_needed"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_active and request.user.is_staff)


class EditorsCall(Call):
    """For editors and their programs."""

    permission_classes = [HasScope, IsEditor]
    scope = Scope.AUTHOR


class PublicRead(Call):
    """The same for everybody, so that caches may keep it and pages of any site may show it."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = ()
    permission_classes = [AllowAny]
    http_method_names = ["get", "head", "options"]
    cache = PUBLIC_CACHE

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204, headers=_PREFLIGHT)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in _OPEN_TO_ALL_SITES.items():
            answer.headers[name] = value
        return answer


class PublicReadEditorsWrite(PublicRead):
    """Read by everybody; whatever else is done there, editors and their programs do."""

    http_method_names = [*PublicRead.http_method_names, "post"]
    scope = Scope.AUTHOR

    def get_authenticators(self) -> list[BaseAuthentication]:
        if not self._writes():
            return super().get_authenticators()
        return [authentication() for authentication in Call.authentication_classes]

    def get_permissions(self) -> Sequence[Any]:
        if not self._writes():
            return super().get_permissions()
        return [permission() for permission in EditorsCall.permission_classes]

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        if not self._writes():
            return super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", PRIVATE_CACHE)
        return Call.finalize_response(self, request, response, *args, **kwargs)

    def _writes(self) -> bool:
        return getattr(self.request, "method", None) == "POST"


@extend_schema(exclude=True)
class NothingHere(PublicRead):
    """Catches every other address under /api/, so that they too are answered with a problem."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


def idempotency_key(request: Request) -> str:
    """The key that makes a POST safe to repeat.

    Raises:
        IdempotencyKeyMissing, InvalidRequestKey
    """
    return sound_key(request.headers.get(IDEMPOTENCY_KEY))


def sound_key(key: str | None) -> str:
    """The key as it was given, in a header or in a body; raises as `idempotency_key` does."""
    if not key:
        raise IdempotencyKeyMissing
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidRequestKey(
            f"An Idempotency-Key is 1 to {REQUEST_KEY_LENGTH_MAX} printable ASCII characters."
        )
    return key


def replayed(body: dict[str, Any], *, location: str) -> Response:
    """200 with what is there already, and a header that says so."""
    return Response(body, status=200, headers={"Location": location, REPLAYED: "true"})


def created(body: dict[str, Any], *, location: str, is_replay: bool) -> Response:
    """201 with where to find it; a retry gets the same, and a header that says so."""
    headers = {"Location": location}
    if is_replay:
        headers[REPLAYED] = "true"
    return Response(body, status=201, headers=headers)


def question_seen_by(user: User | None, slug_or_id: str) -> Question:
    """The question, where `user` may see it; raises `QuestionNotFound`."""
    question = visible_question(slug_or_id=slug_or_id, user=user)
    if question is None:
        raise QuestionNotFound
    return question


def outcomes_in_order(question: Question) -> list[Outcome]:
    return sorted(question.outcomes.all(), key=lambda outcome: outcome.index)


def outcomes_of(question_ids: Iterable[int]) -> dict[int, list[Outcome]]:
    """The outcomes of each question, in order, in one query."""
    found: dict[int, list[Outcome]] = {question_id: [] for question_id in question_ids}
    outcomes = Outcome.objects.filter(question_id__in=found).select_related("question")
    for outcome in outcomes.order_by("question_id", "index"):
        found[outcome.question_id].append(outcome)
    return found
