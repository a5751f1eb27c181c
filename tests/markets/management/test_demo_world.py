"""The demo world, loaded small: what it holds, that it repeats itself, and when it refuses."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Max

from articles.models import Article, Draft, DraftFate
from markets.core.lifecycle import QuestionStatus
from markets.management.demo import world
from markets.management.demo.people import PASSWORD, SIGN_INS
from markets.models import (
    Account,
    AccountKind,
    Citation,
    CitationRole,
    Correction,
    CorrectionDecision,
    CrowdSnapshot,
    Fill,
    Forecast,
    Market,
    Position,
    Question,
    QuestionType,
    Score,
    Settlement,
    SettlementState,
    Transfer,
    Verdict,
)
from markets.queries.ledger import audit
from markets.queries.trail import trail_of
from markets.services.ledger import house_account
from tests.instants import NOON
from users.models import User

SIZE = 4


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """A small world, loaded once for all tests of this file that only look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert world.load(anchor=NOON, size=SIZE)
        yield
        transaction.set_rollback(True)


def digest() -> dict[str, object]:
    """Everything about the markets that does not depend on primary keys."""
    return {
        "odds": dict(Market.objects.values_list("question__slug", "probabilities")),
        "sold": dict(Market.objects.values_list("question__slug", "shares")),
        "crowd": list(
            CrowdSnapshot.objects.order_by("as_of", "question__slug").values_list(
                "question__slug", "as_of", "centre"
            )
        ),
        "wallets": dict(
            Account.objects.filter(kind=AccountKind.WALLET).values_list("owner__name", "balance")
        ),
        "scores": list(
            Score.objects.order_by(
                "question__slug", "forecaster__name", "resolution__version"
            ).values_list("peer")
        ),
    }


def test_the_world_has_questions_in_every_state_and_of_both_types(loaded):
    questions = Question.objects.all()

    assert set(questions.values_list("status", flat=True)) == set(QuestionStatus)
    assert set(questions.values_list("type", flat=True)) == set(QuestionType)
    assert questions.filter(status=QuestionStatus.OPEN).count() >= 8
    assert questions.filter(status=QuestionStatus.FINAL).count() >= 6


def test_the_books_of_the_world_add_up(loaded):
    assert audit() == []
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
    assert Transfer.objects.filter(code="trade").count() > 100


def test_every_question_cites_the_sentence_that_raised_it(loaded):
    sources = Citation.objects.filter(role=CitationRole.SOURCE).select_related("version")

    assert set(sources.values_list("question_id", flat=True)) == set(
        Question.objects.values_list("pk", flat=True)
    )
    for citation in sources:
        assert citation.version.text[citation.start : citation.end] == citation.quote


def test_most_questions_came_from_drafts_and_some_were_written_by_hand(loaded):
    taken_up = Question.objects.filter(draft__isnull=False).count()

    assert taken_up >= 8
    assert Question.objects.filter(draft__isnull=True).exists()
    assert Draft.objects.filter(fate=DraftFate.TAKEN_UP).count() == taken_up


def test_the_desk_has_drafts_that_wait_and_none_whose_day_has_passed(loaded):
    waiting = Draft.objects.filter(fate=DraftFate.PROPOSED)

    assert waiting.exists()
    assert not waiting.filter(closes_at__lte=NOON).exists()


def test_nothing_happened_after_the_anchor(loaded):
    newest = [
        Forecast.objects.aggregate(at=Max("made_at")),
        Fill.objects.aggregate(at=Max("filled_at")),
        Transfer.objects.aggregate(at=Max("posted_at")),
        Question.objects.aggregate(at=Max("updated_at")),
        Article.objects.aggregate(at=Max("added_at")),
    ]

    assert all(each["at"] <= NOON for each in newest)


def test_forecasts_were_recorded_in_the_order_in_which_they_were_made(loaded):
    instants = list(Forecast.objects.order_by("pk").values_list("made_at", flat=True))

    assert instants == sorted(instants)


