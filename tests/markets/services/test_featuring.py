import pytest
from django.db import IntegrityError, connection, transaction

from markets.models import Feature
from markets.queries.search import featured_questions
from markets.services import featuring, lifecycle
from markets.services.authority import EditorNeeded
from markets.services.featuring import FEATURES_MAX, FeaturesFull, NotFeaturable, NotFeatured
from markets.services.locks import QuestionNotFound
from tests.instants import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(publish, eve):
    """Three featured questions: a, b, c."""
    made = [publish(title=f"Will {name} open by 2 December 2026?") for name in "ABC"]
    for question in made:
        featuring.feature(question_id=question.pk, editor=eve, now=NOON)
    return made


def order():
    return [feature.question.title[5] for feature in Feature.objects.order_by("place")]


def test_a_featured_question_comes_last_of_the_featured(three, publish, eve):
    late = publish(title="Will D open by 2 December 2026?")

    feature = featuring.feature(question_id=late.pk, editor=eve, now=NOON)

    assert (feature.place, feature.featured_by, feature.featured_at) == (4, eve, NOON)
    assert order() == ["A", "B", "C", "D"]


def test_featuring_it_again_leaves_it_where_it_is(three, eve, erin):
    again = featuring.feature(question_id=three[0].pk, editor=erin, now=NOON)

    assert (again.place, again.featured_by) == (1, eve)
    assert order() == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("moved", "at", "expected"),
    [
        (2, 1, "CAB"),
        (0, 3, "BCA"),
        (0, 2, "BAC"),
        (1, 2, "ABC"),
        (0, 99, "BCA"),
        (2, 0, "CAB"),
    ],
)
def test_a_featured_question_moves_and_the_others_make_room(three, eve, moved, at, expected):
    featuring.place(question_id=three[moved].pk, at=at, editor=eve)

    assert order() == list(expected)
    assert sorted(Feature.objects.values_list("place", flat=True)) == [1, 2, 3]


def test_those_behind_one_that_is_taken_away_move_up(three, eve):
    featuring.unfeature(question_id=three[0].pk, editor=eve)
    featuring.unfeature(question_id=three[0].pk, editor=eve)

    assert order() == ["B", "C"]
    assert sorted(Feature.objects.values_list("place", flat=True)) == [1, 2]


def test_readers_see_those_that_can_still_be_forecast_in_their_order(three, eve):
    featuring.place(question_id=three[2].pk, at=1, editor=eve)
    lifecycle.halt(question_id=three[0].pk, editor=eve, reason="Wait.", now=NOON)
    lifecycle.close(question_id=three[1].pk, editor=eve, reason="Over.", now=NOON)

    assert list(featured_questions()) == [three[2], three[0]]


def test_what_cannot_be_forecast_is_not_featured(question, eve):
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=NOON)

    with pytest.raises(NotFeaturable) as refused:
        featuring.feature(question_id=question.pk, editor=eve, now=NOON)

    assert refused.value.code == "not_featurable"
    assert not Feature.objects.exists()


def test_there_are_only_so_many_places(publish, eve):
    made = [publish(title=f"Will line {each} open by 2 December 2026?") for each in range(7)]
    for question in made[:FEATURES_MAX]:
        featuring.feature(question_id=question.pk, editor=eve, now=NOON)

    with pytest.raises(FeaturesFull) as refused:
        featuring.feature(question_id=made[FEATURES_MAX].pk, editor=eve, now=NOON)

    assert refused.value.code == "features_full"
    assert Feature.objects.count() == FEATURES_MAX


def test_what_is_not_featured_has_no_place(question, eve):
    with pytest.raises(NotFeatured) as refused:
        featuring.place(question_id=question.pk, at=1, editor=eve)

    assert refused.value.code == "not_featured"


def test_what_is_not_there_is_not_featured(eve):
    with pytest.raises(QuestionNotFound):
        featuring.feature(question_id=404, editor=eve, now=NOON)


def test_nobody_but_editors_features(three, alice):
    with pytest.raises(EditorNeeded):
        featuring.feature(question_id=three[0].pk, editor=alice, now=NOON)
    with pytest.raises(EditorNeeded):
        featuring.place(question_id=three[0].pk, at=3, editor=alice)
    with pytest.raises(EditorNeeded):
        featuring.unfeature(question_id=three[0].pk, editor=alice)

    assert order() == ["A", "B", "C"]


def test_two_questions_never_share_a_place(three):
    at_once = "SET CONSTRAINTS feature_place_is_taken_once IMMEDIATE"

    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(at_once)
        with pytest.raises(IntegrityError, match="feature_place_is_taken_once"):
            Feature.objects.filter(question=three[1]).update(place=1)
        transaction.set_rollback(True)

    assert order() == ["A", "B", "C"]
