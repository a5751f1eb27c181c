"""Nothing is published that lint calls an error, unless an editor says why it is none."""

from datetime import datetime
from typing import Final

from markets.core.errors import MarketError
from markets.core.question_lint import Finding, Severity
from markets.models import LintOverride, Question
from markets.queries.lint import findings_of
from users.models import User

REASON_LENGTH_MAX: Final = 300
SENTENCES_SAID: Final = 3


class LintErrors(MarketError):
    """Lint finds errors in a question that is about to be published."""

    code = "lint_errors"
    field = "override_reason"


def require_clean(question: Question, *, editor: User, override_reason: str, now: datetime) -> None:
    """Nothing where lint finds no error; else the reason is put on record, or LintErrors raised."""
    errors = [
        finding for finding in findings_of(question, now=now) if finding.severity is Severity.ERROR
    ]
    if not errors:
        return
    reason = " ".join(override_reason.split())[:REASON_LENGTH_MAX]
    if not reason:
        raise LintErrors(_message(errors))
    LintOverride.objects.create(
        question=question,
        rules=sorted({finding.rule for finding in errors}),
        reason=reason,
        editor=editor,
        overridden_at=now,
    )


def _message(errors: list[Finding]) -> str:
    sentences = list(dict.fromkeys(f"{each.sentence} ({each.rule})" for each in errors))
    more = (
        f" And {len(sentences) - SENTENCES_SAID} more." if len(sentences) > SENTENCES_SAID else ""
    )
    said = " ".join(sentences[:SENTENCES_SAID])
    return f"Mend what lint calls an error, or say why it is none here: {said}{more}"
