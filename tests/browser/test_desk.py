"""What editors do at the desk, walked through in a browser, mostly by keyboard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Article
from articles.services.ingest import ingest_text
from markets.models import Market, Question, Settlement
from markets.services import questions, settlement
from tests.cast import question_text
from tests.markets.web.world import buy

pytestmark = pytest.mark.django_db(transaction=True)


def story():
    """An article that speaks of next year, whenever the test runs."""
    year = timezone.now().year + 1
    return (
        "The strait bridge enters its last winter\n\n"
        "HALVIK — Nine winters of work end with this one. The bridge over the Halvik strait is "
        f"expected to open to traffic by 30 June {year}, the ministry of transport said.\n\n"
        "The last of its 41 spans was lifted into place in the autumn, and crews are now laying "
        "asphalt on the western half. Ferries will go on carrying lorries until the summer, said "
        "the harbour master, who has run the crossing since he was a young man.\n\n"
        "Critics have called the toll of 14 crowns too high for commuters. The Regional Council "
        f"of Halvik is scheduled to vote on a lower toll by 15 March {year}, after two earlier "
        "attempts were put off for want of a majority among its members.\n"
    )


def fill_in_quote(page, quote, address):
    line = page.get_by_role("group", name="Evidence 1")
    line.get_by_label("Quote").fill(quote)
    line.get_by_label("Address").fill(address)


def test_from_an_article_to_payouts_by_two_editors(visit, eve, erin, alice):
    page = visit("/admin/", user=eve)

    page.keyboard.press("a")
    page.get_by_label("Text", exact=True).fill(story())
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="2 drafts wait")).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-desk-card][data-on] h3")).to_contain_text("toll")
    page.keyboard.press("x")
    page.keyboard.type("Nobody trades on tolls.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 draft waits")).to_be_visible()

    page.keyboard.press("d")
    expect(page.get_by_text("Taken up. Sharpen it, then preview it.")).to_be_visible()
    expect(page.get_by_label("The article").locator("mark")).to_contain_text("expected to open")
    page.get_by_label("Prior in percent").fill("35")
    expect(page.locator("#prior-sum")).to_have_text("The last one gets the rest: 65%.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="As forecasters will see it")).to_contain_text("35%")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Published: it is open.")).to_be_visible()
    question = Question.objects.get()

    buy(alice, question, "alices", 20)
    page.get_by_role("link", name="Propose the answer").click()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Why the criteria let it end early").fill("YES on the first crossing.")
    page.get_by_label("Rationale").fill("The ribbon was cut.")
    fill_in_quote(page, "The bridge is open.", "https://post.example/open")
    page.get_by_role("button", name="See who gets what").click()
    payouts = page.locator("#payouts")
    expect(payouts.get_by_role("row", name="alice")).to_be_visible()
    page.get_by_role("button", name="Propose this answer").click()
    expect(page.get_by_text("Proposed. Another editor can confirm it now.")).to_be_visible()

    second = visit(reverse("admin:markets_question_confirm", args=[question.pk]), user=erin)
    expect(second.get_by_text("The bridge is open.")).to_be_visible()
    second.get_by_role("button", name="Confirm the answer").click()
    expect(second.get_by_text("Confirmed: the payouts are on their way.")).to_be_visible()
    settlement.settle(resolution_id=Settlement.objects.get().pk, now=timezone.now())
    second.reload()
    expect(second.get_by_text("1 of 1")).to_be_visible()


def test_a_refused_paste_loses_nothing(visit, eve):
    page = visit(reverse("admin:articles_article_add"), user=eve)

    page.get_by_label("Text", exact=True).fill("Too short.")
    page.get_by_label("Headline").fill("The bridge")
    page.get_by_role("button", name="Add the article").click()

    expect(page.get_by_text("This is too short for an article")).to_be_visible()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Too short.")
    expect(page.get_by_label("Headline")).to_have_value("The bridge")
    assert Article.objects.count() == 0


def test_lint_reads_along_while_a_question_is_written(visit, eve):
    page = visit(reverse("admin:markets_question_add"), user=eve)
    notes = page.locator("#desk-said")
    expect(notes).to_contain_text("Begin to write, and it reads along.")

    page.get_by_label("Title").fill("Will the Lark Bridge open soon?")

    expect(notes.locator("mark", has_text="soon").first).to_be_visible()
    expect(notes).to_contain_text("Write the date itself")

    page.get_by_label("Title").fill("Will the Lark Bridge open by 1 March 2099?")

    expect(notes.locator("mark", has_text="soon")).to_have_count(0)
    assert Question.objects.count() == 0


def test_a_question_is_seen_as_forecasters_will_see_it_while_it_is_written(visit, eve):
    page = visit(reverse("admin:markets_question_add"), user=eve)
    said = page.locator("#desk-said")

    page.get_by_label("Title").fill("Who builds the Lark Bridge by 1 March 2099?")
    page.get_by_label("Type").select_option("multiple_choice")
    page.locator("#id_outcomes").fill("Aalto\nBerg\nSomebody else")
    page.get_by_label("Prior in percent").fill("50\n30")

    expect(said.get_by_role("heading", name="Who builds the Lark Bridge")).to_be_visible()
    expect(said.locator(".desk-bar")).to_have_text(["Aalto 50%", "Berg 30%", "Somebody else 20%"])
    assert Question.objects.count() == 0


def test_errors_are_mended_or_overridden_by_keyboard(visit, eve):
    text = question_text(
        title="Will the corridor open soon?",
        closes_at=timezone.now() + timedelta(days=9),
        resolve_by=timezone.now() + timedelta(days=12),
    )
    question = questions.draft_question(text=text, editor=eve, now=timezone.now())
    page = visit(reverse("admin:markets_question_preview", args=[question.pk]), user=eve)

    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Mend what lint calls an error")).to_be_visible()
    page.get_by_label("Why the errors are none here").fill("The treaty says soon.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Published: it is open.")).to_be_visible()
    expect(page.get_by_text("“The treaty says soon.”")).to_be_visible()


def test_another_editor_approves_schedules_and_features(visit, eve, erin):
    now = timezone.now()
    day = now + timedelta(days=9)
    text = question_text(
        title=f"Will the corridor open by {day:%-d %B %Y}?",
        opens_at=now + timedelta(days=2), closes_at=day, resolve_by=day + timedelta(days=2),
    )  # fmt: skip
    question = questions.draft_question(text=text, editor=eve, now=now)
    own = visit(reverse("admin:markets_question_preview", args=[question.pk]), user=eve)
    own.get_by_role("button", name="Submit for review").click()
    expect(own.get_by_text("Submitted: it waits for another editor.")).to_be_visible()

    page = visit(reverse("admin:markets_question_preview", args=[question.pk]), user=erin)
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("Published: it opens when it is due.")).to_be_visible()
    page.get_by_role("link", name="Reschedule").click()
    page.get_by_label("Opens (UTC)").fill("")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("It is open.")).to_be_visible()
    page.get_by_role("button", name="Feature it").click()
    expect(page.get_by_text("It is featured on the home page.")).to_be_visible()

    reader = visit("/")
    choice = reader.get_by_role("region", name="Editors’ choice")
    expect(choice.get_by_role("link", name=text.title)).to_be_visible()


def test_single_keys_can_be_switched_off(visit, eve):
    page = visit("/admin/", user=eve)

    page.keyboard.press("?")
    page.get_by_label("single keys on").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("a")

    page.wait_for_timeout(200)
    assert page.url.endswith("/admin/")


def test_an_annulment_is_typed(visit, eve, question):
    page = visit(reverse("admin:markets_question_annul", args=[question.pk]), user=eve)
    page.get_by_label("Reason").fill("Misworded.")

    page.get_by_role("button", name="Annul it for good").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("Confirmation").fill(f"annul {question.pk}")
    page.get_by_role("button", name="Annul it for good").click()

    expect(page.get_by_text("Annulled: everybody gets back what they spent.")).to_be_visible()


def test_liquidity_is_added_once_it_was_seen_what_it_buys(visit, eve, question):
    page = visit(reverse("admin:markets_question_change", args=[question.pk]), user=eve)
    page.get_by_role("link", name="Add liquidity").click()
    expect(page.get_by_role("heading", name="What 500.00 credits buy")).to_be_visible()

    page.get_by_label("Credits to add").fill("250")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="What 250.00 credits buy")).to_be_visible()
    now_and_then = page.get_by_role("row", name="Liquidity b")
    expect(now_and_then.get_by_role("cell")).to_have_text(["Liquidity b", "721.35", "1,082.02"])
    page.get_by_role("button", name="Add 250.00 credits").click()

    expect(page.get_by_text("Added 250.00 credits of liquidity.")).to_be_visible()
    expect(page.get_by_text("250.00 by eve")).to_be_visible()
    market = Market.objects.get(pk=question.pk)
    assert (market.subsidy, market.probabilities) == (750_000_000, [0.5, 0.5])


def test_the_inbox_is_walked_by_keyboard(visit, eve):
    bridge = ingest_text(text=story(), editor=eve, now=timezone.now())
    copy = story().partition("\n\n")[2]
    ingest_text(text=f"{copy}\nFrom the Post.", title="A copy", editor=eve, now=timezone.now())
    page = visit(reverse("admin:articles_article_inbox"), user=eve)
    expect(page.get_by_text("1 reprint")).to_be_visible()

    page.keyboard.press("e")  # nothing is chosen yet, so this only chooses the first row
    expect(page.locator("[data-on]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Same story")).to_be_visible()
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("e")

    expect(page.get_by_text("Archived: 2 articles.")).to_be_visible()
    expect(page.get_by_text("No drafts wait.")).to_be_visible()
    bridge.refresh_from_db()
    assert bridge.archived_by == eve
