from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.admin import feeds as desk
from articles.models import Article, Feed, Source
from articles.services.feeds import add_feed, disable_feed, poll_feed
from articles.services.opml import OPML_BYTES_MAX
from tests.articles.services.hosts import feed, site
from tests.articles.services.newsfeeds import BRIDGE_STORY, Story, rss
from tests.articles.services.stories import BRIDGE_TITLE
from tests.instants import NOON

pytestmark = pytest.mark.django_db

LIST = reverse("admin:articles_feed_changelist")
ADD = reverse("admin:articles_feed_add")
IMPORT = reverse("admin:articles_feed_import")
URL = "https://post.example/feed"


@pytest.fixture
def subscribed():
    return add_feed(url=URL, now=NOON)


@pytest.fixture
def reachable(monkeypatch):
    """A site that the desk's polls may reach, although it is on this computer."""
    with site() as running:

        def poll(**given):
            return poll_feed(**given, guard=running.guard())

        monkeypatch.setattr(desk, "poll_feed", poll)
        running.answers["/feed"] = feed(rss(Story(identifier="s", body="Short."), BRIDGE_STORY))
        row = add_feed(
            url=running.url("/feed"), now=NOON, fetches_pages=False, guard=running.guard()
        )
        yield running, row


def act(row, name):
    return reverse(f"admin:articles_feed_{name}", args=[row.pk])


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_an_address_becomes_a_feed(as_eve):
    answer = as_eve.post(ADD, {"url": f"{URL}?utm_source=x", "fetches_pages": "on"})

    row = Feed.objects.get()
    assert answer["Location"] == act(row, "change")
    assert (row.url, row.fetches_pages, row.added_at) == (URL, True, NOON)


def test_a_feed_may_carry_its_articles_itself(as_eve):
    as_eve.post(ADD, {"url": URL})

    assert Feed.objects.get().fetches_pages is False


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "This field is required."),
        ("post", "Give an address that starts with http:// or https:// and names a site."),
        (URL, "This feed is here already: https://post.example/feed."),
    ],
)
def test_a_refusal_stands_beside_the_address(as_eve, subscribed, url, sentence):
    answer = as_eve.post(ADD, {"url": url})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"url": [sentence]}
    assert Feed.objects.count() == 1


def test_the_list_says_how_each_feed_is(as_eve, subscribed):
    for name, changes in (
        ("works", {"last_success_at": NOON}),
        ("fails", {"failures": 2, "last_error_code": "fetch_failed", "last_error": "Broke off."}),
    ):
        row = add_feed(url=f"https://post.example/{name}", now=NOON + timedelta(hours=1))
        Feed.objects.filter(pk=row.pk).update(title=name, **changes)
    off = add_feed(url="https://post.example/off", now=NOON)
    disable_feed(feed_id=off.pk, reason="Too noisy", now=NOON)

    answer = as_eve.get(LIST)

    listed = answer.context["cl"]
    shown = [
        (desk.health_of(row).colour, listed.model_admin.due(row), listed.model_admin.wrong(row))
        for row in listed.result_list
    ]
    assert shown == [
        ("bad", "never", "Too noisy"),
        ("warn", "22 Nov, 13:00", "Broke off."),
        ("new", "22 Nov, 12:00", "–"),
        ("good", "22 Nov, 13:00", "–"),
    ]
    assert '<span class="desk-dot desk-dot--warn"></span>fails' in answer.content.decode()


def test_the_list_takes_the_same_queries_however_long_it_is(
    as_eve, subscribed, django_assert_num_queries
):
    as_eve.get(LIST)

    with django_assert_num_queries(8):
        as_eve.get(LIST)
    for number in range(5):
        add_feed(url=f"https://post.example/{number}", now=NOON)
    with django_assert_num_queries(8):
        as_eve.get(LIST)


def test_an_editor_polls_a_feed_and_sees_what_came_of_each_entry(as_eve, reachable):
    _, row = reachable

    answer = as_eve.post(act(row, "poll"), follow=True)

    shown = answer.content.decode()
    assert said(answer) == ["1 new article, 1 refused."]
    assert reverse("admin:articles_article_change", args=[Article.objects.get().pk]) in shown
    assert BRIDGE_TITLE in shown
    assert "own text is too short for an article." in shown


