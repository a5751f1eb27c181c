"""How much an article has to do with a question."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.relevance import (
    AFTER_MAX,
    BEFORE_MAX,
    BREADTH_FREE,
    SUGGESTED_MAX,
    Asked,
    Frequencies,
    best_sentence,
    chosen,
    coverage,
    focus,
    is_timely,
    penalty,
    relevance,
    strongest,
)

DAY = datetime(2027, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
terms = st.frozensets(st.sampled_from(["lark", "bridge", "open", "traffic", "cars", "2027"]))
counted = st.builds(
    Frequencies,
    st.integers(0, 50),
    st.dictionaries(st.sampled_from(["lark", "bridge", "open"]), st.integers(0, 80)),
)


def test_a_rare_term_weighs_more_than_a_common_one_and_an_unknown_one_most():
    told = Frequencies(1_000, {"bridge": 400, "lark": 3})

    assert 0 < told.weight("bridge") < told.weight("lark") < told.weight("swan")


def test_a_story_of_which_a_whole_small_site_tells_still_weighs():
    told = Frequencies(8, {"lark": 8})

    assert told.weight("lark") > told.weight("swan") / 3


def test_an_article_with_all_words_of_a_question_covers_all_of_it():
    asked = Asked(frozenset({"lark", "bridge"}), frozenset({"bridge", "cars"}))

    assert coverage(asked, {"lark", "bridge", "cars", "rain"}, Frequencies(10)) == 1.0
    assert coverage(asked, {"rain"}, Frequencies(10)) == 0.0
    assert coverage(Asked(frozenset(), frozenset()), {"rain"}, Frequencies(10)) == 0.0


def test_words_that_stand_together_count_for_more_than_scattered_ones():
    asked = Asked(frozenset({"lark", "bridge"}), frozenset())
    empty = [frozenset[str]()] * 5

    together = relevance(asked, [{"lark", "bridge"}, *empty], Frequencies(10))
    scattered = relevance(asked, [{"lark"}, *empty, {"bridge"}], Frequencies(10))

    assert (together, scattered) == (1.0, 0.75)


def test_the_best_sentence_is_the_first_that_covers_most():
    asked = Asked(frozenset({"lark"}), frozenset({"cars"}))
    sentences = [{"cars"}, {"lark"}, {"lark", "cars"}, {"cars", "lark"}]

    assert best_sentence(asked, sentences, Frequencies(10)) == 2


def test_the_strongest_terms_are_the_rarest_and_no_numbers():
    told = Frequencies(10, {"bridge": 8, "lark": 1, "open": 5})

    assert strongest({"2027", "bridge", "open", "lark"}, told, limit=2) == ("lark", "open")


def test_an_article_that_comes_near_to_many_questions_is_less_to_each():
    few = dict.fromkeys(range(BREADTH_FREE), 0.4)
    many = dict.fromkeys(range(20), 0.4)

    assert chosen(few, threshold=0.38) == few
    assert chosen(many, threshold=0.38) == {}
    assert penalty(100) < penalty(20) < penalty(5) < penalty(4) == penalty(0) == 1


def test_five_at_most_are_chosen_the_best_first():
    relevances = {key: 0.9 + key / 100 for key in range(9)}

    assert list(chosen(relevances, threshold=0.1)) == [8, 7, 6, 5, 4]
    assert len(chosen(relevances, threshold=0.1)) == SUGGESTED_MAX


@pytest.mark.parametrize(
    ("published_at", "timely"),
    [
        (DAY - BEFORE_MAX - SECOND, False),
        (DAY - BEFORE_MAX, True),
        (DAY + AFTER_MAX, True),
        (DAY + AFTER_MAX + SECOND, False),
    ],
)
def test_the_gate_of_dates_is_open_from_before_the_opening_until_after_the_answer(
    published_at, timely
):
    assert is_timely(published_at, opens_at=DAY, resolve_by=DAY) is timely


@given(title=terms, criteria=terms, sentences=st.lists(terms, max_size=6), told=counted)
def test_relevance_is_a_share_and_grows_with_the_article(title, criteria, sentences, told):
    asked = Asked(title, criteria)

    before = relevance(asked, sentences, told)
    after = relevance(asked, [*sentences, title | criteria], told)

    assert 0 <= before <= after + 1e-9
    assert after <= 1 + 1e-9
    assert 0 <= focus(title, sentences, told) <= 1 + 1e-9
