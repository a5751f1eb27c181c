"""What forecasters do, walked through in a browser."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from markets.models import Fill, Order
from markets.queries.ledger import audit
from tests.cast import person
from tests.markets.web.world import SENTENCE, bid, buy, say

pytestmark = pytest.mark.django_db(transaction=True)


def path_of(question):
    return f"/questions/{question.slug}/"


def odds_in_the_api(page, question):
    answer = page.request.get(f"/api/v1/questions/{question.pk}/odds")
    assert answer.ok
    return answer.json()["outcomes"][0]["probability"]


def test_from_signing_in_to_a_staked_forecast_that_moves_the_public_odds(visit, question):
    person("alice")
    page = visit(path_of(question))
    before = odds_in_the_api(page, question)

    page.get_by_role("link", name="Sign in to forecast").click()
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("spinbutton").fill("70")
    page.get_by_label("Stake, in credits").fill("40")
    expect(page.locator("#forecast .quote")).to_contain_text("Moves Yes from 50% to")
    page.get_by_role("button", name="Forecast", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("you paid 40.00")
    assert odds_in_the_api(page, question) > before
    page.get_by_role("link", name="Portfolio").click()
    expect(page.get_by_role("row", name=question.title)).to_contain_text("40.00")
    assert audit() == []


def test_the_odds_move_in_a_second_browser_without_reloading(visit, question, bob):
    page = visit(path_of(question))
    expect(page.locator(".odds__one--market .odds__figure")).to_contain_text("50%")

    buy(bob, question, "bobs", 60)

    expect(page.locator(".odds__one--market .odds__figure")).not_to_contain_text("50%")
    expect(page.locator("#odds [aria-live]")).to_contain_text("The odds have moved.")


def test_a_hidden_page_does_not_ask_for_odds(visit, question):
    page = visit(path_of(question))
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(4500)

    assert not [url for url in asked if url.endswith("/odds/") or "/odds/?" in url]


def test_from_an_article_to_the_question_that_it_raised(visit, question):
    page = visit("/news/")

    page.get_by_role("link", name="Rail corridor 1 nears completion").click()
    expect(page.locator("mark")).to_have_text(SENTENCE)
    page.get_by_role("complementary").get_by_role("link", name=question.title).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(question.title)
    expect(page.locator("#articles mark")).to_have_text(SENTENCE)


def test_a_double_click_is_one_order(visit, question, alice):
    page = visit(path_of(question), user=alice)

    page.get_by_text("Trade", exact=True).first.click()
    page.get_by_label("Amount, in credits").fill("10")
    expect(page.locator("#trade .quote")).to_contain_text("costs 10.00")
    page.get_by_role("button", name="Trade").dblclick()

    expect(page.get_by_role("status")).to_contain_text("and paid 10.00")
    assert Order.objects.count() == 1
    assert Fill.objects.count() == 1


def test_a_double_click_is_one_order_even_where_no_script_holds_it_back(visit, question, alice):
    page = visit(path_of(question) + "?claim=0&amount=10", user=alice, scripts=False)
    page.get_by_role("button", name="Trade").click()

    page.get_by_role("button", name="Confirm trade").dblclick()

    expect(page.get_by_role("status")).to_contain_text("and paid 10.00")
    assert Order.objects.count() == 1


def test_everything_works_without_scripts(visit, question, alice):
    page = visit(path_of(question), user=alice, scripts=False)
    expect(page.locator(".chart__svg path.line--0")).to_be_attached()
    expect(page.get_by_role("slider")).to_have_count(0)

    page.get_by_role("spinbutton").first.fill("65")
    page.get_by_label("Rationale").fill("Both tunnels are through.")
    page.get_by_label("Stake, in credits").fill("20")
    page.get_by_role("button", name="Forecast", exact=True).click()
    expect(page.locator(".confirm")).to_contain_text("Moves Yes from 50% to")
    page.get_by_role("button", name="Confirm forecast and stake").click()
    expect(page.get_by_role("status")).to_contain_text("you paid 20.00")

    page.get_by_role("link", name="Sell").click()
    page.get_by_role("button", name="Trade").click()
    page.get_by_role("button", name="Confirm trade").click()
    expect(page.get_by_role("status")).to_contain_text("You sold")
    forecast = alice.forecasts.get()
    assert forecast.probabilities == [0.65, 0.35]
    assert forecast.rationale == "Both tunnels are through."
    assert audit() == []


def test_a_large_order_is_shown_again_before_it_is_placed(visit, question, alice):
    page = visit(path_of(question), user=alice)

    page.get_by_text("Trade", exact=True).first.click()
    page.get_by_role("button", name="Max").click()
    expect(page.locator("#trade .quote")).to_contain_text("Balance after")
    page.get_by_role("button", name="Trade").click()

    expect(page.locator(".confirm")).to_be_focused()
    assert Order.objects.count() == 0
    page.get_by_role("link", name="Do not").click()
    expect(page.locator(".confirm")).to_have_count(0)
    assert Order.objects.count() == 0


def test_a_refusal_stands_beside_the_box_and_keeps_what_was_typed(visit, question, alice):
    page = visit(path_of(question), user=alice)

    page.get_by_label("Stake, in credits").fill("ten")
    page.get_by_label("Rationale").fill("I think so.")
    page.get_by_role("button", name="Forecast", exact=True).click()

    box = page.get_by_label("Stake, in credits")
    expect(box).to_have_value("ten")
    expect(box).to_have_accessible_description(re.compile("Write the amount in digits"))
    expect(page.get_by_label("Rationale")).to_have_value("I think so.")


def test_the_slider_and_its_box_move_together_and_by_keys(visit, question, alice):
    page = visit(path_of(question), user=alice)
    slider, box = page.get_by_role("slider"), page.get_by_role("spinbutton").first

    slider.focus()
    slider.press("PageUp")
    expect(box).to_have_value("60")
    slider.press("ArrowLeft")
    expect(box).to_have_value("59")
    box.fill("12.5")
    expect(slider).to_have_value("12.5")


def test_many_outcomes_are_added_up_while_they_are_typed(visit, publish, alice):
    choice = publish(
        title="Who wins the mayoral election?",
        type="multiple_choice",
        outcomes=("Greens", "Union", "Labour"),
        prior=(0.5, 0.3, 0.2),
    )
    page = visit(path_of(choice), user=alice)

    total = page.locator("[data-total]")
    page.get_by_role("spinbutton", name="Greens").fill("60")
    expect(total).to_have_text("Together they make 110%: 10 points too many.")
    page.get_by_role("spinbutton", name="Union").fill("20")
    expect(total).to_have_text("Together they make 100%.")
    page.get_by_role("button", name="Forecast", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("Greens 60%, Union 20%, Labour 20%")


def test_the_chart_reads_out_what_stood_under_the_cursor(visit, question, alice, bob):
    say(bob, question, "bobs", 0.8, 0.2)
    buy(alice, question, "alices", 40)
    page = visit(path_of(question))
    expect(page.locator(".chart__plot canvas")).to_be_visible()

    page.locator(".chart__box").hover(position={"x": 5, "y": 100})
    expect(page.locator("#readout")).to_have_text(re.compile(r"UTC · Market 50% · Crowd –"))
    page.get_by_label("Crowd").uncheck()
    page.locator(".chart__box").hover(position={"x": 40, "y": 100})
    expect(page.locator("#readout")).to_have_text(re.compile(r"UTC · Market 50%$"))


def test_deadlines_are_said_in_utc_and_in_the_readers_own_time(visit, publish):
    closes_at = (timezone.now() + timedelta(days=30)).replace(hour=20, minute=0)
    question = publish(closes_at=closes_at, resolve_by=closes_at + timedelta(days=2))

    page = visit(path_of(question), zone="Asia/Tashkent")

    deadline = page.locator(".question__dates time[datetime]").first
    expect(deadline).to_contain_text("20:00 UTC")
    expect(deadline).to_contain_text(re.compile(r"\(.*0?1:00.*GMT\+5\)"))


def test_the_chosen_theme_stays(visit, question):
    page = visit("/")
    page.get_by_role("button", name="Dark pages").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.goto(path_of(question))

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Light pages")).to_be_visible()


def test_a_keyboard_reaches_the_content_first(visit, question):
    page = visit(path_of(question))

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_a_stake_is_bought_with_the_credits_that_the_wallet_shows(visit, question, alice):
    page = visit(path_of(question), user=alice)
    expect(page.locator(".masthead__wallet")).to_contain_text("1,000.00")

    buy(alice, question, "elsewhere", 30)
    page.reload()

    expect(page.locator(".masthead__wallet")).to_contain_text("970.00")
    page.get_by_role("link", name="Wallet").click()
    expect(page.get_by_role("row", name="Trade")).to_contain_text("−30.00")


def test_a_limit_order_rests_in_book_and_wallet_until_somebody_meets_it(
    visit, question, alice, bob
):
    page = visit(path_of(question), user=alice)
    page.get_by_text("Trade", exact=True).first.click()
    page.get_by_label("Amount, in credits").fill("40")
    page.get_by_text("At a limit").click()
    page.get_by_label("Limit, in percent").fill("45")
    expect(page.locator("#trade .quote")).to_contain_text("Waits in the book at 45%")
    page.get_by_role("button", name="Trade").click()

    expect(page.get_by_role("status")).to_contain_text("40.00 credits are held back")
    expect(page.locator(".masthead__wallet")).to_contain_text("960.00")
    expect(page.locator("#my-orders")).to_contain_text("Buy Yes at 45%")
    expect(page.get_by_role("table", name="Waiting to buy “Yes”")).to_contain_text("88.89")
    page.get_by_role("link", name="Wallet").click()
    expect(page.locator(".figures")).to_contain_text(re.compile(r"In open orders\s*40\.00"))

    other = visit(path_of(question), user=bob)
    other.get_by_text("Trade", exact=True).first.click()
    other.get_by_label("Amount, in credits").fill("200")
    other.get_by_role("radio", name=re.compile("^No ")).check()
    expect(other.locator("#trade .quote")).to_contain_text("Of them from 1 resting order")
    other.get_by_role("button", name="Trade").click()
    expect(other.get_by_role("status")).to_contain_text("and paid 200.00")

    page.goto(path_of(question))
    expect(page.locator("#my-orders")).not_to_contain_text("Buy Yes at 45%")
    expect(page.get_by_text("No order waits to buy “Yes”.")).to_be_visible()
    expect(page.get_by_role("region", name="Your position")).to_contain_text("88.89 shares")
    assert alice.orders.get().status == "filled"
    assert audit() == []


def test_a_cancelled_order_gives_its_credits_back_without_reloading(visit, question, alice):
    for key, percent in (("first", 40), ("second", 30)):
        bid(alice, question, key, percent, 50)
    page = visit(path_of(question), user=alice)
    page.get_by_label("Rationale").fill("What I am typing stays.")
    book = page.get_by_role("table", name="Waiting to buy “Yes”")
    expect(book).to_contain_text("40%")

    page.get_by_role("button", name="Cancel the order to buy Yes at 40%").click()

    expect(page.locator("#my-orders").get_by_role("status")).to_contain_text("is cancelled")
    expect(page.locator(".masthead__wallet")).to_contain_text("950.00")
    expect(book).not_to_contain_text("40%")
    expect(book).to_contain_text("30%")
    expect(page.get_by_label("Rationale")).to_have_value("What I am typing stays.")
    page.get_by_role("link", name="Portfolio").click()
    page.get_by_text("Cancel all open orders").click()
    page.get_by_role("button", name="Yes, cancel all of them").click()
    expect(page.get_by_role("status")).to_contain_text("One open order is cancelled")
    expect(page.locator(".masthead__wallet")).to_contain_text("1,000.00")
    assert audit() == []


def test_a_limit_order_is_placed_and_cancelled_without_scripts(visit, question, alice):
    page = visit(path_of(question) + "?claim=0&amount=20", user=alice, scripts=False)
    page.get_by_text("At a limit").click()
    page.get_by_label("Limit, in percent").fill("40")
    page.get_by_role("button", name="Trade").click()
    expect(page.locator(".confirm")).to_contain_text("Waits in the book at 40%")
    page.get_by_role("button", name="Confirm trade").click()

    expect(page.get_by_role("status")).to_contain_text("20.00 credits are held back")
    page.get_by_role("button", name="Cancel the order to buy Yes at 40%").click()

    expect(page.get_by_role("status")).to_contain_text("Your order is cancelled")
    expect(page.locator(".masthead__wallet")).to_contain_text("1,000.00")


def test_the_order_book_changes_without_reloading(visit, question, alice):
    page = visit(path_of(question))
    expect(page.get_by_text("No order waits to buy “Yes”.")).to_be_visible()

    bid(alice, question, "hers", 40, 20)

    expect(page.get_by_role("table", name="Waiting to buy “Yes”")).to_contain_text("50.00")


def test_a_book_of_many_outcomes_is_chosen_by_a_tab(visit, publish, alice):
    choice = publish(
        title="Who wins the mayoral election?",
        type="multiple_choice",
        outcomes=("Greens", "Union", "Labour"),
        prior=(0.5, 0.3, 0.2),
    )
    bid(alice, choice, "hers", 40, 20)
    page = visit(path_of(choice))
    expect(page.get_by_role("table", name="Waiting to buy “Greens”")).to_be_visible()

    page.get_by_role("navigation", name="Claim of the order book").get_by_text("Union").click()

    expect(page.get_by_text("No order waits to buy “Union”.")).to_be_visible()
    assert page.url.endswith(path_of(choice))
