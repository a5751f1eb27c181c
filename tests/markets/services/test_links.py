"""Links: found by a sweep, once, and decided by editors."""

import contextlib
import hashlib
import threading
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from articles.models.article import Quality
from markets import tasks
from markets.core.numeric import Bins
from markets.models import (
    ArticleTerms,
    Citation,
    LinkKind,
    LinkState,
    LinkSuggestion,
    Mirror,
    TermFrequency,
)
from markets.services import links, questions, resolution
from markets.services.authority import EditorNeeded
from markets.services.citations import InvalidSupport, cite
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.links.stories import (
    ASKED,
    DONE,
    ELSEWHERE,
    NEWS,
    OTHER,
    QUOTE,
    TOLD,
    add_version,
    tell,
)

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def bridge(publish):
    publish(**ELSEWHERE)
    return publish(**ASKED)


def sweep(*, at=NOON + HOUR, times=1):
    with time_machine.travel(at, tick=False):
        for _ in range(times):
            tasks.suggest_links()


def suggested(kind=LinkKind.RELATED):
    rows = LinkSuggestion.objects.filter(kind=kind).order_by("pk")
    return [(row.question_id, row.article_id) for row in rows]


def test_an_article_is_suggested_for_the_question_that_it_tells_of_with_its_best_sentence(bridge):
    article = tell(NEWS, NOON)
    tell(OTHER, NOON, title="Clocks")

    sweep()

    (link,) = LinkSuggestion.objects.all()
    assert (link.question_id, link.article_id) == (bridge.pk, article.pk)
    assert (link.state, link.decided_by, link.made_at) == (LinkState.PROPOSED, None, NOON + HOUR)
    assert link.quote == link.version.text[link.start : link.end] == QUOTE
    assert link.quote_sha256 == hashlib.sha256(QUOTE.encode()).hexdigest()
    assert 0.5 < link.relevance <= 1


def test_a_sweep_that_runs_again_finds_nothing_to_do(bridge):
    tell(NEWS, NOON)
    sweep()
    before = list(LinkSuggestion.objects.values())

    sweep(times=3, at=NOON + 2 * HOUR)

    assert list(LinkSuggestion.objects.values()) == before
    assert ArticleTerms.objects.get().linked_at == NOON + HOUR


def test_an_article_that_failed_the_quality_gate_is_not_looked_at(bridge):
    article = tell(NEWS, NOON)
    article.quality = Quality.PAYWALL
    article.save()

    sweep()

    assert not ArticleTerms.objects.exists()
    assert suggested() == []


def test_a_new_version_is_looked_at_again(bridge):
    article = tell(OTHER, NOON)
    sweep()
    version = add_version(article, NEWS, NOON + 2 * HOUR)

    sweep(at=NOON + 3 * HOUR)

    assert ArticleTerms.objects.get().version == version
    assert suggested() == [(bridge.pk, article.pk)]


def test_a_question_finds_the_articles_that_came_before_it(publish):
    publish(**ELSEWHERE)
    article = tell(NEWS, NOON - 2 * DAY)
    tell(OTHER, NOON - DAY, title="Clocks")
    sweep(at=NOON - HOUR)
    assert suggested() == []

    bridge = publish(**ASKED)
    sweep(times=2)

    assert suggested() == [(bridge.pk, article.pk)]
    assert Mirror.objects.get(question=bridge).made_at == NOON + HOUR


def test_a_question_that_is_not_published_is_no_business_of_articles(eve):
    questions.draft_question(text=question_text(**ASKED), editor=eve, now=NOON)
    tell(NEWS, NOON)

    sweep()

    assert suggested() == []
    assert not Mirror.objects.exists()


@pytest.mark.parametrize(
    ("published_at", "is_suggested"),
    [
        (NOON - timedelta(days=181), False),
        (NOON - timedelta(days=179), True),
        (NOON + timedelta(days=41), True),
        (NOON + timedelta(days=43), False),
    ],
)
def test_what_is_older_or_younger_than_a_question_can_be_is_not_suggested(
    bridge, published_at, is_suggested
):
    tell(NEWS, published_at)

    sweep()

    assert bool(suggested()) is is_suggested


def test_an_article_is_suggested_for_five_questions_at_most(publish):
    for number in range(8):
        publish(**{**ASKED, "title": f"Will the Lark Bridge open to traffic in week {number}?"})
    tell(NEWS, NOON)

    sweep()

    assert LinkSuggestion.objects.count() <= 5


def test_what_is_cited_already_is_not_suggested(bridge, eve):
    article = tell(NEWS, NOON)
    cite(
        question_id=bridge.pk, version=article.versions.get(), quote=QUOTE, role="source",
        editor=eve, now=NOON,
    )  # fmt: skip

    sweep()

    assert suggested() == []


def test_an_article_in_another_language_is_linked_by_its_names(bridge):
    text = "Die Lark Bridge über den Marrow wird bald geöffnet. Open to traffic, heißt es dort."
    article = tell(text, NOON, language="de", title="Lark Bridge: traffic")

    sweep()

    assert ArticleTerms.objects.get().configuration == "german"
    assert suggested() == [(bridge.pk, article.pk)]


