"""What every answer of the API has in common."""

import base64
import contextlib
import json
from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.models import F
from django.http import Http404
from django.test import RequestFactory
from django.urls import path
from rest_framework.exceptions import (
    MethodNotAllowed,
    NotAuthenticated,
    ParseError,
    Throttled,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from articles.api.refusals import InvalidCursor, InvalidParameter, MalformedJson
from articles.core.errors import ArticleError
from config import api
from config.api import NewestFirstPagination, problem_response, read_json
from markets.api.errors import CODES
from markets.core.errors import MarketError
from markets.core.money import InvalidAmount
from markets.services.idempotency import RequestKeyReused
from tests.instants import NOON
from users.models import User


class Busy(MarketError):
    code = "busy"
    retryable = True


class TextEmpty(ArticleError):
    code = "text_empty"
    field = "text"


def answer(exc):
    request = Request(APIRequestFactory().get("/api/v1/questions"))
    request._request.id = "a request"
    return problem_response(exc, {"request": request})


# Problems


def test_a_refusal_of_the_market_becomes_a_problem():
    response = answer(InvalidAmount("Write digits."))

    assert response.status_code == 422
    assert response.data == {
        "type": "http://testserver/api/v1/docs#invalid_amount",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "Write digits.",
        "code": "invalid_amount",
        "errors": [{"field": "amount", "message": "Write digits."}],
        "request_id": "a request",
        "retryable": False,
    }
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Retry-After" not in response.headers


def test_a_refusal_about_an_article_becomes_a_problem():
    response = answer(TextEmpty("Paste the text."))

    assert response.status_code == 422
    assert response.data["errors"] == [{"field": "text", "message": "Paste the text."}]


def test_the_request_key_is_called_by_its_header():
    response = answer(RequestKeyReused("Take another."))

    assert response.status_code == 422
    assert response.data["errors"][0]["field"] == "Idempotency-Key"


def test_what_may_be_retried_says_when():
    response = answer(Busy("Too much is going on."))

    assert response.status_code == 503
    assert response.data["retryable"] is True
    assert response.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (NotAuthenticated(), 401, "not_authenticated"),
        (MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (ParseError(), 400, "malformed_json"),
        (Throttled(wait=2.5), 429, "throttled"),
        (ValidationError({"a": ["Wrong."]}), 400, "invalid_request"),
        (OperationalError("gone"), 503, "unavailable"),
        (ZeroDivisionError("secret"), 500, "internal_error"),
    ],
)
def test_whatever_is_raised_becomes_a_problem(exc, status, code):
    response = answer(exc)

    assert (response.status_code, response.data["code"]) == (status, code)
    assert response.data["detail"]
    assert "secret" not in json.dumps(response.data)


def test_a_throttled_call_says_how_long_to_wait():
    assert answer(Throttled(wait=2.5)).headers["Retry-After"] == "3"


@pytest.mark.parametrize(
    "cause",
    [
        psycopg.errors.LockNotAvailable,
        psycopg.errors.DeadlockDetected,
        psycopg.errors.QueryCanceled,
    ],
)
def test_a_database_that_answers_too_late_is_busy_and_not_gone(cause):
    exc = OperationalError("late")
    exc.__cause__ = cause()

    response = answer(exc)

    assert (response.status_code, response.data["code"]) == (503, "busy")
    assert response.headers["Retry-After"] == "1"


def test_every_code_has_a_status_and_a_sentence():
    for code, meaning in CODES.items():
        assert 400 <= meaning.status < 600, code
        assert meaning.sentence.endswith("."), code


@pytest.mark.parametrize(
    ("handler", "arguments", "status", "code"),
    [
        (api.bad_request, (Exception(),), 400, "bad_request"),
        (api.permission_denied, (Exception(),), 403, "permission_denied"),
        (api.page_not_found, (Http404(),), 404, "not_found"),
        (api.server_error, (), 500, "internal_error"),
    ],
)
def test_what_fails_outside_the_views_is_a_problem_below_api_and_a_page_elsewhere(
    handler, arguments, status, code
):
    below = handler(RequestFactory().get("/api/v1/x"), *arguments)

    assert below.status_code == status
    assert json.loads(below.content)["code"] == code
    assert below.headers["Content-Type"] == "application/problem+json"