def test_an_editor_sees_why_a_poll_failed(as_eve, reachable):
    post, row = reachable
    del post.answers["/feed"]

    answer = as_eve.post(act(row, "poll"), follow=True)

    assert said(answer) == ["The site answered 404 instead of the feed."]
    assert answer.content.decode().count("The site answered 404 instead of the feed.") == 2


def test_reading_the_address_of_an_act_does_nothing(as_eve, reachable):
    post, row = reachable

    for name in ("poll", "enable"):
        assert as_eve.get(act(row, name))["Location"] == act(row, "change")

    assert post.requests == []


def test_a_feed_is_switched_off_for_a_reason_and_on_again(as_eve, subscribed):
    refused = as_eve.post(act(subscribed, "disable"), {"reason": " "})
    assert (refused.status_code, Feed.objects.get().is_active) == (422, True)

    answer = as_eve.post(act(subscribed, "disable"), {"reason": "Too noisy"}, follow=True)
    assert "Too noisy" in answer.content.decode()
    assert Feed.objects.get().disabled_at == NOON
    assert said(as_eve.post(act(subscribed, "poll"), follow=True)) == [
        "This feed is switched off: Too noisy"
    ]

    as_eve.post(act(subscribed, "enable"))
    assert Feed.objects.get().is_active


def test_a_list_of_feeds_is_imported(as_eve, subscribed):
    opml = (
        b'<opml version="2.0"><body><outline text="News">'
        b'<outline text="Post" xmlUrl="https://post.example/feed"/>'
        b'<outline text="Mail" xmlUrl="https://mail.example/rss"/>'
        b'<outline text="Odd" xmlUrl="feed://odd"/></outline></body></opml>'
    )

    answer = as_eve.post(IMPORT, {"opml": SimpleUploadedFile("feeds.opml", opml)}, follow=True)

    assert said(answer) == [
        "1 added, 1 here already.",
        "feed://odd: Give an address that starts with http:// or https:// and names a site.",
    ]
    assert Feed.objects.count() == 2


@pytest.mark.parametrize(
    ("opml", "sentence"),
    [
        (b"<rss/>", "The file is no OPML; export the list of feeds from your reader."),
        (b" " * (OPML_BYTES_MAX + 1), "The list holds more than 1 MB; split it."),
    ],
)
def test_what_is_no_list_is_refused_beside_its_file(as_eve, opml, sentence):
    answer = as_eve.post(IMPORT, {"opml": SimpleUploadedFile("feeds.opml", opml)})

    assert answer.status_code == 422
    assert answer.context["opml_form"].errors == {"opml": [sentence]}
    assert Feed.objects.count() == Source.objects.count() == 0


def test_the_active_feeds_are_exported(as_eve, subscribed):
    off = add_feed(url="https://mail.example/rss", now=NOON)
    disable_feed(feed_id=off.pk, reason="No.", now=NOON)

    answer = as_eve.get(reverse("admin:articles_feed_export"))

    assert answer["Content-Disposition"] == 'attachment; filename="feeds.opml"'
    assert 'xmlUrl="https://post.example/feed"' in answer.content.decode()
    assert "mail.example" not in answer.content.decode()


def test_nobody_deletes_a_feed_through_the_desk(as_eve, subscribed):
    assert as_eve.post(act(subscribed, "delete"), {"post": "yes"}).status_code == 403
    assert Feed.objects.count() == 1


def test_whence_articles_come_is_changed_on_the_page_of_a_feed(as_eve, as_charlie, subscribed):
    as_charlie.post(act(subscribed, "pages"), {})
    as_eve.get(act(subscribed, "pages"))
    assert Feed.objects.get().fetches_pages is True

    answer = as_eve.post(act(subscribed, "pages"), {}, follow=True)
    assert said(answer) == ["From now on, articles come from the feed itself."]
    assert Feed.objects.get().fetches_pages is False

    answer = as_eve.post(act(subscribed, "pages"), {"fetches_pages": "on"}, follow=True)
    assert said(answer) == ["From now on, articles come from the page of each entry."]
    assert Feed.objects.get().fetches_pages is True
