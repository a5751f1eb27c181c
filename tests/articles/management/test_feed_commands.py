from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from articles.management.commands import poll_feeds
from articles.models import Article, Feed
from articles.services.feeds import add_feed, disable_feed, poll_feed
from tests.articles.services.hosts import feed, site
from tests.articles.services.newsfeeds import BRIDGE_STORY, FERRY_STORY, rss
from tests.instants import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(time_machine, monkeypatch):
    time_machine.move_to(NOON, tick=False)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def post(monkeypatch):
    """A site with a feed that is due and one that is not, which the command may reach."""
    with site() as running:

        def poll(**given):
            return poll_feed(**{**given, "jitter": 0.0}, guard=running.guard())

        monkeypatch.setattr(poll_feeds, "poll_feed", poll)
        for path, story, now in (
            ("/due", BRIDGE_STORY, NOON),
            ("/later", FERRY_STORY, NOON + timedelta(hours=1)),
        ):
            running.answers[path] = feed(rss(story, title=f"Feed {path}"))
            add_feed(url=running.url(path), now=now, fetches_pages=False, guard=running.guard())
        yield running


def asked(post):
    return [path for path, _ in post.requests]


def refusal_of(*arguments, **options):
    with pytest.raises(CommandError) as refusal:
        call_command(*arguments, **options)
    return str(refusal.value), refusal.value.returncode


def test_what_is_due_is_polled_and_told_in_a_table(post, capsys):
    call_command("poll_feeds")

    (line,) = [line for line in capsys.readouterr().out.splitlines() if "Feed /due" in line]
    assert line.split() == ["Feed", "/due", "1", "new", "article.", "1", "in", "60", "min"]
    assert asked(post) == ["/due"]


def test_all_active_feeds_are_polled_when_told(post, capsys):
    off = add_feed(url=post.url("/off"), now=NOON, guard=post.guard())
    disable_feed(feed_id=off.pk, reason="No.", now=NOON)

    call_command("poll_feeds", "--all")

    assert asked(post) == ["/due", "/later"]
    assert Article.objects.count() == 2


def test_named_feeds_are_polled_due_or_not(post, capsys):
    call_command("poll_feeds", post.url("/later?utm_source=x"))

    assert asked(post) == ["/later"]
    assert "Feed /later" in capsys.readouterr().out


def test_a_feed_that_fails_is_told_with_the_others_and_ends_with_exit_code_one(post, capsys):
    del post.answers["/due"]

    sentence, code = refusal_of("poll_feeds", "--all")

    shown = capsys.readouterr().out
    assert (sentence, code) == ("Not every feed could be read.", 1)
    assert "The site answered 404 instead of the feed." in shown
    assert "in 2 h 0 min" in shown
    assert "Feed /later" in shown


def test_a_feed_that_is_gone_has_no_next_poll(post, capsys):
    post.answers["/due"] = feed(b"", status=410)

    refusal_of("poll_feeds")

    assert "never: switched off" in capsys.readouterr().out


def test_nothing_due_is_said_in_a_line(capsys):
    call_command("poll_feeds")

    assert capsys.readouterr().out == "No feed is due.\n"


def test_a_feed_that_somebody_else_polls_is_left_to_them(post, capsys):
    Feed.objects.update(leased_until=NOON + timedelta(minutes=1))

    call_command("poll_feeds", "--all")

    assert asked(post) == []


def test_what_is_switched_off_is_said_and_not_polled(post, capsys):
    row = Feed.objects.get(url=post.url("/due"))
    disable_feed(feed_id=row.pk, reason="Too noisy.", now=NOON)

    call_command("poll_feeds", row.url)

    assert "This feed is switched off: Too noisy." in capsys.readouterr().out
    assert asked(post) == []


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        (["--all", "https://p.example/"], "Name feeds or say --all, not both.", 2),
        (["https://p.example/"], "There is no feed at https://p.example/; add it on the desk.", 2),
        (
            ["nonsense"],
            "Give an address that starts with http:// or https:// and names a site. [url_invalid]",
            1,
        ),
    ],
)
def test_a_misuse_is_told(arguments, sentence, code):
    assert refusal_of("poll_feeds", *arguments) == (sentence, code)


def test_nothing_is_polled_where_fetching_is_off(post, settings):
    settings.ARTICLES_FETCHING = False

    assert refusal_of("poll_feeds")[0].endswith("[fetching_is_off]")
    assert asked(post) == []


def test_feeds_go_out_and_come_in_again(tmp_path, capsys):
    path = tmp_path / "feeds.opml"
    for url in ("https://a.example/feed", "https://b.example/feed"):
        add_feed(url=url, now=NOON)

    call_command("feeds", "export", str(path))
    Feed.objects.filter(url="https://a.example/feed").delete()
    call_command("feeds", "import", str(path))

    shown = capsys.readouterr().out
    assert f"Wrote 2 feeds to {path}." in shown.replace("\n", "")
    assert "1 added, 1 here already, 0 refused." in shown
    assert Feed.objects.count() == 2


def test_the_export_goes_to_the_console_without_a_file(capsys):
    add_feed(url="https://a.example/feed", now=NOON)

    call_command("feeds", "export")

    assert 'xmlUrl="https://a.example/feed"' in capsys.readouterr().out


def test_refused_addresses_of_a_list_are_told_with_the_reason(tmp_path, capsys):
    path = tmp_path / "feeds.opml"
    path.write_text('<opml><body><outline xmlUrl="http://a.example:22/"/></body></opml>')

    call_command("feeds", "import", str(path))

    shown = capsys.readouterr().out
    assert "0 added, 0 here already, 1 refused." in shown
    assert "Port 22 is not one on which sites answer readers" in shown


def test_what_is_no_list_ends_with_a_code(tmp_path):
    path = tmp_path / "feeds.opml"
    path.write_text("<rss/>")

    assert refusal_of("feeds", "import", str(path)) == (
        "The file is no OPML; export the list of feeds from your reader. [opml_invalid]",
        1,
    )
    assert refusal_of("feeds", "import", str(tmp_path / "nowhere"))[1] == 2
    assert Feed.objects.count() == 0
