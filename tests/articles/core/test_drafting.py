import datetime as dt
from decimal import Decimal

import pytest

from articles.core.composing import bounded
from articles.core.draft_types import Draft
from articles.core.drafting import DRAFTS_MAX, draft_questions
from articles.core.errors import InstantInvalid
from tests.articles.core.corpus import NOON


def drafted(text: str, **options: dt.datetime) -> list[Draft]:
    return draft_questions(text, published_at=NOON, **options)


def only(text: str, **options: dt.datetime) -> Draft:
    (draft,) = drafted(text, **options)
    return draft


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type, misc]


def test_a_binary_draft_says_when_it_is_yes_when_no_and_who_decides() -> None:
    draft = only("The Delta Line will open in May 2027, the transport ministry said.")

    assert draft.type == "binary"
    assert draft.title == "Will the Delta Line open by 31 May 2027?"
    assert draft.resolution_criteria == (
        "To resolve YES, the Delta Line must open no later than 23:59 UTC on 31 May 2027. It "
        "resolves NO if this has not happened by then; a postponement, or an announcement of "
        "something still to come, does not count. Source: a public statement of the transport "
        "ministry. If that source says nothing, two independent established news outlets decide. "
        "If the outcome is still in doubt 14 days after the deadline, the question is annulled."
    )
    assert draft.source == "a public statement of the transport ministry"
    assert draft.outcomes == ("Yes", "No")
    assert draft.prior == (0.7, 0.3)
    assert draft.closes_at == utc(2027, 5, 31, 23, 59, 59)
    assert draft.resolve_by == utc(2027, 6, 15)
    assert draft.flags == ()
    assert draft.last_value is None


def test_a_scheduled_day_closes_on_the_evening_before() -> None:
    draft = only("Ghana's senate will vote on the Volta Act on 3 May 2027.")

    assert draft.closes_at == utc(2027, 5, 2, 20)
    assert draft.resolve_by == utc(2027, 5, 18)


def test_a_last_day_closes_with_that_day() -> None:
    draft = only("Ghana must close the Volta mine by 3 May 2027.")

    assert draft.closes_at == utc(2027, 5, 3, 23, 59, 59)


def test_a_deadline_that_the_text_does_not_give_is_assumed_and_flagged() -> None:
    draft = only("The Volta Tunnel in Ghana is nearly complete.")

    assert draft.title == "Will the Volta Tunnel in Ghana be operational by 31 December 2027?"
    assert draft.flags == ("deadline_assumed",)
    assert draft.fine_print == (
        "Operational means open to regular traffic or service; a ceremony or a test is not "
        "enough. The article names no date; the deadline was chosen for this question."
    )


def test_an_assumed_deadline_counts_from_when_the_question_can_open() -> None:
    draft = only("The Volta Tunnel in Ghana is nearly complete.", not_before=utc(2029, 7, 1))

    assert draft.title == "Will the Volta Tunnel in Ghana be operational by 31 December 2030?"


def test_times_count_from_publication_even_where_the_question_opens_later() -> None:
    draft = only("The Delta Line will open in Ghana next year.", not_before=utc(2027, 2, 1))

    assert draft.title == "Will the Delta Line open in Ghana by 31 December 2027?"


@pytest.mark.parametrize(
    "text",
    [
        "The Delta Line will open in May 2027, the transport ministry said.",
        "The 9th Volta Forum ended in Accra on Friday.",
        "Inflation in Ghana fell to 3.2% in October.",
    ],
)
def test_what_is_over_before_the_question_can_open_gives_no_draft(text: str) -> None:
    assert len(drafted(text)) == 1
    assert drafted(text, not_before=utc(2028, 6, 1)) == []


def test_an_instant_before_publication_changes_nothing() -> None:
    text = "The Delta Line will open in May 2027, the transport ministry said."

    assert drafted(text, not_before=utc(2020, 1, 1)) == drafted(text)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(InstantInvalid) as refusal:
        drafted("The Delta Line will open in May 2027.", not_before=dt.datetime(2027, 1, 1))

    assert refusal.value.code == "instant_invalid"


