"""Deciding questions over the API, and reading how they were decided."""

from datetime import UTC, datetime

import pytest

from articles.services.ingest import ingest_text
from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.models import Account, Question
from markets.services import settlement
from tests.articles.services.stories import BRIDGE
from tests.markets.api.acts import buy, forecast
from tests.markets.api.calling import refused
from tests.markets.services.answering import rows
from users.models import Scope

pytestmark = pytest.mark.django_db

ENDED = {"early_end_reason": "The criteria say that the first crossing decides."}
YES = {"outcomes": {"yes": 1}, "rationale": "The train crossed.", **ENDED}


def address(question, *words):
    return "/".join([f"/questions/{question.pk}", *map(str, words)])


@pytest.fixture
def eves(eve, program_of):
    return program_of(eve, Scope.AUTHOR)


@pytest.fixture
def erins(erin, program_of):
    return program_of(erin, Scope.AUTHOR)


@pytest.fixture
def final(question, alice, eves, erins, today):
    buy(alice, question)
    eves.post(address(question, "resolutions"), YES, key=None)
    erins.post(address(question, "resolutions", 1, "confirm"), {}, key=None)
    settlement.settle(resolution_id=Question.objects.get().resolution_id, now=today)
    return question


def test_one_editors_program_proposes_and_anothers_confirms(question, alice, eves, erins, anyone):
    buy(alice, question)

    proposed = eves.post(address(question, "resolutions"), YES, key=None)
    confirmed = erins.post(address(question, "resolutions", 1, "confirm"), {}, key=None)

    assert (proposed.status_code, confirmed.status_code) == (201, 200)
    assert proposed.headers["Location"] == f"/api/v1/questions/{question.pk}/resolutions"
    trail = anyone.get(address(question, "resolutions")).json()
    assert trail == confirmed.json()
    assert [(step["kind"], step["by"], step["version"]) for step in trail["steps"]] == [
        ("opened", "eve", None), ("proposed", "eve", 1), ("confirmed", "erin", 1),
    ]  # fmt: skip
    (version,) = trail["versions"]
    assert (trail["standing"], trail["waiting"]) == (1, None)
    assert [(each["key"], each["weight"]) for each in version["outcomes"]] == [
        ("yes", 1.0), ("no", 0.0),
    ]  # fmt: skip
    assert version["early_end_reason"] == ENDED["early_end_reason"]
    assert version["settlement"]["confirmed_by"] == "erin"


def test_evidence_and_what_is_undone_are_public(question, alice, bob, eve, eves, today, anyone):
    buy(alice, question)
    forecast(bob, question, 0.9, 0.1, now=today)
    article = ingest_text(text=BRIDGE, url="https://post.example/b", editor=eve, now=today)
    quote = "The bridge over the Halvik strait"
    given = {**YES, "evidence": [{"article": article.pk, "quote": quote}, {"url": "https://a.b"}]}
    opened_at = Question.objects.get().opened_at

    eves.post(
        address(question, "resolutions"), {**given, "effective_at": opened_at.isoformat()},
        key=None,
    )  # fmt: skip

    (version,) = anyone.get(address(question, "resolutions")).json()["versions"]
    assert version["undone"] == {"fills": 1, "traders": 1, "forecasts": 1}
    assert version["evidence"] == [
        {"quote": quote, "url": None, "article": article.pk},
        {"quote": "", "url": "https://a.b", "article": None},
    ]
    shown = anyone.get(address(question)).json()
    assert shown["resolution"]["evidence"] == version["evidence"]


def test_what_is_decided_is_corrected_by_two(final, eves, erins, anyone):
    correction = {"outcomes": {"no": 1}, "rationale": "It was another train."}

    proposed = eves.post(address(final, "resolutions"), correction, key=None).json()
    assert (proposed["standing"], proposed["waiting"]) == (1, 2)
    assert anyone.get(address(final)).json()["resolution"]["version"] == 1
    erins.post(address(final, "resolutions", 2, "confirm"), {}, key=None)

    trail = anyone.get(address(final, "resolutions")).json()
    assert (trail["standing"], trail["waiting"]) == (2, None)
    assert trail["versions"][1]["changed"] == ["outcomes"]
    assert trail["versions"][1]["correction"]["corrects"] == 1
    assert trail["versions"][1]["correction"]["decision"] == "confirmed"
    assert [step["kind"] for step in trail["steps"]][-2:] == [
        "correction_proposed", "correction_confirmed",
    ]  # fmt: skip