def test_terms_are_counted_for_questions_and_articles(bridge):
    tell(NEWS, NOON)

    sweep()

    counted = {
        row.term: (row.question_count, row.article_count)
        for row in TermFrequency.objects.filter(term__in=["", "lark", "mayor"])
    }
    assert counted == {"": (2, 1), "lark": (1, 1), "mayor": (0, 1)}


def test_terms_are_counted_anew_after_an_hour_or_for_a_new_question(bridge, publish):
    sweep()

    assert links.recount_terms(now=NOON + HOUR + timedelta(minutes=59)) is False
    assert links.recount_terms(now=NOON + 2 * HOUR) is True
    assert links.recount_terms(now=NOON + 2 * HOUR) is False
    publish(title="Will the Swan Bridge open?")
    assert links.recount_terms(now=NOON + 2 * HOUR) is True


# Watching for resolution


def test_a_sentence_that_tells_it_as_done_is_watched_for_and_decides_nothing(bridge):
    article = tell(DONE, NOON + 3 * DAY)

    sweep(at=NOON + 3 * DAY)

    assert suggested(LinkKind.RESOLUTION_WATCH) == [(bridge.pk, article.pk)]
    assert LinkSuggestion.objects.get(kind=LinkKind.RESOLUTION_WATCH).quote == TOLD
    bridge.refresh_from_db()
    assert (bridge.status, bridge.resolution_id) == ("open", None)


def test_an_article_that_a_question_cites_may_tell_its_answer(bridge, eve):
    article = tell(DONE, NOON + 3 * DAY)
    cite(
        question_id=bridge.pk, version=article.versions.get(), quote=TOLD, role="background",
        editor=eve, now=NOON,
    )  # fmt: skip

    sweep(at=NOON + 3 * DAY)

    assert suggested() == []
    assert suggested(LinkKind.RESOLUTION_WATCH) == [(bridge.pk, article.pk)]


@pytest.mark.parametrize(
    "text",
    [
        "The Lark Bridge was opened to traffic on 24 November 2019. Cars have crossed it since.",
        "The Lark Bridge was not opened to traffic on 24 November. Cars had to wait.",
        "The Lark Bridge will be opened to traffic on 24 November. Cars have to wait.",
        "The Swan Bridge was opened to traffic on 24 November. The Lark Bridge waits.",
    ],
)
def test_another_year_a_denial_a_plan_or_another_bridge_tells_no_answer(bridge, text):
    tell(text, NOON + 3 * DAY)

    sweep(at=NOON + 3 * DAY)

    assert suggested(LinkKind.RESOLUTION_WATCH) == []


