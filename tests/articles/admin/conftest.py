"""The desk at NOON, as an editor and as somebody who is none.

pytest reads a conftest that it is pointed at before Django is set up, hence the late imports.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from tests.instants import NOON

if TYPE_CHECKING:
    from articles.models import Article, Draft
    from users.models import User


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def as_eve(eve: "User") -> Client:
    client = Client()
    client.force_login(eve)
    return client


@pytest.fixture
def as_charlie(charlie: "User") -> Client:
    client = Client()
    client.force_login(charlie)
    return client


@pytest.fixture
def article(eve: "User") -> "Article":
    """An article from which the rules draft two questions."""
    from articles.services.ingest import ingest_text
    from tests.articles.services.stories import BRIDGE

    return ingest_text(text=BRIDGE, url="https://post.example/bridge", editor=eve, now=NOON)


@pytest.fixture
def draft(article: "Article") -> "Draft":
    """The first of its drafts, in the order of the text."""
    from articles.models import Draft

    return Draft.objects.order_by("start")[0]
