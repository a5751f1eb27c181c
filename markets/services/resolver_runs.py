"""Running resolvers: each look at a source written down, whatever it leads to.

A run claims its row with a lease, lets go of the database, looks at the source, and comes back to
write down what it saw. Two workers therefore never run one resolver at once, and no transaction is
open while a site thinks. Whoever comes back late finds that its number is no longer the newest, and
writes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings as configured
from django.db import transaction

from articles.core import polling
from articles.services.outbound import STRICT, Guard
from markets.core.errors import MarketError
from markets.core.evidence import without_secrets
from markets.core.lifecycle import QuestionStatus
from markets.core.resolver_readings import Answer, Reason
from markets.core.resolvers import (
    UNREAD,
    Standing,
    Weighed,
    back_off,
    is_failure,
    next_attempt,
    weigh,
)
from markets.models import (
    DECIDING,
    FETCHING,
    UNANSWERED,
    AnswerSuggestion,
    Question,
    Resolution,
    Resolver,
    ResolverKind,
    ResolverRun,
    RunOutcome,
)
from markets.models.resolver import ResolverQuerySet
from markets.services import lifecycle, resolution
from markets.services.authority import require_editor, require_no_stake
from markets.services.locks import QuestionNotFound, lock_question
from markets.services.resolver_settings import ResolverSettings, require_sound
from markets.services.resolver_sources import Seen, look
from markets.services.resolvers import QuestionAnswered, ResolverNotFound, require_answerable
from users.models import User

LEASE: Final = timedelta(minutes=5)
"""More than a task may take (config/celery.py), so that nobody outlives a lease and still works."""

DETAIL_LENGTH_MAX: Final = 300
EARLY_END_REASON: Final = "The source that the question is watched by tells its answer already."


class ResolverBusy(MarketError):
    """Somebody else runs it at this moment."""

    code = "resolver_busy"
    field = "resolver"


class ResolverPaused(MarketError):
    code = "resolver_paused"
    field = "resolver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a run would see and do now; nothing of it is kept."""

    seen: Seen
    reason: Reason | None
    sentence: str


def try_out(
    *,
    question_id: int,
    settings: ResolverSettings,
    editor: User,
    now: datetime,
    guard: Guard = STRICT,
) -> Trial:
    """What a resolver with these settings would read and do now. Nothing is written.

    Raises:
        EditorNeeded, QuestionNotFound, ConflictOfInterest, QuestionAnswered, InvalidResolver,
        RuleUnreadable, ResolverCycle
    """
    require_editor(editor)
    question = Question.objects.filter(pk=question_id).first()
    if question is None:
        raise QuestionNotFound("There is no such question.")
    require_answerable(question)
    require_no_stake(editor, question_id)
    require_sound(settings, question, guard=guard)
    resolver = settings.applied_to(Resolver(question=question, made_by=editor, made_at=now))
    seen = look(resolver, guard=guard)
    if seen.answer is None:
        return Trial(seen=seen, reason=seen.reason, sentence=seen.sentence)
    weighed = weigh(
        seen.answer, standing=Standing(), rules=resolver.rules, now=now, others=_others(resolver)
    )
    return Trial(seen=seen, reason=weighed.reason, sentence=_why(weighed, resolver))


def run_next(*, now: datetime, jitter: float, guard: Guard = STRICT) -> ResolverRun | None:
    """Run the resolver that has been due for longest; None when none is due.

    `jitter` is a number from 0 to 1 by which the next try after a failure comes later. Where this
    site fetches nothing, those that would have to fetch wait.
    """
    due = Resolver.objects.due(now)
    if not configured.ARTICLES_FETCHING:  # type: ignore[misc]  # the stubs miss computed settings
        due = due.exclude(kind__in=FETCHING)
    claimed = _claim(due, now)
    return None if claimed is None else _run(claimed, now=now, jitter=jitter, guard=guard)


