"""Lint leaves sound questions alone, marks the words that it means, and never stumbles."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.core.canonical import normalise_text
from articles.core.drafting import draft_questions
from articles.core.ranges import Range as DraftRange
from markets.core.question_lint import FAMILIES, RULES, Range, Severity, Wording, lint
from markets.core.question_lint.catalogue import examples
from markets.core.question_lint.examples import NOW, SOUND, spoilt
from markets.core.question_lint.registry import FINDINGS_MAX, rule
from markets.management.demo.dates import instant
from markets.management.demo.plan import QuestionPlan, read_plans
from markets.queries.lint import range_of
from tests.articles.core.corpus import FORECASTABLE
from tests.instants import NOON


def rules_of(wording: Wording) -> list[str]:
    return [finding.rule for finding in lint(wording, NOW)]


def errors_of(wording: Wording, now: datetime) -> list[tuple[str, str]]:
    return [
        (finding.rule, finding.words)
        for finding in lint(wording, now)
        if finding.severity is Severity.ERROR
    ]


# The registry


def test_there_are_rules_of_every_family() -> None:
    counts = {letter: sum(each[0] == letter for each in RULES) for letter in FAMILIES}

    assert counts == {"T": 19, "S": 11, "M": 14, "A": 21, "O": 11, "C": 7, "P": 8, "B": 4}


@pytest.mark.parametrize("each", RULES.values(), ids=lambda each: each.id)
def test_every_rule_has_a_text_that_it_finds_and_one_that_it_leaves_alone(each) -> None:
    assert [example.is_found for example in examples(each)] == [True, False]


@pytest.mark.parametrize("each", RULES.values(), ids=lambda each: each.id)
def test_every_rule_says_what_to_do_in_one_line(each) -> None:
    assert 15 < len(each.wants) <= 95
    assert each.wants.endswith(".")
    assert each.fields


@pytest.mark.parametrize("letter", FAMILIES)
def test_a_family_is_one_module(letter: str) -> None:
    modules = {each.check.__module__ for each in RULES.values() if each.id[0] == letter}

    assert modules == {FAMILIES[letter].__name__}


def test_an_id_is_given_once() -> None:
    with pytest.raises(ValueError, match="two rules are called T01"):
        rule("T01", Severity.HINT, "title")(lambda wording, now: [])


# What is sound


def test_a_sound_question_is_left_alone() -> None:
    assert lint(SOUND, NOW) == ()


@pytest.mark.parametrize("plan", read_plans(), ids=lambda plan: plan.key)
def test_the_questions_of_the_demo_world_have_no_errors(plan: QuestionPlan) -> None:
    found = errors_of(wording_of(plan), instant(NOON, plan.written))

    assert [rule_id for rule_id, _ in found] == (
        ["T01", "T10", "S01"] if plan.fate == "rejected" else []
    )


@pytest.mark.parametrize("case", FORECASTABLE, ids=lambda case: case.name)
def test_drafts_have_no_errors(case) -> None:
    text = normalise_text(case.text)

    for draft in draft_questions(text, published_at=NOON):
        wording = Wording(
            title=draft.title, type=draft.type, outcomes=draft.outcomes, prior=draft.prior,
            resolution_criteria=draft.resolution_criteria, fine_print=draft.fine_print,
            resolution_sources=(draft.source,), closes_at=draft.closes_at,
            resolve_by=draft.resolve_by, quote=draft.quote, article_text=text, policy_version=1,
            range=lint_range(draft.range),
        )  # fmt: skip
        assert errors_of(wording, NOON) == []


def lint_range(found: DraftRange | None) -> Range | None:
    if found is None:
        return None
    return Range(
        lower=found.lower, upper=found.upper, unit=found.unit, open_below=found.open_below,
        open_above=found.open_above,
    )  # fmt: skip


def wording_of(plan: QuestionPlan) -> Wording:
    text = plan.text(NOON)
    return Wording(
        title=text.title, type=text.type, outcomes=text.labels(), prior=tuple(text.prior),
        resolution_criteria=text.resolution_criteria, background=text.background,
        resolution_sources=tuple(text.resolution_sources), tags=tuple(text.tags),
        opens_at=text.opens_at, closes_at=text.closes_at, resolve_by=text.resolve_by,
        range=range_of(text.bins), quote=plan.quote, policy_version=1,
    )  # fmt: skip


# What is found


def test_errors_come_first_and_each_family_in_its_order() -> None:
    found = lint(spoilt(title="Will it open very soon and/or later?", quote=None), NOW)

    assert [(each.severity, each.rule) for each in found] == [
        ("error", "T10"), ("error", "A03"),
        ("warning", "T02"), ("warning", "A05"),
        ("hint", "P08"),
    ]  # fmt: skip


def test_a_finding_marks_its_words() -> None:
    (found,) = lint(spoilt(title="Will the Lark Bridge finally open by 1 March 2027?"), NOW)

    assert (found.field, found.start, found.end, found.words) == ("title", 21, 28, "finally")
    assert found.sentence == "Leave the comment out: a question takes no side."


def test_a_line_of_a_list_is_named_with_its_number() -> None:
    (found,) = lint(spoilt(resolution_sources=("The road authority", "bit.ly/3xYz")), NOW)[:1]

    assert (found.rule, found.field, found.words) == (
        "S05", "resolution_sources.1", "bit.ly/3xYz",
    )  # fmt: skip


def test_a_rule_reports_so_many_findings_and_no_more() -> None:
    lines = tuple("soon soon soon" for _ in range(50))

    found = lint(spoilt(type="multiple_choice", outcomes=lines), NOW)

    assert sum(each.rule == "T10" for each in found) == FINDINGS_MAX


def test_what_is_half_written_is_read_as_well() -> None:
    assert "A13" in rules_of(Wording(title=""))


def test_times_are_compared_as_instants_whatever_their_zones() -> None:
    tokyo = datetime.fromisoformat("2027-03-02T08:59:00+09:00")

    assert lint(replace(SOUND, closes_at=tokyo), NOW) == ()


@pytest.mark.parametrize(
    "title",
    [
        "Will the May election in Marrow take place as planned on 1 March 2027?",
        "Will World War I archives of Marrow be opened by 1 March 2027?",
        "Will Marrow abolish the death penalty by 1 March 2027?",
        "Will the Bank of Marrow cut its key rate by 1 March 2027?",
        "Will a train leave Vilnius for Warsaw by 1 March 2027?",
        "Will trains run between Kaunas and the border by 1 March 2027?",
        "Will the Lark Bridge open within 30 days of 1 March 2027?",
        "Will Northfall launch at least 3 rockets by 1 March 2027?",
        "Will US exports exceed 2,000 tons by 1 March 2027?",
    ],
)
def test_words_that_only_look_doubtful_are_no_errors(title: str) -> None:
    criteria = f"Resolves YES if so, and NO otherwise: {title.removesuffix('?')}."
    wording = replace(
        SOUND, title=title, resolution_criteria=criteria, quote=None, article_text=None
    )

    assert errors_of(replace(wording, policy_version=1), NOW) == []


@pytest.mark.parametrize("ending", [".", "?", ", else NO.", " at 12:00 UTC."])
def test_a_date_in_figures_is_found_whatever_stands_behind_it(ending: str) -> None:
    wording = spoilt(resolution_criteria=f"Resolves YES if it is open by 03/04/2027{ending}")

    assert ("T11", "03/04/2027") in errors_of(wording, NOW)


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (("4.2% or less", "4.3% to 4.4%", "4.5% or more"), []),
        (("4.2% or less", "4.4% to 4.5%", "4.6% or more"), [("O05", "4.4% to 4.5%")]),
        (("0 to 9", "10 to 19", "20 or more"), []),
        (("0 to 9", "11 to 19", "20 or more"), [("O05", "11 to 19")]),
        (("0–10", "10–20", "20+"), [("O04", "10–20"), ("O04", "20+")]),
        (("Below $10.7 billion", "$10.7 to below $11.5 billion", "$11.5 billion or more"), []),
        (("Under 5", "5 to 10", "Over 10"), []),
        (
            ("Under 5 million", "6 million to 9 million", "Over 9 million"),
            [
                ("O05", "6 million to 9 million"),
            ],
        ),
        (("Under 900 thousand", "900 thousand to 2 million", "Over 2 million"), []),
        (("1 to 9 May 2027", "20 May to 5 June 2027", "Later"), []),
        (("Under 5", "Over 5"), [("O05", "Over 5")]),
        (("Ana", "Berta", "Somebody else"), []),
    ],
)
def test_ranges_neither_overlap_nor_leave_anything_out(labels, found) -> None:
    wording = spoilt(type="multiple_choice", title="What will it be in 2027?", outcomes=labels)

    ranged = [(each.rule, each.words) for each in lint(wording, NOW) if each.rule[:2] == "O0"]
    assert [pair for pair in ranged if pair[0] in {"O04", "O05"}] == found


def test_words_of_one_family_count_as_shared() -> None:
    criteria = "Resolves YES to the winner of the final, NO otherwise, on 1 March 2027."

    wording = spoilt(title="Will Marrow win the Cup by 1 March 2027?", resolution_criteria=criteria)

    assert "A15" not in rules_of(wording)


# What never happens

WORDS = st.sampled_from(
    """
    Will the Lark Bridge open by before in 2027 31 April May 03/04/2027 soon within six months it
    they about between 10 and 12 $ € % million bn exceed over at least last value was not never
    without and/or YES NO otherwise annulled source: according to midnight https:// www. x.com @
    {name} [DATE] ___ ? ! … kill this market 1,000.5 Q3 2027-02-30 early 9999 0000-00-00
    """.split()  # noqa: SIM905 - a text is what it is about
)
LINES = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join))
TEXTS = st.lists(LINES, max_size=3).map("\n".join)
NUMBERS = st.floats(allow_nan=False, width=32)
INSTANTS = st.none() | st.datetimes(
    datetime(1900, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC)
)
RANGES = st.none() | st.builds(Range, lower=NUMBERS, upper=NUMBERS, unit=LINES)
WORDINGS = st.builds(
    Wording,
    title=LINES,
    type=st.sampled_from(["binary", "multiple_choice", "numeric", "date", ""]),
    outcomes=st.lists(LINES, max_size=5).map(tuple),
    resolution_criteria=TEXTS,
    fine_print=TEXTS,
    background=TEXTS,
    resolution_sources=st.lists(LINES, max_size=4).map(tuple),
    tags=st.lists(LINES, max_size=2).map(tuple),
    opens_at=INSTANTS,
    closes_at=INSTANTS,
    resolve_by=INSTANTS,
    prior=st.lists(st.floats(0, 1), max_size=3).map(tuple),
    range=RANGES,
    quote=st.none() | LINES,
    quote_sha256=st.none() | st.just("0" * 64),
    article_text=st.none() | TEXTS,
    deadline_assumed=st.booleans(),
    open_titles=st.lists(LINES, max_size=3).map(tuple),
    policy_version=st.sampled_from([None, 1, 99]),
)


@settings(max_examples=300, deadline=None)
@given(wording=WORDINGS)
def test_whatever_is_written_every_span_lies_in_its_field_and_twice_is_the_same(wording) -> None:
    found = lint(wording, NOW)

    assert found == lint(wording, NOW)
    for each in found:
        text = wording.text(each.field)
        assert 0 <= each.start <= each.end <= len(text)
        assert each.words == text[each.start : each.end]
        assert each.field.partition(".")[0] in RULES[each.rule].fields
        assert each.sentence.endswith((".", "?", "”"))


LONG = 20_000
NASTY = (
    "a", "A", "1", " ", "\n", ".", "1,", "1.", "-", "_", "{", "[A", "<a", "$1", "a@", "a.", "not ",
    "by the end of ", "between 1 ", "within six ", "1 March ", "2027", "2027 ", "the the ", "if ",
    "last value ", "at ", "+1 2", "independent ", "rate ", "Will the ", "www.", "x.",
    "\u0130", "’s",
)  # fmt: skip


@pytest.mark.parametrize("piece", NASTY)
def test_long_and_nasty_texts_are_read_in_bounded_time(piece: str) -> None:
    text = (piece * LONG)[:LONG]
    wording = Wording(
        title=text[:1_000], resolution_criteria=text, fine_print=text, background=text,
        outcomes=(text[:300],) * 50, resolution_sources=(text[:300],) * 10, quote=text[:2_000],
        article_text=text * 5, open_titles=(text[:200],) * 50, policy_version=1,
    )  # fmt: skip
    began = time.perf_counter()

    lint(wording, NOW)

    assert timedelta(seconds=time.perf_counter() - began) < timedelta(seconds=3)
