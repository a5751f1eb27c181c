"""How programs sign in to the API, and what their keys let them do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from users.models import ApiKey, Scope, User
from users.services import recognise_api_key

if TYPE_CHECKING:  # the framework's views import this module while they are being made
    from rest_framework.views import APIView


class ApiKeyAuthentication(BaseAuthentication):
    """Reads `Authorization: Bearer odk_…`; never a query string."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != "bearer":
            return None
        key = recognise_api_key(presented=words[-1], now=timezone.now())
        if key is None:
            raise AuthenticationFailed(
                "This API key is not valid: it may be mistyped, expired or revoked. "
                "Issue a new one and send it as 'Authorization: Bearer odk_…'.",
                code="api_key_invalid",
            )
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(BasePermission):
    """Signed-in people may do what they may do; a key only what its scopes name.

    A view says which scope its unsafe methods need: `scope = Scope.TRADE`.
    """

    message = "This API key lacks the scope that this call needs; issue one that has it."
    code = "scope_missing"

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, ApiKey):
            return True
        wanted = Scope.READ if request.method in SAFE_METHODS else getattr(view, "scope", None)
        return wanted in request.auth.scopes
