"""What a key lets its program do, and how a bad one is turned away."""

import pytest
from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from tests.instants import NOON
from users.api import ApiKeyAuthentication, HasScope
from users.models import ApiKey, Scope, User
from users.services import issue_api_key


def asking(method: str = "get", **headers: str) -> Request:
    return Request(getattr(APIRequestFactory(), method)("/", **headers))


def key_of(user: User, *scopes: Scope) -> tuple[ApiKey, str]:
    return issue_api_key(user=user, label="", scopes=scopes, now=NOON)


class View:
    def __init__(self, scope: Scope | None = None) -> None:
        if scope is not None:
            self.scope = scope


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_bearer_key_signs_its_user_in(alice, scheme):
    key, spelled = key_of(alice, Scope.READ)

    found = ApiKeyAuthentication().authenticate(asking(HTTP_AUTHORIZATION=f"{scheme} {spelled}"))

    assert found == (alice, key)


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Token odk_1_2"])
def test_other_ways_of_signing_in_are_left_to_others(db, header):
    headers = {} if header is None else {"HTTP_AUTHORIZATION": header}

    assert ApiKeyAuthentication().authenticate(asking(**headers)) is None


def test_a_key_in_the_query_string_signs_nobody_in(alice):
    _, spelled = key_of(alice, Scope.READ)

    request = Request(APIRequestFactory().get("/", {"api_key": spelled, "Authorization": spelled}))

    assert ApiKeyAuthentication().authenticate(request) is None


@pytest.mark.parametrize("header", ["Bearer", "Bearer odk_nothing_known", "Bearer \xff"])
def test_a_bad_key_is_refused_rather_than_ignored(db, header):
    with pytest.raises(AuthenticationFailed) as refusal:
        ApiKeyAuthentication().authenticate(asking(HTTP_AUTHORIZATION=header))

    assert refusal.value.detail.code == "api_key_invalid"
    assert "Issue a new one" in refusal.value.detail


def test_the_challenge_names_the_bearer_scheme(db):
    assert ApiKeyAuthentication().authenticate_header(asking()) == "Bearer"


@pytest.mark.parametrize(
    ("scopes", "method", "needed", "allowed"),
    [
        ((Scope.READ,), "get", Scope.TRADE, True),
        ((Scope.TRADE,), "get", Scope.TRADE, False),
        ((Scope.TRADE,), "post", Scope.TRADE, True),
        ((Scope.READ,), "post", Scope.TRADE, False),
        ((Scope.FORECAST,), "post", Scope.TRADE, False),
        ((Scope.FORECAST,), "delete", Scope.FORECAST, True),
        ((Scope.READ, Scope.FORECAST, Scope.TRADE, Scope.AUTHOR), "post", None, False),
        ((), "get", None, False),
    ],
)
def test_a_key_may_do_what_its_scopes_name(alice, scopes, method, needed, allowed):
    key, _ = key_of(alice, *scopes)
    request = asking(method)
    request.user, request.auth = alice, key

    assert HasScope().has_permission(request, View(needed)) is allowed


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_people_signed_in_by_cookie_need_no_scope(alice, method):
    request = asking(method)
    request.user, request.auth = alice, None

    assert HasScope().has_permission(request, View(Scope.TRADE)) is True


def test_nobody_may_do_nothing():
    request = asking()
    request.user = AnonymousUser()

    assert HasScope().has_permission(request, View()) is False