# At the same time


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_time_suggest_each_link_once(bridge):
    made = [tell(f"{NEWS} Number {number}.", NOON, title=f"N {number}") for number in range(6)]
    ended = []

    def work():
        with contextlib.closing(connection):
            tasks.suggest_links()
            ended.append(True)

    with time_machine.travel(NOON + HOUR, tick=False):
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tasks.suggest_links()  # what one passed by because another held it

    assert len(ended) == 3
    assert sorted(suggested()) == [(bridge.pk, article.pk) for article in made]
    assert not ArticleTerms.objects.filter(linked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_passed_by(bridge):
    article = tell(NEWS, NOON)
    links.read_article(version_id=article.versions.get().pk, now=NOON)
    links.recount_terms(now=NOON)
    answers = []

    def work():
        with contextlib.closing(connection):
            answers.append(links.link_article(article_id=article.pk, now=NOON))
            answers.append(links.mirror_question(question_id=bridge.pk, now=NOON))

    with transaction.atomic():
        list(ArticleTerms.objects.select_for_update())
        list(type(bridge).objects.select_for_update().filter(pk=bridge.pk))
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert answers == [False, False]
    assert not LinkSuggestion.objects.exists()


# Decisions


@pytest.fixture
def link(bridge):
    tell(NEWS, NOON)
    sweep()
    return LinkSuggestion.objects.get()


def test_a_confirmed_link_is_a_citation(link, eve):
    citation = links.confirm(suggestion_id=link.pk, role="background", editor=eve, now=NOON + DAY)

    link.refresh_from_db()
    assert (link.state, link.decided_by, link.decided_at) == ("confirmed", eve, NOON + DAY)
    assert (citation.question_id, citation.article_id) == (link.question_id, link.article_id)
    assert (citation.role, citation.quote) == ("background", QUOTE)
    assert (citation.start, citation.end) == (link.start, link.end)
    assert (citation.relevance, citation.supports, citation.added_by) == (link.relevance, None, eve)


def test_a_link_that_is_confirmed_twice_is_one_citation(link, eve, erin):
    first = links.confirm(suggestion_id=link.pk, role="background", editor=eve, now=NOON)
    again = links.confirm(suggestion_id=link.pk, role="source", editor=erin, now=NOON + DAY)

    assert again.pk == first.pk
    assert Citation.objects.get().role == "background"
    assert LinkSuggestion.objects.get().decided_by == eve


def test_evidence_says_which_outcome_it_supports(link, eve):
    citation = links.confirm(
        suggestion_id=link.pk, role="evidence", supports=1, editor=eve, now=NOON
    )

    assert (citation.role, citation.supports) == ("evidence", 1)


def test_evidence_says_which_value_it_supports(publish, eve):
    bins = Bins(lower=0, upper=100, count=4)
    asked = publish(
        title="How long is the Lark Bridge?", type="numeric", outcomes=(), prior=(), bins=bins
    )
    version = tell(NEWS, NOON).versions.get()

    citation = cite(
        question_id=asked.pk, version=version, quote=QUOTE, role="evidence", value=12.5,
        editor=eve, now=NOON,
    )  # fmt: skip

    assert (citation.supports, citation.supports_value) == (None, 12.5)


@pytest.mark.parametrize(
    "given",
    [
        {"role": "background", "supports": 0},
        {"role": "evidence", "supports": 2},
        {"role": "evidence", "supports": -1},
        {"role": "evidence", "value": 3.0},
        {"role": "evidence", "supports": 0, "value": 3.0},
    ],
)
def test_an_answer_that_the_question_has_not_or_that_is_no_evidence_is_refused(link, eve, given):
    with pytest.raises(InvalidSupport):
        links.confirm(suggestion_id=link.pk, **given, editor=eve, now=NOON)

    assert not Citation.objects.exists()
    assert LinkSuggestion.objects.get().state == LinkState.PROPOSED


def test_a_rejected_link_is_never_suggested_again(link, bridge, eve):
    links.reject(suggestion_id=link.pk, reason="  Another \n bridge. ", editor=eve, now=NOON + DAY)
    add_version(link.article, f"{NEWS} Corrected.", NOON + DAY)
    Mirror.objects.all().delete()

    sweep(at=NOON + 2 * DAY)

    row = LinkSuggestion.objects.get()
    assert (row.state, row.reason, row.decided_by) == ("rejected", "Another bridge.", eve)
    assert not Citation.objects.exists()


def test_a_rejection_needs_no_reason_and_may_be_repeated(link, eve, erin):
    links.reject(suggestion_id=link.pk, editor=eve, now=NOON)
    links.reject(suggestion_id=link.pk, editor=erin, now=NOON + DAY)

    row = LinkSuggestion.objects.get()
    assert (row.reason, row.decided_by, row.decided_at) == ("", eve, NOON)


def test_a_decision_is_not_turned_round(link, eve):
    links.reject(suggestion_id=link.pk, editor=eve, now=NOON)

    with pytest.raises(links.LinkDecided):
        links.confirm(suggestion_id=link.pk, role="background", editor=eve, now=NOON)

    assert not Citation.objects.exists()


def test_a_confirmed_link_is_not_rejected(link, eve):
    links.confirm(suggestion_id=link.pk, role="background", editor=eve, now=NOON)

    with pytest.raises(links.LinkDecided):
        links.reject(suggestion_id=link.pk, editor=eve, now=NOON)

    assert LinkSuggestion.objects.get().state == LinkState.CONFIRMED


@pytest.mark.parametrize("command", [partial(links.confirm, role="background"), links.reject])
def test_only_editors_decide(link, charlie, command):
    with pytest.raises(EditorNeeded):
        command(suggestion_id=link.pk, editor=charlie, now=NOON)

    assert LinkSuggestion.objects.get().state == LinkState.PROPOSED
    assert not Citation.objects.exists()


def test_a_link_that_is_not_there_is_not_found(eve):
    with pytest.raises(links.LinkNotFound):
        links.confirm(suggestion_id=7, role="background", editor=eve, now=NOON)


# What the database refuses


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"end": 0}, "link_span_is_not_empty"),
        ({"relevance": 1.5}, "link_relevance_is_a_share"),
        ({"state": "confirmed"}, "link_decision_is_signed_and_dated"),
    ],
)
def test_the_database_refuses_a_link_that_cannot_be(link, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        LinkSuggestion.objects.filter(pk=link.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"supports": 0}, "citation_that_supports_is_evidence"),
        (
            {"role": "evidence", "supports": 0, "supports_value": 1.0},
            "citation_supports_an_outcome_or_a_value",
        ),
    ],
)
def test_the_database_refuses_support_that_cannot_be(link, eve, change, constraint):
    links.confirm(suggestion_id=link.pk, role="background", editor=eve, now=NOON)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Citation.objects.update(**change)


def test_links_of_a_question_that_is_decided_wait_no_longer(link, bridge, eve):
    assert list(LinkSuggestion.objects.waiting()) == [link]

    resolution.annul(question_id=bridge.pk, editor=eve, reason="Ill put.", now=NOON + 2 * HOUR)

    assert list(LinkSuggestion.objects.waiting()) == []
