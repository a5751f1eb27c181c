"""Answers that follow from other questions, hints from articles, and reminders."""

import pytest

from markets.core.derived import RuleUnreadable
from markets.core.lifecycle import QuestionStatus
from markets.models import (
    AnswerSuggestion,
    LinkKind,
    LinkSuggestion,
    Resolution,
    Resolver,
    ResolverRun,
)
from markets.services import lifecycle, resolution
from markets.services.questions import draft_question
from markets.services.resolver_settings import InvalidResolver, ResolverCycle
from markets.services.resolvers import dismiss_reminder, edit_resolver, make_resolver
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.resolvers.settings import CLOSE, DAY, DUE, HOUR, settings

pytestmark = pytest.mark.django_db

STORY = """The first freight train crossed the corridor on Friday, the ministry of transport said.

Its forty wagons carried wheat and steel, and the crossing took nineteen hours in all. The ministry
of transport had announced the train a month before, and railway workers had waited for it since.

Traders along the line said that they would now send their goods by rail, which costs a third less
than by road, and that they hoped for a second train before the end of the year."""


@pytest.fixture
def others(publish):
    return [
        publish(title=f"Will the train number {number} cross by 2 December 2026?")
        for number in (1, 2)
    ]


def derive(question, eve, rule, **changes):
    return make_resolver(
        question_id=question.pk, editor=eve, now=NOON,
        settings=settings("question", expression=rule, confirmations=1, **changes),
    )  # fmt: skip


def answer(question, eve, index, *, now=CLOSE):
    lifecycle.advance(question_id=question.pk, now=CLOSE)
    resolution.propose(
        question_id=question.pk, outcome_weights=[float(each == index) for each in range(2)],
        proposer=eve, now=now,
    )  # fmt: skip
    resolution.confirm_uncontested(now=now + DAY)


def test_an_answer_follows_once_the_others_are_resolved(question, others, eve, run):
    first, second = others
    derive(question, eve, f"{first.pk}=yes and not {second.pk}=yes")

    undecided = run(DUE)
    answer(first, eve, 0)
    answer(second, eve, 1)
    decided = run(DUE + DAY)

    assert (undecided.reason, undecided.excerpt) == (
        "parts_undecided", f"{first.pk}=?, {second.pk}=?",
    )  # fmt: skip
    assert (decided.outcome, decided.excerpt) == ("answer", f"{first.pk}=yes, {second.pk}=no")
    question.refresh_from_db()
    assert question.resolution.outcome_weights == [1.0, 0.0]
    assert f"{first.pk}=yes and not {second.pk}=yes" in question.resolution.rationale


def test_what_is_only_proposed_is_not_known(question, others, eve, run):
    first, _ = others
    derive(question, eve, f"{first.pk}=yes")
    lifecycle.advance(question_id=first.pk, now=CLOSE)
    resolution.propose(question_id=first.pk, outcome_weights=(1, 0), proposer=eve, now=CLOSE)

    assert run(DUE).reason == "parts_undecided"


def test_a_no_that_follows_waits_for_the_deadline_too(question, others, eve, run):
    first, second = others
    derive(question, eve, f"{first.pk}=yes and {second.pk}=yes", ends_early=True)
    resolution.propose(question_id=first.pk, outcome_weights=(0, 1), proposer=eve, now=NOON + HOUR)
    resolution.confirm_uncontested(now=NOON + 2 * DAY)

    assert run(NOON + 3 * DAY).reason == "too_early"
    assert run(DUE).outcome == "answer"


def test_an_annulled_or_split_part_is_no_answer(question, others, eve, run):
    first, second = others
    derive(question, eve, f"{first.pk}=yes or {second.pk}=yes")
    resolution.annul(question_id=first.pk, editor=eve, reason="Void.", now=NOON)
    resolution.propose(
        question_id=second.pk, outcome_weights=(0.5, 0.5), proposer=eve, now=NOON + HOUR
    )
    resolution.confirm_uncontested(now=DUE)

    logged = run(DUE)

    assert (logged.reason, Resolution.objects.filter(question=question).count()) == (
        "parts_unclear", 0,
    )  # fmt: skip


