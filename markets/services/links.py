"""Suggesting links between articles and questions, and deciding about them.

Rows are the queue. An article is read once for each version (its terms are kept), then linked; a
question is mirrored once after it was published, which looks for what came before it. Each is a
transaction of its own that passes by what another worker holds, and finds nothing to do the
second time. An article that is being linked while a question is published misses it, but its terms
are there already, so the question's mirror finds it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.contrib.postgres.search import SearchVector
from django.db import connection, transaction
from django.db.models import Value

from articles.core.blocks import BlockKind, find_blocks
from articles.models import Article, ArticleVersion
from articles.models.article import Quality
from markets.core.errors import MarketError
from markets.core.relevance import SUGGESTED_MAX
from markets.models import (
    UNDECIDED,
    ArticleTerms,
    Citation,
    LinkKind,
    LinkState,
    LinkSuggestion,
    Mirror,
    Question,
    TermFrequency,
)
from markets.queries.links import Match, Sentence, articles_like, matches_of, questions_to_mirror
from markets.queries.text_search import ALL, ENGLISH, configuration_of, documents
from markets.services.authority import require_editor
from markets.services.citations import cite_span
from users.models import User

RECOUNT_AFTER: Final = timedelta(hours=1)
COUNTING: Final = 0x6F64_6B02  # any number that nothing else in this database locks
REASON_LENGTH_MAX: Final = 300

_STORY: Final = {BlockKind.PROSE, BlockKind.BULLET, BlockKind.TABLE_ROW, BlockKind.HEADING}
_COUNT = """
INSERT INTO markets_termfrequency (configuration, term, question_count, article_count, counted_at)
SELECT %(configuration)s, word, sum(questions), sum(articles), %(now)s
FROM (
    SELECT word, ndoc AS questions, 0 AS articles FROM ts_stat(%(questions)s)
    UNION ALL SELECT word, 0, ndoc FROM ts_stat(%(articles)s)
    UNION ALL SELECT %(all)s, (SELECT count(*) FROM ({questions}) AS asked),
                     (SELECT count(*) FROM ({articles}) AS told)
) AS counted
GROUP BY word
"""


class LinkNotFound(MarketError):
    code = "link_not_found"
    field = "link"


class LinkDecided(MarketError):
    code = "link_decided"
    field = "link"


@transaction.atomic
def read_article(*, version_id: int, now: datetime) -> bool:
    """Keep the terms of the newest version of an article, which then waits to be linked."""
    version = ArticleVersion.objects.select_related("article").get(pk=version_id)
    article = _locked(version.article_id)
    if article is None or article.quality != Quality.GOOD:
        return False
    newest = article.versions.order_by("-number").values_list("pk", flat=True).first()
    if newest != version_id or ArticleTerms.objects.filter(version=version_id).exists():
        return False
    configuration = configuration_of(article.language)
    ArticleTerms.objects.filter(article=article).delete()
    ArticleTerms.objects.create(
        article=article,
        version=version,
        configuration=configuration,
        terms=SearchVector(Value(_story_of(article, version)), config=configuration),
    )
    return True


@transaction.atomic
def link_article(*, article_id: int, now: datetime) -> bool:
    """Suggest an article for the questions that it has to do with; False where that was done."""
    row = (
        ArticleTerms.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("article", "version")
        .filter(pk=article_id, linked_at=None)
        .first()
    )
    if row is None:
        return False
    _suggest(row, matches_of(row), now=now)
    ArticleTerms.objects.filter(pk=article_id).update(linked_at=now)
    return True


@transaction.atomic
def mirror_question(*, question_id: int, now: datetime) -> bool:
    """Suggest earlier articles for a published question; False where that was done.

    Each is compared with all questions, as when it arrived, and what comes out for this one is
    kept: the best five.
    """
    question = (
        Question.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk=question_id, status__in=UNDECIDED)
        .first()
    )
    if question is None or Mirror.objects.filter(question=question).exists():
        return False
    found = [
        (match.relevance, row.pk, row, match)
        for row in articles_like(question)
        for match in matches_of(row)
        if match.question_id == question_id
    ]
    best = sorted(found, key=lambda each: (-each[0], each[1]))[:SUGGESTED_MAX]
    for _, _, row, match in best:
        _suggest(row, [match], now=now)
    Mirror.objects.create(question=question, made_at=now)
    return True


@transaction.atomic
def recount_terms(*, now: datetime) -> bool:
    """Count anew in how many questions and articles each term is, where that is due.

    It is due after an hour, and when a question waits to be mirrored, whose terms are not counted.
    """
    counted = TermFrequency.objects.filter(configuration=ENGLISH, term=ALL)
    is_fresh = counted.filter(counted_at__gt=now - RECOUNT_AFTER).exists()
    if is_fresh and not questions_to_mirror(limit=1):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [COUNTING])
        if cursor.fetchone() != (True,):
            return False
        spoken = ArticleTerms.objects.values_list("configuration", flat=True).distinct()
        TermFrequency.objects.all().delete()
        for configuration in {ENGLISH, *spoken}:
            questions, articles = documents(configuration)
            cursor.execute(
                _COUNT.format(questions=questions, articles=articles),
                {
                    "configuration": configuration, "questions": questions,
                    "articles": articles, "all": ALL, "now": now,
                },
            )  # fmt: skip
    return True


@transaction.atomic
def confirm(
    *,
    suggestion_id: int,
    role: str,
    supports: int | None = None,
    value: float | None = None,
    editor: User,
    now: datetime,
) -> Citation:
    """The citation that a suggested link becomes; confirmed twice, it is the same one.

    Raises LinkNotFound, LinkDecided, InvalidSupport.
    """
    require_editor(editor)
    link = _lock(suggestion_id)
    if link.state == LinkState.REJECTED:
        raise LinkDecided("This link was rejected already; cite the article by hand instead.")
    citation = cite_span(
        question=link.question, version=link.version, start=link.start, end=link.end, role=role,
        supports=supports, value=value, relevance=link.relevance, editor=editor, now=now,
    )  # fmt: skip
    _decide(link, LinkState.CONFIRMED, editor=editor, now=now)
    return citation


@transaction.atomic
def reject(*, suggestion_id: int, reason: str = "", editor: User, now: datetime) -> LinkSuggestion:
    """Turn a suggested link down for good. Raises LinkNotFound, LinkDecided."""
    require_editor(editor)
    link = _lock(suggestion_id)
    if link.state == LinkState.CONFIRMED:
        raise LinkDecided("This link was confirmed already; the question cites the article.")
    _decide(
        link,
        LinkState.REJECTED,
        reason=" ".join(reason.split())[:REASON_LENGTH_MAX],
        editor=editor,
        now=now,
    )
    return link


def _locked(article_id: int) -> Article | None:
    return (
        Article.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=article_id)
        .first()
    )


def _story_of(article: Article, version: ArticleVersion) -> str:
    """The title and the story, without what a page puts around it."""
    text = version.text
    blocks = [block for block in find_blocks(text) if block.kind in _STORY]
    return "\n".join([article.title, *(text[block.start : block.end] for block in blocks)])


def _suggest(row: ArticleTerms, matches: Iterable[Match], *, now: datetime) -> None:
    """Write down what is new of some matches; what was suggested before stays as it is."""
    rows = []
    for match in matches:
        if match.is_new:
            rows.append(_row(row, match, LinkKind.RELATED, match.best, now=now))
        if match.told is not None:
            rows.append(_row(row, match, LinkKind.RESOLUTION_WATCH, match.told, now=now))
    LinkSuggestion.objects.bulk_create(rows, ignore_conflicts=True)


def _row(
    row: ArticleTerms, match: Match, kind: LinkKind, sentence: Sentence, *, now: datetime
) -> LinkSuggestion:
    quote = row.version.text[sentence.start : sentence.end]
    return LinkSuggestion(
        question_id=match.question_id,
        article_id=row.article_id,
        version_id=row.version_id,
        kind=kind,
        start=sentence.start,
        end=sentence.end,
        quote=quote,
        quote_sha256=hashlib.sha256(quote.encode()).hexdigest(),
        relevance=match.relevance,
        made_at=now,
    )


def _lock(suggestion_id: int) -> LinkSuggestion:
    link = (
        LinkSuggestion.objects.select_for_update(of=("self",))
        .select_related("question", "version")
        .filter(pk=suggestion_id)
        .first()
    )
    if link is None:
        raise LinkNotFound("There is no such suggested link.")
    return link


def _decide(
    link: LinkSuggestion, state: LinkState, *, editor: User, now: datetime, reason: str = ""
) -> None:
    if link.state == state:
        return
    link.state, link.reason = state, reason
    link.decided_by, link.decided_at = editor, now
    link.save(update_fields=["state", "reason", "decided_by", "decided_at"])
