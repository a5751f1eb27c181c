"""What articles did to odds: where a question stood when each appeared, and where it went.

An article counts from its publication, or from the opening of the question where that came later:
before it there were no odds to move. That something came after an article is not to say that it
came of it; these are the numbers that a reader may judge by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from articles.models import Article
from markets.models import Citation, Question
from markets.queries.instants import probabilities_at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Probabilities = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Impact:
    """The odds of a question around an article: of each outcome, in their order.

    None where there were no odds, and where the hour or the day is not over yet.
    """

    question: Question
    article: Article
    since: datetime
    at_first: Probabilities | None
    after_hour: Probabilities | None
    after_day: Probabilities | None
    at_last: Probabilities | None
    """Now, or when trading ended."""

    @property
    def largest_move(self) -> float:
        """By how much an outcome's probability changed at most, in a day or in what there was."""
        later = self.after_day or self.at_last
        if self.at_first is None or later is None:
            return 0.0
        return max(abs(b - a) for a, b in zip(self.at_first, later, strict=True))


def appeared(article: Article, question: Question) -> datetime:
    """From when on an article could move a question."""
    return max(article.published_at, question.opened_at or article.published_at)


def impacts_of(pairs: Sequence[tuple[Question, Article]], *, now: datetime) -> list[Impact]:
    """The impact of each article on its question, in the order asked, in one query."""
    starts = [appeared(article, question) for question, article in pairs]
    stood = iter(
        probabilities_at(
            [
                (question.pk, at)
                for (question, _), since in zip(pairs, starts, strict=True)
                for at in (since, since + HOUR, since + DAY, max(since, now))
            ]
        )
    )
    return [
        Impact(
            question=question, article=article, since=since, at_first=first,
            after_hour=hour if since + HOUR <= now else None,
            after_day=day if since + DAY <= now else None, at_last=last,
        )
        for (question, article), since, (first, hour, day, last) in zip(
            pairs, starts, zip(stood, stood, stood, stood, strict=True), strict=True
        )
    ]  # fmt: skip


def articles_that_moved(question: Question, *, now: datetime) -> list[Impact]:
    """The impacts of all articles that a question cites, the largest first."""
    citations = Citation.objects.filter(question=question).select_related("article")
    return _ranked([(question, each.article) for each in citations], now)


def questions_moved_by(article: Article, *, now: datetime) -> list[Impact]:
    """The impacts of an article on all public questions that cite it, the largest first."""
    citations = (
        Citation.objects.filter(article=article, question__opened_at__isnull=False)
        .select_related("question")
        .prefetch_related("question__outcomes")
    )
    return _ranked([(each.question, article) for each in citations], now)


def _ranked(pairs: Iterable[tuple[Question, Article]], now: datetime) -> list[Impact]:
    once = {(question.pk, article.pk): (question, article) for question, article in pairs}
    impacts = impacts_of(list(once.values()), now=now)
    return sorted(impacts, key=lambda each: (-each.largest_move, each.since, each.article.pk))
