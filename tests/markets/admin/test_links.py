"""Links to confirm: what waits on the desk, and what becomes of it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from markets import tasks
from markets.core.numeric import Bins
from markets.models import Citation, LinkSuggestion
from tests.instants import NOON
from tests.markets.admin.desk import said
from tests.markets.links.stories import ASKED, DONE, NEWS, tell

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:markets_linksuggestion_queue")
DAY = timedelta(days=1)


def act(link, name):
    return reverse(f"admin:markets_linksuggestion_{name}", args=[link.pk])


def swept():
    tasks.suggest_links()
    return LinkSuggestion.objects.order_by("pk")


@pytest.fixture
def bridge(publish):
    return publish(**ASKED)


@pytest.fixture
def link(bridge):
    tell(NEWS, NOON)
    return swept().get()


def test_a_card_shows_the_question_and_what_the_article_says(as_eve, link, bridge):
    answer = as_eve.get(QUEUE)

    (card,) = answer.context["cards"]
    page = answer.content.decode()
    assert (card.link, card.outcomes, card.is_watch) == (link, ["Yes", "No"], False)
    assert bridge.title in page
    assert link.quote in page
    assert "Evidence for Yes" in page
    assert f'data-desk-card="{link.pk}"' in page


def test_what_may_tell_the_answer_comes_first_with_the_way_to_propose_it(as_eve, link, bridge):
    with time_machine.travel(NOON + 3 * DAY, tick=False):
        tell(DONE, NOON + 3 * DAY)
        swept()
        answer = as_eve.get(QUEUE)

    first, *rest = answer.context["cards"]
    assert first.is_watch
    assert first.propose_url == reverse("admin:markets_question_propose", args=[bridge.pk])
    assert [card.is_watch for card in rest] == [False, False]


def test_confirming_cites_the_article_and_goes_on_to_the_next(as_eve, eve, bridge):
    for number in range(2):
        tell(f"{NEWS} {number}.", NOON, title=f"News {number}")
    first, second = swept().order_by("-relevance", "pk")

    answer = as_eve.post(act(first, "confirm"), {"role": "evidence", "supports": "0"})

    assert answer["Location"] == f"{QUEUE}#link-{second.pk}"
    citation = Citation.objects.get()
    assert (citation.role, citation.supports, citation.added_by) == ("evidence", 0, eve)
    assert said(as_eve.get(QUEUE)) == ["Confirmed: the question cites the article now."]


def test_rejecting_takes_a_reason_or_none(as_eve, link):
    as_eve.post(act(link, "reject"), {"reason": "Another bridge."})

    link.refresh_from_db()
    assert (link.state, link.reason) == ("rejected", "Another bridge.")
    assert as_eve.get(QUEUE).context["cards"] == []


def test_a_number_is_supported_by_its_value(as_eve, publish):
    publish(
        **{**ASKED, "title": "How long will the Lark Bridge over the Marrow be open to traffic?"},
        type="numeric", outcomes=(), prior=(), bins=Bins(lower=0, upper=100, count=4),
    )  # fmt: skip
    tell(NEWS, NOON)
    link = swept().get()

    assert b'name="value"' in as_eve.get(QUEUE).content
    as_eve.post(act(link, "confirm"), {"role": "evidence", "value": "12.5"})

    assert Citation.objects.get().supports_value == 12.5


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"role": "gossip"},
        {"role": "background", "supports": "0"},
        {"role": "evidence", "supports": "7"},
    ],
)
def test_what_cannot_be_confirmed_is_said_on_its_card(as_eve, link, posted):
    answer = as_eve.post(act(link, "confirm"), posted)

    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert not Citation.objects.exists()
    assert LinkSuggestion.objects.get().state == "proposed"


def test_looking_at_the_address_of_an_act_decides_nothing(as_eve, link):
    answer = as_eve.get(act(link, "confirm"))

    assert answer["Location"] == f"{QUEUE}#link-{link.pk}"
    assert LinkSuggestion.objects.get().state == "proposed"


def test_the_overview_and_the_sidebar_count_what_waits(as_eve, link):
    answer = as_eve.get(reverse("admin:index"))

    tiles = {tile.label: tile.count for tile in answer.context["tiles"]}
    entries = [entry for group in answer.context["sidebar_navigation"] for entry in group["items"]]
    badges = {entry["title"]: entry["badge"] for entry in entries}
    assert tiles["Links to confirm"] == badges["Links to confirm"] == 1


def test_the_list_tells_what_became_of_each_link(as_eve, link):
    as_eve.post(act(link, "reject"))

    answer = as_eve.get(reverse("admin:markets_linksuggestion_changelist"), {"state": "rejected"})

    assert list(answer.context["cl"].result_list) == [link]


def test_the_queue_takes_the_same_queries_however_long_it_is(
    as_eve, bridge, django_assert_num_queries
):
    for count in (1, 4):
        for number in range(count):
            tell(f"{NEWS} {count} {number}.", NOON, title=f"News {count} {number}")
        swept()
        as_eve.get(QUEUE)

        with django_assert_num_queries(7):
            as_eve.get(QUEUE)
