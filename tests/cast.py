"""The fixed cast of every test, and the questions that they meet around.

alice and bob trade, charlie may never see or touch what is theirs, eve and erin are editors.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from markets.models import Question
from markets.services import questions, trading
from markets.services.question_text import QuestionText
from tests.instants import NOON
from users.models import User


def person(name: str, *, is_staff: bool = False) -> User:
    return User.objects.create_user(
        f"{name}@example.com", "a long password", name=name, is_staff=is_staff
    )


@pytest.fixture(autouse=True)
def lanes_let_go() -> Iterator[None]:
    """Close the connections that the engine keeps, or the database could not be dropped."""
    yield
    trading.close_engines()


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return person("charlie")


@pytest.fixture
def eve(db: None) -> User:
    return person("eve", is_staff=True)


@pytest.fixture
def erin(db: None) -> User:
    return person("erin", is_staff=True)


def question_text(**changes: object) -> QuestionText:
    """A sound binary question that closes ten days after NOON, with whatever a test changes."""
    text: dict[str, object] = {
        "title": "Will the corridor open by 2 December 2026?",
        "type": "binary",
        "outcomes": ("Yes", "No"),
        "prior": (0.5, 0.5),
        "resolution_criteria": (
            "YES if the first freight train crosses, according to the ministry of transport; "
            "otherwise NO."
        ),
        "closes_at": NOON + timedelta(days=10),
        "resolve_by": NOON + timedelta(days=12),
    }
    return QuestionText(**{**text, **changes})  # type: ignore[arg-type]


@pytest.fixture
def publish(eve: User) -> Callable[..., Question]:
    """Publish a question at NOON, with whatever a test changes in its text, lint or no lint."""

    def make(*, at: datetime = NOON, **changes: object) -> Question:
        question = questions.draft_question(text=question_text(**changes), editor=eve, now=at)
        return questions.publish(
            question_id=question.pk, editor=eve, now=at, override_reason="A test is about else."
        )

    return make


@pytest.fixture
def question(publish: Callable[..., Question]) -> Question:
    """An open binary question at evens, its market subsidised with 500 credits."""
    return publish()
