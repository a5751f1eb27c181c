"""Writing questions: from drafts or by hand, revised until they open, published with a market."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils.text import slugify

from articles.models import Draft, DraftFate
from articles.services.drafting import mark_taken_up
from markets.core import house_policy
from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus, require_transition
from markets.core.liquidity import opening_maker
from markets.models import Market, Outcome, Question
from markets.queries.desk import submitter_of
from markets.services import lifecycle
from markets.services.authority import require_editor
from markets.services.citations import cite_draft
from markets.services.ledger import open_escrow
from markets.services.lint_gate import require_clean
from markets.services.locks import lock_question
from markets.services.question_text import (
    InvalidQuestion,
    QuestionText,
    drafted_text,
    require_sound,
)
from users.models import User

_EDITABLE = {QuestionStatus.DRAFT, QuestionStatus.REVIEW}


class QuestionFrozen(MarketError):
    code = "question_frozen"


class OwnReview(MarketError):
    code = "own_review"


class NotScheduled(MarketError):
    code = "not_scheduled"
    field = "status"


class DraftNotFound(MarketError):
    code = "draft_not_found"
    field = "draft"


class DraftRejected(MarketError):
    code = "draft_rejected"
    field = "draft"


@transaction.atomic
def draft_question(*, text: QuestionText, editor: User, now: datetime) -> Question:
    """Return a new question with status draft, visible to editors only."""
    require_editor(editor)
    require_sound(text)
    return _create(text, editor=editor, now=now)


@transaction.atomic
def take_up_draft(*, draft_id: int, editor: User, now: datetime) -> Question:
    """Return the question that a draft became: new, or the one it became before."""
    require_editor(editor)
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("version__article")
        .filter(pk=draft_id)
        .first()
    )
    if draft is None:
        raise DraftNotFound("There is no such draft.")
    taken_up = Question.objects.filter(draft=draft).first()
    if taken_up is not None:
        return taken_up
    if draft.fate == DraftFate.REJECTED:
        raise DraftRejected("This draft was rejected; write the question by hand instead.")

    text = drafted_text(draft)
    require_sound(text)
    question = _create(text, editor=editor, now=now, draft=draft)
    cite_draft(question=question, draft=draft, editor=editor, now=now)
    mark_taken_up(draft_id=draft.pk, editor=editor, now=now)
    return question


@transaction.atomic
def revise(*, question_id: int, text: QuestionText, editor: User, now: datetime) -> Question:
    """Replace the text of a question that has not been published yet."""
    require_editor(editor)
    question = lock_question(question_id)
    if question.status not in _EDITABLE:
        raise QuestionFrozen(
            "What a published question asks is frozen; annul it and publish a better one."
        )
    require_sound(text)
    if text.title.strip() != question.title:
        question.slug = _free_slug(text.title)
    _apply(text, question, now=now)
    question.save()
    question.outcomes.all().delete()
    _write_outcomes(question, text)
    return question


@transaction.atomic
def submit_for_review(*, question_id: int, editor: User, now: datetime) -> Question:
    require_editor(editor)
    question = lock_question(question_id)
    lifecycle.move(question, QuestionStatus.REVIEW, actor=editor, now=now)
    return question


@transaction.atomic
def reject(*, question_id: int, editor: User, reason: str, now: datetime) -> Question:
    require_editor(editor)
    question = lock_question(question_id)
    lifecycle.move(question, QuestionStatus.REJECTED, actor=editor, reason=reason, now=now)
    return question


@transaction.atomic
def send_back(*, question_id: int, editor: User, reason: str, now: datetime) -> Question:
    """Return a question that waits for review to whoever wrote it, with what is to be mended."""
    require_editor(editor)
    question = lock_question(question_id)
    lifecycle.move(question, QuestionStatus.DRAFT, actor=editor, reason=reason, now=now)
    return question


@transaction.atomic
def publish(
    *, question_id: int, editor: User, now: datetime, override_reason: str = ""
) -> Question:
    """Schedule a question and open its market with the subsidy; open it at once when it is due.

    What lint calls an error is mended first, or overridden with a reason that stays on record. One
    that was submitted for review is published by another editor than the one who submitted it.

    Raises EditorNeeded, QuestionNotFound, TransitionRefused, OwnReview, InvalidQuestion and
    LintErrors.
    """
    require_editor(editor)
    question = lock_question(question_id)
    require_transition(question.status, QuestionStatus.SCHEDULED)
    _require_other_editor(question, editor)
    opens_at = max(question.opens_at or now, now)
    if question.closes_at is None or question.closes_at <= opens_at:
        raise InvalidQuestion("It would close before it opens: move its closing time.")
    require_clean(question, editor=editor, override_reason=override_reason, now=now)
    question.opens_at = opens_at
    question.policy_version = house_policy.CURRENT
    lifecycle.move(question, QuestionStatus.SCHEDULED, actor=editor, now=now)
    maker = opening_maker(question.subsidy, question.prior)
    market = Market.objects.create(
        question=question,
        shares=maker.shares.tolist(),
        liquidity=int(maker.liquidity),
        prior=question.prior,
        probabilities=question.prior,
        subsidy=question.subsidy,
        opened_at=now,
    )
    open_escrow(market=market, now=now)
    if opens_at <= now:
        lifecycle.move(question, QuestionStatus.OPEN, actor=editor, now=now)
    return question


@transaction.atomic
def reschedule(
    *, question_id: int, opens_at: datetime | None, editor: User, now: datetime
) -> Question:
    """Move the opening of a question that is published but not open yet; None opens it at once.

    Raises EditorNeeded, QuestionNotFound, NotScheduled, InvalidQuestion.
    """
    require_editor(editor)
    question = lock_question(question_id)
    if question.status != QuestionStatus.SCHEDULED:
        raise NotScheduled(
            f"Only a scheduled question can be rescheduled; it is {question.status}."
        )
    question.opens_at = max(opens_at or now, now)
    if question.closes_at is None or question.closes_at <= question.opens_at:
        raise InvalidQuestion("It would close before it opens: choose an earlier opening.")
    if question.opens_at <= now:
        lifecycle.move(question, QuestionStatus.OPEN, actor=editor, now=now)
    else:
        said = f"Opens {question.opens_at.astimezone(UTC):%-d %b %Y, %H:%M} UTC."
        lifecycle.move(question, QuestionStatus.SCHEDULED, actor=editor, reason=said, now=now)
    return question


def _require_other_editor(question: Question, editor: User) -> None:
    if submitter_of(question) == editor.pk:
        raise OwnReview("You submitted it for review yourself; another editor has to publish it.")


def _create(
    text: QuestionText, *, editor: User, now: datetime, draft: Draft | None = None
) -> Question:
    question = Question(slug=_free_slug(text.title), draft=draft, created_by=editor, created_at=now)
    _apply(text, question, now=now)
    question.save(force_insert=True)
    _write_outcomes(question, text)
    return question


def _apply(text: QuestionText, question: Question, *, now: datetime) -> None:
    question.title, question.type = text.title.strip(), text.type
    question.background, question.fine_print = text.background, text.fine_print
    question.resolution_criteria = text.resolution_criteria
    question.resolution_sources = list(text.resolution_sources)
    question.tags = list(text.tags)
    question.prior = text.opening_prior()
    _apply_bins(text, question)
    question.subsidy, question.challenge_window = text.subsidy, text.challenge_window
    question.opens_at, question.closes_at = text.opens_at, text.closes_at
    question.resolve_by, question.reveal_at = text.resolve_by, text.reveal_at
    question.updated_at = now


def _apply_bins(text: QuestionText, question: Question) -> None:
    bins = text.bins
    question.lower, question.upper = (bins.lower, bins.upper) if bins else (None, None)
    question.scale, question.unit = (bins.scale, bins.unit.strip()) if bins else ("", "")
    question.open_below = bins is not None and bins.open_below
    question.open_above = bins is not None and bins.open_above


def _write_outcomes(question: Question, text: QuestionText) -> None:
    Outcome.objects.bulk_create(
        Outcome(question=question, index=index, key=key, label=label)
        for index, (key, label) in enumerate(zip(text.keys(), text.labels(), strict=True))
    )


def _free_slug(title: str) -> str:
    """Return the title as a slug, numbered where an earlier question has it."""
    slug = slugify(title)[:100]
    if not slug or slug.isdigit():  # digits alone would read as a question's number
        slug = f"question-{slug}".rstrip("-")
    taken = set(Question.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"
