import hashlib
from datetime import timedelta

import pytest

from articles.models import Article, ArticleVersion, Story
from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.models import CitationRole
from markets.queries.record import cited_articles, recent_fills
from markets.queries.stories import articles_that_raised, reading_of, stories_of
from markets.services import citations, forecasting, questions, trading
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = "The line opens in December."
SECOND = "Its price has doubled."


def write(title, published_at, text=f"{FIRST} {SECOND} Nobody was surprised by either of them."):
    article = Article.objects.create(
        title=title, published_at=published_at, published_precision="instant",
        published_origin="editor", story=Story.objects.create(grown_at=NOON),
        added_at=published_at,
    )  # fmt: skip
    text = f"{text} ({title})"
    ArticleVersion.objects.create(
        article=article, number=1, text=text, captured_at=published_at,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    return article


def cite(question, article, quote, editor):
    citations.cite(
        question_id=question.pk, version=article.versions.get(number=1), quote=quote,
        role=CitationRole.SOURCE, editor=editor, now=NOON,
    )  # fmt: skip


def test_cited_articles_are_numbered_by_date_with_each_quote_once(question, eve):
    later, earlier = write("Later", NOON + 2 * HOUR), write("Earlier", NOON - HOUR)
    cite(question, later, SECOND, eve)
    cite(question, later, FIRST, eve)
    cite(question, earlier, FIRST, eve)

    cited = cited_articles(question, now=NOON + DAY)

    assert [(each.number, each.article.title, each.quotes) for each in cited] == [
        (1, "Earlier", (FIRST,)),
        (2, "Later", (FIRST, SECOND)),
    ]


def test_the_odds_then_are_those_at_publication_or_at_the_opening(question, eve, alice):
    cite(question, write("Before", NOON - HOUR), FIRST, eve)
    cite(question, write("After", NOON + 2 * HOUR), FIRST, eve)
    order = trading.place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=20 * MICRO,
        request_key="first", clock=lambda: NOON + HOUR,
    )  # fmt: skip

    before, after = (each.impact for each in cited_articles(question, now=NOON + DAY))

    assert (before.at_first, before.since) == ((0.5, 0.5), NOON)
    assert after.at_first == tuple(order.fills.get().probabilities)
    assert after.since == NOON + 2 * HOUR


def test_fills_say_who_traded_what_newest_first(alice, bob, question):
    bought = trading.place_order(
        trader=alice, market_id=question.pk, claim=(1,), side="buy", budget=20 * MICRO,
        request_key="first", clock=lambda: NOON + HOUR,
    )  # fmt: skip
    forecasting.submit_forecast(
        forecaster=bob, question_id=question.pk, probabilities=[0.9, 0.1], stake=5 * MICRO,
        request_key="first", now=NOON + HOUR, clock=lambda: NOON + 2 * HOUR,
    )  # fmt: skip

    staked, first = recent_fills(question.pk)

    assert (staked.trader_name, staked.outcomes, staked.cost) == ("bob", (0,), 5 * MICRO)
    assert (first.trader_name, first.outcomes, first.is_sale) == ("alice", (1,), False)
    assert first.shares == bought.filled_shares
    assert first.probability_after == bought.fills.get().probabilities[1]
    assert [fill.trader_name for fill in recent_fills(question.pk, limit=1)] == ["bob"]


def test_a_sale_is_told_from_a_purchase(alice, question):
    for side, amount in (("buy", {"budget": 20 * MICRO}), ("sell", {"shares": 5 * MICRO})):
        trading.place_order(
            trader=alice, market_id=question.pk, claim=(0,), side=side, request_key=side,
            clock=lambda: NOON + HOUR, **amount,
        )  # fmt: skip

    sale = recent_fills(question.pk)[0]

    assert (sale.is_sale, sale.shares, sale.outcomes) == (True, 5 * MICRO, (0,))
    assert sale.cost > 0


def test_stories_carry_their_public_questions_in_the_order_of_the_text(question, publish, eve):
    article, silent = write("Raised", NOON), write("Silent", NOON + HOUR)
    second = publish(title="Will its price double again?")
    hidden = questions.draft_question(text=question_text(), editor=eve, now=NOON)
    cite(second, article, SECOND, eve)
    cite(question, article, FIRST, eve)
    cite(hidden, article, FIRST + " " + SECOND, eve)

    [story] = stories_of([article], now=NOON + HOUR)

    assert [card.question.pk for card in story.cards] == [question.pk, second.pk]
    assert list(articles_that_raised()) == [article]
    assert [each.cards for each in stories_of([silent], now=NOON + HOUR)] == [()]


def test_a_reading_marks_only_what_raised_public_questions(question, eve, alice):
    article = write("Raised", NOON - HOUR)
    hidden = questions.draft_question(text=question_text(), editor=eve, now=NOON)
    cite(question, article, FIRST, eve)
    cite(hidden, article, SECOND, eve)
    trading.place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=20 * MICRO,
        request_key="first", clock=lambda: NOON + HOUR,
    )  # fmt: skip

    reading = reading_of(article.pk, reader=None, now=NOON + 2 * HOUR)

    assert [quote.text for quote in reading.page.quotes] == [FIRST]
    assert list(reading.raised) == [question.pk]
    raised = reading.raised[question.pk]
    assert raised.probability_then == 0.5
    assert raised.change == raised.card.leading.probability - 0.5
    assert reading_of(article.pk + 1, reader=None, now=NOON) is None


def test_a_cited_article_says_which_answers_it_is_evidence_for(question, eve):
    article = write("Now", NOON)
    for quote, supports in ((FIRST, 1), (SECOND, None)):
        citations.cite(
            question_id=question.pk, version=article.versions.get(), quote=quote,
            role=CitationRole.EVIDENCE, editor=eve, now=NOON,
        )  # fmt: skip
        question.citations.filter(quote=quote).update(supports=supports)

    (cited,) = cited_articles(question, now=NOON + DAY)

    assert cited.supports == ("No",)


def test_evidence_for_a_number_is_said_in_its_unit(publish, eve):
    bins = Bins(lower=10, upper=12, count=4, unit="bn dollars")
    question = publish(type="numeric", outcomes=(), prior=(), bins=bins)
    cite(question, write("Now", NOON), FIRST, eve)
    question.citations.update(role=CitationRole.EVIDENCE, supports_value=10.5)

    (cited,) = cited_articles(question, now=NOON + DAY)

    assert cited.supports == ("10.5 bn dollars",)
