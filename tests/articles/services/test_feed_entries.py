"""What feeds say becomes articles: each entry once, and none holds up the others."""

from datetime import UTC, datetime, timedelta

import pytest

from articles.core.polling import INTERVAL_MIN
from articles.models import Article, ArticleVersion, FeedEntry, Source
from articles.services import feed_entries
from articles.services.feeds import (
    PollAnswer,
    poll_feed,
)
from tests.articles.services.hosts import (
    answer,
    cached_feed,
    feed,
)
from tests.articles.services.newsfeeds import (
    BRIDGE_STORY,
    FERRY_STORY,
    Story,
    atom,
    rdf,
    rss,
    told_apart,
)
from tests.articles.services.stories import BRIDGE_TITLE, news_article, page
from tests.instants import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=2)


def rows():
    models = (Source, Article, ArticleVersion, FeedEntry)
    return {model.__name__: model.objects.count() for model in models}


NOTHING_TAKEN = {"Source": 1, "Article": 0, "ArticleVersion": 0, "FeedEntry": 0}


# What feeds say


@pytest.mark.parametrize("written", [rss, atom], ids=["RSS 2.0", "Atom"])
def test_an_entry_becomes_an_article_with_what_the_feed_says_of_it(post, subscribed, poll, written):
    published = {rss: "Fri, 20 Nov 2026 08:30:00 +0100", atom: "2026-11-20T08:30:00+01:00"}
    story = Story(
        link="https://post.example/bridge?utm_source=rss", identifier="tag:1",
        published=published[written], categories=("Transport", "Halvik"), author="Ingrid Moe",
    )  # fmt: skip
    post.answers["/feed"] = feed(written(story))
    row = subscribed()

    polled = poll(row)

    article = Article.objects.get()
    assert polled.answer is PollAnswer.READ
    assert polled.sentence == "1 new article."
    assert (article.title, article.author) == (BRIDGE_TITLE, "Ingrid Moe")
    assert article.url == "https://post.example/bridge"
    assert article.tags == ["transport", "halvik"]
    assert article.published_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    assert (article.published_precision, article.published_origin) == ("instant", "feed")
    assert (article.added_by, article.added_at) == (None, NOON)
    assert article.versions.get().drafts.count() == 2
    entry = row.entries.get()
    assert (entry.article, entry.tries_left, entry.error_code) == (article, 0, "")
    row.refresh_from_db()
    assert (row.title, row.last_success_at) == ("The Halvik Post", NOON)


def test_rss_one_is_read_and_a_bare_day_is_known_to_be_one(post, subscribed, poll):
    post.answers["/feed"] = feed(rdf(Story(link="https://p.example/b", published="2026-11-20")))

    poll(subscribed())

    article = Article.objects.get()
    assert article.url == "https://p.example/b"
    assert article.published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert (article.published_precision, article.published_origin) == ("day", "feed")


def test_an_entry_without_link_and_date_is_known_by_its_words_and_belongs_to_its_feed(
    post, subscribed, poll
):
    post.answers["/feed"] = feed(rss(Story()))
    row = subscribed()

    poll(row)
    again = poll(row, now=LATER)

    article = Article.objects.get()
    assert (article.url, article.source) == ("", row.source)
    assert (article.published_at, article.published_origin) == (NOON, "arrival")
    assert again.sentence == "Nothing new."


def test_a_date_that_lies_ahead_is_no_date(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(Story(published="Fri, 20 Nov 2037 08:30:00 GMT")))

    poll(subscribed())

    assert Article.objects.get().published_origin == "arrival"


def test_the_page_of_an_entry_is_fetched_and_believed_before_the_feed(post, subscribed, poll):
    post.answers["/a"] = answer(page(linked=news_article()))
    story = Story(
        link=post.url("/a"), published="Mon, 16 Nov 2026 08:00:00 GMT", body="A teaser.",
        categories=("Transport",),
    )  # fmt: skip
    post.answers["/feed"] = feed(rss(story))

    poll(subscribed(fetches_pages=True))

    article = Article.objects.get()
    assert article.published_origin == "json-ld"
    assert article.author == "Ingrid Moe"
    assert article.tags == ["transport"]
    assert "Nine winters" in article.versions.get().text


def test_a_page_that_does_not_tell_its_date_takes_it_from_the_feed(post, subscribed, poll):
    post.answers["/a"] = answer(page())
    story = Story(link=post.url("/a"), published="Mon, 16 Nov 2026 08:00:00 GMT")
    post.answers["/feed"] = feed(rss(story))

    poll(subscribed(fetches_pages=True))

    article = Article.objects.get()
    assert (article.published_at.day, article.published_origin) == (16, "feed")


def test_two_entries_with_one_id_are_one(post, subscribed, poll):
    post.answers["/feed"] = feed(
        rss(BRIDGE_STORY, Story(identifier="bridge", body=FERRY_STORY.body))
    )

    polled = poll(subscribed())

    assert polled.taken.seen_count == 1
    assert FeedEntry.objects.count() == Article.objects.count() == 1


def test_an_article_that_is_here_already_is_not_a_new_one(post, subscribed, poll):
    post.answers["/one"] = feed(rss(BRIDGE_STORY))
    post.answers["/two"] = feed(rss(BRIDGE_STORY))

    poll(subscribed("/one"))
    polled = poll(subscribed("/two"), now=LATER)

    assert polled.sentence == "1 here already."
    assert Article.objects.get().feed_entries.count() == 2


