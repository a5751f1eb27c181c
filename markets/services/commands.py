"""What traders ask of the engine, as it waits in a lane, and what they are answered."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from markets.core.claims import Claim
from markets.core.exchange import Fill
from markets.models import OrderStatus
from markets.services.lanes import Command


class Request(NamedTuple):
    """An order as it was asked for; `limit` in mills, amounts in millionths."""

    market_id: int
    trader_id: int
    request_key: str
    request_sha256: str
    side: str
    claim: Claim | None
    target: tuple[float, ...] | None
    budget: int | None
    shares: int | None
    limit: int | None
    time_in_force: str
    expires_at: datetime | None
    cost_max: int | None
    shares_min: int | None
    origin: str


@dataclass(slots=True, kw_only=True)
class OrderState:
    """What may still change of an order: how far it is filled, what it reserves, how it ended."""

    id: int
    trader_id: int
    filled_shares: int = 0
    cost: int = 0
    reserved: int = 0
    status: str = OrderStatus.OPEN
    ended_at: datetime | None = None
    end_reason: str = ""
    expires_at: datetime | None = None
    is_new: bool = True
    """Is its row still to be written, with everything that this batch does to it?"""


class FillRow(NamedTuple):
    """A fill with its place in the market's history."""

    fill: Fill
    seq: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An order that was accepted, and all that happened to it in its batch."""

    request: Request
    state: OrderState
    placed_at: datetime
    displaced: tuple[int, ...]
    fills: list[FillRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TakenBefore:
    """The request was recognised: this order was its first answer."""

    order_id: int


class Placement(Command[Taken | TakenBefore]):
    def __init__(self, request: Request) -> None:
        super().__init__(request.market_id)
        self.request = request


class Cancellation(Command[bool]):
    """Answered with whether the order was still open."""

    def __init__(self, *, market_id: int, order_id: int, trader_id: int) -> None:
        super().__init__(market_id)
        self.order_id = order_id
        self.trader_id = trader_id


class Expiry(Command[bool]):
    """Ends what has run out in a market, as every batch does before it begins."""