def test_rules_may_not_go_in_a_circle(question, others, eve):
    first, second = others
    derive(first, eve, f"{second.pk}=yes")
    derive(second, eve, f"{question.pk}=yes")

    for rule in (f"{first.pk}=yes", f"{question.pk}=yes", f"{second.pk}=no or {first.pk}=no"):
        with pytest.raises(ResolverCycle):
            derive(question, eve, rule)
    assert Resolver.objects.count() == 2


def test_a_rule_asks_for_outcomes_of_public_questions(question, others, eve):
    first, _ = others
    draft = draft_question(text=question_text(), editor=eve, now=NOON)
    for rule, refusal in (
        (f"{first.pk}=maybe", InvalidResolver),
        (f"{draft.pk}=yes", InvalidResolver),
        ("999999=yes", InvalidResolver),
        (f"{first.pk}=yes and", RuleUnreadable),
    ):
        with pytest.raises(refusal):
            derive(question, eve, rule)
    assert Resolver.objects.count() == 0


@pytest.fixture
def linked(question, eve):
    """An article about the first train, linked to the question as the sweep would."""
    from articles.services.ingest import ingest_text

    article = ingest_text(text=STORY, url="https://post.example/train", editor=eve, now=NOON + HOUR)
    version = article.versions.get()
    end = STORY.index("\n")
    LinkSuggestion.objects.create(
        question=question, article=article, version=version, kind=LinkKind.RESOLUTION_WATCH,
        start=0, end=end, quote=STORY[:end], quote_sha256="0" * 64, relevance=0.9,
        made_at=NOON + HOUR,
    )  # fmt: skip
    return article


def read_articles(question, eve, **changes):
    given = {"outcome": 0, "phrases": ("carried wheat",), "every": HOUR, **changes}
    return make_resolver(
        question_id=question.pk, editor=eve, now=NOON, settings=settings("article", **given)
    )


def test_words_in_a_linked_article_suggest_an_answer_and_decide_nothing(question, eve, linked, run):
    resolver = read_articles(question, eve)

    told, nothing = run(NOON + HOUR), run(NOON + 2 * HOUR)

    suggestion = AnswerSuggestion.objects.get()
    assert (suggestion.resolver, suggestion.article, suggestion.suggested_by) == (
        resolver, linked, None,
    )  # fmt: skip
    assert suggestion.outcome_weights == [1.0, 0.0]
    assert suggestion.quote.startswith("Its forty wagons carried wheat and steel")
    assert [told.outcome, nothing.reason] == ["suggested", "nothing_told"]
    question.refresh_from_db()
    assert (question.status, Resolution.objects.count()) == (QuestionStatus.OPEN, 0)


def test_without_words_of_its_own_it_takes_what_the_watch_found(question, eve, linked, run):
    read_articles(question, eve, phrases=())

    run(NOON + HOUR)

    assert AnswerSuggestion.objects.get().quote == STORY[: STORY.index("\n")]


def test_a_link_that_was_rejected_tells_nothing(question, eve, linked, run):
    from markets.services import links

    read_articles(question, eve)
    links.reject(suggestion_id=LinkSuggestion.objects.get().pk, editor=eve, now=NOON + HOUR)

    assert run(NOON + HOUR).reason == "nothing_told"
    assert AnswerSuggestion.objects.count() == 0


def test_other_words_tell_nothing(question, eve, linked, run):
    read_articles(question, eve, phrases=("carried coal",))

    assert run(NOON + HOUR).reason == "nothing_told"


def remind(question, eve, **changes):
    given = {"note": "Look at the ministry's page.", "first_at": DUE, **changes}
    return make_resolver(
        question_id=question.pk, editor=eve, now=NOON, settings=settings("manual", **given)
    )


def test_a_reminder_waits_in_the_queue_until_it_is_dismissed(question, eve, run):
    resolver = remind(question, eve)

    assert run(DUE - HOUR) is None
    logged = run(DUE)
    assert (logged.outcome, logged.detail) == ("reminded", "Look at the ministry's page.")
    assert list(Resolver.objects.needing_editors(DUE)) == [resolver]
    assert run(DUE + 2 * DAY) is None  # one reminder at a time

    dismiss_reminder(resolver_id=resolver.pk, editor=eve, now=DUE + 2 * DAY)
    assert list(Resolver.objects.needing_editors(DUE + 2 * DAY)) == []
    assert run(DUE + 2 * DAY) is None
    assert run(DUE + 3 * DAY).outcome == "reminded"


