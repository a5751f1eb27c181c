import pytest
from django.urls import reverse

from markets.models import Feature
from markets.services import featuring, lifecycle
from tests.instants import NOON
from tests.markets.admin.desk import said, url

pytestmark = pytest.mark.django_db

LIST = reverse("admin:markets_feature_changelist")


@pytest.fixture
def two(publish, eve):
    made = [publish(title=f"Will {name} open by 2 December 2026?") for name in "AB"]
    for question in made:
        featuring.feature(question_id=question.pk, editor=eve, now=NOON)
    return made


def order():
    return list(Feature.objects.order_by("place").values_list("question", flat=True))


def test_a_question_is_featured_from_its_page(as_eve, question):
    assert "Feature it<" in as_eve.get(url(question)).content.decode()

    answer = as_eve.post(url(question, "feature"), follow=True)

    assert said(answer) == ["It is featured on the home page."]
    assert order() == [question.pk]
    assert "Feature it no longer" in answer.content.decode()


def test_it_is_taken_away_again(as_eve, two):
    answer = as_eve.post(url(two[0], "unfeature"))

    assert answer["Location"] == LIST
    assert order() == [two[1].pk]


def test_the_list_moves_one_up_or_down(as_eve, two):
    as_eve.post(reverse("admin:markets_feature_place", args=[two[1].pk]), {"at": "1"})

    assert order() == [two[1].pk, two[0].pk]


@pytest.mark.parametrize("at", ["", "up", "-1", "٢"])
def test_what_is_no_place_moves_nothing(as_eve, two, at):
    as_eve.post(reverse("admin:markets_feature_place", args=[two[1].pk]), {"at": at})

    assert order() == [two[0].pk, two[1].pk]


def test_a_refusal_is_said_on_the_page(as_eve, question):
    moved = as_eve.post(
        reverse("admin:markets_feature_place", args=[question.pk]), {"at": "1"}, follow=True
    )
    lifecycle.close(question_id=question.pk, editor=question.created_by, reason="X.", now=NOON)
    featured = as_eve.post(url(question, "feature"), follow=True)

    assert said(moved) == ["This question is not featured; feature it first."]
    assert said(featured) == ["Only what can be forecast now is featured; this one is closed."]
    assert order() == []


def test_the_list_marks_what_nobody_sees_any_more(as_eve, eve, two):
    lifecycle.close(question_id=two[0].pk, editor=eve, reason="Over.", now=NOON)

    shown = as_eve.get(LIST).content.decode()

    assert shown.count("shown to nobody") == 1
    assert "4 more places" in shown


def test_the_list_takes_as_many_queries_however_long_it_is(
    as_eve, two, publish, eve, django_assert_num_queries
):
    with django_assert_num_queries(6) as few:
        as_eve.get(LIST)
    more = publish(title="Will C open by 2 December 2026?")
    featuring.feature(question_id=more.pk, editor=eve, now=NOON)

    with django_assert_num_queries(len(few)):
        as_eve.get(LIST)


@pytest.mark.parametrize("page", ["feature", "unfeature"])
def test_looking_changes_nothing(as_eve, question, page):
    assert as_eve.get(url(question, page)).status_code == 405
    assert order() == []


def test_charlie_features_nothing(as_charlie, question):
    as_charlie.post(url(question, "feature"))

    assert order() == []
