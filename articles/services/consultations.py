"""Asking the language model about texts that it has not seen, one after the other.

An attempt claims its row with a lease, lets go of the database, asks, and comes back to say how it
went, as a poll of a feed does: no lock is held while a model thinks. One text is asked about at a
time, on the whole site, so that a slow model holds up no feed and the budget cannot be overrun.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from articles.core import polling
from articles.core.errors import ArticleError
from articles.models import ArticleVersion, Consultation, ConsultationState, Quality
from articles.queries.consultations import tokens_spent
from articles.services.drafting import Heard, draftable_of, hear_model
from articles.services.locks import is_asking_free
from articles.services.providers.chat import Endpoint, ModelBusy, ModelRefused, Usage
from articles.services.providers.language_model import (
    LanguageModel,
    require_configured,
    tokens_at_most,
)
from articles.services.providers.provider import Proposals
from articles.services.quality import ENGLISH

LEASE: Final = timedelta(minutes=5)
"""More than the task that asks may take (articles/tasks.py)."""

ASKED_WITHIN: Final = timedelta(days=3)
"""Older texts are left alone, so that switching a model on does not send it the whole archive."""

ATTEMPTS_MAX: Final = 8
WAIT_FIRST: Final = timedelta(minutes=1)
"""Doubled after each failure: all attempts together take some four hours."""

_ERROR_LENGTH_MAX: Final = 300
_LOST = ("attempts_lost", "Whoever asked the language model never came back to tell.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """How asking about one text went; `state` is that of its row, None if somebody overtook us."""

    version_id: int
    attempt: int
    state: ConsultationState | None
    error_code: str
    sentence: str
    usage: Usage
    duration: timedelta
    heard: Heard
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    row: Consultation
    version: ArticleVersion
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What came of asking: proposals, or a refusal."""

    proposals: Proposals
    refusal: ArticleError | None
    usage: Usage
    duration: timedelta


def consult_next(*, now: datetime, jitter: float) -> Consulted | None:
    """Ask about the text that has waited longest, else about the newest that was not asked about.

    None where nothing is to be asked, where somebody else asks at this moment, or where what is
    left of the day's budget would not be enough. `jitter` is a number from 0 to 1 by which another
    attempt comes later. How it went is also in its row. Raises ModelIsOff.
    """
    endpoint = require_configured()
    claim = _claim(endpoint, now)
    if claim is None:
        return None
    asked = _ask(claim.version, endpoint, now)
    return _note(claim, asked, now=now, jitter=jitter)


@transaction.atomic
def _claim(endpoint: Endpoint, now: datetime) -> _Claim | None:
    """The next text to ask about, leased, its tokens reserved."""
    if not is_asking_free() or _is_held_up(now):
        return None
    _give_up_lost(now)
    row = Consultation.objects.due(now).select_for_update().first()
    version = _unasked(now) if row is None else _version(row)
    if version is None:
        return None
    tokens = tokens_at_most(version.text, endpoint)
    budget: int = settings.LLM_TOKENS_A_DAY  # type: ignore[misc]  # the stubs miss it
    if tokens_spent(now) + tokens > budget:
        return None
    row = row or Consultation(version=version, created_at=now, next_attempt_at=now)
    row.model = endpoint.model
    row.attempts += 1
    row.asked_at, row.leased_until = now, now + LEASE
    row.tokens_reserved += tokens
    row.save()
    return _Claim(row, version, tokens)


def _is_held_up(now: datetime) -> bool:
    """Whether somebody asks at this moment, or the model has said when to come again."""
    busy = Consultation.objects.filter(
        state=ConsultationState.WAITING, error_code=ModelBusy.code, next_attempt_at__gt=now
    )
    return Consultation.objects.under_way(now).exists() or busy.exists()


def _give_up_lost(now: datetime) -> None:
    """End what was tried often enough by workers that all died of it."""
    lost = Consultation.objects.due(now).filter(attempts__gte=ATTEMPTS_MAX)
    code, sentence = _LOST
    lost.order_by().update(
        state=ConsultationState.FAILED,
        error_code=code,
        error=sentence,
        next_attempt_at=None,
        leased_until=None,
        finished_at=now,
    )


