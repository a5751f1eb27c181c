"""The order book as the page of a question shows it: one ladder at a time, with its picture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from markets.core.bin_words import claim_words as range_words
from markets.core.claims import Claim
from markets.core.numeric import Bins
from markets.models import Market, Question
from markets.queries.orderbook import Ladder, Level, order_book
from markets.web import depth

ORDERS_SHOWN = 8
"""How many prices of each side stand beside the picture; the table has all of them."""

TABS_MAX = 8
"""With more ladders than this only those with orders can be chosen."""

_CLAIM = re.compile(r"[0-9]{1,3}(-[0-9]{1,3})*")


@dataclass(frozen=True)
class Tab:
    """A ladder to choose; `claim` is as it stands in the address."""

    claim: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class BookPanel:
    """What the section on the order book shows; `seen` tells two of them apart."""

    ladder: Ladder
    words: str
    depth: depth.Depth
    tabs: tuple[Tab, ...]
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    seen: str

    @property
    def chosen(self) -> str:
        return spelled(self.ladder.claim)


def book_panel(question: Question, *, chosen: str, now: datetime) -> BookPanel | None:
    """The ladder of the claim that the address names, or else of the likeliest outcome.

    None where there is no market, or nothing to choose from.
    """
    market: Market | None = getattr(question, "market", None)
    if market is None:
        return None
    ladders = order_book(market, now=now).ladders
    ladder = _chosen(ladders, chosen)
    if ladder is None:
        return None
    labels = [outcome.label for outcome in question.outcomes.all()]
    names = {each.claim: claim_name(each.claim, labels, question.bins) for each in ladders}
    offered = [each for each in ladders if len(ladders) <= TABS_MAX or each.has_orders]
    offered += [] if ladder in offered else [ladder]
    return BookPanel(
        ladder=ladder,
        words=names[ladder.claim],
        depth=depth.draw(ladder),
        tabs=tuple(Tab(spelled(each.claim), names[each.claim], each is ladder) for each in offered),
        bids=_with_orders(ladder.bids),
        asks=_with_orders(ladder.asks),
        seen=f"{crc32(repr(ladders).encode()):08x}",
    )


def claim_name(claim: Sequence[int], labels: Sequence[str], bins: Bins | None = None) -> str:
    """A claim for people: the names of its outcomes, "not" the one left out, or the range.

    >>> claim_name((0, 2), ["Ana", "Berta", "Carla", "Dora"])
    'Ana or Carla'
    >>> claim_name((0, 2), ["Ana", "Berta", "Carla"])
    'not Berta'
    """
    if bins is not None:
        return range_words(bins, claim)
    left_out = [label for index, label in enumerate(labels) if index not in claim]
    if len(left_out) == 1 and len(labels) > 2:
        return f"not {left_out[0]}"
    return " or ".join(labels[index] for index in claim)


def spelled(claim: Claim) -> str:
    """A claim as it stands in an address.

    >>> spelled((0, 2))
    '0-2'
    """
    return "-".join(map(str, claim))


def _chosen(ladders: Sequence[Ladder], chosen: str) -> Ladder | None:
    by_claim = {ladder.claim: ladder for ladder in ladders}
    if _CLAIM.fullmatch(chosen):
        asked = by_claim.get(tuple(map(int, chosen.split("-"))))
        if asked is not None:
            return asked
    return max(ladders, key=lambda ladder: ladder.price, default=None)


def _with_orders(levels: Sequence[Level]) -> tuple[Level, ...]:
    return tuple(level for level in levels if level.orders)[:ORDERS_SHOWN]
