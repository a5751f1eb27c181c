"""What stands behind a question's number: its articles, its latest fills, its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from articles.models import Article
from markets.core.bin_words import spelled
from markets.models import Citation, Clarification, Fill, Question, Score
from markets.queries.impact import Impact, impacts_of

FILLS_SHOWN = 12


@dataclass(frozen=True)
class CitedArticle:
    """An article with the sentences that it gave, and what the odds did when it appeared."""

    number: int
    article: Article
    roles: tuple[str, ...]
    quotes: tuple[str, ...]
    supports: tuple[str, ...]
    impact: Impact


@dataclass(frozen=True)
class FillRow:
    """One fill in words: microshares of what, for how many microcredits, and where it led.

    `outcomes` are the numbers of those that were bought or sold; `probability_after` is that of
    all of them together. With a stake on several outcomes it is a portfolio: different shares of
    each.
    """

    trader_name: str
    is_sale: bool
    is_portfolio: bool
    outcomes: tuple[int, ...]
    shares: int
    cost: int
    probability_after: float
    filled_at: datetime


def cited_articles(question: Question, *, now: datetime) -> tuple[CitedArticle, ...]:
    """The articles that a question cites, in order of publication, numbered from one."""
    citations = (
        Citation.objects.filter(question=question)
        .select_related("article__source")
        .order_by("article__published_at", "article_id", "start")
    )
    by_article: dict[int, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.article_id, []).append(citation)
    impacts = impacts_of([(question, group[0].article) for group in by_article.values()], now=now)
    return tuple(
        CitedArticle(
            number=number,
            article=impact.article,
            roles=tuple(sorted({citation.role for citation in group})),
            quotes=tuple(dict.fromkeys(citation.quote for citation in group)),
            supports=tuple(
                dict.fromkeys(
                    answer for citation in group if (answer := supported_answer(citation, question))
                )
            ),
            impact=impact,
        )
        for number, (group, impact) in enumerate(
            zip(by_article.values(), impacts, strict=True), start=1
        )
    )


def supported_answer(citation: Citation, question: Question) -> str:
    """The answer that a citation is evidence for, in words; "" where it supports none."""
    if citation.supports_value is not None and question.bins is not None:
        return spelled(question.bins, citation.supports_value)
    if citation.supports is None:
        return ""
    return next(
        outcome.label for outcome in question.outcomes.all() if outcome.index == citation.supports
    )


def clarifications_of(question_id: int) -> tuple[Clarification, ...]:
    """What editors have added to the rules since the question opened, oldest first."""
    return tuple(Clarification.objects.filter(question_id=question_id).order_by("pk"))


def recent_fills(question_id: int, *, limit: int = FILLS_SHOWN) -> tuple[FillRow, ...]:
    """The latest fills, newest first."""
    fills = (
        Fill.objects.filter(market_id=question_id).select_related("trader").order_by("-seq")[:limit]
    )
    return tuple(_row(fill) for fill in fills)


def score_of(user_id: int, question: Question) -> Score | None:
    """A forecaster's scores for the resolution that stands."""
    return Score.objects.filter(
        forecaster_id=user_id, question=question, resolution=question.resolution
    ).first()


def _row(fill: Fill) -> FillRow:
    outcomes = tuple(fill.claim) if fill.claim is not None else _bought(fill.shares)
    return FillRow(
        trader_name=fill.trader.name,
        is_sale=any(shares < 0 for shares in fill.shares),
        is_portfolio=fill.claim is None,
        outcomes=outcomes,
        shares=max(abs(shares) for shares in fill.shares),
        cost=abs(fill.cost),
        probability_after=sum(fill.probabilities[outcome] for outcome in outcomes),
        filled_at=fill.filled_at,
    )


def _bought(shares: Sequence[int]) -> tuple[int, ...]:
    return tuple(outcome for outcome, amount in enumerate(shares) if amount)
