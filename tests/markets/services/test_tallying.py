"""What is added up equals what adding up everything anew would give, whatever happened before."""

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.core.periods import Span, period_at
from markets.models import Profit, Question, Score, Settlement, Tally, TallyMark
from markets.queries.tallies import questions_to_tally
from markets.services import lifecycle, scoring
from markets.services.tallying import tally
from tests.instants import NOON
from tests.markets.decided import CLOSED, decide_and_score
from tests.markets.services.verdicts import SECOND, asked, resolved, scored

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
QUERIES_OF_ONE = 20


def tally_all(now=NOON):
    return [tally(question_id=question_id, now=now) for question_id in questions_to_tally()]


def cells():
    """Every tally, by period, tag and name, with all of its numbers."""
    return {
        (row.pop("period"), row.pop("tag"), row.pop("forecaster__name")): row
        for row in Tally.objects.values(
            "period", "tag", "forecaster__name", "span", "question_count", "peer_sum", "peer_mean",
            "baseline_sum", "relative_brier_sum", "relative_brier_count", "relative_brier_mean",
            "coverage_sum", "traded_count", "profit",
        )
    }  # fmt: skip


def test_a_scored_question_counts_in_its_week_month_quarter_and_for_ever(alice, eve):
    question = asked(eve, key="line", tags=("rail",))
    scored(resolved(question, at=NOON), at=NOON, peers={alice: 12.5}, profits={alice: -3})

    assert tally_all() == [True]

    named = {(period, tag) for period, tag, _ in cells()}
    periods = {period_at(span, NOON).name for span in Span}
    assert named == {(period, tag) for period in periods for tag in ("", "rail")}
    assert all(row["peer_sum"] == row["peer_mean"] == 12.5 for row in cells().values())
    assert all(row["profit"] == -3 for row in cells().values())


def test_what_is_tallied_waits_no_more_and_a_double_does_nothing(alice, eve):
    question = asked(eve, key="line")
    scored(resolved(question, at=NOON), at=NOON, peers={alice: 12.5})
    tally_all()
    before = cells()

    assert questions_to_tally() == []
    assert not tally(question_id=question.pk, now=NOON)
    assert cells() == before


def test_questions_that_are_not_scored_yet_wait_elsewhere(eve):
    resolved(asked(eve, key="line"), at=NOON)

    assert questions_to_tally() == []


def test_a_correction_undoes_what_the_wrong_version_had_given(alice, bob, eve):
    question = asked(eve, key="line")
    scored(resolved(question, at=NOON), at=NOON, peers={alice: 30.0, bob: -30.0})
    tally_all()

    scored(resolved(question, at=NOON + DAY), at=NOON + DAY, peers={bob: 7.0})
    tally_all()

    assert {name for _, _, name in cells()} == {"bob"}
    assert cells()["all", "", "bob"]["peer_sum"] == 7.0


def test_until_a_correction_is_scored_what_stood_before_stays(alice, eve):
    question = asked(eve, key="line")
    scored(resolved(question, at=NOON), at=NOON, peers={alice: 30.0})
    tally_all()

    resolved(question, at=NOON + DAY)

    assert questions_to_tally() == []
    assert cells()["all", "", "alice"]["peer_sum"] == 30.0


def test_a_correction_a_quarter_later_leaves_the_question_in_its_first_period(alice, eve):
    question = asked(eve, key="line")
    scored(resolved(question, at=NOON), at=NOON, peers={alice: 30.0})
    tally_all()
    later = NOON + 100 * DAY

    scored(resolved(question, at=later), at=later, peers={alice: 5.0})
    tally_all(later)

    assert TallyMark.objects.get().resolved_at == NOON
    assert {period for period, _, _ in cells()} == {period_at(span, NOON).name for span in Span}
    assert cells()["all", "", "alice"]["peer_sum"] == 5.0


def test_an_annulment_takes_every_score_away(alice, eve):
    question = asked(eve, key="line", tags=("rail",))
    scored(resolved(question, at=NOON), at=NOON, peers={alice: 30.0}, profits={alice: 4})
    tally_all()

    scored(resolved(question, at=NOON + DAY, is_annulled=True), at=NOON + DAY)
    tally_all()

    assert cells() == {}
    assert questions_to_tally() == []


def test_a_question_that_is_tagged_anew_moves(alice, eve):
    question = asked(eve, key="line", tags=("rail", "rail"))
    scored(resolved(question, at=NOON), at=NOON, peers={alice: 30.0})
    tally_all()
    Question.objects.update(tags=["trade"])

    tally_all()

    assert {tag for _, tag, _ in cells()} == {"", "trade"}


def test_odds_alone_that_are_scored_again_are_tallied_again(publish, eve):
    question = publish()
    lifecycle.advance_due(now=CLOSED)
    decided = decide_and_score(question, eve)
    tally_all()

    scoring.score_anew(resolution_id=decided.pk, now=CLOSED + 3 * DAY)

    assert not Score.objects.exists()
    assert questions_to_tally() == [question.pk]
    assert tally_all() == [True]
    assert questions_to_tally() == []


def test_a_resolution_that_is_scored_again_is_tallied_again(alice, eve):
    question = asked(eve, key="line")
    resolution = scored(resolved(question, at=NOON), at=NOON, peers={alice: 30.0})
    tally_all()
    scored(resolution, at=NOON + SECOND, peers={alice: 31.0})

    tally_all()

    assert cells()["all", "", "alice"]["peer_sum"] == 31.0