def test_an_indicator_asks_for_its_next_value_around_the_last_one() -> None:
    draft = only("Exports from Ghana rose to $10.7 billion in 2025.")

    assert draft.type == "numeric"
    assert draft.title == "What will exports from Ghana be in 2026?"
    assert draft.outcomes == ()
    assert draft.last_value == Decimal("10.7")
    assert draft.range is not None
    assert (draft.range.lower, draft.range.upper, draft.range.bin_count) == (7.0, 16.0, 11)
    assert (draft.range.unit, draft.range.scale) == ("billion US dollars", "linear")
    assert (draft.range.open_below, draft.range.open_above) == (True, True)
    assert draft.resolution_criteria == (
        "Resolves to exports from Ghana in 2026, in billion US dollars, according to the first "
        "official figure for that period, with the decimals that it is published with; later "
        "revisions do not count. A value on the edge of two ranges belongs to the upper one. The "
        "last value named is $10.7 billion, for 2025. Source: the official statistics from which "
        "the last value was taken. If no figure has been published by 23:59 UTC on 29 June 2027, "
        "two independent established news outlets decide; without them the question is annulled."
    )
    assert draft.closes_at == utc(2026, 12, 31, 23, 59, 59)
    assert draft.resolve_by == utc(2027, 6, 30)


def test_a_period_that_is_nearly_over_is_passed_over() -> None:
    draft = only("Inflation in Ghana fell to 3.2% in October.", not_before=utc(2026, 11, 29))

    assert draft.title == "What will inflation in Ghana be in December 2026?"


def test_a_rate_of_change_asks_by_how_much_and_may_turn() -> None:
    draft = only("Togo's economy shrank 0.4% in the third quarter of 2026.")

    assert draft.title == "By how much will Togo's economy shrink in the fourth quarter of 2026?"
    assert draft.last_value == Decimal("0.4")
    assert draft.range is not None
    assert draft.range.lower < 0 < draft.range.upper
    assert "where a fall counts as positive and a rise as negative, in percent" in (
        draft.resolution_criteria
    )


@pytest.mark.parametrize(
    "text",
    [
        "Inflation in Ghana was 3-4% in October.",
        "Exports from Ghana fell to $0 in 2025.",
    ],
)
def test_a_figure_around_which_no_range_can_be_laid_gives_no_draft(text: str) -> None:
    assert drafted(text) == []


def test_what_is_late_is_asked_for_by_its_date() -> None:
    draft = only("After two delays, the Delta Line is now expected to open in May 2027, Togo said.")

    assert draft.type == "date"
    assert draft.title == "When will the Delta Line open?"
    assert draft.outcomes == ()
    assert draft.last_value is None
    assert draft.range is not None
    assert (draft.range.lower, draft.range.upper) == (
        utc(2026, 11, 1).timestamp(),
        utc(2027, 10, 1).timestamp(),
    )
    assert (draft.range.bin_count, draft.range.open_below, draft.range.open_above) == (
        12,
        False,
        True,
    )
    assert sum(draft.range.prior[:7]) == pytest.approx(0.7, abs=0.03)
    assert draft.closes_at == utc(2027, 9, 30, 23, 59, 59)
    assert draft.resolve_by == utc(2027, 10, 15)
    assert draft.resolution_criteria == (
        "Resolves to the day, in UTC, on which it comes true: for this the Delta Line must open. "
        "A plan, a promise or an announcement of something still to come does not count. If this "
        "has not happened by 23:59 UTC on 30 September 2027, it resolves to the last outcome, "
        "which also stands for never. Source: a public statement of Togo. If that source says "
        "nothing, two independent established news outlets decide. If the outcome is still in "
        "doubt 14 days after the deadline, the question is annulled."
    )


@pytest.mark.parametrize(
    "text",
    [
        "After two delays, the Delta Line is now expected to open on 3 May 2027, Togo said.",
        "After two delays, Togo plans to close the Delta mine by May 2027.",
        "Delayed twice, the Delta Line is now expected to open in May 2027 if safe, Togo said.",
    ],
)
def test_a_day_a_deed_and_a_condition_are_asked_for_by_yes_or_no(text: str) -> None:
    assert [draft.type for draft in drafted(text)] in ([], ["binary"])


