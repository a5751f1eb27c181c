"""Who leads, by what, over which time, and where everybody else stands."""

import pytest

from markets.core.periods import period_at
from markets.models import Tally
from markets.queries.leaderboard import (
    KINDS,
    MEAN_COUNT_MIN,
    board,
    busiest_tags,
    ranked,
    standing_of,
)
from markets.queries.tallies import questions_to_tally
from markets.services.tallying import tally
from tests.instants import NOON
from tests.markets.services.verdicts import asked, resolved, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def decide(eve):
    """Score a question for the people given, and bring the tallies up to date."""

    def make(key, peers, *, tags=(), at=NOON, **kinds):
        scored(resolved(asked(eve, key=key, tags=tags), at=at), at=at, peers=peers, **kinds)
        for question_id in questions_to_tally():
            tally(question_id=question_id, now=at)

    return make


def lines(**about):
    rows = list(board(**about))
    return [(line.rank, line.name) for line in ranked(rows, kind=about["kind"])]


def test_the_highest_sum_leads_and_equal_sums_share_a_rank_by_name(decide, alice, bob, charlie):
    decide("line", {charlie: -5.0, alice: 10.0, bob: -5.0})
    decide("bridge", {alice: 2.0, bob: 3.0, charlie: 3.0})

    assert lines(kind="peer") == [(1, "alice"), (2, "bob"), (2, "charlie")]


def test_whoever_follows_a_tie_has_as_many_before_as_there_are(decide, alice, bob, charlie):
    decide("line", {alice: 5.0, bob: 5.0, charlie: 1.0})

    assert lines(kind="peer") == [(1, "alice"), (1, "bob"), (3, "charlie")]


@pytest.mark.parametrize("length", [1, 2])
def test_ranks_go_on_over_pages_even_within_a_tie(
    decide, alice, bob, charlie, length, django_assert_num_queries
):
    decide("line", {alice: 5.0, bob: 5.0, charlie: 1.0})
    rows = list(board(kind="peer"))

    pages = [rows[start : start + length] for start in range(0, 3, length)]
    with django_assert_num_queries(len(pages)):
        told = [line for page in pages for line in ranked(page, kind="peer")]

    assert [(line.rank, line.name) for line in told] == [(1, "alice"), (1, "bob"), (3, "charlie")]


def test_a_page_that_begins_within_a_tie_counts_those_before_it(decide, alice, bob, charlie):
    decide("line", {alice: 5.0, bob: 5.0, charlie: 1.0})

    told = ranked(list(board(kind="peer"))[1:], kind="peer")

    assert [(line.rank, line.name) for line in told] == [(1, "bob"), (3, "charlie")]


def test_a_mean_ranks_nobody_with_too_few_questions(decide, alice, bob):
    for number in range(MEAN_COUNT_MIN - 1):
        decide(f"line-{number}", {alice: 1.0, bob: 2.0})
    assert lines(kind="peer_mean") == []

    decide("bridge", {alice: 11.0})

    assert lines(kind="peer_mean") == [(1, "alice")]
    assert standing_of(alice.pk, kind="peer_mean").value == 2.0


def test_of_relative_brier_scores_the_lowest_leads(decide, alice, bob):
    for number in range(MEAN_COUNT_MIN):
        decide(f"alices-{number}", {alice: 0.0}, relative_brier=-0.2)
        decide(f"bobs-{number}", {bob: 0.0}, relative_brier=0.1)

    assert lines(kind="relative_brier") == [(1, "alice"), (2, "bob")]
    assert standing_of(bob.pk, kind="relative_brier").rank == 2


def test_profits_rank_traders_who_never_forecast(decide, alice, bob):
    decide("line", {alice: 9.0}, profits={bob: 3_000_000, alice: -3_000_000})

    assert lines(kind="profit") == [(1, "bob"), (2, "alice")]
    line = standing_of(bob.pk, kind="profit")
    assert (line.profit, line.traded_count, line.score_sum, line.coverage) == (
        3_000_000, 1, None, None,
    )  # fmt: skip
    assert lines(kind="peer") == [(1, "alice")]


def test_a_period_and_a_tag_have_boards_of_their_own(decide, alice, bob):
    decide("line", {alice: 1.0}, tags=("rail",))
    decide("bridge", {bob: 1.0}, tags=("road",), at=NOON.replace(year=2025))

    assert lines(kind="peer", tag="rail") == [(1, "alice")]
    assert lines(kind="peer", period=period_at("month", NOON).name) == [(1, "alice")]
    assert lines(kind="peer", period=period_at("month", NOON).name, tag="road") == []
    assert len(lines(kind="peer")) == 2


def test_whoever_stands_outside_of_the_page_is_found(decide, alice, bob, django_assert_num_queries):
    decide("line", {alice: 10.0, bob: -10.0})

    with django_assert_num_queries(2):
        line = standing_of(bob.pk, kind="peer")

    assert (line.rank, line.name, line.value) == (2, "bob", -10.0)


def test_too_few_questions_have_a_line_without_a_rank(decide, alice, bob, charlie):
    decide("line", {alice: 10.0})

    assert standing_of(alice.pk, kind="peer_mean").rank is None
    assert standing_of(alice.pk, kind="peer_mean").counted == 1
    assert standing_of(charlie.pk, kind="peer") is None


def test_the_busiest_tags_come_first(decide, alice):
    decide("line", {alice: 1.0}, tags=("rail", "asia"))
    decide("bridge", {alice: 1.0}, tags=("rail",))

    assert busiest_tags(limit=5) == ("rail", "asia")


def test_an_unknown_kind_is_a_mistake():
    with pytest.raises(ValueError, match="peer, peer_mean"):
        board(kind="luck")


def test_every_kind_ranks_by_a_column_that_there_is():
    columns = {field.name for field in Tally._meta.get_fields()}

    assert {kind.column for kind in KINDS.values()} <= columns
    assert {kind.count_column for kind in KINDS.values()} <= columns
