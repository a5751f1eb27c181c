"""Deciding what came true: one editor proposes, anyone concerned may object, another confirms."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus, require_transition
from markets.models import (
    Account,
    Challenge,
    Correction,
    Question,
    Resolution,
    Resolver,
    ResolverRun,
    Settlement,
    Verdict,
)
from markets.services.answers import (
    Answer,
    InvalidResolution,
    NothingCorrected,
    let_stand,
    new_version,
    says_the_same,
)
from markets.services.authority import (
    ConflictOfInterest,
    has_stake,
    require_editor,
    require_no_stake,
    require_stake,
)
from markets.services.bonds import CHALLENGE_BOND, decide_challenge, post_bond
from markets.services.lifecycle import catch_up, end_of_trading, move
from markets.services.locks import lock_market_of, lock_question
from markets.services.suggestions import take_up
from markets.services.sweeps import for_each
from users.models import User


class SecondPersonNeeded(MarketError):
    code = "second_person_needed"


class NothingProposed(MarketError):
    code = "nothing_proposed"


class AnotherVersion(MarketError):
    """What is to be confirmed is not what the editor read."""

    code = "another_version"
    field = "version"


class ChallengeClosed(MarketError):
    code = "challenge_closed"


class AlreadyChallenged(MarketError):
    code = "already_challenged"


@transaction.atomic
def propose(
    *,
    question_id: int,
    outcome_weights: Sequence[float] | None = None,
    value: float | None = None,
    verdict: str = Verdict.OUTCOME,
    effective_at: datetime | None = None,
    evidence: Sequence[Mapping[str, object]] = (),
    rationale: str = "",
    early_end_reason: str = "",
    proposer: User | None = None,
    resolver: Resolver | None = None,
    suggestion_id: int | None = None,
    now: datetime,
) -> Resolution:
    """Propose an answer; trading stops, and the challenge window begins.

    An editor proposes it, or a resolver; neither the editor nor whoever chose what the resolver
    reads may have a stake.

    The answer to a numeric or date question is a `value`, whose bin came true; that to any other,
    or where no more is known than the bins, the `outcome_weights`. Where the question was sound
    but the truth cannot be told, the verdict is ambiguous and there is neither.

    `effective_at` is from when the answer was known: what was traded and forecast from then on
    will be undone. Left out, it is the end of trading. On a question that is still open,
    `early_end_reason` says why its criteria let it end before its scheduled close.

    Proposing another answer on a challenged question amends the proposal and upholds the
    challenge. A suggestion that the proposal began with is taken up by it.
    """
    if proposer is not None:
        require_editor(proposer)
    question = lock_question(question_id)
    market = lock_market_of(question)  # before anybody's stake is looked at, so that none is added
    if proposer is not None:
        require_no_stake(proposer, question_id)
    if resolver is not None:
        _require_impartial(resolver)
    catch_up(question, now=now)
    require_transition(question.status, QuestionStatus.PROPOSED)
    if verdict == Verdict.ANNULLED:
        raise InvalidResolution("Annul the question instead; that takes no second editor.")
    challenged = question.resolution if question.status == QuestionStatus.CHALLENGED else None
    answer = Answer(
        verdict=verdict, outcome_weights=outcome_weights, value=value, effective_at=effective_at,
        evidence=evidence, rationale=rationale, early_end_reason=early_end_reason,
    )  # fmt: skip
    ended_at = question.closed_at or end_of_trading(market, now)
    resolution = new_version(
        question, answer, ended_at=ended_at, proposer=proposer, resolver=resolver, now=now
    )
    if challenged is not None and says_the_same(challenged, resolution):
        raise NothingCorrected("This is what was challenged; a second editor can confirm it.")
    question.resolution = resolution
    move(question, QuestionStatus.PROPOSED, actor=proposer, reason=rationale[:300], now=now)
    if challenged is not None:
        decide_challenge(challenged, upheld=True, now=now)
    if suggestion_id is not None and proposer is not None:
        take_up(suggestion_id, resolution=resolution, editor=proposer, now=now)
    return resolution


@transaction.atomic
def challenge(*, question_id: int, challenger: User, reason: str, now: datetime) -> Challenge:
    """Object to a proposal with a bond, which comes back if the editors agree.

    On a decided question it is the waiting correction that is challenged: a correction never
    stands by silence, so nothing has to be stopped, but it cannot be confirmed without dismissing
    what was said against it.
    """
    question = lock_question(question_id)
    version = _challengeable(question)
    if now >= version.challenge_until:
        raise ChallengeClosed("The time to challenge this proposal has passed.")
    require_stake(challenger, question_id)
    if not reason.strip():
        raise InvalidResolution("Say why the proposed answer is wrong.")
    if question.status == QuestionStatus.PROPOSED:
        move(question, QuestionStatus.CHALLENGED, actor=challenger, reason=reason[:300], now=now)
    post_bond(challenger, version, now=now)
    return Challenge.objects.create(
        resolution=version, challenger=challenger, reason=reason, bond=CHALLENGE_BOND, made_at=now
    )


@transaction.atomic
def confirm(
    *, question_id: int, version: int | None = None, editor: User, now: datetime
) -> Settlement:
    """A second editor confirms the proposal, before its window ends or against a challenge.

    `version` is the one that the editor read, so that none is confirmed unread.
    """
    require_editor(editor)
    question = lock_question(question_id)
    resolution = question.resolution
    if resolution is None or question.status not in {
        QuestionStatus.PROPOSED,
        QuestionStatus.CHALLENGED,
    }:
        raise NothingProposed("There is no proposal to confirm on this question.")
    require_second_person(resolution, editor, version=version)
    decide_challenge(resolution, upheld=False, now=now)
    return let_stand(question, resolution, confirmed_by=editor, now=now)


@transaction.atomic
def annul(*, question_id: int, editor: User, reason: str, now: datetime) -> Resolution:
    """Undo a question that was flawed: every trade is refunded and nothing is scored."""
    require_editor(editor)
    if not reason.strip():
        raise InvalidResolution("Say why the question is annulled; everybody will see it.")
    question = lock_question(question_id)
    market = lock_market_of(question)
    require_no_stake(editor, question_id)
    catch_up(question, now=now)
    challenged = question.resolution if question.status == QuestionStatus.CHALLENGED else None
    ended_at = question.closed_at or end_of_trading(market, now)
    move(question, QuestionStatus.ANNULLED, actor=editor, reason=reason[:300], now=now)
    answer = Answer(verdict=Verdict.ANNULLED, rationale=reason)
    resolution = new_version(question, answer, ended_at=ended_at, proposer=editor, now=now)
    question.resolution = resolution
    question.save(update_fields=["resolution"])
    if challenged is not None:
        decide_challenge(challenged, upheld=True, now=now)
    if Account.objects.filter(market_id=question.pk).exists():
        Settlement.objects.create(resolution=resolution, confirmed_by=editor, due_at=now)
    return resolution


def confirm_uncontested(*, now: datetime, limit: int = 100) -> int:
    """Resolve every proposal whose window has passed in silence; return how many."""
    due = (
        Question.objects.filter(
            status=QuestionStatus.PROPOSED, resolution__challenge_until__lte=now
        )
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    return for_each(list(due), lambda question_id: _confirm_by_silence(question_id, now))


@transaction.atomic
def _confirm_by_silence(question_id: int, now: datetime) -> bool:
    question = (
        Question.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("resolution")
        .filter(pk=question_id, status=QuestionStatus.PROPOSED)
        .first()
    )
    if question is None or question.resolution is None:
        return False
    if question.resolution.challenge_until > now:
        return False
    let_stand(question, question.resolution, confirmed_by=None, now=now)
    return True


def require_second_person(resolution: Resolution, editor: User, *, version: int | None) -> None:
    """Nothing where this editor may confirm this version; else raises why not.

    Raises:
        AnotherVersion, SecondPersonNeeded, ConflictOfInterest
    """
    require_version(resolution, version)
    if resolution.proposer_id == editor.pk:
        raise SecondPersonNeeded(
            "You proposed this answer; another editor has to confirm it, or let the window end."
        )
    if resolution.resolver is not None and _stands_behind(editor, resolution.resolver, resolution):
        raise SecondPersonNeeded(
            "You set up or ran the resolver that proposed this answer; another editor has to "
            "confirm it, or let the window end."
        )
    require_no_stake(editor, resolution.question_id)
    if Challenge.objects.filter(resolution=resolution, challenger=editor).exists():
        raise ConflictOfInterest("You challenged this answer, so another editor has to decide it.")


def _require_impartial(resolver: Resolver) -> None:
    """Nothing where nobody who chose what a resolver reads gains or loses by its answer."""
    if any(has_stake(each, resolver.question_id) for each in resolver.set_up_by):
        raise ConflictOfInterest(
            "Who set this resolver up has traded or forecast on the question since; pause it, and "
            "have an editor without a stake propose the answer or set up another."
        )


def _stands_behind(editor: User, resolver: Resolver, resolution: Resolution) -> bool:
    """Did this editor choose what the resolver reads, or have it look when it proposed?"""
    ran = ResolverRun.objects.filter(resolution=resolution, ran_by=editor)
    return editor in resolver.set_up_by or ran.exists()


def require_version(resolution: Resolution, read: int | None) -> None:
    """Nothing where an editor decides about the version that he or she read, if that is said."""
    if read is not None and read != resolution.version:
        raise AnotherVersion(
            f"What waits now is version {resolution.version}; read it before you decide."
        )


def _challengeable(question: Question) -> Resolution:
    """Return the version that waits for its second editor; raises where none can be challenged."""
    if question.status == QuestionStatus.PROPOSED and question.resolution is not None:
        return question.resolution
    waiting = (
        Correction.objects.select_related("resolution").filter(question=question, decision="")
    ).first()
    if waiting is None:
        raise NothingProposed("There is no open proposal to challenge on this question.")
    if Challenge.objects.filter(resolution=waiting.resolution).exists():
        raise AlreadyChallenged("This correction has been challenged already; editors decide it.")
    return waiting.resolution