def test_addresses_elsewhere_keep_their_pages(client, db):
    response = client.get("/no-such-page")

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_host_that_we_are_not_gets_a_problem(client):
    response = client.get("/api/v1/questions", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert response.json()["code"] == "bad_request"


class Failing(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        raise ZeroDivisionError("a secret")


urlpatterns = [path("api/v1/failing", Failing.as_view())]


@pytest.mark.urls(__name__)
def test_a_failure_of_ours_is_answered_without_its_trace_and_is_logged(client, caplog):
    client.raise_request_exception = False

    response = client.get("/api/v1/failing")

    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert response.json()["request_id"] == response.headers["X-Request-ID"]
    assert b"secret" not in response.content
    assert "a secret" in caplog.text


# Bodies


def test_json_is_read():
    assert read_json('{"a": [1, 2.5, "x", true, null]}') == {"a": [1, 2.5, "x", True, None]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1', "not JSON"),
        ("", "not JSON"),
        ("\ufeff{}", "not JSON"),
        ('{"a": 1} {}', "not JSON"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"b": {"a": 1, "a": 1}}', "stands twice"),
        ('{"a": NaN}', "NaN is not"),
        ('{"a": -Infinity}', "-Infinity is not"),
        ('{"a": 1e999}', "too large"),
        ('{"a": -1e999}', "too large"),
        ('{"a": ' + "1" * 5000 + "}", "too many digits"),
        (r'{"a": "\u0000"}', "NUL"),
        (r'{"\u0000": 1}', "NUL"),
        (r'{"a": "\ud800"}', "surrogate"),
        (r'[{"\udfff": 1}]', "surrogate"),
        ("[" * 33 + "]" * 33, "32 levels"),
        ('{"a":' * 33 + "1" + "}" * 33, "32 levels"),
        ("[" * 100_000, "32 levels"),
    ],
)
def test_json_that_two_readers_could_take_differently_is_refused(text, sentence):
    with pytest.raises(MalformedJson, match=sentence):
        read_json(text)


def test_thirty_two_levels_and_whole_surrogate_pairs_are_fine():
    assert read_json("[" * 32 + "]" * 32) is not None
    assert read_json(r'"\ud83d\ude00"') == "😀"


# Lists


def page(queryset, **parameters):
    pagination = NewestFirstPagination()
    request = Request(APIRequestFactory().get("/", parameters))
    rows = pagination.paginate_queryset(queryset, request)
    return rows, pagination.get_paginated_response(rows).data["next"]


def walk(queryset, **parameters):
    rows, cursor = page(queryset, **parameters)
    while cursor is not None:
        more, cursor = page(queryset, cursor=cursor, **parameters)
        rows += more
        assert more
        assert len(rows) <= queryset.count()  # rather than in circles for ever
    return rows


@pytest.fixture
def people(db):
    """Seven people, of whom several joined at the same instant."""
    return [
        User.objects.create(
            email=f"{number}@example.com",
            name=f"p{number}",
            joined_at=NOON + timedelta(hours=number // 3),
            is_staff=number % 2 == 0,
        )
        for number in range(7)
    ]


def test_without_an_order_lists_are_newest_first(people):
    rows, cursor = page(User.objects.all(), limit=3)

    assert rows == people[:3:-1]
    assert page(User.objects.all(), limit=3, cursor=cursor)[0] == people[3:0:-1]


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 200])
@pytest.mark.parametrize(
    "order",
    [
        ("joined_at", "id"), ("-joined_at", "-id"), ("-joined_at", "id"),
        (F("joined_at").desc(), F("id").asc()), ("name", "pk"), ("is_staff", "-joined_at", "id"),
    ],
    ids=str,
)  # fmt: skip
def test_walking_a_list_meets_every_row_once_however_many_ties(people, order, limit):
    queryset = User.objects.order_by(*order)

    assert walk(queryset, limit=limit) == list(queryset)


