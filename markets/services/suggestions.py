"""Answers that people suggest: they wait for an editor, who takes them up or says why not.

A suggestion decides nothing. An editor who takes one up proposes the answer under his or her own
name, and another one confirms it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from articles.models import Article
from markets.core.errors import MarketError
from markets.core.settlement import exact_weights
from markets.models import UNANSWERED, AnswerSuggestion, Question, Resolution, SuggestionState
from markets.services.authority import require_editor, require_no_stake
from markets.services.locks import lock_question
from markets.services.resolvers import QuestionAnswered
from users.models import User

QUOTE_LENGTH_MAX: Final = 2_000
URL_LENGTH_MAX: Final = 2_000
REASON_LENGTH_MAX: Final = 300
SUGGESTIONS_A_DAY: Final = 10
_A_DAY: Final = timedelta(days=1)


class InvalidSuggestion(MarketError):
    """What is suggested is no answer, or stands nowhere; the field says which."""

    code = "invalid_suggestion"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class SuggestionWaiting(MarketError):
    code = "suggestion_waiting"


class TooManySuggestions(MarketError):
    code = "too_many_suggestions"


class SuggestionNotFound(MarketError):
    code = "suggestion_not_found"
    field = "suggestion"


class SuggestionDecided(MarketError):
    code = "suggestion_decided"
    field = "suggestion"


@transaction.atomic
def suggest(
    *,
    question_id: int,
    outcome_weights: Sequence[float] | None = None,
    value: float | None = None,
    effective_at: datetime | None = None,
    quote: str,
    url: str = "",
    article_id: int | None = None,
    suggester: User,
    now: datetime,
) -> AnswerSuggestion:
    """An answer with the sentence that tells it, which waits for an editor.

    The very same suggestion made again is the one that waits already.

    Raises:
        QuestionNotFound, QuestionAnswered, InvalidWeights, ValueOutsideBins, InvalidSuggestion,
        SuggestionWaiting, TooManySuggestions
    """
    question = lock_question(question_id)
    User.objects.select_for_update(no_key=True).get(pk=suggester.pk)  # counts theirs one by one
    suggested = AnswerSuggestion(
        question=question,
        outcome_weights=_weights(question, outcome_weights, value),
        value=value,
        effective_at=_known_at(question, effective_at, now),
        quote=_quoted(quote),
        url=_address(url),
        article=_article(article_id),
        suggested_by=suggester,
        suggested_at=now,
    )
    if not suggested.url and suggested.article is None:
        raise InvalidSuggestion("url", "Say where the quote stands: give the address of the page.")
    waiting = AnswerSuggestion.objects.filter(
        question=question, suggested_by=suggester, state=SuggestionState.WAITING
    ).first()
    if waiting is not None and _content(waiting) == _content(suggested):
        return waiting
    if question.status not in UNANSWERED:
        raise QuestionAnswered("This question is not waiting for an answer.")
    if waiting is not None:
        raise SuggestionWaiting("What you suggested before still waits for an editor.")
    lately = AnswerSuggestion.objects.filter(
        suggested_by=suggester, suggested_at__gt=now - _A_DAY
    ).count()
    if lately >= SUGGESTIONS_A_DAY:
        raise TooManySuggestions(
            f"You have suggested {SUGGESTIONS_A_DAY} answers within a day; go on tomorrow."
        )
    suggested.save()
    return suggested


def take_up(
    suggestion_id: int, *, resolution: Resolution, editor: User, now: datetime
) -> AnswerSuggestion | None:
    """Mark the suggestion that an editor has just proposed, in the transaction of the proposal.

    None, and nothing is marked, where it does not wait for this question, or where the editor
    proposed another answer in the end.
    """
    suggestion = (
        AnswerSuggestion.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=suggestion_id, question=resolution.question_id, state=SuggestionState.WAITING)
        .first()
    )
    if suggestion is None or not _is_answered_by(suggestion, resolution):
        return None
    return _decide(suggestion, SuggestionState.TAKEN, editor=editor, now=now)


def _is_answered_by(suggestion: AnswerSuggestion, resolution: Resolution) -> bool:
    if suggestion.value is not None:
        return suggestion.value == resolution.value
    return suggestion.outcome_weights == resolution.outcome_weights


@transaction.atomic
def decline(*, suggestion_id: int, reason: str, editor: User, now: datetime) -> AnswerSuggestion:
    """A suggestion that is none of the answer, for a reason that its author can read.

    Raises:
        EditorNeeded, SuggestionNotFound, ConflictOfInterest, InvalidSuggestion, SuggestionDecided
    """
    given = " ".join(reason.split())[:REASON_LENGTH_MAX]
    if not given:
        raise InvalidSuggestion("reason", "Say why; whoever suggested it will read it.")
    suggestion = _lock_for(suggestion_id, editor)
    if suggestion.state == SuggestionState.TAKEN:
        raise SuggestionDecided("This suggestion was taken up already.")
    return _decide(suggestion, SuggestionState.DECLINED, editor=editor, now=now, reason=given)


def _decide(
    suggestion: AnswerSuggestion,
    state: SuggestionState,
    *,
    editor: User,
    now: datetime,
    reason: str = "",
) -> AnswerSuggestion:
    if suggestion.state == SuggestionState.WAITING:
        suggestion.state, suggestion.reason = state, reason
        suggestion.decided_by, suggestion.decided_at = editor, now
        suggestion.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return suggestion


def _lock_for(suggestion_id: int, editor: User) -> AnswerSuggestion:
    require_editor(editor)
    suggestion = (
        AnswerSuggestion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("question", "suggested_by", "resolver")
        .filter(pk=suggestion_id)
        .first()
    )
    if suggestion is None:
        raise SuggestionNotFound("There is no such suggestion.")
    require_no_stake(editor, suggestion.question_id)
    return suggestion


def _weights(
    question: Question, weights: Sequence[float] | None, value: float | None
) -> list[float] | None:
    if (weights is None) == (value is None):
        raise InvalidSuggestion("answer", "Suggest either an outcome or a value.")
    if value is not None:
        if question.bins is None:
            raise InvalidSuggestion("answer", "Only numbers and dates are answered by a value.")
        question.bins.bin_of(value)
        return None
    given = weights or ()
    if len(given) != len(question.prior):
        raise InvalidSuggestion("answer", f"Give a weight to each of {len(question.prior)}.")
    return [float(weight) for weight in exact_weights(given)]


def _known_at(question: Question, at: datetime | None, now: datetime) -> datetime | None:
    if at is not None and (at > now or question.opened_at is None or at < question.opened_at):
        raise InvalidSuggestion(
            "effective_at", "The answer became known since the question opened, and not later."
        )
    return at


def _quoted(quote: str) -> str:
    text = quote.strip()
    if not text or len(text) > QUOTE_LENGTH_MAX or "\0" in text:
        raise InvalidSuggestion(
            "quote", f"Quote the sentence that tells it, in at most {QUOTE_LENGTH_MAX} characters."
        )
    return text


def _address(url: str) -> str:
    text = url.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_page = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_page = False
    if not is_page or not text.isprintable() or " " in text or len(text) > URL_LENGTH_MAX:
        raise InvalidSuggestion("url", "Give an address that starts with https:// or http://.")
    return text


def _article(article_id: int | None) -> Article | None:
    if article_id is None:
        return None
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        raise InvalidSuggestion("article", "There is no such article.")
    return article


def _content(suggestion: AnswerSuggestion) -> tuple[object, ...]:
    return (
        suggestion.outcome_weights, suggestion.value, suggestion.effective_at, suggestion.quote,
        suggestion.url, suggestion.article_id,
    )  # fmt: skip
