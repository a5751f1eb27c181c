"""What the odds did after an article appeared."""

from datetime import timedelta

import pytest

from markets.core.money import MICRO
from markets.queries.impact import articles_that_moved, impacts_of, questions_moved_by
from markets.services import questions, trading
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.queries.test_record import FIRST, SECOND, cite, write

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HALF = (0.5, 0.5)


@pytest.fixture
def buy(alice, question):
    """Have alice buy an outcome at a moment; return the odds that this led to."""

    def at(moment, *, outcome=0, budget=20, market=question):
        order = trading.place_order(
            trader=alice, market_id=market.pk, claim=(outcome,), side="buy",
            budget=budget * MICRO, request_key=f"{market.pk}:{moment}", clock=lambda: moment,
        )  # fmt: skip
        return tuple(order.fills.get().probabilities)

    return at


def around(question, article, now):
    (impact,) = impacts_of([(question, article)], now=now)
    return impact.at_first, impact.after_hour, impact.after_day, impact.at_last


def test_an_article_is_followed_for_an_hour_a_day_and_until_now(question, buy):
    article = write("News", NOON + HOUR)
    soon = buy(NOON + HOUR + 30 * MINUTE)
    later = buy(NOON + 5 * HOUR)
    long_after = buy(NOON + 3 * DAY, outcome=1)

    assert around(question, article, NOON + 4 * DAY) == (HALF, soon, later, long_after)


def test_what_happened_at_the_very_moment_had_not_come_of_it(question, buy):
    at_once = buy(NOON + HOUR)

    assert around(question, write("News", NOON + HOUR), NOON + 2 * HOUR)[0] == at_once


def test_hours_that_are_not_over_yet_say_nothing(question, buy):
    article = write("News", NOON)
    soon = buy(NOON + MINUTE)

    assert around(question, article, NOON + 2 * MINUTE) == (HALF, None, None, soon)
    assert around(question, article, NOON + HOUR) == (HALF, soon, None, soon)
    assert around(question, article, NOON + DAY) == (HALF, soon, soon, soon)


def test_an_article_from_before_the_opening_counts_from_the_opening(question, buy):
    article = write("Old news", NOON - 5 * DAY)
    soon = buy(NOON + MINUTE)

    (impact,) = impacts_of([(question, article)], now=NOON + 2 * HOUR)
    assert impact.since == NOON
    assert (impact.at_first, impact.after_hour) == (HALF, soon)


def test_an_article_dated_ahead_has_moved_nothing_yet(question, buy):
    article = write("Embargoed", NOON + DAY)
    buy(NOON + HOUR)

    (impact,) = impacts_of([(question, article)], now=NOON + 2 * HOUR)
    assert impact.largest_move == 0


def test_the_articles_of_a_question_come_with_the_largest_move_first(question, eve, buy):
    calm, stirring = write("Calm", NOON), write("Stirring", NOON + 2 * DAY)
    for article in (calm, stirring):
        cite(question, article, FIRST, eve)
    cite(question, calm, SECOND, eve)  # twice the same article
    buy(NOON + HOUR, budget=1)
    buy(NOON + 2 * DAY + HOUR, budget=90)

    moved = articles_that_moved(question, now=NOON + 4 * DAY)

    assert [impact.article.title for impact in moved] == ["Stirring", "Calm"]
    assert moved[0].largest_move > 0.05 > moved[1].largest_move > 0


def test_a_move_is_that_of_the_first_day(question, eve, buy):
    cite(question, write("News", NOON), FIRST, eve)
    buy(NOON + 2 * DAY)

    (impact,) = articles_that_moved(question, now=NOON + 3 * DAY)
    assert impact.largest_move == 0


def test_an_article_tells_of_the_public_questions_that_it_moved(question, eve, publish, buy):
    article = write("News", NOON)
    other = publish(title="Will the other line open?")
    draft = questions.draft_question(text=question_text(title="Soon?"), editor=eve, now=NOON)
    for each in (question, other, draft):
        cite(each, article, FIRST, eve)
    buy(NOON + MINUTE, market=other)

    moved = questions_moved_by(article, now=NOON + HOUR)

    assert [impact.question.pk for impact in moved] == [other.pk, question.pk]


def test_however_many_articles_are_asked_for_it_is_one_query(
    question, django_assert_num_queries, buy
):
    pairs = [(question, write(f"News {n}", NOON + n * HOUR)) for n in range(5)]

    with django_assert_num_queries(1):
        assert len(impacts_of(pairs, now=NOON + DAY)) == 5


def test_no_articles_have_no_impact_and_ask_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert impacts_of([], now=NOON) == []
