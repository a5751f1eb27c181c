"""Deciding what came true: one editor proposes, anyone concerned may object, another confirms."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.core.money import MICRO
from markets.core.settlement import exact_weights
from markets.models import (
    Account,
    Challenge,
    Question,
    Resolution,
    Resolver,
    Settlement,
    Transfer,
    TransferCode,
    Verdict,
)
from markets.services import ledger
from markets.services.authority import require_editor, require_no_stake, require_stake
from markets.services.lifecycle import move
from markets.services.locks import lock_accounts, lock_question
from markets.services.sweeps import for_each
from users.models import User

CHALLENGE_BOND = 50 * MICRO

Evidence = Sequence[dict[str, str | int]]


class InvalidResolution(MarketError):
    code = "invalid_resolution"
    field = "outcome_weights"


class SecondPersonNeeded(MarketError):
    code = "second_person_needed"


class NothingProposed(MarketError):
    code = "nothing_proposed"


class ChallengeClosed(MarketError):
    code = "challenge_closed"


class InsufficientBond(MarketError):
    code = "insufficient_credits"
    field = "bond"


@transaction.atomic
def propose(
    *,
    question_id: int,
    outcome_weights: Sequence[float] | None = None,
    value: float | None = None,
    evidence: Evidence = (),
    rationale: str = "",
    proposer: User | None = None,
    resolver: Resolver | None = None,
    now: datetime,
) -> Resolution:
    """Propose an answer; trading stops, and the challenge window begins.

    An editor proposes it, or a resolver, which has no stake in anything.

    The answer to a numeric or date question is a `value`, whose bin came true; that to any other,
    or where no more is known than the bins, the `outcome_weights`.

    Proposing anew on a challenged question amends the proposal and upholds the challenge.
    """
    if proposer is not None:
        require_editor(proposer)
    question = lock_question(question_id)
    if proposer is not None:
        require_no_stake(proposer, question_id)
    weights = _weights(question, outcome_weights, value)
    challenged = question.resolution if question.status == QuestionStatus.CHALLENGED else None
    resolution = _new_version(
        question, Verdict.OUTCOME, weights, evidence, rationale, proposer, now,
        value=value, resolver=resolver,
    )  # fmt: skip
    move(question, QuestionStatus.PROPOSED, actor=proposer, reason=rationale[:300], now=now)
    if challenged is not None:
        _decide_challenge(challenged, upheld=True, now=now)
    return resolution


@transaction.atomic
def challenge(*, question_id: int, challenger: User, reason: str, now: datetime) -> Challenge:
    """Object to a proposal with a bond, which comes back if the editors agree."""
    question = lock_question(question_id)
    resolution = question.resolution
    if question.status != QuestionStatus.PROPOSED or resolution is None:
        raise NothingProposed("There is no open proposal to challenge on this question.")
    if now >= resolution.challenge_until:
        raise ChallengeClosed("The time to challenge this proposal has passed.")
    require_stake(challenger, question_id)
    if not reason.strip():
        raise InvalidResolution("Say why the proposed answer is wrong.")
    move(question, QuestionStatus.CHALLENGED, actor=challenger, reason=reason[:300], now=now)
    _post_bond(challenger, resolution, now)
    return Challenge.objects.create(
        resolution=resolution, challenger=challenger, reason=reason, bond=CHALLENGE_BOND,
        made_at=now,
    )  # fmt: skip


@transaction.atomic
def confirm(*, question_id: int, editor: User, now: datetime) -> Settlement:
    """A second editor confirms the proposal, before its window ends or against a challenge."""
    require_editor(editor)
    question = lock_question(question_id)
    resolution = question.resolution
    if resolution is None or question.status not in {
        QuestionStatus.PROPOSED,
        QuestionStatus.CHALLENGED,
    }:
        raise NothingProposed("There is no proposal to confirm on this question.")
    if resolution.proposer_id == editor.pk:
        raise SecondPersonNeeded(
            "You proposed this answer; another editor has to confirm it, or let the window end."
        )
    require_no_stake(editor, question_id)
    _decide_challenge(resolution, upheld=False, now=now)
    return _resolve(question, resolution, confirmed_by=editor, now=now)


@transaction.atomic
def annul(*, question_id: int, editor: User, reason: str, now: datetime) -> Resolution:
    """Undo a question: every trade is refunded and nothing is scored."""
    require_editor(editor)
    if not reason.strip():
        raise InvalidResolution("Say why the question is annulled; everybody will see it.")
    question = lock_question(question_id)
    require_no_stake(editor, question_id)
    challenged = question.resolution if question.status == QuestionStatus.CHALLENGED else None
    move(question, QuestionStatus.ANNULLED, actor=editor, reason=reason[:300], now=now)
    resolution = _new_version(question, Verdict.ANNULLED, None, (), reason, editor, now)
    question.save(update_fields=["resolution"])
    if challenged is not None:
        _decide_challenge(challenged, upheld=True, now=now)
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
    _resolve(question, question.resolution, confirmed_by=None, now=now)
    return True


def weights_for_value(question: Question, value: float) -> list[float]:
    """The weights that a value means: all on the bin that contains it.

    Raises:
        InvalidResolution: for a question without bins.
        ValueOutsideBins: where no bin contains it.
    """
    if question.bins is None:
        raise InvalidResolution("Only numeric and date questions are answered by a value.")
    true = question.bins.bin_of(value)
    return [float(outcome == true) for outcome in range(question.bins.count)]


def _weights(
    question: Question, outcome_weights: Sequence[float] | None, value: float | None
) -> list[float]:
    if (outcome_weights is None) == (value is None):
        raise InvalidResolution("Give either a value or the weights of the outcomes.")
    if value is not None:
        return weights_for_value(question, value)
    given = outcome_weights or ()
    if len(given) != len(question.prior):
        raise InvalidResolution(f"Give one weight for each of {len(question.prior)} outcomes.")
    return [float(weight) for weight in exact_weights(given)]


def _new_version(
    question: Question,
    verdict: Verdict,
    weights: list[float] | None,
    evidence: Evidence,
    rationale: str,
    proposer: User | None,
    now: datetime,
    *,
    value: float | None = None,
    resolver: Resolver | None = None,
) -> Resolution:
    resolution = Resolution.objects.create(
        question=question, version=question.resolutions.count() + 1, verdict=verdict,
        outcome_weights=weights, value=value, effective_at=question.closed_at or now,
        evidence=list(evidence), rationale=rationale, proposer=proposer, resolver=resolver,
        proposed_at=now, challenge_until=now + question.challenge_window,
    )  # fmt: skip
    question.resolution = resolution
    return resolution


def _resolve(
    question: Question, resolution: Resolution, *, confirmed_by: User | None, now: datetime
) -> Settlement:
    move(question, QuestionStatus.RESOLVED, actor=confirmed_by, now=now)
    return Settlement.objects.create(resolution=resolution, confirmed_by=confirmed_by, due_at=now)


def _post_bond(challenger: User, resolution: Resolution, now: datetime) -> None:
    wallet = ledger.open_wallet(trader=challenger, now=now)
    house = ledger.house_account(now=now)
    wallet = lock_accounts([house.pk, wallet.pk])[wallet.pk]
    if wallet.available < CHALLENGE_BOND:
        raise InsufficientBond(
            f"A challenge needs a bond of {CHALLENGE_BOND // MICRO} credits in your wallet."
        )
    ledger.post(
        ledger.Posting(
            debit=wallet, credit=house, amount=CHALLENGE_BOND, code=TransferCode.BOND,
            key=f"bond:{resolution.pk}", market_id=resolution.question_id,
        ),
        now=now,
    )  # fmt: skip


def _decide_challenge(resolution: Resolution, *, upheld: bool, now: datetime) -> None:
    """Close the challenge of a resolution, if there is one; an upheld one gets its bond back."""
    decided = Challenge.objects.filter(resolution=resolution, upheld=None).update(
        upheld=upheld, decided_at=now
    )
    if not (decided and upheld):
        return
    bond = Transfer.objects.select_related("debit", "credit").get(key=f"bond:{resolution.pk}")
    lock_accounts([bond.debit_id, bond.credit_id])
    ledger.post(
        ledger.Posting(
            debit=bond.credit, credit=bond.debit, amount=bond.amount, code=TransferCode.REVERSAL,
            key=f"bond-returned:{resolution.pk}", market_id=bond.market_id, reverses=bond,
        ),
        now=now,
    )  # fmt: skip
