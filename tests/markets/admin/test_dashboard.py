from datetime import timedelta

import pytest
from django.urls import reverse

from articles.models import Article, Consultation, Draft, Feed
from articles.services.feeds import add_feed
from markets.services import lifecycle, questions
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")


def test_the_overview_counts_what_waits(as_eve, eve, draft, question):
    questions.draft_question(text=question_text(title="Another?"), editor=eve, now=NOON)
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=NOON)

    tiles = as_eve.get(INDEX).context["tiles"]

    assert {tile.label: tile.count for tile in tiles} == {
        "Drafts to look at": 2,
        "Links to confirm": 0,
        "Being written": 1,
        "In review": 0,
        "Scheduled": 0,
        "To resolve": 1,
        "Proposed": 0,
        "Challenged": 0,
        "Corrections to decide": 0,
        "Being paid and scored": 0,
    }
    assert [tile.label for tile in tiles if tile.is_urgent] == [
        "To resolve", "Challenged", "Corrections to decide",
    ]  # fmt: skip


def test_the_newest_articles_come_with_their_drafts_and_questions(as_eve, eve, draft):
    questions.take_up_draft(draft_id=draft.pk, editor=eve, now=NOON)

    newest = as_eve.get(INDEX).context["newest_articles"]

    assert [(each, each.waiting_count, each.question_count) for each in newest] == [
        (Article.objects.get(), 1, 1)
    ]


def test_the_rules_are_shown_with_what_became_of_their_drafts(as_eve, eve, draft):
    questions.take_up_draft(draft_id=draft.pk, editor=eve, now=NOON)

    answer = as_eve.get(INDEX)

    (record,) = [each for each in answer.context["rule_records"] if each.rule == draft.rule]
    assert (record.taken_up, record.acceptance) == (1, 1.0)
    assert "1 taken up, 0 rejected" in answer.content.decode()
    drafts = as_eve.get(reverse("admin:articles_draft_changelist"), {"rule": draft.rule})
    assert set(drafts.context["cl"].result_list) == set(Draft.objects.filter(rule=draft.rule))


def test_what_closes_within_a_week_is_due_soon(as_eve, publish):
    week = timedelta(days=7)
    soon = publish(title="Soon?", closes_at=NOON + week, resolve_by=NOON + week)
    publish(title="Late?", closes_at=NOON + week + timedelta(seconds=1))

    assert list(as_eve.get(INDEX).context["due_questions"]) == [soon]


def test_the_sidebar_marks_where_one_is_and_what_waits(as_eve, written):
    address = reverse("admin:markets_question_changelist")

    groups = as_eve.get(f"{address}?queue=written").context["sidebar_navigation"]

    entries = [entry for group in groups for entry in group["items"]]
    assert [entry["title"] for entry in entries if entry["active"]] == ["Being written"]
    assert {entry["title"]: entry["badge"] for entry in entries if entry["badge"]} == {
        "Being written": 1
    }


def test_the_overview_takes_the_same_queries_however_much_there_is(
    as_eve, draft, question, django_assert_num_queries
):
    as_eve.get(INDEX)

    with django_assert_num_queries(9):
        as_eve.get(INDEX)


def test_the_overview_shows_nothing_of_a_language_model_unless_one_is_configured(as_eve, draft):
    answer = as_eve.get(INDEX)

    assert answer.context["language_model"] is None
    assert "anguage model" not in answer.content.decode()


def test_the_overview_tells_what_the_language_model_has_cost_today(as_eve, draft, settings):
    settings.LLM_URL, settings.LLM_MODEL = "http://127.0.0.1:1/v1", "small-news-8b"
    Consultation.objects.create(
        version=draft.version,
        model="small-news-8b",
        attempts=1,
        next_attempt_at=NOON,
        asked_at=NOON,
        created_at=NOON,
        tokens_in=12_000,
        tokens_out=345,
        tokens_reserved=1_000,
        error_code="model_unavailable",
        error="The language model did not answer in time.",
    )

    shown = as_eve.get(INDEX).content.decode()

    assert "Language model small-news-8b today" in shown
    assert "1 asked about, 1 to be tried again" in shown
    assert "13,345 of 500,000" in shown
    assert "The language model did not answer in time." in shown


@pytest.mark.parametrize(
    ("changes", "is_shown"),
    [
        ({}, True),
        ({"failures": 0}, False),
        ({"disabled_at": NOON - timedelta(days=14, seconds=1)}, False),
    ],
)
def test_a_feed_that_was_given_up_is_news_for_two_weeks(as_eve, changes, is_shown):
    feed = add_feed(url="https://post.example/feed", now=NOON)
    given_up = {
        "is_active": False, "disabled_at": NOON, "disabled_reason": "Failed ten times.",
        "failures": 10, "last_error_code": "fetch_failed", "last_error": "Broke off.",
    }  # fmt: skip
    Feed.objects.filter(pk=feed.pk).update(**{**given_up, **changes})

    answer = as_eve.get(INDEX)

    assert answer.context["given_up_feeds"] == ([feed] if is_shown else [])
    page = reverse("admin:articles_feed_change", args=[feed.pk])
    assert (page in answer.content.decode()) is is_shown