def test_a_contest_has_an_outcome_for_each_candidate_and_one_for_the_rest() -> None:
    draft = only("Ann Smith and Bo Chen are candidates in Ghana's general election on 3 May 2027.")

    assert draft.type == "multiple_choice"
    assert draft.title == "Who will win the general election in Ghana on 3 May 2027?"
    assert draft.outcomes == ("Ann Smith", "Bo Chen", "Another candidate")
    assert draft.prior == (0.45, 0.45, 0.1)
    assert draft.closes_at == utc(2027, 5, 2, 20)
    assert "Any winner not listed resolves to the last outcome." in draft.resolution_criteria


def test_tags_are_topics_places_and_those_of_the_article_once_each() -> None:
    (draft,) = draft_questions(
        "Inflation in Ghana fell to 3.2% in October.",
        published_at=NOON,
        tags=("ghana", "West Africa"),
    )

    assert draft.tags == ("economy", "Ghana", "West Africa")


@pytest.mark.parametrize(
    ("text", "flag", "score"),
    [
        ("The Delta Line is expected to open next spring.", "date_uncertain", 0.65),
        ("The Delta Line is expected to open by 2028.", "date_uncertain", 0.65),
        ("Delta Line is expected to open on 3 May if safe, Togo said.", "conditional", 0.55),
        ("Togo must approve the subsidy by 3 May, the Delta Court said.", "needs_rewrite", 0.5),
        ("The Delta Line is nearly complete.", "deadline_assumed", 0.6),
        ("Work began on the Delta Line. The line is nearly complete.", "coreference", 0.55),
    ],
)  # fmt: skip
def test_what_an_editor_has_to_look_at_is_flagged_and_costs_score(
    text: str, flag: str, score: float
) -> None:
    draft = only(text)

    assert flag in draft.flags
    assert draft.score == pytest.approx(score)
    assert only("The Delta Line is expected to open by May 2027.").score == pytest.approx(0.75)


def test_a_far_horizon_costs_more_than_a_plan_is_worth() -> None:
    assert drafted("Ghana plans to close the Volta mine by the end of 2045.") == []


def test_drafts_that_differ_only_in_their_deadline_are_one_draft() -> None:
    text = (
        "The Delta Line in Ghana is expected to open in May 2027. "
        "The Delta Line in Ghana will open by the end of 2027."
    )

    assert [d.title for d in drafted(text)] == ["Will the Delta Line in Ghana open by 31 May 2027?"]


def test_the_best_six_come_first() -> None:
    text = " ".join(
        f"The {name} Museum is expected to reopen in May 2027."
        for name in ("Amber", "Bronze", "Copper", "Delta", "Ebony", "Flint", "Granite")
    )
    better = "The Harbour Museum is expected to reopen on 3 May 2027, the city said."

    drafts = drafted(f"{text} {better}")

    assert len(drafts) == DRAFTS_MAX
    assert drafts[0].title == "Will the Harbour Museum reopen by 3 May 2027?"
    assert [d.score for d in drafts] == sorted((d.score for d in drafts), reverse=True)


def test_an_essay_loses_what_a_report_would_keep() -> None:
    plan = "Ghana plans to close the Volta mine by the end of 2027."
    essay = f"I say we should think. I know you should too. My view is ours. {plan}"

    assert len(drafted(plan)) == 1
    assert drafted(essay) == []


def test_what_others_are_quoted_as_saying_makes_no_essay() -> None:
    plan = "Ghana plans to close the Volta mine by the end of 2027."
    report = f"“I know we should. We think you and I should. We will,” he said. {plan}"

    assert [d.title for d in drafted(report)] == [
        "Will Ghana close the Volta mine by 31 December 2027?"
    ]


@pytest.mark.parametrize(
    ("predicate", "spelt_out"),
    [
        ("grow 3.1%", "grow by at least 3.1%"),
        ("fall by about 5%", "fall by at least 5%"),
        ("reach $50 billion", "reach at least $50 billion"),
        ("rise to nearly 4%", "rise to at least 4%"),
        ("fall to 3%", "fall to 3% or lower"),
        ("open to traffic", "open to traffic"),
    ],
)
def test_an_amount_in_a_title_has_its_bound(predicate: str, spelt_out: str) -> None:
    assert bounded(predicate) == spelt_out
