"""Markets and traders for load, all made by the services: nobody here writes a row by hand."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.models import Question, TransferCode
from markets.services import ledger, questions
from markets.services.locks import lock_accounts
from markets.services.question_text import QuestionText
from users.models import User

PURSE = 1_000_000 * MICRO
"""What a trader has: benchmarks are about orders that are taken, not about refusals."""
SUBSIDY = 5_000 * MICRO


def an_editor() -> User:
    return User.objects.create_user("editor@example.com", None, name="editor", is_staff=True)


def traders(count: int, *, purse: int = PURSE, first: int = 0) -> list[User]:
    """People with open wallets, each with the grant and `purse` on top; numbered from `first`."""
    now = timezone.now()
    people = [
        User.objects.create_user(f"trader-{number}@example.com", None, name=f"trader-{number}")
        for number in range(first, first + count)
    ]
    house = ledger.house_account(now=now)
    wallets = [ledger.open_wallet(trader=person, now=now) for person in people]
    if purse:
        with transaction.atomic():
            lock_accounts([house.pk, *(wallet.pk for wallet in wallets)])
            ledger.post(
                *(
                    ledger.Posting(
                        debit=house, credit=wallet, amount=purse, code=TransferCode.GRANT,
                        key=f"purse:{wallet.owner_id}",
                    )
                    for wallet in wallets
                ),
                now=now,
            )  # fmt: skip
    return people


def markets(
    count: int, *, editor: User, outcomes: int = 2, subsidy: int = SUBSIDY
) -> list[Question]:
    """Open questions: binary, of up to 50 named outcomes, or of up to 200 bins of a number."""
    return [
        _publish(f"Market {number} of {outcomes} outcomes?", outcomes, subsidy, editor)
        for number in range(count)
    ]


def _publish(title: str, outcomes: int, subsidy: int, editor: User) -> Question:
    now = timezone.now()
    bins = Bins(lower=0, upper=outcomes, count=outcomes) if outcomes > 50 else None
    text = QuestionText(
        title=title,
        type="binary" if outcomes == 2 else "numeric" if bins else "multiple_choice",
        outcomes=() if bins else _labels(outcomes),
        bins=bins,
        resolution_criteria="Nobody will ever know.",
        closes_at=now + timedelta(days=30),
        resolve_by=now + timedelta(days=40),
        subsidy=subsidy,
    )
    draft = questions.draft_question(text=text, editor=editor, now=now)
    return questions.publish(
        question_id=draft.pk, editor=editor, override_reason="Nobody will read it.", now=now
    )


def _labels(count: int) -> Sequence[str]:
    return ("Yes", "No") if count == 2 else tuple(f"Outcome {number}" for number in range(count))
