"""The order book of a question, and what an order would do to it."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from markets.api.calls import PublicRead, outcomes_in_order, question_seen_by
from markets.api.fields import by_key, claim_of
from markets.api.schema import NAMED, described
from markets.api.serializers.book import (
    OrderBookQuery,
    OrderBookSerializer,
    QuoteQuery,
    QuoteSerializer,
)
from markets.models import Outcome, Question
from markets.queries.orderbook import order_book
from markets.queries.quotes import quote_order
from markets.services.locks import MarketNotFound

_TAG = "Questions"


class OrderBookView(PublicRead):
    @described(
        "getOrderBook",
        "What can be bought and sold at which price",
        tag=_TAG,
        answer=OrderBookSerializer,
        also=NAMED,
        parameters=OrderBookQuery,
        refusals=("question_not_found", "market_not_found", "invalid_claim", "range_off_edges"),
    )
    def get(self, request: Request, question: str) -> Response:
        """One ladder where there are two outcomes, and one for each where there are more, with the
        claims of several outcomes on which orders rest behind them."""
        found, outcomes = _traded(question)
        asked = self.query["claim"]
        claims = None if asked is None else [claim_of(outcomes, asked)]
        book = order_book(found.market, claims=claims, now=timezone.now())
        return Response(OrderBookSerializer(book, context={"outcomes": outcomes}).data)


class QuoteView(PublicRead):
    cache = "no-store"

    @described(
        "getQuote",
        "What an order would cost and move, without placing it",
        tag=_TAG,
        answer=QuoteSerializer,
        also=NAMED,
        parameters=QuoteQuery,
        refusals=(
            "question_not_found",
            "market_not_found",
            "invalid_claim",
            "invalid_order",
            "price_out_of_range",
            "shares_out_of_range",
            "not_fillable",
            "too_many_fills",
        ),
    )
    def get(self, request: Request, question: str) -> Response:
        """For anybody's order: a sale is quoted as if you had the shares."""
        found, outcomes = _traded(question)
        asked = dict(self.query)
        claim = claim_of(outcomes, asked.pop("claim"))
        quote = quote_order(market_id=found.pk, claim=claim, now=timezone.now(), **asked)
        body = {
            **vars(quote),
            "question": found.pk,
            "claim": [outcomes[index].key for index in claim],
            "side": self.query["side"],
            "probabilities_after": by_key(outcomes, quote.probabilities_after),
        }
        return Response(QuoteSerializer(body).data)


def _traded(name: str) -> tuple[Question, list[Outcome]]:
    """A question that everybody may see and that has a market, with its outcomes."""
    found = question_seen_by(None, name)
    if getattr(found, "market", None) is None:
        raise MarketNotFound("This question has no market, so it has no price.")
    return found, outcomes_in_order(found)