def test_the_last_page_has_no_next(people):
    rows, cursor = page(User.objects.all(), limit=7)

    assert (len(rows), cursor) == (7, None)


def test_rows_that_arrive_meanwhile_move_nothing(people):
    first, cursor = page(User.objects.all(), limit=3)
    User.objects.create(email="new@example.com", name="new", joined_at=NOON)

    second, _ = page(User.objects.all(), limit=3, cursor=cursor)

    assert first + second == people[:0:-1]


def test_a_page_is_one_query(people, django_assert_num_queries):
    _, cursor = page(User.objects.all(), limit=3)

    with django_assert_num_queries(1):
        page(User.objects.all(), limit=3, cursor=cursor)


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.0", "1_0", "٥", "", "all", "99999999"])
def test_a_page_holds_one_to_two_hundred(people, limit):
    with pytest.raises(InvalidParameter) as refusal:
        page(User.objects.all(), limit=limit)

    assert refusal.value.errors[0]["field"] == "limit"


def test_a_page_has_one_length(people):
    request = Request(APIRequestFactory().get("/?limit=2&limit=3"))

    with pytest.raises(InvalidParameter):
        NewestFirstPagination().paginate_queryset(User.objects.all(), request)


def test_a_cursor_of_another_order_is_refused(people):
    _, cursor = page(User.objects.order_by("-id"), limit=3)

    with pytest.raises(InvalidCursor):
        page(User.objects.order_by("id"), cursor=cursor)


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "=", "%", "bnVsbA", "WyItaWQiXQ", "W10", "WyItcGsiLG51bGxd", "WyItcGsiLCJ4Il0",
        "WyItcGsiLFtdXQ", "WyItcGsiLDEsMl0", "\x00", "e30", "//", "a" * 5000, "WyItcGsiLDFlOTk5XQ",
    ],
)  # fmt: skip
def test_a_cursor_that_nobody_wrote_is_refused(people, cursor):
    with pytest.raises(InvalidCursor):
        page(User.objects.all(), cursor=cursor)


@pytest.mark.parametrize(
    "values",
    [
        ["0001-01-01T00:00:00+23:59", 1],
        ["9999-12-31T23:59:59-23:59", 1],
        ["2026-11-22T12:00:00+00:00", 10**40],
        ["2026-11-22T12:00:00+00:00", -(10**40)],
        ["2026-11-22T12:00:00+00:00", 1.5],
        [True, True],
    ],
    ids=str,
)
def test_a_forged_cursor_is_refused_or_finds_a_page(people, values):
    spelled = json.dumps(["-joined_at,-id", *values]).encode()
    forged = base64.urlsafe_b64encode(spelled).decode().rstrip("=")

    with contextlib.suppress(InvalidCursor):
        page(User.objects.order_by("-joined_at", "-id"), cursor=forged)


@pytest.mark.parametrize("name", ["\0", "\ud800"], ids=["NUL", "half a pair"])
def test_text_that_no_column_holds_is_refused_in_a_cursor(people, name):
    spelled = json.dumps(["name,id", name, 1]).encode()
    forged = base64.urlsafe_b64encode(spelled).decode().rstrip("=")

    with pytest.raises(InvalidCursor):
        page(User.objects.order_by("name", "id"), cursor=forged)


def test_a_time_without_its_zone_in_a_cursor_is_refused(people):
    forged = "WyItam9pbmVkX2F0LC1pZCIsIjIwMjYtMTEtMjJUMTI6MDA6MDAiLDFd"

    with pytest.raises(InvalidCursor):
        page(User.objects.order_by("-joined_at", "-id"), cursor=forged)
