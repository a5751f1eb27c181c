"""Saying how the frozen rules of a question are to be read, for everybody to see."""

from datetime import datetime

from django.db import transaction

from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.models import Clarification
from markets.services.authority import require_editor, require_no_stake
from markets.services.locks import lock_question
from users.models import User

CLARIFICATION_LENGTH_MAX = 2_000
TAKES_CLARIFICATIONS = frozenset(
    {
        QuestionStatus.OPEN,
        QuestionStatus.HALTED,
        QuestionStatus.CLOSED,
        QuestionStatus.PROPOSED,
        QuestionStatus.CHALLENGED,
    }
)
"""From its opening, when the rules freeze, until the answer is decided."""


class InvalidClarification(MarketError):
    code = "invalid_clarification"
    field = "text"


class NothingToClarify(MarketError):
    code = "nothing_to_clarify"
    field = "status"


@transaction.atomic
def clarify(*, question_id: int, text: str, editor: User, now: datetime) -> Clarification:
    """Add a dated clarification; the same words a second time are the first one again."""
    require_editor(editor)
    question = lock_question(question_id)
    text = text.strip()
    made = Clarification.objects.filter(question=question, text=text).first()
    if made is not None:
        return made
    if question.status not in TAKES_CLARIFICATIONS:
        raise NothingToClarify(
            f"This question is {question.status}. Before it opens, revise its rules instead; once "
            "it is decided, the resolution's rationale says how they were read."
        )
    require_no_stake(editor, question_id)
    if not text or len(text) > CLARIFICATION_LENGTH_MAX:
        raise InvalidClarification(
            f"Say how the rules are to be read, in at most {CLARIFICATION_LENGTH_MAX:,} characters."
        )
    question.updated_at = now
    question.save(update_fields=["updated_at"])
    return Clarification.objects.create(question=question, text=text, editor=editor, made_at=now)