def run_now(
    *, resolver_id: int, editor: User, now: datetime, jitter: float, guard: Guard = STRICT
) -> ResolverRun | None:
    """Run a resolver whether it is due or not; None where somebody changed or paused it meanwhile.

    A read that comes sooner than the resolver's distance between reads confirms nothing.

    Raises:
        EditorNeeded, ResolverNotFound, ConflictOfInterest, QuestionAnswered, ResolverPaused,
        ResolverBusy
    """
    require_editor(editor)
    resolver = Resolver.objects.select_related("question").filter(pk=resolver_id).first()
    if resolver is None:
        raise ResolverNotFound("There is no such resolver.")
    require_no_stake(editor, resolver.question_id)
    if resolver.question.status not in UNANSWERED:
        raise QuestionAnswered("The question is not waiting for an answer.")
    if not resolver.is_active:
        raise ResolverPaused(f"This resolver is paused: {resolver.paused_reason}")
    claimed = _claim(Resolver.objects.free(now).filter(pk=resolver_id), now)
    if claimed is None:
        raise ResolverBusy("This resolver is being run at this moment.")
    return _run(claimed, now=now, jitter=jitter, guard=guard, ran_by=editor)


@transaction.atomic
def _claim(resolvers: ResolverQuerySet, now: datetime) -> Resolver | None:
    """The first of these that nobody else claims at this moment, leased."""
    resolver = (
        resolvers.select_related("question")
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .first()
    )
    if resolver is None:
        return None
    resolver.run_count += 1
    resolver.last_run_at, resolver.leased_until = now, now + LEASE
    resolver.save(update_fields=["run_count", "last_run_at", "leased_until"])
    return resolver


def _run(
    claimed: Resolver, *, now: datetime, jitter: float, guard: Guard, ran_by: User | None = None
) -> ResolverRun | None:
    try:
        seen = look(claimed, guard=guard)
        return _write_down(claimed, seen, now=now, jitter=jitter, ran_by=ran_by)
    except Exception:
        _note_fault(claimed, now=now, ran_by=ran_by)
        raise


@transaction.atomic
def _write_down(
    claimed: Resolver, seen: Seen, *, now: datetime, jitter: float, ran_by: User | None
) -> ResolverRun | None:
    resolver = _claimed_still(claimed)
    if resolver is None:
        return None
    if resolver.kind in DECIDING:
        run = _note_reading(resolver, seen, now=now, jitter=jitter)
    elif resolver.kind == ResolverKind.ARTICLE:
        run = _note_articles(resolver, seen, now=now)
    else:
        run = _note_reminder(resolver, now=now)
    run.ran_by = ran_by
    run.save()
    resolver.save()
    return run


@transaction.atomic
def _note_fault(claimed: Resolver, *, now: datetime, ran_by: User | None) -> None:
    """Count a run that broke off as a failure, or it would be the first one due for ever."""
    resolver = _claimed_still(claimed)
    if resolver is None:
        return
    sentence = "The run broke off by a fault of this site; its log says more."
    resolver.failures += 1
    resolver.last_error_code, resolver.last_error = str(Reason.RUN_FAILED), sentence
    resolver.next_attempt_at = now + back_off(resolver.failures)
    run = _run_of(
        resolver, RunOutcome.UNDETERMINED, Seen(), now=now, reason=Reason.RUN_FAILED,
        detail=sentence,
    )  # fmt: skip
    run.ran_by = ran_by
    run.save()
    resolver.save()


def _claimed_still(claimed: Resolver) -> Resolver | None:
    """Lock a resolver and let go of its lease; None where this run is not its newest any more."""
    question = lock_question(claimed.question_id)
    resolver = (
        Resolver.objects.select_for_update(no_key=True)
        .filter(pk=claimed.pk, run_count=claimed.run_count)
        .first()
    )
    if resolver is not None:
        resolver.question, resolver.leased_until = question, None
    return resolver


