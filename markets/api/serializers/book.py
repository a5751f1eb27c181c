"""What can be traded at which price: the order book, and quotes."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from markets.api.fields import (
    Amount,
    AmountAsked,
    ClaimParameters,
    Limit,
    OutcomeKeys,
    OutcomeProbabilities,
    Price,
)
from markets.core.money import MILLS
from markets.models import Outcome, Side, TimeInForce
from markets.queries.orderbook import Ladder


class QuoteQuery(ClaimParameters):
    side = serializers.ChoiceField(Side.values, required=False, default=Side.BUY.value)
    budget = AmountAsked(required=False, default=None, help_text="Credits to spend, when buying.")
    shares = AmountAsked(required=False, default=None, help_text="How many shares to buy or sell.")
    limit = Limit(required=False, default=None, help_text="The worst price per share.")
    time_in_force = serializers.ChoiceField(
        TimeInForce.values,
        required=False,
        default=TimeInForce.IOC.value,
        help_text="gtc and gtd: what is left rests.",
    )


class QuoteSerializer(serializers.Serializer[Any]):
    """What an order would do at `seq`; nothing is reserved."""

    question = serializers.IntegerField()
    seq = serializers.IntegerField()
    claim = OutcomeKeys()
    side = serializers.ChoiceField(Side.values)
    cost = Amount(help_text="Of what is traded at once. Negative: what a sale brings in.")
    shares = Amount(help_text="How many are traded at once.")
    average_price = Price(allow_null=True)
    price_before = Price(allow_null=True)
    price_after = Price(allow_null=True)
    probabilities_after = OutcomeProbabilities()
    payout_if_right = Amount(help_text="What the shares traded at once pay if the claim is true.")
    met_orders = serializers.IntegerField(help_text="Resting orders that it would trade with.")
    met_shares = Amount(help_text="How many of the shares those trade.")
    rests_shares = Amount(help_text="With gtc or gtd: what would rest, in shares at the limit.")
    reserves = Amount(help_text="Credits that the resting part of a buy would hold back.")


class OrderBookQuery(ClaimParameters):
    """Everything, or only the ladder of one claim."""

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        nothing = all(value is None for value in given.values())
        return {"claim": None} if nothing else super().validate(given)


class LevelSerializer(serializers.Serializer[Any]):
    price = serializers.SerializerMethodField()
    shares = Amount(help_text="What rests at this very price.")
    orders = serializers.IntegerField(help_text="In how many orders.")
    maker_shares = Amount(
        help_text="What the market maker trades until its own price is this one, all in all."
    )

    @extend_schema_field(Price())
    def get_price(self, level: Any) -> str:
        return Price().to_representation(Decimal(level.price) / MILLS)


class LadderSerializer(serializers.Serializer[Any]):
    """Both sides of one claim, as whoever comes next would trade it, the best prices first.

    Orders on the claim's complement are in it as well: a buy of it at 0.4 is an ask at 0.6.
    """

    claim = serializers.SerializerMethodField(help_text="Outcome keys.")
    price = Price(help_text="The market maker's.")
    bids = LevelSerializer(many=True, help_text="To sell to.")
    asks = LevelSerializer(many=True, help_text="To buy from.")

    @extend_schema_field(OutcomeKeys())
    def get_claim(self, ladder: Ladder) -> list[str]:
        outcomes: list[Outcome] = self.context["outcomes"]
        return [outcomes[index].key for index in ladder.claim]


class OrderBookSerializer(serializers.Serializer[Any]):
    """What rests in a market, and what its maker would trade at the same prices."""

    question = serializers.IntegerField(source="question_id")
    seq = serializers.IntegerField()
    ladders = LadderSerializer(many=True)
