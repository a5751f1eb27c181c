from dataclasses import replace
from datetime import timedelta

from articles.core.draft_types import Draft
from articles.core.drafting import draft_questions
from articles.core.second_opinions import merged, opinion_on, same_sentence
from tests.articles.services.stories import BRIDGE
from tests.instants import NOON

OPENING, VOTE = sorted(draft_questions(BRIDGE, published_at=NOON), key=lambda draft: draft.start)
SECOND = replace(OPENING, rule="language_model", title="Will the strait bridge open?", flags=())


def test_drafts_belong_together_where_their_evidence_overlaps_most() -> None:
    middle = replace(SECOND, start=OPENING.end - 5, end=VOTE.start + 50)

    assert same_sentence([OPENING, VOTE], SECOND) == OPENING
    assert same_sentence([OPENING, VOTE], middle) == VOTE
    assert same_sentence([VOTE], SECOND) is None
    assert same_sentence([OPENING], replace(SECOND, start=OPENING.end)) is None


def test_a_question_of_another_type_is_another_question() -> None:
    assert same_sentence([OPENING], replace(SECOND, type="multiple_choice")) is None


def test_agreement_is_noted_and_a_sound_title_stays() -> None:
    opinion = opinion_on(replace(OPENING, flags=("conditional",)), SECOND)

    assert (opinion.flags, opinion.is_better_put) == (("conditional", "model_agrees"), False)


def test_a_title_that_its_rule_doubts_gives_way_to_a_better_one() -> None:
    doubted = replace(OPENING, flags=("coreference", "conditional"))
    long = replace(SECOND, title="Will " + "x" * 120 + "?")

    assert opinion_on(doubted, SECOND).flags == ("conditional", "model_agrees")
    assert opinion_on(doubted, SECOND).is_better_put
    assert opinion_on(replace(OPENING, title=long.title), SECOND).is_better_put
    assert not opinion_on(doubted, long).is_better_put


def test_another_date_is_flagged_and_keeps_the_words_as_they_are() -> None:
    doubted = replace(OPENING, flags=("coreference", "model_agrees"))
    later = replace(SECOND, closes_at=OPENING.closes_at + timedelta(hours=37))

    assert opinion_on(doubted, later).flags == ("coreference", "date_disagrees")
    assert not opinion_on(doubted, later).is_better_put


def test_a_day_and_the_evening_before_it_are_one_deadline() -> None:
    eve = replace(SECOND, closes_at=OPENING.closes_at - timedelta(hours=28))

    assert opinion_on(OPENING, eve).flags == ("model_agrees",)


def test_merged_drafts_keep_the_rules_order_and_end_with_the_model_s_own() -> None:
    own: Draft = replace(SECOND, start=0, end=5)
    doubted = replace(OPENING, flags=("needs_rewrite",))

    assert merged([VOTE, doubted], [own, SECOND]) == [
        VOTE,
        replace(
            doubted,
            flags=("model_agrees",),
            title=SECOND.title,
            resolution_criteria=SECOND.resolution_criteria,
        ),
        own,
    ]
