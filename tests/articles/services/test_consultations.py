"""Asking about stored texts: which, how often, for how many tokens, and what is left behind."""

import contextlib
import logging
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from articles.core.canonical import text_sha256
from articles.models import Article, ArticleVersion, Consultation, Draft
from articles.services import consultations
from articles.services.consultations import (
    ASKED_WITHIN,
    ATTEMPTS_MAX,
    LEASE,
    WAIT_FIRST,
    consult_next,
)
from articles.services.drafting import mark_taken_up, reject_draft
from articles.services.ingest import ingest_text
from articles.services.providers.language_model import (
    ModelIsOff,
    require_configured,
    tokens_at_most,
)
from tests.articles.services.hosts import answer, redirect
from tests.articles.services.models import (
    BRIDGE_SENTENCE,
    FERRY_SENTENCE,
    KEY,
    MODEL,
    VOTE_SENTENCE,
    in_json,
    question,
    questions,
    quotes,
    say,
    scripted_model,
    slow,
    verdicts,
)
from tests.articles.services.stories import BRIDGE, FERRY, GERMAN
from tests.instants import NOON

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
OPENING = question(
    title="Will the bridge over the Halvik strait open to traffic by 30 June 2027?",
    condition="the bridge over the Halvik strait must open to traffic",
    source="the ministry of transport",
    deadline="2027-06-30",
)
GOOD = (quotes(FERRY_SENTENCE), questions(question()), verdicts(True))


@pytest.fixture
def model(settings):
    with scripted_model() as running:
        settings.LLM_URL, settings.LLM_MODEL, settings.LLM_API_KEY = running.url, MODEL, KEY
        settings.LLM_TIMEOUT_SECONDS = 5
        yield running


@pytest.fixture
def article(eve):
    return ingest_text(text=BRIDGE, url="https://post.example/b", editor=eve, now=NOON)


def consult(now=NOON, jitter=0.0):
    return consult_next(now=now, jitter=jitter)


def stored():
    """The one row, as it is now."""
    return Consultation.objects.get()


def drafts():
    listed = Draft.objects.order_by("rule", "start")
    return list(listed.values("rule", "start", "title", "resolution_criteria", "flags", "model"))


def another(text, number=2):
    """A further article that nobody has drafted from."""
    return ingest_text(text=text, url=f"https://post.example/{number}", editor=None, now=NOON)


# What comes of an answer


def test_a_draft_of_the_model_joins_those_of_the_rules(model, article):
    before = drafts()
    model.will(*GOOD)

    consulted = consult()

    row, made = stored(), Draft.objects.get(rule="language_model")
    assert [draft for draft in drafts() if draft["rule"] != "language_model"] == before
    assert (made.model, made.version, made.created_at) == (MODEL, article.versions.get(), NOON)
    assert (made.title, made.quote) == (question()["title"], FERRY_SENTENCE)
    assert (row.state, row.model, row.attempts) == ("answered", MODEL, 1)
    assert (row.asked_at, row.finished_at, row.created_at) == (NOON, NOON, NOON)
    assert (row.leased_until, row.next_attempt_at) == (None, None)
    assert (row.tokens_in, row.tokens_out, row.tokens_reserved) == (300, 60, 0)
    assert timedelta() < row.duration < timedelta(seconds=5)
    assert (row.drafts_made, row.drafts_agreed, row.dropped) == (1, 0, [])
    assert (row.error_code, row.error) == ("", "")
    assert consulted.sentence == "1 draft made, 0 of the rules looked at, 0 proposals dropped."


def test_one_sentence_keeps_one_draft_on_which_both_agree(model, article):
    before = drafts()
    model.will(quotes(BRIDGE_SENTENCE), questions(OPENING), verdicts(True))

    consult()

    first = Draft.objects.get(quote=BRIDGE_SENTENCE)
    assert (first.flags, first.model) == (["model_agrees"], "")
    assert [draft["title"] for draft in drafts()] == [draft["title"] for draft in before]
    assert (stored().drafts_made, stored().drafts_agreed) == (0, 1)


def test_a_title_that_its_rule_doubts_is_replaced_together_with_the_criteria(model, article):
    Draft.objects.filter(quote=BRIDGE_SENTENCE).update(flags=["coreference"], title="Will it?")
    model.will(quotes(BRIDGE_SENTENCE), questions(OPENING), verdicts(True))

    consult()

    first = Draft.objects.get(quote=BRIDGE_SENTENCE)
    assert (first.title, first.model) == (OPENING["title"], MODEL)
    assert OPENING["condition"] in first.resolution_criteria
    assert first.flags == ["model_agrees"]
    assert first.rule != "language_model"


