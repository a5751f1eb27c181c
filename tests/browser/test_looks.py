"""Every page of the demo world, at three widths, light and dark: accessible, and fit to look at.

With PICTURES=1 in the environment they are written to `screenshots/`, for people.
"""

import os
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from articles.models import Article
from markets import tasks
from markets.models import Correction, Question
from tests.browser.desk_pages import desk_pages
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "screenshots"
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
WIDTHS = (360, 768, 1280)
CHECKED_WIDTHS = (360, 1280)
"""The middle one has the same elements; axe takes most of this test's time."""
LISTS = (
    "home", "questions", "news", "portfolio", "wallet", "leaderboard", "calibration", "about",
)  # fmt: skip
SCHEMES = ("light", "dark")
DESK_VIEWS = (("light", 360), ("light", 1280), ("dark", 1280))
GRAVE = ("serious", "critical")

RUN_AXE = """
async (root) => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const found = await axe.run(root ?? document, {runOnly: rules});
  return found.violations.map(
    (each) => [each.impact, each.id, each.nodes.map((node) => node.html)]
  );
}
"""


def pages():
    """The pages of the demo world by the name of their picture."""
    status = {each.status: each for each in Question.objects.filter(opened_at__isnull=False)}
    open_ones = Question.objects.filter(status="open")
    choice = open_ones.filter(type="multiple_choice").order_by("pk")[0]
    whole = Article.objects.filter(source__shows_full_text=True, citations__isnull=False)
    excerpt = Article.objects.filter(source__shows_full_text=False, citations__isnull=False)
    chosen = {
        "question-open": open_ones.filter(type="binary").order_by("pk")[0],
        "question-choice": choice,
        "question-number": open_ones.filter(type="numeric").order_by("pk")[0],
        "question-date": open_ones.filter(type="date").order_by("pk")[0],
        "question-corrected": Correction.objects.get(decision="confirmed").question,
        "question-correcting": Correction.objects.get(decision="").question,
        "question-ambiguous": Question.objects.get(resolution__verdict="ambiguous"),
        **{
            f"question-{name}": status[name]
            for name in ("halted", "closed", "proposed", "challenged", "final", "annulled")
        },
    }
    return {
        **{name: reverse(f"pages:{name}") for name in LISTS},
        **{name: reverse("pages:question", args=[each.slug]) for name, each in chosen.items()},
        "question-sell": reverse("pages:question", args=[choice.slug]) + "?side=sell&claim=0",
        **{
            f"article-{kind}": reverse("pages:article", args=[found.order_by("pk")[0].pk])
            for kind, found in (("whole", whole), ("excerpt", excerpt))
            if found.exists()
        },
        "leaderboard-quarter": reverse("pages:leaderboard") + "?kind=profit&period=quarter",
        "person": reverse("pages:person", args=["alice"]),
        "person-unscored": reverse("pages:person", args=["eve"]),
        "search": reverse("pages:questions") + "?q=railway&status=open&sort=volume",
        "nothing-found": reverse("pages:questions") + "?q=zeppelin",
        "not-found": "/no/such/page/",
    }


ENTRANCE = {
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "sign-out": "/accounts/logout/",
    "forgotten-password": "/accounts/password/reset/",
    "link-sent": "/accounts/password/reset/done/",
    "link-used": "/accounts/password/reset/key/1-set-password/",
    "change-password": "/accounts/password/change/",
}


def grave_findings(page, root=None):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [found for found in page.evaluate(RUN_AXE, root) if found[0] in GRAVE]


def test_every_page_of_the_demo_world_is_accessible_and_fits_its_screen(visit):
    call_command("load_demo_world")
    tasks.suggest_links()

    wrong = {**_readers_pages(visit), **_editors_pages(visit)}

    assert {picture: found for picture, found in wrong.items() if found} == {}


def _readers_pages(visit):
    """What is wrong with each picture of the pages for forecasters."""
    alice = User.objects.get(name="alice")
    everywhere = {**pages(), **ENTRANCE}
    strangers = {"sign-in", "sign-up", "forgotten-password", "link-sent", "link-used"}
    wrong = {}
    for scheme in SCHEMES:
        for width in WIDTHS:
            for is_stranger in (False, True):
                page = visit(
                    "/about/", user=None if is_stranger else alice, width=width, scheme=scheme
                )
                names = [name for name in everywhere if (name in strangers) is is_stranger]
                for name in names:
                    page.goto(everywhere[name])
                    picture = f"{name}-{width}-{scheme}"
                    _take(page, picture)
                    found = grave_findings(page) if width in CHECKED_WIDTHS else []
                    wrong[picture] = [*_too_wide(page, width), *found]
    return wrong


def _editors_pages(visit):
    """What is wrong with each picture of the desk, the admin theme around its pages left out."""
    erin = User.objects.get(name="erin")
    wrong = {}
    for scheme, width in DESK_VIEWS:
        page = visit("/admin/", user=erin, width=width, scheme=scheme)
        for name, path in desk_pages().items():
            page.goto(path)
            picture = f"desk-{name}-{width}-{scheme}"
            _take(page, picture)
            wrong[picture] = [*_too_wide(page, width), *grave_findings(page, ".desk")]
    return wrong


def _take(page, picture):
    """Write the picture when somebody wants to see it: it takes a fifth of the time of a page."""
    if os.environ.get("PICTURES"):
        page.screenshot(path=PICTURES / f"{picture}.png", full_page=True)


def _too_wide(page, width):
    reach = page.evaluate("document.documentElement.scrollWidth")
    return [f"{reach} pixels wide"] if reach > width else []


def test_a_fault_that_a_page_had_would_be_found(visit, question):
    page = visit("/about/")

    page.evaluate("document.querySelector('main').innerHTML += '<img src=x.png><input>'")

    assert {found[1] for found in grave_findings(page)} == {"image-alt", "label"}


def test_a_page_shows_its_odds_before_any_script_has_run(visit, question):
    page = visit(f"/questions/{question.slug}/", scripts=False, width=360)

    assert re.search(r"\d+%", page.locator(".odds__figure").inner_text())
    assert page.locator(".chart__svg .line--0").bounding_box()["width"] > 200
