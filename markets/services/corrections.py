"""Correcting an answer that was decided: a new version, which two editors have to want.

The version that stands goes on standing until the other editor has agreed; then it is paid anew
(only the difference moves) and scored anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.models import (
    Correction,
    CorrectionDecision,
    Question,
    Resolution,
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
from markets.services.authority import require_editor, require_no_stake
from markets.services.bonds import decide_challenge
from markets.services.locks import lock_question
from markets.services.resolution import require_second_person, require_version
from users.models import User

_DECIDED = frozenset({QuestionStatus.RESOLVED, QuestionStatus.FINAL})


class NotDecided(MarketError):
    """Only an answer that was decided can be corrected."""

    code = "not_decided"
    field = "status"


class CorrectionWaits(MarketError):
    code = "correction_waits"


class NoCorrectionWaits(MarketError):
    code = "no_correction_waits"


@transaction.atomic
def propose_correction(
    *,
    question_id: int,
    outcome_weights: Sequence[float] | None = None,
    value: float | None = None,
    verdict: str = Verdict.OUTCOME,
    effective_at: datetime | None = None,
    evidence: Sequence[Mapping[str, object]] = (),
    rationale: str,
    proposer: User,
    now: datetime,
) -> Correction:
    """Propose another answer to a question that is resolved or final; nothing changes yet.

    `effective_at`, left out, is that of the answer that stands, or the end of trading where that
    one refunded everything. When trading ended is not corrected, so why it ended early stays.
    """
    require_editor(proposer)
    question = lock_question(question_id)
    require_no_stake(proposer, question_id)
    standing = _standing(question)
    if _waiting(question) is not None:
        raise CorrectionWaits(
            "A correction of this answer waits already; confirm, decline or withdraw that first."
        )
    if not rationale.strip():
        raise InvalidResolution("Say what was wrong with the answer; everybody will see it.")
    answer = Answer(
        verdict=verdict, outcome_weights=outcome_weights, value=value, effective_at=effective_at,
        evidence=evidence, rationale=rationale, early_end_reason=standing.early_end_reason,
    )  # fmt: skip
    answer = with_instant(answer, standing=standing)
    if question.closed_at is None:
        raise AssertionError("a decided question was closed")
    resolution = new_version(
        question, answer, ended_at=question.closed_at, proposer=proposer, now=now
    )
    if says_the_same(standing, resolution):
        raise NothingCorrected("This is the answer that stands; there is nothing to correct.")
    return Correction.objects.create(resolution=resolution, question=question, corrects=standing)


@transaction.atomic
def confirm_correction(
    *, question_id: int, version: int | None = None, editor: User, now: datetime
) -> Settlement:
    """A second editor agrees: the new version stands, and the difference is to be paid.

    `version` is the one that the editor read, so that none is confirmed unread.
    """
    require_editor(editor)
    question = lock_question(question_id)
    correction = _require_waiting(question)
    require_second_person(correction.resolution, editor, version=version)
    _decide(correction, CorrectionDecision.CONFIRMED, editor, now=now)
    return let_stand(question, correction.resolution, confirmed_by=editor, now=now)


@transaction.atomic
def drop_correction(
    *, question_id: int, version: int | None = None, editor: User, reason: str, now: datetime
) -> Correction:
    """Let the answer stand as it is: its proposer withdraws, any other editor declines."""
    require_editor(editor)
    question = lock_question(question_id)
    correction = _require_waiting(question)
    require_version(correction.resolution, version)
    if not reason.strip():
        raise InvalidResolution("Say why the answer stays as it is; everybody will see it.")
    require_no_stake(editor, question_id)
    is_own = correction.resolution.proposer_id == editor.pk
    decision = CorrectionDecision.WITHDRAWN if is_own else CorrectionDecision.DECLINED
    _decide(correction, decision, editor, reason=reason, now=now)
    return correction


def with_instant(answer: Answer, *, standing: Resolution) -> Answer:
    """The answer as known since when the standing one was, unless it says since when itself."""
    if answer.effective_at or answer.verdict != Verdict.OUTCOME or standing.is_refunded:
        return answer
    return replace(answer, effective_at=standing.effective_at)


def _decide(
    correction: Correction, decision: str, editor: User, *, reason: str = "", now: datetime
) -> None:
    """Write the decision down; who challenged a correction that is dropped was right."""
    was_dropped = decision != CorrectionDecision.CONFIRMED
    decide_challenge(correction.resolution, upheld=was_dropped, now=now)
    correction.decision, correction.reason = decision, reason
    correction.decided_by, correction.decided_at = editor, now
    correction.save(update_fields=["decision", "reason", "decided_by", "decided_at"])


def _standing(question: Question) -> Resolution:
    if question.status not in _DECIDED or question.resolution is None:
        raise NotDecided(
            f"This question is {question.status}; only a resolved or final one is corrected."
        )
    return question.resolution


def _waiting(question: Question) -> Correction | None:
    waiting = Correction.objects.select_related("resolution", "corrects")
    return waiting.filter(question=question, decision="").first()


def _require_waiting(question: Question) -> Correction:
    correction = _waiting(question)
    if correction is None:
        raise NoCorrectionWaits("No correction waits on this question.")
    return correction
