"""Articles with the questions that they raised: for the front page, the news and each article."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Left

from articles.models import Article, ArticleVersion
from articles.models.article import Quality
from articles.queries.articles import (
    OPENING_LENGTH,
    ArticlePage,
    Mark,
    article_page,
    excerpt_of,
    public_articles,
)
from markets.models import Citation
from markets.queries.cards import Card, cards_of
from markets.queries.instants import probabilities_at
from markets.queries.search import public_questions
from users.models import User


@dataclass(frozen=True)
class Story:
    """An article, how it begins, and its public questions."""

    article: Article
    excerpt: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Raised:
    """A question that an article raised, and its leading outcome's odds when both had appeared."""

    card: Card
    probability_then: float | None

    @property
    def change(self) -> float | None:
        """How far those odds have come since."""
        now = self.card.leading.probability
        if now is None or self.probability_then is None:
            return None
        return now - self.probability_then


@dataclass(frozen=True)
class Reading:
    """An article's page; its marks carry the ids of the questions in `raised`."""

    page: ArticlePage
    raised: dict[int, Raised]


def articles_that_raised() -> QuerySet[Article]:
    """Readable articles that raised public questions, newest first."""
    cited = Citation.objects.filter(article_id=OuterRef("pk"), question__opened_at__isnull=False)
    return public_articles().filter(Exists(cited))


def stories_of(articles: Iterable[Article], *, now: datetime) -> tuple[Story, ...]:
    """The stories of articles in their order; the number of queries does not grow with them."""
    asked = list(articles)
    openings = _openings(asked)
    pairs = list(
        Citation.objects.filter(article__in=asked, question__opened_at__isnull=False)
        .order_by("start", "pk")
        .values_list("article_id", "question_id")
    )
    questions = public_questions().filter(pk__in={question_id for _, question_id in pairs})
    cards = {card.question.pk: card for card in cards_of(questions, now=now)}
    raised: dict[int, dict[int, Card]] = {article.pk: {} for article in asked}
    for article_id, question_id in pairs:
        raised[article_id][question_id] = cards[question_id]
    return tuple(
        Story(
            article=article,
            excerpt=excerpt_of(openings[article.pk], article.title),
            cards=tuple(raised[article.pk].values()),
        )
        for article in asked
    )


def reading_of(article_id: int, *, reader: User | None, now: datetime) -> Reading | None:
    """An article with its questions, or None where there is none that this reader may see.

    What failed the quality gate is for editors only.
    """
    is_editor = reader is not None and reader.is_staff
    citations = list(
        Citation.objects.filter(article_id=article_id, question__opened_at__isnull=False).order_by(
            "start", "pk"
        )
    )
    marks = [
        Mark(each.question_id, each.version_id, each.start, each.end, each.quote)
        for each in citations
    ]
    page = article_page(article_id, marks=marks, for_editor=is_editor)
    if page is None or (page.article.quality != Quality.GOOD and not is_editor):
        return None
    return Reading(page=page, raised=_raised(page.article, marks, now))


def _raised(article: Article, marks: Sequence[Mark], now: datetime) -> dict[int, Raised]:
    questions = public_questions().filter(pk__in={mark.key for mark in marks})
    cards = cards_of(questions, now=now)
    instants = [
        (card.question.pk, max(article.published_at, card.question.opened_at or now))
        for card in cards
    ]
    return {
        card.question.pk: Raised(card, then[card.leading.index] if then else None)
        for card, then in zip(cards, probabilities_at(instants), strict=True)
    }


def _openings(articles: Sequence[Article]) -> dict[int, str]:
    """How the newest text of each article begins."""
    newest = ArticleVersion.objects.filter(article=OuterRef("pk")).order_by("-number")
    rows = (
        Article.objects.filter(pk__in=[article.pk for article in articles])
        .annotate(opening=Subquery(newest.values(opening=Left("text", OPENING_LENGTH))[:1]))
        .values_list("pk", "opening")
    )
    return {article_id: opening or "" for article_id, opening in rows}
