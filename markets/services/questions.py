"""Writing questions: from drafts or by hand, revised until they open, published with a market."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import slugify

from articles.models import Draft, DraftFate
from articles.services.drafting import mark_taken_up
from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.core.limits import require_prior
from markets.core.lmsr import liquidity_for_subsidy
from markets.core.money import MICRO
from markets.models import Market, Outcome, Question, QuestionType
from markets.models.question import CHALLENGE_WINDOW
from markets.services import lifecycle
from markets.services.authority import require_editor
from markets.services.citations import cite_draft
from markets.services.ledger import open_escrow
from markets.services.locks import lock_question
from users.models import User

DEFAULT_SUBSIDY = 500 * MICRO
OUTCOME_COUNT_MAX = 50
PRIOR_MIN = 0.001
TITLE_LENGTH_MAX = 200
LABEL_LENGTH_MAX = 120
TAG_LENGTH_MAX = 40
SOURCE_LENGTH_MAX = 300
SUBSIDY_MAX = 1_000_000 * MICRO
_EDITABLE = {QuestionStatus.DRAFT, QuestionStatus.REVIEW}


class InvalidQuestion(MarketError):
    """The text of a question does not hold together; the message names every fault."""

    code = "invalid_question"


class QuestionFrozen(MarketError):
    code = "question_frozen"


class DraftNotFound(MarketError):
    code = "draft_not_found"
    field = "draft"


class DraftRejected(MarketError):
    code = "draft_rejected"
    field = "draft"


@dataclass(frozen=True, kw_only=True)
class QuestionText:
    """Everything that an editor writes; `opens_at` None means as soon as it is published."""

    title: str
    type: str
    outcomes: Sequence[str]
    prior: Sequence[float]
    resolution_criteria: str
    closes_at: datetime
    resolve_by: datetime
    background: str = ""
    fine_print: str = ""
    resolution_sources: Sequence[str] = ()
    tags: Sequence[str] = ()
    opens_at: datetime | None = None
    reveal_at: datetime | None = None
    subsidy: int = DEFAULT_SUBSIDY
    challenge_window: timedelta = field(default=CHALLENGE_WINDOW)


@transaction.atomic
def draft_question(*, text: QuestionText, editor: User, now: datetime) -> Question:
    """Return a new question with status draft, visible to editors only."""
    require_editor(editor)
    _require_sound(text)
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

    text = QuestionText(
        title=draft.title, type=draft.type, outcomes=draft.outcomes, prior=draft.prior,
        resolution_criteria=draft.resolution_criteria, fine_print=draft.fine_print,
        resolution_sources=[draft.resolution_source] if draft.resolution_source else [],
        tags=draft.tags, closes_at=draft.closes_at, resolve_by=draft.resolve_by,
    )  # fmt: skip
    _require_sound(text)
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
    _require_sound(text)
    if text.title.strip() != question.title:
        question.slug = _free_slug(text.title)
    _apply(text, question, now=now)
    question.save()
    question.outcomes.all().delete()
    _write_outcomes(question, text.outcomes)
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
def publish(*, question_id: int, editor: User, now: datetime) -> Question:
    """Schedule a question and open its market with the subsidy; open it at once when it is due."""
    require_editor(editor)
    question = lock_question(question_id)
    opens_at = max(question.opens_at or now, now)
    if question.closes_at is None or question.closes_at <= opens_at:
        raise InvalidQuestion("It would close before it opens: move its closing time.")
    question.opens_at = opens_at
    lifecycle.move(question, QuestionStatus.SCHEDULED, actor=editor, now=now)
    market = Market.objects.create(
        question=question,
        shares=[0] * len(question.prior),
        liquidity=int(liquidity_for_subsidy(float(question.subsidy), question.prior)),
        prior=question.prior,
        probabilities=question.prior,
        subsidy=question.subsidy,
        opened_at=now,
    )
    open_escrow(market=market, now=now)
    if opens_at <= now:
        lifecycle.move(question, QuestionStatus.OPEN, actor=editor, now=now)
    return question


def _create(
    text: QuestionText, *, editor: User, now: datetime, draft: Draft | None = None
) -> Question:
    question = Question(slug=_free_slug(text.title), draft=draft, created_by=editor, created_at=now)
    _apply(text, question, now=now)
    question.save(force_insert=True)
    _write_outcomes(question, text.outcomes)
    return question


def _apply(text: QuestionText, question: Question, *, now: datetime) -> None:
    question.title, question.type = text.title.strip(), text.type
    question.background, question.fine_print = text.background, text.fine_print
    question.resolution_criteria = text.resolution_criteria
    question.resolution_sources = list(text.resolution_sources)
    question.tags = list(text.tags)
    question.prior = [float(part) for part in text.prior]
    question.subsidy, question.challenge_window = text.subsidy, text.challenge_window
    question.opens_at, question.closes_at = text.opens_at, text.closes_at
    question.resolve_by, question.reveal_at = text.resolve_by, text.reveal_at
    question.updated_at = now


def _write_outcomes(question: Question, labels: Sequence[str]) -> None:
    Outcome.objects.bulk_create(
        Outcome(question=question, index=index, key=_outcome_key(label, index), label=label)
        for index, label in enumerate(labels)
    )


def _outcome_key(label: str, index: int) -> str:
    return slugify(label)[:60] or f"outcome-{index}"


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


def _require_sound(text: QuestionText) -> None:
    """Refuse a text that could never be published, naming every fault at once."""
    faults = [*_wording_faults(text), *_outcome_faults(text), *_date_faults(text)]
    if not MICRO <= text.subsidy <= SUBSIDY_MAX:
        faults.append(f"the subsidy must be 1 to {SUBSIDY_MAX // MICRO:,} credits")
    if faults:
        raise InvalidQuestion("This question needs mending: " + "; ".join(faults) + ".")
    require_prior(text.prior, len(text.outcomes))


def _wording_faults(text: QuestionText) -> list[str]:
    faults = []
    if not text.title.strip():
        faults.append("it has no title")
    if len(text.title) > TITLE_LENGTH_MAX:
        faults.append(f"its title is longer than {TITLE_LENGTH_MAX} characters")
    if not text.resolution_criteria.strip():
        faults.append("it does not say what resolves it")
    if any(len(tag) > TAG_LENGTH_MAX for tag in text.tags):
        faults.append(f"a tag is longer than {TAG_LENGTH_MAX} characters")
    if any(len(source) > SOURCE_LENGTH_MAX for source in text.resolution_sources):
        faults.append(f"a source is longer than {SOURCE_LENGTH_MAX} characters")
    return faults


def _outcome_faults(text: QuestionText) -> list[str]:
    faults = []
    if text.type not in QuestionType.values:
        faults.append(f"its type must be one of {', '.join(QuestionType.values)}")
    if text.type == QuestionType.BINARY and len(text.outcomes) != 2:
        faults.append("a binary question has two outcomes")
    if not 2 <= len(text.outcomes) <= OUTCOME_COUNT_MAX:
        faults.append(f"it needs 2 to {OUTCOME_COUNT_MAX} outcomes")
    keys = [_outcome_key(label, index) for index, label in enumerate(text.outcomes)]
    if len(set(keys)) != len(keys):
        faults.append("its outcomes must differ from each other")
    if any(not label.strip() for label in text.outcomes):
        faults.append("an outcome has no label")
    if any(len(label) > LABEL_LENGTH_MAX for label in text.outcomes):
        faults.append(f"an outcome's label is longer than {LABEL_LENGTH_MAX} characters")
    if any(part < PRIOR_MIN for part in text.prior):
        faults.append(f"each outcome needs a prior of at least {PRIOR_MIN}")
    return faults


def _date_faults(text: QuestionText) -> list[str]:
    faults = []
    if text.opens_at is not None and text.opens_at >= text.closes_at:
        faults.append("it would close before it opens")
    if text.closes_at > text.resolve_by:
        faults.append("it would resolve before it closes")
    return faults
