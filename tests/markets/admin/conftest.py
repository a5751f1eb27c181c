"""The desk at NOON, as two editors and as somebody who is none.

pytest reads a conftest that it is pointed at before Django is set up, hence the late imports.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from tests.instants import NOON

if TYPE_CHECKING:
    from articles.models import Draft
    from markets.models import Question
    from users.models import User


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def signed_in(user: "User") -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_eve(eve: "User") -> Client:
    return signed_in(eve)


@pytest.fixture
def as_erin(erin: "User") -> Client:
    return signed_in(erin)


@pytest.fixture
def as_charlie(charlie: "User") -> Client:
    return signed_in(charlie)


@pytest.fixture
def written(eve: "User") -> "Question":
    """A question that eve is still writing."""
    from markets.services import questions
    from tests.cast import question_text

    return questions.draft_question(text=question_text(), editor=eve, now=NOON)


@pytest.fixture
def buy() -> Callable[..., None]:
    """Have somebody buy one outcome for so many credits at NOON."""
    from markets.core.money import MICRO
    from markets.services import trading

    def make(trader: "User", question: "Question", claim: tuple[int, ...], amount: int) -> None:
        trading.place_order(
            trader=trader, market_id=question.pk, claim=claim, side="buy",
            budget=amount * MICRO, request_key=f"buy-{claim}", clock=lambda: NOON,
        )  # fmt: skip

    return make


@pytest.fixture
def draft(eve: "User") -> "Draft":
    """The first draft of an article about a bridge."""
    from articles.models import Draft
    from articles.services.ingest import ingest_text
    from tests.articles.services.stories import BRIDGE

    ingest_text(text=BRIDGE, url="https://post.example/bridge", editor=eve, now=NOON)
    return Draft.objects.order_by("start")[0]
