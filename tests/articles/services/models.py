"""A language model on this computer, which says what a test has scripted, answer by answer."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.articles.services.hosts import Answer, Site, answer, site

PATH = "/v1/chat/completions"
KEY = "sk-test-key-that-nobody-may-see"
MODEL = "small-news-8b"

BRIDGE_SENTENCE = (
    "The bridge over the Halvik strait is expected to open to traffic by 30 June 2027, the "
    "ministry of transport said."
)
VOTE_SENTENCE = (
    "The Regional Council of Halvik is scheduled to vote on a lower toll by 15 March 2027, after "
    "two earlier attempts were put off for want of a majority among its members."
)
FERRY_SENTENCE = (
    "Ferries will go on carrying lorries until the summer, said the harbour master, who has run "
    "the crossing since he was a young man and does not expect to miss it."
)
"""From BRIDGE (stories.py); the rules draft from the first two, not from the third."""


@dataclass
class ScriptedModel:
    """What a running model has been asked, and what it is still to say."""

    site: Site
    script: list[Answer]

    @property
    def url(self) -> str:
        return self.site.url("/v1")

    def will(self, *answers: Answer) -> None:
        self.script += answers

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.site.bodies]

    def said_to(self, number: int) -> str:
        """All that the model was told in its request of this number, from 0."""
        return "\n".join(message["content"] for message in self.asked[number]["messages"])


@contextmanager
def scripted_model() -> Iterator[ScriptedModel]:
    with site() as running:
        model = ScriptedModel(running, [])

        def play(handler: BaseHTTPRequestHandler) -> None:
            model.script.pop(0)(handler)

        running.answers[PATH] = play
        yield model


def say(content: object, *, tokens: tuple[int, int] | None = (100, 20), **choice: Any) -> Answer:
    """An answer in the manner of OpenAI; content that is no string is said in JSON."""
    said = content if isinstance(content, str) or content is None else json.dumps(content)
    message = {"role": "assistant", "content": said, **choice.pop("message", {})}
    completion: dict[str, Any] = {
        "id": "chat-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", **choice}],
    }
    if tokens is not None:
        completion["usage"] = {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        }
    return in_json(completion)


def in_json(body: object, *, status: int = 200, **headers: str) -> Answer:
    encoded = json.dumps(body).encode()
    return answer(encoded, status=status, content_type="application/json", **headers)


def quotes(*sentences: str) -> Answer:
    return say({"quotes": list(sentences)})


def questions(*drafted: dict[str, Any]) -> Answer:
    return say({"questions": list(drafted)})


def verdicts(*supported: bool) -> Answer:
    listed = [
        {"question": number, "is_supported": each} for number, each in enumerate(supported, 1)
    ]
    return say({"verdicts": listed})


def question(**changes: Any) -> dict[str, Any]:
    """A question about the third sentence of BRIDGE, with whatever a test changes."""
    return {
        "passage": 1,
        "type": "binary",
        "title": "Will ferries stop carrying lorries over the Halvik strait by 31 August 2027?",
        "condition": "ferries must have stopped carrying lorries over the Halvik strait",
        "source": "the harbour master",
        "outcomes": [],
        "deadline": "2027-08-31",
        **changes,
    }


def slow(seconds: float) -> Answer:
    def send(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        say({"quotes": []})(handler)

    return send
