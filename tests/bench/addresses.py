"""The site's addresses, and beside them an order that is read and then forgotten."""

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as of_the_site
from markets.api.calls import idempotency_key
from markets.api.serializers.trading import OrderBody
from markets.api.views.trading import OrdersView


class OrdersOnlyRead(OrdersView):
    """`POST /api/v1/orders` up to the call: the key is checked, the body is read and refused."""

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = idempotency_key(request)
        asked = OrderBody.read(request.data)
        return Response({"key": key, "side": asked["side"]}, status=201)


urlpatterns = [path("bench/orders", OrdersOnlyRead.as_view()), *of_the_site]