def test_a_page_that_two_feeds_show_is_fetched_once(post, subscribed, poll):
    post.answers["/a"] = answer(page())
    for path in ("/one", "/two"):
        post.answers[path] = feed(rss(Story(link=post.url("/a?utm_source=rss"), identifier=path)))
    post.answers["/a?utm_source=rss"] = post.answers["/a"]

    polled = [poll(subscribed(path, fetches_pages=True)) for path in ("/one", "/two")]

    assert [each.sentence for each in polled] == ["1 new article.", "1 here already."]
    assert [path for path, _ in post.requests] == ["/one", "/a?utm_source=rss", "/two"]
    assert Article.objects.get().feed_entries.count() == 2


def test_a_publication_takes_its_name_from_its_feed_unless_it_has_one(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed()
    assert row.source.name == "127.0.0.1"

    poll(row)
    assert Source.objects.get().name == "The Halvik Post"

    post.answers["/other"] = feed(rss(FERRY_STORY, title="Ferries"))
    poll(subscribed("/other"))
    assert Source.objects.get().name == "The Halvik Post"


def test_what_was_taken_once_is_not_taken_again(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(FERRY_STORY, BRIDGE_STORY))
    row = subscribed()
    poll(row)
    before = rows()

    polled = poll(row, now=LATER)

    assert polled.taken == feed_entries.Taken()
    assert rows() == before


def test_entries_are_taken_oldest_first_and_a_batch_at_a_time(post, subscribed, poll, monkeypatch):
    monkeypatch.setattr(feed_entries, "ENTRIES_PER_POLL", 2)
    post.answers["/feed"] = cached_feed(rss(*told_apart(3)))
    row = subscribed()

    first = poll(row)
    row.refresh_from_db()

    assert list(row.entries.order_by("pk").values_list("title", flat=True)) == [
        "Story 0",
        "Story 1",
    ]
    assert first.sentence == "2 new articles; more is to come."
    assert first.next_poll_at == NOON + INTERVAL_MIN
    assert row.etag == ""

    second = poll(row, now=LATER)
    row.refresh_from_db()

    assert second.sentence == "1 new article."
    assert row.etag == '"v1"'


def test_a_poll_that_has_no_time_left_goes_on_next_time(post, subscribed):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed()

    polled = poll_feed(feed_id=row.pk, now=NOON, jitter=0.0, seconds=0.0, guard=post.guard())

    assert polled.taken.has_more
    assert rows() == NOTHING_TAKEN


# One bad entry


def test_one_bad_entry_does_not_stop_the_others(post, subscribed, poll, monkeypatch):
    def fail(text, **given):
        if "ferry" in text:
            raise ZeroDivisionError
        return read_text(text, **given)

    read_text = feed_entries.read_text
    monkeypatch.setattr(feed_entries, "read_text", fail)
    short = Story(identifier="short", body="Too short.")
    post.answers["/feed"] = feed(rss(short, FERRY_STORY, BRIDGE_STORY))
    row = subscribed()

    polled = poll(row)

    assert polled.sentence == "1 new article, 2 refused."
    noted = dict(row.entries.values_list("error_code", "tries_left"))
    assert noted == {"": 0, "text_too_short": 0, "internal_error": 2}
    assert Article.objects.get().title == BRIDGE_TITLE


def test_a_page_that_cannot_be_reached_is_tried_three_times(post, subscribed, poll):
    story = Story(link=post.url("/a"), identifier="a")
    post.answers["/a"] = answer(b"", status=503)
    post.answers["/feed"] = cached_feed(rss(story))
    row = subscribed(fetches_pages=True)

    for tries_left in (2, 1, 0):
        polled = poll(row)
        assert polled.taken.refused_count == 1
        assert row.entries.get().tries_left == tries_left
    settled = poll(row)

    assert settled.taken.refused_count == 0
    assert [path for path, _ in post.requests].count("/a") == 3
    assert (row.entries.get().error_code, Article.objects.count()) == ("fetch_failed", 0)


def test_an_entry_that_leads_to_a_private_address_is_refused(post, subscribed, poll):
    story = Story(link="http://169.254.169.254/latest/meta-data/")
    post.answers["/feed"] = feed(rss(story, BRIDGE_STORY))
    row = subscribed(fetches_pages=True)

    poll(row)

    refused = row.entries.get(article=None)
    assert (refused.error_code, refused.tries_left) == ("address_refused", 0)
    assert Article.objects.count() == 1


def test_an_entry_that_leads_to_a_file_has_no_link(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(Story(link="file:///etc/passwd")))

    poll(subscribed(fetches_pages=True))

    assert Article.objects.get().url == ""


def test_old_entries_are_forgotten_and_their_articles_stay(post, subscribed, poll, monkeypatch):
    monkeypatch.setattr(feed_entries, "FORGET_CHUNK", 1)
    post.answers["/feed"] = feed(rss(BRIDGE_STORY, FERRY_STORY))
    row = subscribed("/feed", fetches_pages=False)
    poll(row)
    last_day = NOON + feed_entries.ENTRIES_KEPT

    assert feed_entries.forget_entries(now=last_day) == 0
    after = last_day + timedelta(seconds=1)
    assert [feed_entries.forget_entries(now=after) for _ in range(3)] == [1, 1, 0]

    assert (FeedEntry.objects.count(), Article.objects.count()) == (0, 2)


def test_an_entry_that_is_shown_after_it_was_forgotten_is_the_article_that_it_was(
    post, subscribed, poll
):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed("/feed", fetches_pages=False)
    poll(row)
    FeedEntry.objects.all().delete()

    again = poll(row)

    assert (again.taken.new_count, again.taken.known_count) == (0, 1)
    assert Article.objects.count() == 1