def test_another_date_for_the_same_sentence_is_flagged_and_changes_nothing_else(model, article):
    before = Draft.objects.get(quote=BRIDGE_SENTENCE)
    later = {**OPENING, "deadline": "2027-09-30", "title": OPENING["title"].replace(
        "30 June", "30 September"
    )}  # fmt: skip
    model.will(quotes(BRIDGE_SENTENCE), questions(later), verdicts(True))

    consult()

    first = Draft.objects.get(quote=BRIDGE_SENTENCE)
    assert first.flags == ["date_disagrees"]
    assert (first.title, first.closes_at) == (before.title, before.closes_at)


@pytest.mark.parametrize("decide", ["take up", "reject"])
def test_a_draft_that_an_editor_has_decided_is_left_alone(model, article, eve, decide):
    first = Draft.objects.get(quote=BRIDGE_SENTENCE)
    if decide == "reject":
        reject_draft(draft_id=first.pk, editor=eve, reason="No.", now=NOON)
    else:
        mark_taken_up(draft_id=first.pk, editor=eve, now=NOON)
    before = drafts()
    model.will(quotes(BRIDGE_SENTENCE), questions(OPENING), verdicts(True))

    consult()

    assert drafts() == before
    assert stored().dropped == ["decided_already"]


def test_what_is_asked_already_is_not_proposed_again(model, article):
    Draft.objects.filter(quote=VOTE_SENTENCE).update(title=question()["title"])
    before = drafts()
    model.will(*GOOD)

    consult()

    assert drafts() == before
    assert (stored().state, stored().dropped) == ("answered", ["asked_already"])


def test_why_proposals_were_dropped_is_kept_and_their_words_are_not(model, article):
    model.will(
        quotes("The bridge opens with a parade of swans, they said.", FERRY_SENTENCE),
        questions(question(condition="Osmark must have sold its ferries")),
    )

    consult()

    assert stored().dropped == ["quote_not_found", "name_invented"]
    assert "Osmark" not in str(Consultation.objects.values())


# What is asked about, and how often


def test_a_text_is_asked_about_once(model, article):
    model.will(quotes())

    assert consult().state == "answered"
    assert consult() is None
    assert len(model.asked) == 1


def test_nothing_is_asked_where_no_model_is_configured(article):
    with pytest.raises(ModelIsOff):
        consult()

    assert Consultation.objects.count() == 0


def test_the_rules_do_not_wait_for_the_model(model, eve):
    ingest_text(text=BRIDGE, editor=eve, now=NOON)

    assert (model.asked, Draft.objects.count()) == ([], 2)


def test_only_texts_from_which_the_rules_may_draft_are_asked_about(model, article):
    another(GERMAN)
    Article.objects.update(quality="paywall")

    assert consult() is None
    assert (model.asked, Consultation.objects.count()) == ([], 0)


def test_what_was_here_before_the_model_is_not_sent_to_it(model, article):
    assert consult(NOON + ASKED_WITHIN) is None
    assert Consultation.objects.count() == 0

    model.will(quotes())
    assert consult(NOON + ASKED_WITHIN - MINUTE).state == "answered"


def test_an_outdated_text_is_not_asked_about(model, article):
    ArticleVersion.objects.create(
        article=article, number=2, text=FERRY, text_sha256=text_sha256(FERRY), captured_at=NOON
    )
    model.will(quotes())

    assert consult().version_id == article.versions.get(number=2).pk
    assert consult() is None


def test_the_newest_text_comes_first_and_a_second_attempt_before_it(model, article):
    model.will(in_json({}, status=500))
    consult()
    newest = another(FERRY)
    model.will(quotes(), quotes(), quotes())

    assert consult().version_id == newest.versions.get().pk
    other = another(FERRY.replace("five", "six"), number=3)
    assert consult(NOON + 2 * MINUTE).version_id == article.versions.get().pk
    assert consult(NOON + 2 * MINUTE).version_id == other.versions.get().pk


# Troubles


