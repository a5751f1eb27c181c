"""Linking questions to the sentences of articles."""

import hashlib
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
    editor: User,
    now: datetime,
) -> Citation:
    """Link a question to a sentence, which must stand in the article word for word."""
    require_editor(editor)
    start = version.text.find(quote) if quote else -1
    if start < 0:
        raise QuoteNotInArticle("The article does not contain this quote; copy it exactly.")
    question = Question.objects.get(pk=question_id)
    return _cite(question, version, role, start, start + len(quote), editor=editor, now=now)


def _cite(
    question: Question,
    version: ArticleVersion,
    role: str,
    start: int,
    end: int,
    *,
    editor: User,
    now: datetime,
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
            "added_by": editor,
            "added_at": now,
        },
    )
    return citation