def test_final_questions_are_paid_and_scored_and_one_waits_for_the_worker(loaded):
    final = Question.objects.filter(status=QuestionStatus.FINAL)
    waiting = Settlement.objects.exclude(state=SettlementState.SCORED).get()

    assert waiting.resolution.question.status == QuestionStatus.RESOLVED
    for question in final:
        assert question.resolution.settlement.state == SettlementState.SCORED
        assert question.market.escrow.balance == 0
    for question in final.filter(resolution__verdict=Verdict.OUTCOME):
        scores = question.resolution.scores
        assert scores.count() >= 3
        assert sum(scores.values_list("peer", flat=True)) == pytest.approx(0, abs=1e-6)


def test_one_answer_was_corrected_one_correction_waits_and_one_truth_cannot_be_told(loaded):
    corrected = Correction.objects.get(decision=CorrectionDecision.CONFIRMED)
    waiting = Correction.objects.get(decision="")
    ambiguous = Question.objects.get(resolution__verdict=Verdict.AMBIGUOUS)

    assert corrected.question.resolution == corrected.resolution
    assert corrected.corrects.outcome_weights != corrected.resolution.outcome_weights
    assert waiting.question.resolution == waiting.corrects
    assert trail_of(waiting.question).waiting.changed == ("effective_at",)
    assert waiting.resolution.effective_at < waiting.corrects.effective_at
    assert waiting.corrects.early_end_reason
    assert ambiguous.status == QuestionStatus.FINAL
    assert not ambiguous.scores.exists()


def test_an_annulled_question_left_nobody_richer_or_poorer(loaded):
    annulled = Question.objects.get(status=QuestionStatus.ANNULLED)
    positions = Position.objects.filter(market_id=annulled.pk)

    assert positions.exists()
    assert all(each.spent - each.received == each.payout for each in positions)


def test_the_demo_people_can_sign_in_and_nobody_else_can(loaded):
    able = {user.name for user in User.objects.all() if user.check_password(PASSWORD)}
    editors = set(User.objects.filter(is_staff=True).values_list("name", flat=True))

    assert able == set(SIGN_INS)
    assert editors == {"eve", "erin"}
    assert not Position.objects.filter(trader__is_staff=True).exists()
    assert not Forecast.objects.filter(forecaster__is_staff=True).exists()


def test_loading_once_changes_nothing_where_the_world_is_here(loaded, capsys):
    before = digest()

    call_command("load_demo_world", "--once")

    assert digest() == before
    assert "is here already" in capsys.readouterr().out


@pytest.mark.django_db
def test_equal_anchors_make_equal_worlds_to_the_last_digit():
    digests = []
    for _ in range(2):
        with transaction.atomic():
            world.load(anchor=NOON, size=1)
            digests.append(digest())
            transaction.set_rollback(True)

    assert digests[0] == digests[1]
    assert len(digests[0]["odds"]) > 20


@pytest.mark.django_db
def test_a_database_with_people_of_its_own_is_refused():
    User.objects.create_user("zoe@example.org", None, name="zoe")

    with pytest.raises(CommandError, match="1 user of its own"):
        call_command("load_demo_world")

    assert not Article.objects.exists()


@pytest.mark.django_db
def test_loading_once_leaves_a_database_with_people_of_its_own_alone(capsys):
    User.objects.create_user("zoe@example.org", None, name="zoe")

    call_command("load_demo_world", "--once")

    assert not Article.objects.exists()
    assert "no demo world for it" in capsys.readouterr().out


@pytest.mark.django_db
def test_people_of_the_console_demonstration_are_no_strangers():
    User.objects.create_user("demo-ada@example.com", None, name="demo-ada")

    assert world.strangers() == 0


@pytest.mark.django_db
def test_a_world_whose_books_do_not_add_up_is_not_kept():
    house = house_account(now=NOON)
    Account.objects.filter(pk=house.pk, kind=AccountKind.HOUSE).update(balance=5)

    with pytest.raises(world.BooksDoNotAddUp, match="conservation"):
        world.load(anchor=NOON, size=0)

    assert not Question.objects.exists()
    assert not User.objects.exists()
