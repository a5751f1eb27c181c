"""People and programs that call the API, on a question that is open today.

An order is timed by the database's own clock, so these questions are dated from today. What
imports models is imported late: Django is not set up when this is loaded.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.markets.api.calling import Caller

if TYPE_CHECKING:
    from markets.models import Question
    from users.models import Scope, User


@pytest.fixture
def today() -> datetime:
    return timezone.now()


@pytest.fixture
def ask(publish: "Callable[..., Question]", today: datetime) -> "Callable[..., Question]":
    """Publish a question that is open today, with whatever a test changes."""

    def make(**changes: Any) -> "Question":
        dates = {"closes_at": today + timedelta(days=10), "resolve_by": today + timedelta(days=12)}
        return publish(at=today - timedelta(minutes=5), **{**dates, **changes})

    return make


@pytest.fixture
def question(ask: "Callable[..., Question]") -> "Question":
    return ask()


@pytest.fixture
def race(ask: "Callable[..., Question]") -> "Question":
    """Three outcomes, of which one comes true."""
    return ask(
        title="Who will win the election of 2027?",
        type="multiple_choice",
        outcomes=("Ana", "Berta", "Somebody else"),
        prior=(0.5, 0.3, 0.2),
    )


@pytest.fixture
def anyone(db: None) -> Caller:
    return Caller(Client())


@pytest.fixture
def program_of() -> Callable[..., Caller]:
    """A program with a key of a user's; with every scope unless a test names some."""

    from users.models import Scope
    from users.services import issue_api_key

    def make(user: "User", *scopes: "Scope") -> Caller:
        _, key = issue_api_key(
            user=user, label="bot", scopes=scopes or list(Scope), now=timezone.now()
        )
        return Caller(Client(headers={"authorization": f"Bearer {key}"}))

    return make


@pytest.fixture
def alices(alice: "User", program_of: Callable[..., Caller]) -> Caller:
    return program_of(alice)


@pytest.fixture
def charlies(charlie: "User", program_of: Callable[..., Caller]) -> Caller:
    return program_of(charlie)


@pytest.fixture
def nothing_written(question: "Question") -> Callable[[], None]:
    """A function that asserts that the books are as they were when the test began."""

    from markets.models import Account, Fill, Market, Order, Transfer

    def books() -> Any:
        return (
            Order.objects.count(), Fill.objects.count(), Transfer.objects.count(),
            list(Account.objects.order_by("pk").values()), list(Market.objects.values()),
        )  # fmt: skip

    before = books()

    def check() -> None:
        assert books() == before

    return check