@pytest.mark.parametrize(
    ("script", "code", "tokens"),
    [
        ((in_json({}, status=500),), "model_unavailable", (0, 0)),
        ((in_json({}, status=401),), "model_misconfigured", (0, 0)),
        ((answer(b"<html>"),), "model_misconfigured", (0, 0)),
        ((redirect("/v2"),), "model_misconfigured", (0, 0)),
        ((*GOOD[:2], in_json({}, status=503)), "model_unavailable", (200, 40)),
    ],
    ids=["500", "401", "a page", "a redirect", "503 at the last step"],
)  # fmt: skip
def test_a_passing_trouble_is_tried_again_and_leaves_nothing_half_done(
    model, article, script, code, tokens
):
    before = drafts()
    model.will(*script)

    consulted = consult()

    row = stored()
    assert (row.state, row.error_code, row.error) == ("waiting", code, consulted.sentence)
    assert (row.next_attempt_at, row.leased_until) == (NOON + 2 * WAIT_FIRST, None)
    assert (row.tokens_in, row.tokens_out, row.tokens_reserved) == (*tokens, 0)
    assert drafts() == before

    assert consult(NOON + MINUTE) is None
    model.will(*GOOD)
    assert consult(NOON + 2 * MINUTE).state == "answered"
    assert (stored().attempts, stored().error_code, stored().error) == (2, "", "")
    assert stored().tokens_in == tokens[0] + 300


@pytest.mark.parametrize(
    ("script", "state", "code"),
    [
        ((say(None, message={"refusal": "No."}),), "refused", "model_refused"),
        ((say("No."), say("No.")), "failed", "model_answer_invalid"),
        ((quotes(FERRY_SENTENCE), say({}), say({})), "failed", "model_answer_invalid"),
    ],
    ids=["a refusal", "no JSON", "no JSON at the second step"],
)
def test_a_lasting_trouble_is_final_and_leaves_nothing_half_done(
    model, article, script, state, code
):
    before = drafts()
    model.will(*script)

    consult()

    row = stored()
    assert (row.state, row.error_code, row.finished_at) == (state, code, NOON)
    assert (row.next_attempt_at, row.leased_until) == (None, None)
    assert row.tokens_in == 100 * len(script)
    assert drafts() == before
    assert consult(NOON + timedelta(days=1)) is None


def test_a_model_that_is_too_slow_is_tried_again_and_paid_for(model, article, settings):
    settings.LLM_TIMEOUT_SECONDS = 0.3
    model.will(slow(2))

    consulted = consult()

    assert consulted.sentence == "The language model did not answer in time."
    assert (stored().state, stored().tokens_out) == ("waiting", settings.LLM_TOKENS_MAX)


def test_too_many_requests_hold_up_every_text_for_as_long_as_the_model_says(model, article):
    model.will(in_json({}, status=429, Retry_After="600"))
    consult()
    another(FERRY)

    assert stored().next_attempt_at == NOON + 10 * MINUTE
    assert consult(NOON + 9 * MINUTE) is None
    assert len(model.asked) == 1

    model.will(quotes(), quotes())
    assert consult(NOON + 10 * MINUTE).state == "answered"
    assert consult(NOON + 10 * MINUTE).state == "answered"


def test_attempts_lie_further_and_further_apart_and_come_to_an_end(model, article):
    at, waits = NOON, []
    for _ in range(ATTEMPTS_MAX):
        model.will(in_json({}, status=500))
        consulted = consult(at)
        waits.append(consulted.next_attempt_at and consulted.next_attempt_at - at)
        at = consulted.next_attempt_at or at

    assert waits == [2**n * WAIT_FIRST for n in range(1, ATTEMPTS_MAX)] + [None]
    assert (stored().state, stored().error_code) == ("failed", "model_unavailable")
    assert consult(at + timedelta(days=1)) is None


# The budget


def test_a_day_s_budget_is_not_overrun(model, article, settings):
    needed = tokens_at_most(BRIDGE, require_configured())
    settings.LLM_TOKENS_A_DAY = needed - 1
    assert consult() is None
    assert (model.asked, Consultation.objects.count()) == ([], 0)

    settings.LLM_TOKENS_A_DAY = needed
    model.will(quotes())
    assert consult().state == "answered"

    another(BRIDGE.replace("Nine", "Ten"))
    assert consult() is None
    model.will(quotes())
    assert consult(NOON + timedelta(hours=12)).state == "answered"


