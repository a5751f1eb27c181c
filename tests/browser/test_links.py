"""Links to confirm, by keyboard: an article that a sweep found becomes evidence on a page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from markets import tasks
from markets.models import Citation, LinkSuggestion
from tests.markets.links.stories import ASKED, DONE, NEWS, QUOTE, tell

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = reverse("admin:markets_linksuggestion_queue")


@pytest.fixture
def suggested(publish):
    """A question, and two articles that the sweep finds for it."""
    deadline = timezone.now() + timedelta(days=10)
    title = f"Will the Lark Bridge open to traffic by {deadline:%-d %B %Y}?"
    question = publish(**{**ASKED, "title": title})
    tell(NEWS, timezone.now(), title="The bridge is nearly there")
    tell(DONE, timezone.now(), title="Cars cross the Marrow")
    tasks.suggest_links()
    return question


def test_a_suggested_link_is_confirmed_as_evidence_and_shown_to_readers(visit, eve, suggested):
    page = visit("/admin/", user=eve)
    page.get_by_role("link", name="Links to confirm").first.click()

    card = page.get_by_role("article", name="The bridge is nearly there")
    card.get_by_role("button", name="Evidence for Yes").click()
    expect(card).to_have_count(0)

    reader = visit(f"/questions/{suggested.slug}/")
    expect(reader.locator("#articles").get_by_text("evidence for Yes")).to_be_visible()
    expect(reader.locator("#articles").get_by_text(QUOTE)).to_be_visible()


def test_links_are_decided_by_keyboard_and_rejected_ones_stay_away(visit, eve, suggested):
    page = visit(QUEUE, user=eve)
    waiting = LinkSuggestion.objects.filter(state="proposed").count()

    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("[data-desk-card]")).to_have_count(waiting - 1)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.type("It is another bridge.")
    page.keyboard.press("Enter")
    expect(page.locator("[data-desk-card]")).to_have_count(waiting - 2)

    tasks.suggest_links()
    page.reload()
    expect(page.locator("[data-desk-card]")).to_have_count(waiting - 2)
    assert Citation.objects.filter(question=suggested).count() == 1