def test_a_correction_is_declined_with_its_reason(final, eves, erins):
    eves.post(
        address(final, "resolutions"), {"verdict": "ambiguous", "rationale": "Who knows."},
        key=None,
    )  # fmt: skip

    trail = erins.post(
        address(final, "resolutions", 2, "decline"), {"reason": "We do."}, key=None
    ).json()

    decided = trail["versions"][1]["correction"]
    assert (decided["decision"], decided["decided_by"], decided["reason"]) == (
        "declined", "erin", "We do.",
    )  # fmt: skip


def test_a_question_is_annulled_at_once(question, alice, eves):
    buy(alice, question)

    trail = eves.post(address(question, "annul"), {"reason": "Two trains."}, key=None).json()

    assert trail["versions"][0]["verdict"] == "annulled"
    assert Question.objects.get().status == "annulled"


def test_whoever_forecast_challenges_with_a_bond(question, bob, eves, today, program_of):
    forecast(bob, question, 0.5, 0.5, now=today)
    eves.post(address(question, "resolutions"), YES, key=None)

    response = program_of(bob, Scope.TRADE).post(
        address(question, "challenge"), {"reason": "No train."}, key=None
    )

    assert response.status_code == 201
    challenge = response.json()["versions"][0]["challenge"]
    assert (challenge["by"], challenge["bond"], challenge["upheld"]) == ("bob", "50", None)
    assert Account.objects.get(owner=bob).balance == 950 * MICRO


def test_the_trail_of_a_question_without_an_answer_is_its_life(question, anyone):
    trail = anyone.get(address(question, "resolutions")).json()

    assert (trail["standing"], trail["waiting"], trail["versions"]) == (None, None, [])
    assert [step["kind"] for step in trail["steps"]] == ["opened"]


def test_a_question_that_is_not_public_has_no_trail(anyone, db):
    refused(anyone.get("/questions/999/resolutions"), "question_not_found")


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"early_end_reason": " "}, "invalid_request", ["early_end_reason"]),
        ({"outcomes": {"maybe": 1}}, "invalid_resolution", ["outcome_weights"]),
        ({"outcomes": {"yes": 0.5}}, "invalid_weights", ["outcome_weights"]),
        ({"outcomes": None}, "invalid_resolution", ["outcome_weights"]),
        ({"outcomes": None, "value": 3}, "invalid_request", ["value"]),
        ({"verdict": "annulled"}, "invalid_resolution", ["outcome_weights"]),
        ({"effective_at": "2199-01-01T00:00:00Z"}, "effective_at_out_of_range", ["effective_at"]),
        ({"evidence": [{"quote": "It crossed."}]}, "invalid_evidence", ["evidence"]),
        ({"evidence": [{"article": 9, "quote": "It did."}]}, "invalid_evidence", ["evidence"]),
        ({"rationale": ""}, "invalid_request", ["rationale"]),
        ({"answer": "yes"}, "invalid_request", ["answer"]),
    ],
)
def test_proposals_are_refused_for_stated_reasons(question, eves, changes, code, fields):
    before = rows()

    refused(
        eves.post(address(question, "resolutions"), {**YES, **changes}, key=None), code, *fields
    )

    assert rows() == before


