"""Resolvers: set up, changed, paused and taken up again by editors who have no stake."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from articles.services.outbound import STRICT, Guard
from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.models import UNANSWERED, Question, Resolver
from markets.services.authority import require_editor, require_no_stake
from markets.services.locks import lock_question
from markets.services.resolver_settings import (
    InvalidResolver,
    ResolverSettings,
    asked_by,
    require_sound,
)
from users.models import User

REASON_LENGTH_MAX: Final = 300
RULES: Final = 0x6F64_6B03  # any number that nothing else in this database locks
TAKES_RESOLVERS: Final = frozenset({QuestionStatus.SCHEDULED, *UNANSWERED})


class ResolverNotFound(MarketError):
    code = "resolver_not_found"
    field = "resolver"


class QuestionAnswered(MarketError):
    """There is nothing left to answer, or nothing yet."""

    code = "question_answered"
    field = "question"


@transaction.atomic
def make_resolver(
    *,
    question_id: int,
    settings: ResolverSettings,
    editor: User,
    now: datetime,
    guard: Guard = STRICT,
) -> Resolver:
    """A resolver that begins at its first time.

    Raises:
        EditorNeeded, QuestionNotFound, ConflictOfInterest, QuestionAnswered, InvalidResolver,
        RuleUnreadable, ResolverCycle
    """
    require_editor(editor)
    question = lock_question(question_id)
    require_answerable(question)
    require_no_stake(editor, question_id)
    resolver = Resolver(question=question, made_by=editor, made_at=now)
    return _set_up(resolver, settings, now=now, guard=guard)


@transaction.atomic
def edit_resolver(
    *,
    resolver_id: int,
    settings: ResolverSettings,
    editor: User,
    now: datetime,
    guard: Guard = STRICT,
) -> Resolver:
    """A resolver with other settings, which forgets what it has read. Its runs stay.

    Raises what `make_resolver` raises, and ResolverNotFound.
    """
    resolver = _lock_for(resolver_id, editor)
    require_answerable(resolver.question)
    if settings.kind != resolver.kind:
        raise InvalidResolver("kind", "Its kind stays; pause it and set up another.")
    _forget(resolver)
    resolver.run_count += 1  # whoever runs it now looked at other settings: nothing of it is kept
    resolver.leased_until = None
    resolver.changed_by = editor
    return _set_up(resolver, settings, now=now, guard=guard)


@transaction.atomic
def pause_resolver(*, resolver_id: int, reason: str, editor: User, now: datetime) -> Resolver:
    """A resolver that is not run until somebody resumes it; one that is paused stays as it is."""
    given = " ".join(reason.split())[:REASON_LENGTH_MAX]
    if not given:
        raise InvalidResolver("reason", "Say in a few words why it is paused.")
    resolver = _lock_for(resolver_id, editor)
    if resolver.is_active:
        resolver.is_active, resolver.paused_at, resolver.paused_reason = False, now, given
        resolver.reminded_at = None
        resolver.run_count += 1  # nothing is kept of a run that goes on
        resolver.leased_until = None
        resolver.changed_at = now
        resolver.save()
    return resolver


@transaction.atomic
def resume_resolver(*, resolver_id: int, editor: User, now: datetime) -> Resolver:
    """A resolver that is due at once, its failures and reads forgotten."""
    resolver = _lock_for(resolver_id, editor)
    if not resolver.is_active:
        resolver.is_active, resolver.paused_at, resolver.paused_reason = True, None, ""
        resolver.next_attempt_at = max(now, resolver.first_at)
        resolver.changed_at = now
        _forget(resolver)
        resolver.save()
    return resolver


@transaction.atomic
def dismiss_reminder(*, resolver_id: int, editor: User, now: datetime) -> Resolver:
    """A reminder that was seen; it comes again at its next time."""
    resolver = _lock_for(resolver_id, editor)
    if resolver.reminded_at is not None:
        resolver.reminded_at, resolver.next_attempt_at = None, now + resolver.every
        resolver.save(update_fields=["reminded_at", "next_attempt_at"])
    return resolver


def require_answerable(question: Question) -> None:
    """Refuse a question that is not published yet, or that has its answer."""
    if question.status not in TAKES_RESOLVERS:
        raise QuestionAnswered("Only a published question without an answer takes resolvers.")


def _set_up(
    resolver: Resolver, settings: ResolverSettings, *, now: datetime, guard: Guard
) -> Resolver:
    with connection.cursor() as cursor:  # or two rules could be made at once that close a circle
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RULES])
    require_sound(settings, resolver.question, guard=guard)
    settings.applied_to(resolver)
    resolver.next_attempt_at = max(now, settings.first_at)
    resolver.changed_at = now
    resolver.save()
    resolver.asks.set(asked_by(settings))
    return resolver


def _forget(resolver: Resolver) -> None:
    """Have it begin anew: what it read and how it failed says nothing any more."""
    resolver.failures, resolver.last_error_code, resolver.last_error = 0, "", ""
    resolver.last_read_at, resolver.last_text, resolver.last_is_no = None, "", False
    resolver.last_outcome = resolver.last_value = None
    resolver.agreements, resolver.agreed_since, resolver.counted_at = 0, None, None
    resolver.reminded_at = None


def _lock_for(resolver_id: int, editor: User) -> Resolver:
    """Lock the question first, as everywhere, then the resolver; for an editor without a stake."""
    require_editor(editor)
    question_id = (
        Resolver.objects.filter(pk=resolver_id).values_list("question_id", flat=True).first()
    )
    if question_id is None:
        raise ResolverNotFound("There is no such resolver.")
    question = lock_question(question_id)
    require_no_stake(editor, question_id)
    resolver = Resolver.objects.select_for_update(no_key=True).get(pk=resolver_id)
    resolver.question = question
    return resolver
