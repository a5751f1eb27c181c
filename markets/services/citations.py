"""Linking questions to the sentences of articles."""

import hashlib
import math
from datetime import datetime

from django.db import transaction

from articles.models import ArticleVersion, Draft
from markets.core.errors import MarketError
from markets.models import Citation, CitationRole, Question
from markets.services.authority import require_editor
from users.models import User


class QuoteNotInArticle(MarketError):
    code = "quote_not_in_article"
    field = "quote"


class InvalidSupport(MarketError):
    """An answer is supported by evidence only, and has to be one of the question's."""

    code = "invalid_support"
    field = "supports"


def cite_draft(*, question: Question, draft: Draft, editor: User, now: datetime) -> Citation:
    """Link a question to the span that its draft came from."""
    return _cite(
        question, draft.version, CitationRole.SOURCE, draft.start, draft.end, editor=editor, now=now
    )


@transaction.atomic
def cite(
    *,
    question_id: int,
    version: ArticleVersion,
    quote: str,
    role: str,
    supports: int | None = None,
    value: float | None = None,
    editor: User,
    now: datetime,
) -> Citation:
    """Link a question to a sentence, which must stand in the article word for word.

    Evidence may say which answer it supports: the index of an outcome, or the value of a number
    or a date.
    """
    require_editor(editor)
    start = version.text.find(quote) if quote else -1
    if start < 0:
        raise QuoteNotInArticle("The article does not contain this quote; copy it exactly.")
    question = Question.objects.get(pk=question_id)
    require_support(question, role=role, supports=supports, value=value)
    return _cite(
        question, version, role, start, start + len(quote), supports=supports, value=value,
        editor=editor, now=now,
    )  # fmt: skip


def cite_span(
    *,
    question: Question,
    version: ArticleVersion,
    start: int,
    end: int,
    role: str,
    supports: int | None,
    value: float | None,
    relevance: float,
    editor: User,
    now: datetime,
) -> Citation:
    """Link a question to a span, with how relevant it was found; for a caller's transaction."""
    require_support(question, role=role, supports=supports, value=value)
    return _cite(
        question, version, role, start, end, supports=supports, value=value, relevance=relevance,
        editor=editor, now=now,
    )  # fmt: skip


def require_support(
    question: Question, *, role: str, supports: int | None, value: float | None
) -> None:
    """Raise InvalidSupport unless the question has the answer that evidence is to support."""
    if supports is None and value is None:
        return
    if role != CitationRole.EVIDENCE:
        raise InvalidSupport("Only evidence supports an answer; leave the answer out.")
    if (question.bins is None and value is not None) or (question.bins and supports is not None):
        raise InvalidSupport(
            "Name the outcome that it supports; of a number or a date, the value instead."
        )
    if supports is not None and not 0 <= supports < len(question.prior):
        raise InvalidSupport("The question has no such outcome; choose one of its own.")
    if value is not None and not math.isfinite(value):
        raise InvalidSupport("Give the value as a finite number.")


def _cite(
    question: Question,
    version: ArticleVersion,
    role: str,
    start: int,
    end: int,
    *,
    editor: User,
    now: datetime,
    supports: int | None = None,
    value: float | None = None,
    relevance: float = 1.0,
) -> Citation:
    quote = version.text[start:end]
    citation, _ = Citation.objects.get_or_create(
        question=question,
        version=version,
        start=start,
        defaults={
            "article_id": version.article_id,
            "role": role,
            "end": end,
            "quote": quote,
            "quote_sha256": hashlib.sha256(quote.encode()).hexdigest(),
            "relevance": relevance,
            "supports": supports,
            "supports_value": value,
            "added_by": editor,
            "added_at": now,
        },
    )
    return citation
