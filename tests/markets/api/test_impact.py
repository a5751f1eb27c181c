"""Which articles moved a question, and which questions an article moved."""

from datetime import timedelta

import pytest
from django.utils import timezone

from markets.services import questions
from tests.cast import question_text
from tests.markets.api.acts import buy
from tests.markets.api.calling import refused
from tests.markets.queries.test_record import FIRST, cite, write

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def article(question, eve):
    article = write("The line opens", question.opened_at + MINUTE)
    cite(question, article, FIRST, eve)
    return article


def test_a_question_has_the_odds_around_each_article(anyone, question, article, alice):
    order = buy(alice, question)
    yes, no = order.fills.get().probabilities

    response = anyone.get(f"/questions/{question.slug}/impact")

    since = article.published_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    (row,) = response.json()["results"]
    assert row.pop("article") == {
        "id": article.pk, "title": "The line opens", "published_at": since,
        "url": f"http://testserver/api/v1/articles/{article.pk}",
    }  # fmt: skip
    later = {"yes": yes, "no": no}
    is_day_over = timezone.now() - article.published_at >= DAY
    assert row == {
        "since": since, "at_first": {"yes": 0.5, "no": 0.5},
        "after_1h": {"yes": 0.5, "no": 0.5} if is_day_over else None,
        "after_24h": {"yes": 0.5, "no": 0.5} if is_day_over else None,
        "at_last": later, "largest_move": 0.0 if is_day_over else yes - 0.5,
    }  # fmt: skip


def test_an_article_names_the_questions_that_it_moved_but_no_drafts(anyone, question, article, eve):
    draft = questions.draft_question(
        text=question_text(title="Soon?"), editor=eve, now=question.opened_at
    )
    cite(draft, article, FIRST, eve)

    response = anyone.get(f"/articles/{article.pk}/impact")

    assert response.json()["article"] == article.pk
    (row,) = response.json()["results"]
    assert row["question"] == {
        "id": question.pk, "slug": question.slug, "title": question.title,
        "url": f"http://testserver/api/v1/questions/{question.slug}",
    }  # fmt: skip
    assert row["at_last"] == {"yes": 0.5, "no": 0.5}


def test_a_question_without_articles_was_moved_by_none(anyone, question):
    assert anyone.get(f"/questions/{question.pk}/impact").json() == {
        "question": question.pk, "results": [],
    }  # fmt: skip


def test_what_is_not_public_is_not_found(anyone):
    refused(anyone.get("/questions/999999/impact"), "question_not_found")
    refused(anyone.get("/articles/999999/impact"), "article_not_found")


def test_they_cost_a_fixed_number_of_queries(
    anyone, question, article, eve, django_assert_num_queries
):
    for number in range(3):
        other = write(f"News {number}", question.opened_at + number * MINUTE)
        cite(question, other, FIRST, eve)

    with django_assert_num_queries(4):  # question, outcomes, citations, odds
        anyone.get(f"/questions/{question.pk}/impact")
    with django_assert_num_queries(4):  # article, citations, outcomes, odds
        anyone.get(f"/articles/{article.pk}/impact")