def _note_reading(resolver: Resolver, seen: Seen, *, now: datetime, jitter: float) -> ResolverRun:
    """What a source said, weighed against what it and the others said before."""
    reason, sentence, made = seen.reason, seen.sentence, None
    if seen.answer is not None:
        weighed = weigh(
            seen.answer, standing=resolver.standing, rules=resolver.rules, now=now,
            others=_others(resolver),
        )  # fmt: skip
        _remember(resolver, weighed.standing, seen, now=now)
        reason, sentence = weighed.reason, _why(weighed, resolver)
        if reason is None:
            made, reason, sentence = _propose(resolver, seen, now=now)
    is_due = now >= resolver.rules.answerable_at
    failed = is_failure(reason, is_due=is_due)
    resolver.failures = resolver.failures + 1 if failed else 0
    resolver.last_error_code = str(reason) if failed else ""
    resolver.last_error = sentence[:DETAIL_LENGTH_MAX] if failed else ""
    resolver.next_attempt_at = next_attempt(
        now=now, every=resolver.every, rules=resolver.rules, reason=reason,
        failures=resolver.failures, jitter=jitter,
        retry_after=polling.retry_after(seen.retry_after, now=now),
    )  # fmt: skip
    outcome = RunOutcome.ANSWER if made is not None else RunOutcome.UNDETERMINED
    run = _run_of(resolver, outcome, seen, now=now, reason=reason, detail=sentence)
    run.resolution = made
    return run


def _note_articles(resolver: Resolver, seen: Seen, *, now: datetime) -> ResolverRun:
    """Suggest what articles tell; nothing that they say decides anything."""
    resolver.next_attempt_at = now + resolver.every
    weights = _weights(resolver.question, Answer(outcome=resolver.outcome))
    is_waiting = resolver.question.status in UNANSWERED
    suggested = AnswerSuggestion.objects.bulk_create(
        [
            AnswerSuggestion(
                question_id=resolver.question_id, outcome_weights=weights, quote=told.quote,
                article_id=told.article_id, resolver=resolver, suggested_at=now,
            )
            for told in seen.told
            if is_waiting
        ]
    )  # fmt: skip
    if not suggested:
        return _run_of(
            resolver, RunOutcome.UNDETERMINED, seen, now=now, reason=Reason.NOTHING_TOLD,
            detail="No new article that is linked to the question tells its answer.",
        )  # fmt: skip
    run = _run_of(resolver, RunOutcome.SUGGESTED, seen, now=now)
    run.excerpt = suggested[0].quote[:DETAIL_LENGTH_MAX]
    run.detail = f"Suggested from {len(suggested)} article{'s' if len(suggested) > 1 else ''}."
    return run


def _note_reminder(resolver: Resolver, *, now: datetime) -> ResolverRun:
    resolver.reminded_at = resolver.reminded_at or now
    resolver.next_attempt_at = now + resolver.every
    return _run_of(resolver, RunOutcome.REMINDED, Seen(), now=now, detail=resolver.note)


def _run_of(
    resolver: Resolver, outcome: RunOutcome, seen: Seen, *, now: datetime,
    reason: Reason | None = None, detail: str = "",
) -> ResolverRun:  # fmt: skip
    is_weighed = seen.answer is not None and seen.answer.outcome is not None
    return ResolverRun(
        resolver=resolver, number=resolver.run_count, ran_at=now, url=seen.url, status=seen.status,
        content_type=seen.content_type, byte_count=seen.byte_count, sha256=seen.sha256,
        excerpt=seen.excerpt, outcome=outcome, reason=str(reason or ""),
        detail=detail[:DETAIL_LENGTH_MAX],
        outcome_weights=_weights(resolver.question, seen.answer) if is_weighed else None,
        value=seen.answer.value if seen.answer else None,
    )  # fmt: skip


