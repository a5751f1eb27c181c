"""What belongs to whoever asks."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.api.fields import Instant
from markets.api.fields import Amount
from markets.api.serializers.questions import STATUSES, OutcomeSerializer
from markets.models import Outcome, Transfer, TransferCode
from markets.queries.portfolio import PositionView
from users.models import Scope


class KeySerializer(serializers.Serializer[Any]):
    prefix = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field has an attribute of this name
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.values))
    expires_at = Instant(allow_null=True)


class MeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.CharField()
    is_editor = serializers.BooleanField(source="is_staff")
    joined_at = Instant()
    api_key = serializers.SerializerMethodField(help_text="The key of this call, if it used one.")

    @extend_schema_field(KeySerializer(allow_null=True))
    def get_api_key(self, _: Any) -> dict[str, Any] | None:
        key = self.context["api_key"]
        return None if key is None else dict(KeySerializer(key).data)


class WalletSerializer(serializers.Serializer[Any]):
    balance = Amount()
    reserved = Amount()
    available = Amount(help_text="The balance less what is reserved.")


class TransferSerializer(serializers.Serializer[Any]):
    """One movement of credits into or out of one's wallet."""

    id = serializers.IntegerField()
    code = serializers.ChoiceField(TransferCode.values)
    direction = serializers.SerializerMethodField()
    amount = Amount(help_text="Always positive; the direction says which way it went.")
    question = serializers.IntegerField(source="market_id", allow_null=True)
    posted_at = Instant()

    @extend_schema_field({"type": "string", "enum": ["in", "out"]})
    def get_direction(self, transfer: Transfer) -> str:
        return "in" if transfer.credit.owner_id == self.context["user_id"] else "out"


class HoldingSerializer(OutcomeSerializer):
    shares = Amount()


class PositionSerializer(serializers.Serializer[Any]):
    """What one holds in a question's market."""

    question = serializers.IntegerField(source="question_id")
    slug = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    outcomes = serializers.SerializerMethodField()
    spent = Amount()
    received = Amount()
    value = Amount(help_text="At the market's odds; once settled, what was paid.")
    profit = Amount(help_text="Received and value, less spent.")
    payout = Amount()
    is_settled = serializers.BooleanField()

    @extend_schema_field(HoldingSerializer(many=True))
    def get_outcomes(self, position: PositionView) -> list[dict[str, Any]]:
        outcomes: list[Outcome] = self.context["outcomes"][position.question_id]
        return [
            {
                **OutcomeSerializer(outcome).data,
                "shares": Amount().to_representation(shares),
            }
            for outcome, shares in zip(outcomes, position.shares, strict=True)
        ]