def test_what_a_worker_that_died_may_have_spent_counts_as_spent(model, article, settings):
    needed = tokens_at_most(BRIDGE, require_configured())
    settings.LLM_TOKENS_A_DAY = needed + 1_000
    consultations._claim(require_configured(), NOON)

    assert stored().tokens_reserved == needed
    assert consult(NOON + LEASE) is None
    model.will(quotes())
    assert consult(NOON + timedelta(hours=12)).state == "answered"
    assert stored().tokens_reserved == needed


# One at a time


def test_a_lease_keeps_every_text_from_being_asked_about(model, article):
    another(FERRY)
    consultations._claim(require_configured(), NOON)

    assert consult(NOON + LEASE - MINUTE) is None
    model.will(quotes())
    assert consult(NOON + LEASE).attempt == 2


@pytest.mark.parametrize("newer", [quotes(), in_json({}, status=500)], ids=["answered", "waiting"])
def test_who_comes_back_after_its_lease_writes_nothing_over_the_newer_attempt(
    model, article, newer
):
    endpoint, before = require_configured(), drafts()
    late = consultations._claim(endpoint, NOON)
    model.will(newer)
    consult(NOON + LEASE)
    row = Consultation.objects.values().get()

    model.will(*GOOD)
    asked = consultations._ask(late.version, endpoint, NOON)
    consulted = consultations._note(late, asked, now=NOON, jitter=0.0)

    assert (consulted.state, consulted.heard.made_count) == (None, 0)
    assert Consultation.objects.values().get() == row
    assert drafts() == before


def test_a_text_that_kills_its_workers_is_given_up(model, article):
    for number in range(ATTEMPTS_MAX):
        assert consultations._claim(require_configured(), NOON + number * LEASE)

    assert consult(NOON + ATTEMPTS_MAX * LEASE) is None
    assert (stored().state, stored().error_code) == ("failed", "attempts_lost")
    assert model.asked == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_ask_at_once_and_hold_no_lock_while_the_model_thinks(model, article, eve):
    seen = []

    def look(handler):
        with contextlib.closing(connection), transaction.atomic():
            free = Consultation.objects.select_for_update(nowait=True).get()
            list(ArticleVersion.objects.select_for_update(nowait=True))
            list(Draft.objects.select_for_update(nowait=True))
            seen.append((free.leased_until, consult()))
        quotes(FERRY_SENTENCE)(handler)

    model.will(look, *GOOD[1:])
    barrier, consulted = threading.Barrier(4), []

    def work():
        with contextlib.closing(connection):
            barrier.wait()
            consulted.append(consult())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [(NOON + LEASE, None)]
    assert [each.state for each in consulted if each] == ["answered"]
    assert Draft.objects.filter(rule="language_model").count() == 1
    assert Consultation.objects.count() == 1


# What is never written down


def test_neither_key_nor_article_nor_answer_is_in_the_logs_or_in_the_row(
    model, article, caplog, settings
):
    caplog.set_level(logging.DEBUG)
    model.will(in_json({"error": f"bad key {KEY}"}, status=401), in_json({}, status=500), *GOOD)
    another(FERRY)

    consult()
    consult(NOON + 2 * MINUTE)
    consult(NOON + 2 * MINUTE)

    written = "\n".join(record.getMessage() for record in caplog.records)
    written += str(list(Consultation.objects.values()))
    assert len(model.asked) == 5
    assert KEY not in written
    assert "harbour master" not in written
    assert KEY not in str(list(Draft.objects.values()))


# What the database refuses


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"state": "answered"}, "consultation_waits_or_is_finished"),
        ({"next_attempt_at": None}, "consultation_waits_or_is_finished"),
        ({"error_code": "x"}, "consultation_error_has_a_code_and_a_sentence"),
        ({"drafts_made": 1}, "consultation_drafts_only_when_answered"),
        (
            {"state": "failed", "next_attempt_at": None, "finished_at": NOON},
            "consultation_failure_is_explained",
        ),
    ],
)
def test_the_database_refuses_a_row_that_contradicts_itself(article, wrong, name):
    row = {"version": article.versions.get(), "model": MODEL, "asked_at": NOON,
           "created_at": NOON, "next_attempt_at": NOON}  # fmt: skip
    Consultation.objects.create(**row)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Consultation.objects.update(**wrong)
    with pytest.raises(IntegrityError, match="consultation_is_one_for_each_version"):
        Consultation.objects.create(**row)
