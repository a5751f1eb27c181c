import pytest

from articles.models.article import Quality
from articles.services.quality import Detected, detect_language, judge_language, judge_quality
from tests.articles.core.corpus import FORECASTABLE, SILENT
from tests.articles.services.stories import BRIDGE, BRIDGE_BODY, FERRY, GERMAN

TEASER = (
    "The bridge over the Halvik strait is almost finished after nine years of work, and its "
    "builders have begun to count the days. What they have not counted is the money that was lost "
    "in the second winter, when a crane fell into the water and two contractors went to court. "
    "Now the region wants some of it back, and its lawyers have found a clause in the contract."
)


@pytest.mark.parametrize("text", [BRIDGE, FERRY, GERMAN, BRIDGE_BODY * 3])
def test_an_article_is_good(text):
    assert judge_quality(text) is Quality.GOOD


@pytest.mark.parametrize(
    "text",
    [
        "Checking your browser before accessing the site. This takes a few seconds.",
        "Please verify you are a human to go on. Complete the captcha below.",
        "You need to enable JavaScript to run this app.",
        "Access to this page has been denied. Reference number 17.",
        "We have noticed unusual traffic from your network. Try again later.",
    ],
)
def test_a_bot_wall_is_marked(text):
    assert judge_quality(text) is Quality.BOT_WALL


def test_a_bot_wall_is_known_by_its_title():
    assert judge_quality("Ray ID: 8a9b0c", title="Just a moment...") is Quality.BOT_WALL


def test_a_consent_page_is_marked():
    text = (
        "We value your privacy. We and our partners store and use cookies to show you ads.\n"
        "Accept all\nManage preferences"
    )

    assert judge_quality(text) is Quality.CONSENT_PAGE


@pytest.mark.parametrize(
    "ending",
    [
        "Subscribe to continue reading.",
        "Already a subscriber? Sign in.",
        "This article is only available to our premium subscribers.",
        "You have one of three free articles remaining.",
    ],
)
def test_a_teaser_before_a_paywall_is_marked(ending):
    assert judge_quality(TEASER) is Quality.GOOD
    assert judge_quality(f"{TEASER}\n\n{ending}") is Quality.PAYWALL


def test_a_page_that_calls_itself_paid_is_marked_unless_it_tells_its_whole_story():
    assert judge_quality(TEASER, is_free=False) is Quality.PAYWALL
    assert judge_quality("\n\n".join([BRIDGE_BODY] * 4), is_free=False) is Quality.GOOD


def test_an_article_about_walls_is_no_wall():
    about = f"{BRIDGE_BODY}\n\nVisitors are asked to complete the captcha before they buy a ticket."

    assert judge_quality(f"{about}\n\n{FERRY}") is Quality.GOOD


def test_a_few_lines_are_too_short():
    assert judge_quality("The ferry sails again from Monday, says the harbour.") is (
        Quality.TOO_SHORT
    )


def test_a_page_that_is_mostly_menu_is_marked():
    menu = "\n\n".join(f"The latest about subject number {n} of this site" for n in range(120))

    assert judge_quality(f"{menu}\n\n{TEASER}") is Quality.MOSTLY_BOILERPLATE


@pytest.mark.parametrize("text", [BRIDGE, FERRY, TEASER])
@pytest.mark.parametrize("declared", ["", "en", "de"])
def test_english_is_recognised_whatever_the_page_declares(text, declared):
    assert judge_language(text, declared=declared) == "en"


@pytest.mark.parametrize("declared", ["", "de", "en", "fr"])
def test_another_language_is_recognised_whatever_the_page_declares(declared):
    assert judge_language(GERMAN, declared=declared) == "de"


@pytest.mark.parametrize(("declared", "judged"), [("", "und"), ("en", "und"), ("fr", "fr")])
@pytest.mark.parametrize("text", ["12 34", "Die Brücke ist fertig.", "zzz qqq xxx " * 30])
def test_a_short_or_unclear_text_has_the_language_that_its_page_declares(text, declared, judged):
    assert judge_language(text, declared=declared) == judged


@pytest.mark.parametrize("case", FORECASTABLE + SILENT, ids=lambda case: case.name)
def test_every_text_that_the_rules_are_tried_on_is_english(case):
    assert judge_language(case.text) == "en"


def test_how_sure_the_language_is_goes_with_it():
    sure, unsure = detect_language(GERMAN), detect_language("Die Brücke")

    assert sure.language == "de"
    assert sure.confidence > 0.99
    assert unsure == Detected("und", 0.0)