def _unasked(now: datetime) -> ArticleVersion | None:
    """The newest text that the rules may draft from and that has no row; none that is outdated."""
    versions = ArticleVersion.objects.select_related("article")
    later = versions.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
    return (
        versions.filter(
            ~Exists(Consultation.objects.filter(version=OuterRef("pk"))),
            ~Exists(later),
            captured_at__gt=now - ASKED_WITHIN,
            article__quality=Quality.GOOD,
            article__language=ENGLISH,
        )
        .order_by("-captured_at", "-pk")
        .first()
    )


def _version(row: Consultation) -> ArticleVersion:
    return ArticleVersion.objects.select_related("article").get(pk=row.version_id)


def _ask(version: ArticleVersion, endpoint: Endpoint, now: datetime) -> _Asked:
    began = monotonic()
    model = LanguageModel(endpoint)
    proposals, refusal = Proposals(()), None
    try:
        proposals = model.propose(draftable_of(version, now))
    except ArticleError as error:
        refusal = error
    return _Asked(
        proposals=proposals,
        refusal=refusal,
        usage=model.usage,
        duration=timedelta(seconds=monotonic() - began),
    )


@transaction.atomic
def _note(claim: _Claim, asked: _Asked, *, now: datetime, jitter: float) -> Consulted:
    """Write down how it went, and the drafts with it, unless another attempt has begun."""
    row = (
        Consultation.objects.select_for_update()
        .filter(pk=claim.row.pk, attempts=claim.row.attempts, state=ConsultationState.WAITING)
        .first()
    )
    told = Consulted(
        version_id=claim.version.pk,
        attempt=claim.row.attempts,
        state=None,
        error_code="",
        sentence="Somebody else asked meanwhile.",
        usage=asked.usage,
        duration=asked.duration,
        heard=Heard(),
    )
    if row is None:
        return told
    _count(row, claim, asked)
    heard = Heard()
    if asked.refusal is None:
        heard = hear_model(
            version_id=claim.version.pk,
            proposals=asked.proposals,
            model=claim.row.model,
            now=now,
        )
    _settle(row, asked, heard, now=now, jitter=jitter)
    row.save()
    return replace(
        told,
        state=ConsultationState(row.state),
        error_code=row.error_code,
        sentence=row.error or heard.in_words(),
        heard=heard,
        next_attempt_at=row.next_attempt_at,
    )


def _count(row: Consultation, claim: _Claim, asked: _Asked) -> None:
    row.leased_until = None
    row.tokens_reserved -= claim.tokens
    row.tokens_in += asked.usage.tokens_in
    row.tokens_out += asked.usage.tokens_out
    row.duration += asked.duration


def _settle(
    row: Consultation, asked: _Asked, heard: Heard, *, now: datetime, jitter: float
) -> None:
    """The state that a row ends in, or when it is tried again."""
    refusal = asked.refusal
    if refusal is None:
        row.state = ConsultationState.ANSWERED
        row.error_code, row.error = "", ""
        row.drafts_made, row.drafts_agreed = heard.made_count, heard.agreed_count
        row.dropped = [drop.value for drop in heard.dropped]
    else:
        row.error_code, row.error = refusal.code, str(refusal)[:_ERROR_LENGTH_MAX]
        if refusal.retryable and row.attempts < ATTEMPTS_MAX:
            row.next_attempt_at = now + polling.wait_after_failure(
                WAIT_FIRST,
                failures=row.attempts,
                jitter=jitter,
                retry_after=polling.retry_after(getattr(refusal, "retry_after", ""), now=now),
            )
            return
        is_refused = isinstance(refusal, ModelRefused)
        row.state = ConsultationState.REFUSED if is_refused else ConsultationState.FAILED
    row.next_attempt_at, row.finished_at = None, now
