"""Every address of the desk, walked by those who may and those who may not."""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"login", "logout"}


def addresses(
    patterns: Iterable[URLPattern | URLResolver], prefix: str = "/admin/"
) -> Iterator[str]:
    """Every address of the admin site, with 1 wherever it wants an id."""
    for pattern in patterns:
        route = re.sub(r"<[^>]+>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + route)
        elif pattern.name not in OPEN_TO_ALL and "^" not in route and "(" not in route:
            yield prefix + route


def test_the_walk_finds_the_pages_of_the_desk():
    walked = set(addresses(admin.site.get_urls()))

    assert {
        "/admin/",
        "/admin/articles/article/add/",
        "/admin/articles/article/drafts/1/reject/",
        "/admin/articles/feed/1/poll/",
        "/admin/markets/question/1/annul/",
        "/admin/markets/question/take-up/1/",
        "/admin/markets/account/audit/",
        "/admin/users/user/1/deactivate/",
        "/admin/users/apikey/1/change/",
    } <= walked


def test_charlie_finds_every_page_of_the_desk_closed(as_charlie, question):
    for address in addresses(admin.site.get_urls()):
        for answer in (as_charlie.get(address), as_charlie.post(address)):
            assert answer.status_code == 302, address
            assert answer["Location"].startswith("/admin/login/?next="), address


def test_charlie_is_turned_away_at_the_desk_s_door(as_charlie):
    assert as_charlie.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_stranger_is_sent_to_sign_in_where_everybody_does(db):
    answer = Client().get(reverse("admin:index"), follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


def test_an_editor_needs_no_permission_of_django_s(as_erin, question, draft):
    closed = [
        address
        for address in addresses(admin.site.get_urls())
        if as_erin.get(address).status_code >= 500
    ]
    tables = [
        as_erin.get(reverse(f"admin:{of._meta.app_label}_{of._meta.model_name}_changelist"))
        for of in admin.site._registry
    ]

    assert closed == []
    assert {answer.status_code for answer in tables} == {200}


def test_the_desk_has_the_policy_that_its_scripts_need(as_eve):
    policy = as_eve.get(reverse("admin:index"))["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-eval' 'unsafe-inline'" in policy
    assert "frame-ancestors 'none'" in policy


def test_tables_of_libraries_are_not_on_the_desk():
    assert {of._meta.label for of in admin.site._registry} == {
        "articles.Article", "articles.Draft", "articles.Feed", "articles.Source",
        "markets.Account", "markets.AnswerSuggestion", "markets.Feature", "markets.Fill",
        "markets.Forecast", "markets.LinkSuggestion", "markets.Order",
        "markets.Position", "markets.Question", "markets.Resolution", "markets.Resolver",
        "markets.ResolverRun", "markets.Score",
        "markets.Settlement", "markets.Transfer",
        "users.ApiKey", "users.User",
    }  # fmt: skip
