"""Who is asking, and what is theirs."""

from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.fields import PageParameters
from markets.api.calls import OwnersCall, outcomes_of
from markets.api.schema import SIGNED_IN, described
from markets.api.serializers.people import (
    MeSerializer,
    PositionSerializer,
    TransferSerializer,
    WalletSerializer,
)
from markets.queries.portfolio import positions_of, transfers_of, wallet_of
from users.models import ApiKey

_TAG = "You"


class MeView(OwnersCall):
    @described("getMe", "Who you are", tag=_TAG, answer=MeSerializer, refusals=SIGNED_IN)
    def get(self, request: Request) -> Response:
        key = request.auth if isinstance(request.auth, ApiKey) else None
        return Response(MeSerializer(self.user, context={"api_key": key}).data)


class WalletView(OwnersCall):
    @described("getWallet", "Your credits", tag=_TAG, answer=WalletSerializer, refusals=SIGNED_IN)
    def get(self, request: Request) -> Response:
        """Before your first trade it shows the grant that the wallet will open with."""
        return Response(WalletSerializer(wallet_of(self.user.pk)).data)


class TransfersView(OwnersCall):
    @described(
        "listTransfers",
        "Every movement of your credits, newest first",
        tag=_TAG,
        answer=TransferSerializer(many=True),
        parameters=PageParameters,
        refusals=(*SIGNED_IN, "invalid_cursor"),
    )
    def get(self, request: Request) -> Response:
        rows = self.paginate_queryset(transfers_of(self.user.pk)) or []
        body = TransferSerializer(rows, many=True, context={"user_id": self.user.pk}).data
        return self.get_paginated_response(body)


class PositionsView(OwnersCall):
    @described(
        "listPositions",
        "What you hold, the newest question first",
        tag=_TAG,
        answer=PositionSerializer(many=True),
        refusals=SIGNED_IN,
    )
    def get(self, request: Request) -> Response:
        rows = positions_of(self.user.pk)
        context = {"outcomes": outcomes_of(position.question_id for position in rows)}
        body = PositionSerializer(rows, many=True, context=context).data
        return Response({"results": body, "next": None})
