"""The demo world before it is loaded: dates, articles, planned questions, a crowd's skill."""

import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from markets.core.lifecycle import QuestionStatus
from markets.management.demo.dates import fill, instant, latest_noon
from markets.management.demo.desk import sentence_with
from markets.management.demo.library import CONSOLE, articles_at
from markets.management.demo.people import EDITOR, SECOND_EDITOR, crowd_of
from markets.management.demo.plan import NOT_OPENED, read_plans
from markets.management.demo.skill import stance_of, truth_path, whole_percents
from markets.management.demo.timeline import visits_to
from tests.instants import NOON

PLANS = {plan.key: plan for plan in read_plans()}
ARTICLES = {article.slug: article for article in articles_at(NOON)}
SEED = 7


@pytest.mark.parametrize(
    ("placeholder", "date"),
    [
        ("{in 40 days}", "1 January 2027"),
        ("{in 1 day}", "23 November 2026"),
        ("{1 day ago}", "21 November 2026"),
        ("{22 days ago}", "31 October 2026"),
        ("{month in 70 days}", "January 2027"),
        ("{year in 420 days}", "2028"),
        ("{tomorrow}", "{tomorrow}"),
    ],
)
def test_a_placeholder_becomes_a_date_counted_from_the_anchor(placeholder, date):
    assert fill(f"by {placeholder}.", NOON) == f"by {date}."


def test_the_anchor_is_the_latest_noon_that_is_not_in_the_future():
    just_before, just_after = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)

    assert latest_noon(just_before) == NOON - timedelta(days=1)
    assert latest_noon(NOON) == NOON
    assert latest_noon(just_after) == NOON


@pytest.mark.parametrize("article", [*ARTICLES.values(), *articles_at(NOON, CONSOLE)])
def test_a_sample_article_is_whole_and_of_a_readable_length(article):
    assert 150 <= len(article.text.split()) <= 350
    assert "{" not in article.text + article.title
    assert article.url.split("/")[2].endswith(".example.com")
    assert article.published_at < NOON
    assert article.author
    assert article.source
    assert article.tags


def test_sample_articles_follow_the_anchor():
    later = {article.slug: article for article in articles_at(NOON + timedelta(days=100))}

    article = later["last-stretch-to-zangezur"]

    assert article.published_at == datetime(2027, 1, 15, 8, 15, tzinfo=UTC)
    assert "expected to open to freight by 11 April 2027" in article.text


def test_every_state_of_a_question_is_planned_and_six_or_more_come_to_an_end():
    fates = Counter(plan.fate.value for plan in PLANS.values())

    assert set(fates) == set(QuestionStatus)
    assert fates["open"] >= 8
    assert fates["final"] >= 6


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_planned_question_quotes_an_article_that_was_published_before_it(plan):
    article = ARTICLES[plan.article]

    assert article.text.count(plan.quote) == 1
    assert article.published_at < instant(NOON, plan.written)
    assert all(ARTICLES[slug].text.count(part) == 1 for slug, part in plan.also)
    if plan.follow_up:
        assert plan.evidence in ARTICLES[plan.follow_up].text
        assert ARTICLES[plan.follow_up].published_at < instant(NOON, plan.decided)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_planned_question_is_sound(plan):
    text = plan.text(NOON)

    assert "{" not in text.title + text.resolution_criteria + text.background
    assert plan.opens < plan.closes <= plan.resolve_by
    for distribution in (plan.prior, *(probabilities for _, probabilities in plan.path)):
        assert len(distribution) == len(plan.outcomes)
        assert math.isclose(sum(distribution), 1)
    assert bool(plan.path) == (plan.fate not in NOT_OPENED)
    assert all(0 <= outcome < len(plan.outcomes) for outcome, _ in plan.rationales)


def test_only_questions_that_opened_are_visited_and_only_while_they_are_open():
    crowd = crowd_of(10, seed=SEED)

    for plan in PLANS.values():
        visits = visits_to(plan, crowd, anchor=NOON, seed=SEED)
        assert bool(visits) == (plan.fate not in NOT_OPENED)
        for visit in visits:
            assert instant(NOON, plan.opens) < visit.at < instant(NOON, plan.ends)


def test_visits_have_request_keys_of_their_own_and_come_in_order_of_time():
    crowd = crowd_of(10, seed=SEED)
    visits = visits_to(PLANS["zangezur"], crowd, anchor=NOON, seed=SEED)

    assert len({visit.request_key for visit in visits}) == len(visits) > 20
    assert [visit.at for visit in visits] == sorted(visit.at for visit in visits)


def test_a_rationale_is_said_once_and_for_an_outcome_that_its_author_finds_likelier():
    plan = PLANS["zangezur"]
    visits = visits_to(plan, crowd_of(42, seed=SEED), anchor=NOON, seed=SEED)

    said = [visit for visit in visits if visit.rationale]

    assert len({visit.rationale for visit in said}) == len(said) >= 3
    favours = {reason: outcome for outcome, reason in plan.rationales}
    for visit in said:
        outcome = favours[visit.rationale]
        assert visit.belief[outcome] / plan.prior[outcome] >= 1


def test_the_crowd_is_the_same_for_a_seed_and_another_for_another():
    assert crowd_of(5, seed=1) == crowd_of(5, seed=1)
    assert crowd_of(5, seed=1) != crowd_of(5, seed=2)
    assert {EDITOR, SECOND_EDITOR}.isdisjoint(person.name for person in crowd_of(42, seed=1))


def test_a_forecaster_without_noise_says_what_the_hidden_truth_is():
    alice = crowd_of(0, seed=SEED)[0]
    sharp = replace(alice, noise=0.0, leaning=0.0, boldness=1.0, lag=0.0)
    plan = replace(PLANS["ecb-hold"], path=((-47.0, (0.3, 0.6, 0.1)), (-17.5, (0.3, 0.6, 0.1))))
    path = truth_path(plan, seed=SEED)

    logits = path.at(-30)
    belief = stance_of(sharp, plan, seed=SEED).belief(path, -30)

    grown = [math.exp(each) for each in logits]
    assert belief == pytest.approx([each / sum(grown) for each in grown], abs=0.0101)


def test_the_hidden_truth_drifts_from_its_first_waypoint_to_its_last():
    plan = PLANS["boreas-launch"]
    path = truth_path(plan, seed=SEED)

    first, last = path.logits[0], path.logits[-1]

    assert first[0] - first[1] == pytest.approx(math.log(0.56 / 0.44), abs=0.8)
    assert last[0] - last[1] == pytest.approx(math.log(0.06 / 0.94), abs=0.8)


@pytest.mark.parametrize(
    ("stated", "percents"),
    [
        ((0.614, 0.386), (0.61, 0.39)),
        ((0.9999, 0.0001), (0.99, 0.01)),
        ((0.335, 0.335, 0.33), (0.33, 0.34, 0.33)),
    ],
)
def test_people_state_whole_percents_that_sum_to_one(stated, percents):
    assert whole_percents(stated) == percents


def test_a_part_of_a_text_is_cited_as_its_whole_sentence():
    text = "One line.\nIt was here at 2.5 per cent. Now it is gone. Nobody knows.\nAnother line."

    assert sentence_with("is gone", text) == "Now it is gone."
    assert sentence_with("here", text) == "It was here at 2.5 per cent."
