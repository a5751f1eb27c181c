"""A real Chromium against a live server with the real PostgreSQL.

Modules that import models are imported late: Django is not set up when this is loaded.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Playwright's synchronous calls run inside an event loop of their own, in which Django would
# refuse to touch the database; nothing here is concurrent with the test itself.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
]
WAIT_MS = 15_000


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    reason = (
        "NO CHROMIUM: the journeys through the pages were not walked. "
        "Install chromium, or name one in the environment variable CHROMIUM."
    )
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_chromium(), args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody, in a browser of his or her own; complaints in its console fail."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(
        path: str,
        *,
        user: Any = None,
        width: int = 1280,
        scheme: str = "light",
        scripts: bool = True,
        zone: str = "UTC",
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            reduced_motion="reduce",
            timezone_id=zone,
            locale="en-GB",
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])
        page = context.new_page()
        page.on("console", lambda message: _note(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _note(message: Any, complaints: list[str]) -> None:
    """Keep what a browser complains about; a refusal's status is no fault of the page."""
    is_expected = "the server responded with a status of 4" in message.text
    if message.type in {"error", "warning"} and not is_expected:
        complaints.append(message.text)


def _session_cookie(user: Any, url: str) -> Any:
    from django.conf import settings

    from tests.markets.web.world import signed_in

    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": signed_in(user).cookies[name].value, "url": url}


@pytest.fixture
def publish(transactional_db: None, eve: Any) -> Callable[..., Any]:
    from markets.services import questions
    from tests.cast import question_text
    from tests.markets.web.world import open_question

    def make(*, at: Any, **changes: Any) -> Any:
        question = questions.draft_question(text=question_text(**changes), editor=eve, now=at)
        return questions.publish(
            question_id=question.pk, editor=eve, now=at, override_reason="A test is about else."
        )

    return partial(open_question, make)


@pytest.fixture
def question(publish: Callable[..., Any], eve: Any) -> Any:
    """An open question with an article, and odds at evens."""
    from tests.markets.web.world import cite, write_article

    question = publish()
    cite(eve, question, write_article(eve))
    return question