def test_a_reminder_for_an_answered_question_is_over(question, eve, run):
    remind(question, eve)
    run(DUE)
    resolution.propose(question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=DUE)

    assert list(Resolver.objects.needing_editors(DUE)) == []


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("magic", {}, "kind"),
        ("manual", {"note": " "}, "note"),
        ("manual", {"note": "Look.", "every": HOUR / 60}, "every"),
        ("manual", {"note": "Look.", "every": 40 * DAY}, "every"),
        ("manual", {"note": "Look.", "until": NOON}, "until"),
        ("manual", {"note": "Look.", "grace": -HOUR}, "grace"),
        ("article", {"outcome": 2}, "outcome"),
        ("article", {"outcome": None}, "outcome"),
        ("article", {"outcome": 0, "phrases": ("a",) * 21}, "phrases"),
        ("json", {"url": "http://u:p@rail.example/t.json"}, "url"),
        ("json", {"url": "file:///etc/passwd"}, "url"),
        ("json", {"url": "https://rail.example:8080/t"}, "url"),
        ("json", {"expression": "corridor.."}, "expression"),
        ("json", {"expression": ""}, "expression"),
        ("json", {"comparison": ""}, "comparison"),
        ("json", {"comparison": "~"}, "threshold"),
        ("json", {"threshold": None}, "threshold"),
        ("json", {"texts": ("a", "b")}, "comparison"),
        ("json", {"comparison": "", "texts": ("a",)}, "texts"),
        ("json", {"multiplier": 0.0}, "multiplier"),
        ("json", {"confirmations": 1}, "confirmations"),
        ("json", {"confirmations": 11}, "confirmations"),
        ("json", {"confirm_after": HOUR / 120}, "confirm_after"),
        ("csv", {"column": ""}, "column"),
        ("csv", {"delimiter": ""}, "delimiter"),
        ("csv", {"delimiter": '"'}, "delimiter"),
        ("csv", {"row_column": "month"}, "row_value"),
    ],
)
def test_settings_that_make_no_sense_are_refused(question, eve, kind, changes, field):
    sound = {
        "json": {"url": "https://rail.example/t.json", "expression": "trains",
                 "comparison": ">=", "threshold": 1.0},
        "csv": {"url": "https://rail.example/t.csv", "column": "trains", "delimiter": ",",
                "comparison": ">=", "threshold": 1.0},
    }.get(kind, {})  # fmt: skip

    with pytest.raises(InvalidResolver) as refusal:
        make_resolver(
            question_id=question.pk, editor=eve, now=NOON,
            settings=settings(kind, **{**sound, **changes}),
        )  # fmt: skip

    assert refusal.value.field == field
    assert Resolver.objects.count() == 0


def test_its_kind_stays(question, eve):
    resolver = remind(question, eve)

    with pytest.raises(InvalidResolver):
        edit_resolver(
            resolver_id=resolver.pk, editor=eve, now=NOON, settings=settings("article", outcome=0)
        )
    assert Resolver.objects.get().kind == "manual"


def test_a_trial_says_what_would_be_read_and_keeps_nothing(question, eve, ministry):
    from markets.services.resolver_runs import try_out
    from tests.markets.resolvers.conftest import document
    from tests.markets.resolvers.settings import json_settings

    ministry.answers["/corridor"] = document({"corridor": {"trains": 0}})

    trial = try_out(
        question_id=question.pk, editor=eve, now=NOON, guard=ministry.guard(),
        settings=json_settings(url=ministry.url("/corridor")),
    )  # fmt: skip

    assert (trial.seen.excerpt, trial.seen.answer.outcome, trial.reason) == ("0", 1, "too_early")
    assert trial.sentence == "This may be an answer from 3 Dec 2026, 12:00 UTC on."
    assert (Resolver.objects.count(), ResolverRun.objects.count()) == (0, 0)
