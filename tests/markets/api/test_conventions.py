"""What holds for every address: permissions, codes, methods, headers."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.generics import GenericAPIView
from rest_framework.views import APIView

import articles
import config
import markets
import users
from articles.api.refusals import ApiRefusal
from articles.core.errors import ArticleError
from markets.api.errors import CODES
from markets.core.errors import MarketError
from tests.markets.api.calling import refused
from users.api import HasScope

API_DOCUMENTATION = Path(__file__).resolve().parents[3] / "docs/api.md"


def patterns(resolver, prefix=""):
    for each in resolver.url_patterns:
        address = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, address)
        elif isinstance(each, URLPattern):
            yield address, each.callback


ROUTES = {
    address: callback.cls
    for address, callback in patterns(get_resolver())
    if issubclass(getattr(callback, "cls", object), APIView)
}
PRIVATE = {"orders", "forecasts", "me"}
OWN_ACTS = {"challenge", "suggestions"}
"""The last words of addresses where people act for themselves on what is public."""


def all_refusals():
    """Every refusal in the code, whichever module defines it."""
    for package in (config, users, articles, markets):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and "settings" not in module.name:
                importlib.import_module(module.name)
    waiting: list[type[Exception]] = [MarketError, ArticleError, ApiRefusal]
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if each not in (MarketError, ArticleError, ApiRefusal) and "tests" not in each.__module__:
            yield each


def test_all_routes_of_the_api_are_known():
    assert len(ROUTES) == 42
    assert all(address.startswith("api/") for address in ROUTES)


@pytest.mark.parametrize("address", ROUTES)
def test_every_route_says_itself_who_may_come_in(address):
    ours = [
        each
        for each in inspect.getmro(ROUTES[address])
        if issubclass(each, APIView) and each not in (APIView, GenericAPIView)
    ]

    assert any("permission_classes" in vars(each) for each in ours)


@pytest.mark.parametrize("address", ROUTES)
def test_what_is_ones_own_asks_for_a_scope_and_nothing_else_does(address):
    words = address.removeprefix("api/v1/").split("/")

    is_own = words[0] in PRIVATE or words[-1] in OWN_ACTS
    assert (ROUTES[address].permission_classes == [HasScope]) == is_own


@pytest.mark.parametrize("address", ROUTES)
def test_every_unsafe_method_names_its_scope(address):
    view = ROUTES[address]
    if any(hasattr(view, method) for method in ("post", "put", "patch", "delete")):
        assert view.scope in {"trade", "forecast", "author"}


def test_every_refusal_has_a_status_and_a_sentence():
    codes = {refusal.code for refusal in all_refusals()}

    assert codes - set(CODES) == set()


def test_refusals_of_the_api_keep_to_the_table():
    for refusal in all_refusals():
        if issubclass(refusal, ApiRefusal):
            assert CODES[refusal.code].status == refusal.status


def test_the_documentation_lists_every_code_with_its_status_in_order_of_precedence():
    rows = [
        tuple(cell.strip(" `") for cell in line.split("|")[1:3])
        for line in API_DOCUMENTATION.read_text().splitlines()
        if line.startswith("| `")
    ]

    listed = [row for row in rows if row[0] in CODES and row[1].isdigit()]
    assert listed == [(code, str(meaning.status.value)) for code, meaning in CODES.items()]


@pytest.mark.parametrize(
    "path",
    ["/", "", "/nothing", "/questions/", "/questions/1/", "/questions/a b", "/orders/x", "/v2"],
)
def test_every_other_address_is_answered_with_a_problem(anyone, db, path):
    refused(anyone.get(path), "not_found")
    refused(anyone.post(path, {}), "not_found")


def test_an_accept_header_that_nothing_satisfies_is_refused(anyone, db):
    refused(anyone.get("/questions", headers={"accept": "text/csv"}), "not_acceptable")


def test_a_browser_is_answered_too(anyone, db):
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    assert anyone.get("/questions", headers={"accept": accept}).status_code == 200


@pytest.mark.parametrize("path", ["/me", "/orders", "/forecasts"])
def test_other_sites_may_not_ask_about_what_is_ones_own(alices, path):
    response = alices.client.options(f"/api/v1{path}")

    refused(response, "method_not_allowed")
    assert "Access-Control-Allow-Origin" not in response.headers


def test_head_is_answered_without_a_body(anyone, question):
    response = anyone.client.head(f"/api/v1/questions/{question.pk}/odds")

    assert response.status_code == 200
    assert response.content == b""
    assert "ETag" in response.headers


def test_public_reads_open_no_session_and_set_no_cookie(anyone, question, client, alice):
    client.force_login(alice)

    response = client.get(f"/api/v1/questions/{question.pk}/odds")

    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")
