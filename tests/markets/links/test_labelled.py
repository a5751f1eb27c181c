"""How good suggestions are on what nobody tuned them on; `python -m tests.markets.links.report`."""

import pytest

from tests.markets.links.figures import figures_of, ndcg
from tests.markets.links.labelled import ARTICLES, HELD_OUT, QUESTIONS, TUNING
from tests.markets.links.world import rankings, read_everything, store_articles, store_questions


@pytest.mark.django_db
def test_suggestions_on_the_held_out_half_are_as_good_as_the_page_says(eve):
    keys, articles = store_questions(eve), store_articles()
    read_everything()

    seen = figures_of(HELD_OUT, articles, keys, rankings())

    assert seen.ndcg >= 0.96
    assert seen.precision >= 0.87
    assert seen.recall >= 0.73
    assert seen.strict_recall >= 0.99


def test_the_halves_share_no_subject_and_there_are_enough_of_both():
    halves = {question.key: question.half for question in QUESTIONS}

    assert len(QUESTIONS) >= 25
    assert len(ARTICLES) >= 40
    for article in ARTICLES:
        assert {halves[key] for key in article.grades} <= {article.half}
    for half in (TUNING, HELD_OUT):
        assert sum(not each.grades for each in ARTICLES if each.half == half) >= 8


def test_the_best_order_has_a_gain_of_one_and_a_worse_one_less():
    grades = {"a": 2, "b": 1}

    assert ndcg([2, 1, 0], grades) == 1.0
    assert ndcg([0, 0, 0], grades) == 0.0
    assert ndcg([1, 2, 0], grades) == pytest.approx(0.7967, abs=1e-4)