def _propose(
    resolver: Resolver, seen: Seen, *, now: datetime
) -> tuple[Resolution | None, Reason | None, str]:
    """Propose what was determined; or why that could not be done, in a code and a sentence."""
    question = resolver.question
    lifecycle.catch_up(question, now=now)
    if question.status == QuestionStatus.HALTED:
        return None, Reason.TRADING_HALTED, "Trading is halted; an editor has to resume it first."
    if question.status not in UNANSWERED:
        return None, Reason.NOT_PROPOSED, "Somebody proposed an answer meanwhile."
    answer = seen.answer or Answer()
    is_early = question.status == QuestionStatus.OPEN
    try:
        made = resolution.propose(
            question_id=question.pk,
            outcome_weights=_weights(question, answer) if answer.value is None else None,
            value=answer.value,
            evidence=_evidence(seen),
            rationale=_rationale(resolver, seen),
            effective_at=_known_since(resolver, question),
            early_end_reason=EARLY_END_REASON if is_early else "",
            resolver=resolver,
            now=now,
        )
    except MarketError as refusal:
        return None, Reason.NOT_PROPOSED, f"The answer could not be proposed: {refusal}"
    question.refresh_from_db()
    return made, None, ""


def _known_since(resolver: Resolver, question: Question) -> datetime | None:
    """When an answer that may come early was read first; None where that was not while open."""
    since, opened_at, closed_at = resolver.agreed_since, question.opened_at, question.closed_at
    if not resolver.ends_early or since is None or opened_at is None or since < opened_at:
        return None
    return since if closed_at is None or since < closed_at else None


def _evidence(seen: Seen) -> list[dict[str, str]]:
    """What was read and where, for everybody: the key that opened the source is left out."""
    return [{"quote": seen.excerpt, "url": without_secrets(seen.url)}] if seen.url else []


def _rationale(resolver: Resolver, seen: Seen) -> str:
    since = f"{resolver.agreed_since:%-d %B %Y, %H:%M}" if resolver.agreed_since else ""
    reads = f"{resolver.agreements} read{'s' if resolver.agreements > 1 else ''} since {since} UTC"
    if resolver.kind == ResolverKind.QUESTION:
        return f"It follows from other questions ({resolver.expression}): {seen.excerpt}."
    host = urlsplit(seen.url).hostname or "its source"
    return (
        f"Read from {host} by resolver {resolver.pk}: “{seen.excerpt}”. So said {reads}. The "
        f"document read last has the SHA-256 {seen.sha256}."
    )


def _remember(resolver: Resolver, standing: Standing, seen: Seen, *, now: datetime) -> None:
    answer = standing.answer or Answer()
    resolver.last_read_at, resolver.last_text = now, seen.excerpt
    resolver.last_outcome, resolver.last_value = answer.outcome, answer.value
    resolver.last_is_no, resolver.agreements = answer.is_no, standing.agreements
    resolver.agreed_since, resolver.counted_at = standing.since, standing.counted_at


def _others(resolver: Resolver) -> list[Answer | None]:
    """What the question's other deciding resolvers say; None for one that says nothing now.

    That is one of which no read counts yet, or that could not read its source when it last looked.
    """
    others = Resolver.objects.filter(
        question=resolver.question_id, kind__in=DECIDING, is_active=True
    ).exclude(pk=resolver.pk)
    return [
        other.standing.answer if other.agreements and other.last_error_code not in UNREAD else None
        for other in others
    ]


def _weights(question: Question, answer: Answer | None) -> list[float]:
    chosen = None if answer is None else answer.outcome
    return [float(index == chosen) for index in range(len(question.prior))]


def _why(weighed: Weighed, resolver: Resolver) -> str:
    """A sentence for the reason for which a read is no answer yet; none where it is one."""
    standing, rules = weighed.standing, resolver.rules
    at = f"{rules.answerable_at.astimezone(UTC):%-d %b %Y, %H:%M}"
    return {
        None: "",
        Reason.TOO_EARLY: f"This may be an answer from {at} UTC on.",
        Reason.UNCONFIRMED: (
            f"{standing.agreements} of {rules.confirmations} reads say so; the next one is due "
            f"{round(rules.confirm_after.total_seconds() / 60)} minutes after the last."
        ),
        Reason.CONTRADICTORY: "It says something else than was read before, here or elsewhere.",
        Reason.OTHERS_UNDECIDED: "Another resolver of this question has no read that counts now.",
    }[weighed.reason]
