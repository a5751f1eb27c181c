"""A ministry on this computer that publishes figures, and resolvers that read them."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from tests.articles.services.hosts import Answer, Site, answer, site

if TYPE_CHECKING:
    from markets.models import Question, Resolver, ResolverRun


def document(content: object, *, content_type: str = "application/json") -> Answer:
    """A document in JSON, as its site should send it."""
    return answer(json.dumps(content).encode(), content_type=content_type)


def table(text: str, *, content_type: str = "text/csv; charset=utf-8") -> Answer:
    return answer(text.encode(), content_type=content_type)


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other, the last for ever."""
    waiting = list(answers)

    def send(handler: BaseHTTPRequestHandler) -> None:
        chosen = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        chosen(handler)

    return send


@pytest.fixture
def ministry() -> Iterator[Site]:
    with site() as running:
        yield running


@pytest.fixture
def watch(question: "Question", eve: Any, ministry: Site) -> Callable[..., "Resolver"]:
    """Have eve set up a resolver of the JSON document at /corridor, or as a test says."""
    from markets.services.resolvers import make_resolver
    from tests.markets.resolvers.settings import HOUR, json_settings

    def make(*, about: Any = None, now: Any = None, **changes: Any) -> "Resolver":
        asked = about or question
        given = {"url": ministry.url("/corridor"), **changes}
        return make_resolver(
            question_id=asked.pk,
            settings=json_settings(**given),
            editor=eve,
            now=now or asked.opened_at + HOUR,
            guard=ministry.guard(),
        )

    return make


@pytest.fixture
def run(ministry: Site) -> Callable[..., "ResolverRun | None"]:
    """Run whatever is due at an instant; None where nothing is."""
    from markets.services.resolver_runs import run_next

    def at(now: Any, **changes: Any) -> "ResolverRun | None":
        return run_next(now=now, jitter=0.0, guard=ministry.guard(**changes))

    return at