def test_traders_who_never_forecast_have_a_profit_and_no_scores(bob, eve):
    scored(resolved(asked(eve, key="line"), at=NOON), at=NOON, profits={bob: 9})

    tally_all()

    row = cells()["all", "", "bob"]
    assert (row["question_count"], row["traded_count"], row["profit"]) == (0, 1, 9)
    assert (row["peer_sum"], row["peer_mean"], row["relative_brier_mean"]) == (0, None, None)


def test_a_mean_leaves_out_questions_that_have_no_score_of_its_kind(alice, eve):
    for key, relative in (("line", -0.2), ("bridge", None)):
        resolution = resolved(asked(eve, key=key), at=NOON)
        scored(resolution, at=NOON, peers={alice: 1.0}, relative_brier=relative)

    tally_all()

    row = cells()["all", "", "alice"]
    assert (row["question_count"], row["relative_brier_count"]) == (2, 1)
    assert row["relative_brier_mean"] == -0.2


def test_one_question_costs_a_fixed_number_of_queries(alice, bob, charlie, eve):
    for number in range(3):
        question = asked(eve, key=f"line-{number}", tags=("rail", "trade"))
        people = (alice, bob, charlie)[: number + 1]
        scored(resolved(question, at=NOON), at=NOON, peers=dict.fromkeys(people, 1.0))

    for question_id in questions_to_tally():
        with CaptureQueriesContext(connection) as counted:
            tally(question_id=question_id, now=NOON)
        assert len(counted) == QUERIES_OF_ONE


# --- Whatever happened before -------------------------------------------------------------------

INSTANTS = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((9, 30), (10, 1), (11, 2))]
SCORE = st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 3))
STEP = st.one_of(
    st.tuples(
        st.just("score"), st.integers(0, 3), st.sampled_from(INSTANTS),
        st.dictionaries(st.integers(0, 2), SCORE, max_size=3),
        st.dictionaries(st.integers(0, 2), st.integers(-99, 99), max_size=2),
    ),
    st.tuples(
        st.just("rescore"), st.integers(0, 3),
        st.dictionaries(st.integers(0, 2), SCORE, min_size=1, max_size=3),
    ),
    st.tuples(st.just("annul"), st.integers(0, 3)),
    st.tuples(st.just("propose"), st.integers(0, 3)),
    st.tuples(st.just("retag"), st.integers(0, 3), st.lists(st.sampled_from("ab"), max_size=2)),
    st.tuples(st.just("tally")),
)  # fmt: skip


def take(step, questions, people, clock):
    match step:
        case ("score", place, at, peers, profits):
            scored(
                resolved(questions[place], at=at), at=clock,
                peers={people[each]: value for each, value in peers.items()},
                profits={people[each]: value for each, value in profits.items()},
            )  # fmt: skip
        case ("rescore", place, peers):
            standing = (
                Settlement.objects.filter(resolution__question=questions[place], state="scored")
                .order_by("-resolution__version")
                .first()
            )
            if standing is not None:
                Score.objects.filter(resolution_id=standing.pk).delete()
                Profit.objects.filter(resolution_id=standing.pk).delete()
                scored(
                    standing.resolution,
                    at=clock,
                    peers={people[each]: value for each, value in peers.items()},
                )
        case ("annul", place):
            scored(resolved(questions[place], at=clock, is_annulled=True), at=clock)
        case ("propose", place):
            resolved(questions[place], at=clock)
        case ("retag", place, tags):
            Question.objects.filter(pk=questions[place].pk).update(tags=tags)
        case ("tally",):
            tally_all()


def recomputed():
    """The tallies straight from their definition, with exact sums."""
    found = defaultdict(lambda: defaultdict(list))
    for question in Question.objects.all():
        standing = (
            Settlement.objects.filter(resolution__question=question, state="scored")
            .order_by("-resolution__version")
            .first()
        )
        if standing is None:
            continue
        first = min(change.changed_at for change in question.status_changes.all())
        rows = [
            *Score.objects.filter(resolution_id=standing.pk).select_related("forecaster"),
            *Profit.objects.filter(resolution_id=standing.pk).select_related("trader"),
        ]
        for span in Span:
            for tag in {"", *question.tags}:
                for row in rows:
                    is_score = isinstance(row, Score)
                    name = row.forecaster.name if is_score else row.trader.name
                    kind = "peer" if is_score else "profit"
                    value = row.peer if is_score else row.amount
                    found[period_at(span, first).name, tag, name][kind].append(value)
    return {
        key: (len(kinds["peer"]), math.fsum(kinds["peer"]), len(kinds["profit"]),
              sum(kinds["profit"]))
        for key, kinds in found.items()
    }  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=10))
def test_any_scorings_and_corrections_leave_what_adding_up_anew_gives(
    steps, alice, bob, charlie, eve
):
    with transaction.atomic():
        questions = [asked(eve, key=f"q{number}", tags=("a",)) for number in range(4)]
        for number, step in enumerate(steps):
            take(step, questions, (alice, bob, charlie), NOON + number * SECOND)
        tally_all()
        kept = cells()

        said = {
            key: (row["question_count"], row["peer_sum"], row["traded_count"], row["profit"])
            for key, row in kept.items()
        }
        defined = recomputed()
        assert said.keys() == defined.keys()
        for key, values in defined.items():
            assert said[key] == pytest.approx(values, abs=1e-9), key
        Tally.objects.all().delete()
        TallyMark.objects.all().delete()
        for question_id in reversed(questions_to_tally()):
            tally(question_id=question_id, now=NOON)
        assert cells() == kept, "to the last bit"
        transaction.set_rollback(True)
