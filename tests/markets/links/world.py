"""The labelled articles and questions as rows, linked by the same sweep as everywhere."""

import hashlib
from datetime import timedelta

from articles.models import Article, ArticleVersion
from markets.models import ArticleTerms, Question
from markets.queries.links import articles_to_link, relevances_of, versions_to_read
from markets.services import links, questions
from markets.services.question_text import QuestionText
from tests.instants import NOON
from tests.markets.links.labelled import ARTICLES, QUESTIONS, LabelledArticle
from users.models import User

OPENED_AT = NOON - timedelta(days=15)


def store_questions(editor: User) -> dict[int, str]:
    """Publish all questions; return the key of each by its id."""
    keys = {}
    for asked in QUESTIONS:
        text = QuestionText(
            title=asked.title, type="binary", outcomes=("Yes", "No"), prior=(0.5, 0.5),
            resolution_criteria=asked.criteria, closes_at=asked.resolve_by,
            resolve_by=asked.resolve_by,
        )  # fmt: skip
        drafted = questions.draft_question(text=text, editor=editor, now=OPENED_AT)
        published: Question = questions.publish(
            question_id=drafted.pk, editor=editor, now=OPENED_AT
        )
        keys[published.pk] = asked.key
    return keys


def store_articles() -> dict[int, LabelledArticle]:
    """Store all articles; return each by its id."""
    stored = {}
    for told in ARTICLES:
        article = Article.objects.create(
            title=told.title, published_at=told.published_at, published_precision="day",
            published_origin="editor", added_at=NOON,
        )  # fmt: skip
        ArticleVersion.objects.create(
            article=article, number=1, text=told.text, captured_at=NOON,
            text_sha256=hashlib.sha256(told.text.encode()).hexdigest(),
        )  # fmt: skip
        stored[article.pk] = told
    return stored


def read_everything() -> None:
    """The sweep's first two steps: the terms of each article, and how frequent they are."""
    for version_id in versions_to_read(limit=1_000):
        links.read_article(version_id=version_id, now=NOON)
    links.recount_terms(now=NOON)


def link_everything() -> None:
    read_everything()
    for article_id in articles_to_link(limit=1_000):
        links.link_article(article_id=article_id, now=NOON)


def rankings() -> dict[int, list[tuple[int, float]]]:
    """Each article's candidates with their relevances, best first."""
    rows = ArticleTerms.objects.select_related("article", "version").order_by("article_id")
    return {row.article_id: relevances_of(row) for row in rows}
