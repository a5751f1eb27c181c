"""A little world around the present: pages and the trading engine read real clocks."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from articles.models import Article, Source
from articles.services.ingest import ingest_text
from markets.core.money import MICRO
from markets.models import CitationRole, Order, Question
from markets.services import citations, forecasting, trading
from users.models import User

SENTENCE = "The line is expected to carry its first freight train by the end of the year."


def open_question(publish: Callable[..., Question], **changes: Any) -> Question:
    """An open binary question at evens, two days old and open for ten more."""
    now = timezone.now()
    dates = {"closes_at": now + timedelta(days=10), "resolve_by": now + timedelta(days=12)}
    return publish(at=now - timedelta(days=2), **{**dates, **changes})


def article_text(number: int) -> str:
    return (
        f"Ministers rode the finished stretch of line number {number} on Thursday morning and "
        "told reporters that the work was nearly done, although two tunnels remain unlined.\n\n"
        f"{SENTENCE} Engineers put the cost at three billion, a fifth more than planned.\n\n"
        "Shipping firms have waited for years. A container that now takes eighteen days around "
        "the sea would take six across the mountains, their association said, and the ports on "
        "both coasts have begun to hire the people who will load the trains.\n"
    )


def write_article(
    editor: User, number: int = 1, *, is_free: bool = True, **changes: Any
) -> Article:
    """Ingest an article of yesterday, which everybody may read whole unless it is not free."""
    now = timezone.now()
    article = ingest_text(
        text=article_text(number),
        editor=editor,
        now=now,
        title=f"Rail corridor {number} nears completion",
        author="Leyla Mammadova",
        url=f"https://observer.example.com/{number}",
        source_name="The Observer",
        published_at=now - timedelta(days=1),
        **changes,
    )
    Source.objects.update(shows_full_text=is_free)
    return Article.objects.get(pk=article.pk)


def cite(editor: User, question: Question, article: Article) -> None:
    """Link a question to the sentence that says what is expected."""
    citations.cite(
        question_id=question.pk,
        version=article.versions.get(),
        quote=SENTENCE,
        role=CitationRole.SOURCE,
        editor=editor,
        now=timezone.now(),
    )


def buy(trader: User, question: Question, key: str, amount: int = 10, outcome: int = 0) -> None:
    trading.place_order(
        trader=trader,
        market_id=question.pk,
        claim=(outcome,),
        side="buy",
        budget=amount * MICRO,
        request_key=key,
    )


def bid(trader: User, question: Question, key: str, percent: int = 20, amount: int = 4) -> Order:
    """Let credits rest in the book until somebody sells the first outcome so cheap."""
    return trading.place_order(
        trader=trader,
        market_id=question.pk,
        claim=(0,),
        side="buy",
        budget=amount * MICRO,
        limit=Decimal(percent) / 100,
        time_in_force="gtc",
        request_key=key,
    )


def say(forecaster: User, question: Question, key: str, *probabilities: float) -> None:
    forecasting.submit_forecast(
        forecaster=forecaster,
        question_id=question.pk,
        probabilities=probabilities,
        request_key=key,
        now=timezone.now(),
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