def test_decisions_are_refused_for_stated_reasons(question, alices, charlies, eves, erins):
    confirm = address(question, "resolutions", 1, "confirm")
    refused(eves.post(confirm, {}, key=None), "nothing_proposed")
    refused(alices.post(address(question, "resolutions"), YES, key=None), "editor_needed")
    refused(alices.post(confirm, {}, key=None), "editor_needed")
    refused(alices.post(address(question, "annul"), {"reason": "x"}, key=None), "editor_needed")
    eves.post(address(question, "resolutions"), YES, key=None)
    before = rows()

    refused(eves.post(address(question, "resolutions"), YES, key=None), "transition_refused",
            "status")  # fmt: skip
    refused(eves.post(confirm, {}, key=None), "second_person_needed")
    refused(
        erins.post(address(question, "resolutions", 2, "confirm"), {}, key=None),
        "another_version", "version",
    )  # fmt: skip
    refused(
        erins.post(address(question, "resolutions", 1, "decline"), {"reason": "x"}, key=None),
        "no_correction_waits",
    )  # fmt: skip
    refused(
        charlies.post(address(question, "challenge"), {"reason": "x"}, key=None),
        "not_a_participant",
    )  # fmt: skip
    assert rows() == before


def test_a_repeated_confirmation_is_refused_and_doubles_nothing(final, erins):
    before = rows()

    refused(
        erins.post(address(final, "resolutions", 1, "confirm"), {}, key=None),
        "no_correction_waits",
    )

    assert rows() == before


def test_keys_need_the_scope_of_what_they_do(question, eve, bob, program_of):
    reading = program_of(eve, Scope.READ)

    refused(reading.post(address(question, "resolutions"), YES, key=None), "scope_missing")
    refused(reading.post(address(question, "annul"), {"reason": "x"}, key=None), "scope_missing")
    refused(
        program_of(bob, Scope.FORECAST).post(
            address(question, "challenge"), {"reason": "x"}, key=None
        ),
        "scope_missing",
    )


def test_a_number_is_answered_by_its_value(ask, eves):
    bins = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="bn dollars")
    trade = ask(type="numeric", outcomes=(), prior=(), bins=bins, title="How much trade in 2026?")
    given = {"value": 10.7, "rationale": "The customs office says so.", **ENDED}

    trail = eves.post(address(trade, "resolutions"), given, key=None).json()

    (version,) = trail["versions"]
    assert version["value"] == 10.7
    assert [each["key"] for each in version["outcomes"] if each["weight"]] == ["bin-002"]


DAYS = Bins(
    lower=datetime(2026, 12, 1, tzinfo=UTC).timestamp(),
    upper=datetime(2026, 12, 11, tzinfo=UTC).timestamp(), count=10, open_below=True, is_date=True,
)  # fmt: skip


@pytest.mark.parametrize("value", ["2026-12-05", "2026-12-05T00:00:00Z"])
def test_a_date_is_answered_by_a_day_or_a_time(ask, eves, value):
    begun = ask(type="date", outcomes=(), prior=(), bins=DAYS, title="When does it begin?")
    given = {"value": value, "rationale": "The ministry says so.", **ENDED}

    (version,) = eves.post(address(begun, "resolutions"), given, key=None).json()["versions"]

    assert version["value"] == "2026-12-05T00:00:00Z"
    assert [each["key"] for each in version["outcomes"] if each["weight"]] == ["bin-005"]


@pytest.mark.parametrize(
    ("kind", "bins", "value"),
    [
        ("date", DAYS, 2026),
        ("date", DAYS, DAYS.lower + 1),
        ("date", DAYS, "20261205"),
        ("numeric", Bins(lower=0, upper=10, count=5, open_above=True), "2026-12-05"),
        ("numeric", Bins(lower=0, upper=10, count=5, open_above=True), "2026-12-05T00:00:00Z"),
        ("numeric", Bins(lower=0, upper=10, count=5, open_above=True), "four"),
    ],
)
def test_a_value_of_another_kind_pays_nobody(ask, eves, kind, bins, value):
    asked = ask(type=kind, outcomes=(), prior=(), bins=bins, title="How much, or when?")
    given = {"value": value, "rationale": "The ministry says so.", **ENDED}
    before = rows()

    refused(eves.post(address(asked, "resolutions"), given, key=None), "invalid_request", "value")

    assert rows() == before
