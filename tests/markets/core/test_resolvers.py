"""When a read is an answer: properties of weighing, and of the schedule."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.derived import RuleUnreadable, read_rule
from markets.core.resolver_readings import Answer, Reason
from markets.core.resolvers import (
    FAILURES,
    RETRY_AFTER_MAX,
    RETRY_MAX,
    Rules,
    Standing,
    back_off,
    is_failure,
    matching_sentence,
    next_attempt,
    weigh,
)

DUE = datetime(2026, 12, 3, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
YES, NO = Answer(outcome=0), Answer(outcome=1, is_no=True)
READS = st.lists(st.tuples(st.sampled_from([YES, NO]), st.integers(0, 40)), min_size=1, max_size=12)
RULES = st.builds(
    Rules,
    answerable_at=st.just(DUE),
    ends_early=st.booleans(),
    confirmations=st.integers(1, 4),
    confirm_after=st.just(10 * MINUTE),
)


def told(reads, rules, begins):
    """Each read with the instant and the reason, until one is the answer."""
    standing, now = Standing(), begins
    for answer, minutes in reads:
        now += minutes * MINUTE
        weighed = weigh(answer, standing=standing, rules=rules, now=now)
        standing = weighed.standing
        yield answer, now, weighed
        if weighed.reason is None:
            return


@given(READS, RULES, st.integers(-300, 60))
def test_no_is_never_the_answer_before_it_is_due(reads, rules, minutes):
    for answer, now, weighed in told(reads, rules, DUE + minutes * MINUTE):
        if weighed.reason is None and now < DUE:
            assert rules.ends_early
            assert answer == YES


@given(READS, RULES, st.integers(-300, 60))
def test_an_answer_was_read_often_enough_in_a_row_and_far_enough_apart(reads, rules, minutes):
    history = list(told(reads, rules, DUE + minutes * MINUTE))
    answer, now, last = history[-1]
    if last.reason is not None:
        return

    row = []
    for earlier, at, _ in reversed(history):
        if earlier != answer or (at < DUE and not rules.ends_early):
            break
        row.append(at)
    assert len(row) >= rules.confirmations
    assert now - row[-1] >= (rules.confirmations - 1) * rules.confirm_after
    assert last.standing.since >= row[-1]


@given(READS, RULES)
def test_a_read_that_says_otherwise_than_one_that_counted_is_contradictory(reads, rules):
    standing = Standing()
    for answer, now, weighed in told(reads, rules, DUE):
        differs = standing.agreements > 0 and standing.answer != answer
        assert (weighed.reason is Reason.CONTRADICTORY) == differs, (answer, now)
        standing = weighed.standing


def test_a_no_that_was_too_early_does_not_contradict_a_later_yes():
    rules = Rules(answerable_at=DUE, ends_early=True)
    early = weigh(NO, standing=Standing(), rules=rules, now=DUE - DAY)

    later = weigh(YES, standing=early.standing, rules=rules, now=DUE - HOUR)

    assert [early.reason, later.reason] == [Reason.TOO_EARLY, Reason.UNCONFIRMED]


def test_a_no_contradicts_a_yes_that_counted_though_it_is_too_early_itself():
    rules = Rules(answerable_at=DUE, ends_early=True)
    first = weigh(YES, standing=Standing(), rules=rules, now=DUE - DAY)

    second = weigh(NO, standing=first.standing, rules=rules, now=DUE - HOUR)

    assert (second.reason, second.standing.agreements) == (Reason.CONTRADICTORY, 0)


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ([], None),
        ([YES], None),
        ([YES, NO], Reason.CONTRADICTORY),
        ([None], Reason.OTHERS_UNDECIDED),
        ([None, NO], Reason.CONTRADICTORY),
    ],
)
def test_all_resolvers_of_a_question_have_to_say_the_same(others, reason):
    rules = Rules(answerable_at=DUE, confirmations=1)

    assert weigh(YES, standing=Standing(), rules=rules, now=DUE, others=others).reason is reason


@given(st.integers(1, 10**9))
def test_back_off_grows_up_to_a_day(failures):
    assert timedelta(minutes=5) <= back_off(failures) <= back_off(failures + 1) <= RETRY_MAX


@given(
    st.integers(0, 20),
    st.floats(0, 1),
    st.timedeltas(timedelta(), timedelta(days=400)) | st.none(),
    st.timedeltas(timedelta(minutes=5), timedelta(days=31)),
    st.timedeltas(timedelta(days=-40), timedelta(days=40)),
)
def test_the_next_attempt_lies_ahead_and_not_too_far(failures, jitter, asked, every, before):
    now = DUE - before
    reason = Reason.SOURCE_DOWN if failures else Reason.TOO_EARLY
    at = next_attempt(
        now=now, every=every, rules=Rules(answerable_at=DUE), reason=reason, failures=failures,
        jitter=jitter, retry_after=asked,
    )  # fmt: skip

    assert now < at <= now + max(every, RETRY_AFTER_MAX) * 1.1
    if not failures and now < DUE:
        assert at <= DUE


def test_what_waits_for_time_or_for_others_is_no_failure():
    waiting = set(Reason) - FAILURES

    assert waiting == {
        Reason.TOO_EARLY, Reason.UNCONFIRMED, Reason.OTHERS_UNDECIDED, Reason.SOURCE_LATE,
        Reason.PARTS_UNDECIDED, Reason.NOTHING_TOLD, Reason.TRADING_HALTED,
    }  # fmt: skip
    assert [each for each in Reason if is_failure(each, is_due=True) and each in waiting] == [
        Reason.SOURCE_LATE
    ]


def test_words_match_whole_and_in_order():
    told = ["The trains crossed.", "A train, at last, crossed the bridge."]

    assert matching_sentence(told, ["train at last"]) == 1
    assert matching_sentence(told, ["train crossed"]) is None
    assert matching_sentence(told, ["TRAINS"]) == 0
    assert matching_sentence(told, ["", "…"]) is None


KNOWN = st.dictionaries(st.integers(1, 4), st.sampled_from(["yes", "no", None]))
TEXTS = st.recursive(
    st.tuples(st.integers(1, 4), st.sampled_from(["yes", "no"])).map(lambda p: f"{p[0]}={p[1]}"),
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda part: f"({part[0]} {part[1]} {part[2]})"
        ),
    ),
    max_leaves=6,
)


@given(TEXTS, KNOWN)
def test_a_rule_that_is_decided_stays_so_whatever_the_rest_turns_out_to_be(text, known):
    rule = read_rule(text)
    decided = rule.evaluate(known)
    if decided is None:
        return

    for rest in ("yes", "no"):
        complete = {number: known.get(number) or rest for number in range(1, 5)}
        assert rule.evaluate(complete) is decided


@given(TEXTS)
def test_a_rule_of_which_all_parts_are_known_is_what_python_makes_of_it(text):
    complete = {1: "yes", 2: "no", 3: "yes", 4: "no"}
    python = text
    for number, key in complete.items():
        for said in ("yes", "no"):
            python = python.replace(f"{number}={said}", str(key == said))

    assert read_rule(text).evaluate(complete) is eval(python)  # made up above


def test_or_binds_looser_than_and_and_and_looser_than_not():
    assert read_rule("1=yes or 2=yes and not 3=yes").evaluate({1: "no", 2: "yes", 3: "no"}) is True
    assert read_rule("not 1=yes and 2=yes").evaluate({1: "no", 2: "no"}) is False


def test_what_is_unknown_decides_nothing_and_hides_nothing():
    unknown_first = {1: None, 2: "no"}

    assert read_rule("1=yes and 2=yes").evaluate(unknown_first) is False
    assert read_rule("1=yes or 2=no").evaluate(unknown_first) is True
    assert read_rule("1=yes and 2=no").evaluate(unknown_first) is None
    assert read_rule("1=yes or 2=yes").evaluate(unknown_first) is None


@pytest.mark.parametrize(
    "text",
    ["", "  ", "1", "yes", "1=yes 2=no", "1=yes and", "and 1=yes", "(1=yes", "1=yes)", "()",
     "1==yes", "1=Yes", "1=yes & 2=no", "not", "not not", "(" * 30 + "1=yes" + ")" * 30,
     "not " * 30 + "1=yes", "1=yes or " * 60 + "1=yes"],
)  # fmt: skip
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(RuleUnreadable):
        read_rule(text)


@given(st.text(max_size=80) | st.text(st.sampled_from("()12=yesnoadrt #"), max_size=80))
def test_no_text_makes_the_reader_of_rules_fail(text):
    with suppress(RuleUnreadable):
        assert read_rule(text).parts
