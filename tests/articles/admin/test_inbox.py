from datetime import timedelta

import pytest
from django.urls import reverse

from articles.models import Article, Draft, Story
from articles.queries import inbox as reading
from articles.services.archiving import archive_article, archive_story
from articles.services.drafting import reject_draft
from articles.services.ingest import ingest_text
from tests.articles.services.stories import BRIDGE, BRIDGE_BODY, BRIDGE_TITLE, FERRY, GERMAN
from tests.instants import NOON

pytestmark = pytest.mark.django_db

INBOX = reverse("admin:articles_article_inbox")
HOUR = timedelta(hours=1)
REPRINT = "A bridge for Halvik"


def take_in(eve, text, *, hours=0, **given):
    return ingest_text(text=text, editor=eve, now=NOON + hours * HOUR, **given)


@pytest.fixture
def stories(eve):
    """Three stories: a bridge that is reprinted, a ferry, and one in German that gives nothing."""
    bridge = take_in(eve, BRIDGE, url="https://post.example/b", source_name="The Post")
    take_in(eve, GERMAN, hours=1, title="Die Brücke", tags=["brücke"])
    take_in(eve, FERRY, hours=2, title="Five ships", url="https://mail.example/f")
    reprint = f"{BRIDGE_BODY}\n\nFrom the Post."
    take_in(eve, reprint, hours=3, title=REPRINT, url="https://mail.example/b")
    return bridge


def rows(answer):
    return [
        (each.row.lead.article.title, each.others_said, each.row.waiting_count)
        for each in answer.context["shown"]
    ]


def act(story_id, name):
    return reverse(f"admin:articles_article_{name}", args=[story_id])


def test_a_row_is_a_story_and_the_one_that_grew_last_comes_first(as_eve, stories):
    answer = as_eve.get(INBOX)

    assert rows(answer) == [(BRIDGE_TITLE, "1 reprint", 2), ("Five ships", "", 1)]
    shown = answer.content.decode()
    assert "1 reprint" in shown
    assert REPRINT in shown
    assert "The Post, mail.example" in shown


def test_all_also_shows_what_gives_nothing(as_eve, stories):
    answer = as_eve.get(INBOX, {"view": "all"})

    assert [title for title, _, _ in rows(answer)] == [BRIDGE_TITLE, "Five ships", "Die Brücke"]
    assert ">de</span>" in answer.content.decode()


def test_a_story_is_led_by_the_article_whose_drafts_wait(as_eve, eve):
    take_in(eve, f"{BRIDGE_BODY}\n\nFrom the Post.", title=REPRINT)
    take_in(eve, BRIDGE, hours=1, published_at=NOON - timedelta(days=3))

    (row,) = [each.row for each in as_eve.get(INBOX).context["shown"]]

    assert row.lead.article.title == REPRINT
    assert row.others[0].article.published_at < row.lead.article.published_at


def test_a_story_whose_drafts_are_decided_waits_no_more(as_eve, eve, stories):
    for draft in Draft.objects.filter(version__article=stories):
        reject_draft(draft_id=draft.pk, editor=eve, reason="No.", now=NOON)

    assert rows(as_eve.get(INBOX)) == [("Five ships", "", 1)]
    assert rows(as_eve.get(INBOX, {"view": "all"}))[0] == (BRIDGE_TITLE, "1 reprint", 0)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"source": "mail.example"}, [BRIDGE_TITLE, "Five ships"]),
        ({"source": "post.example"}, [BRIDGE_TITLE]),
        ({"tag": "HALVIK"}, [BRIDGE_TITLE]),
        ({"q": "ships five"}, ["Five ships"]),
        ({"q": "post.example"}, [BRIDGE_TITLE]),
        ({"q": "nobody wrote this"}, []),
        ({"q": "ships", "source": "post.example"}, []),
        ({"view": "nonsense", "page": "-1"}, [BRIDGE_TITLE, "Five ships"]),
        ({"q": "a\x00b"}, [BRIDGE_TITLE, "Five ships"]),
    ],
)
def test_the_inbox_is_narrowed(as_eve, stories, asked, titles):
    answer = as_eve.get(INBOX, asked)

    assert answer.status_code == 200
    assert [title for title, _, _ in rows(answer)] == titles


def test_e_archives_the_row_and_goes_on_to_the_next(as_eve, eve, stories):
    following = Story.objects.get(articles__title="Five ships")

    answer = as_eve.post(
        f"{act(stories.story_id, 'archive_story')}?tag=halvik", {"next": following.pk}
    )

    assert answer["Location"] == f"{INBOX}?tag=halvik#story-{following.pk}"
    assert set(Article.objects.filter(archived_by=eve).values_list("title", flat=True)) == {
        BRIDGE_TITLE,
        REPRINT,
    }
    assert rows(as_eve.get(INBOX)) == [("Five ships", "", 1)]
    assert rows(as_eve.get(INBOX, {"view": "archived"})) == [(BRIDGE_TITLE, "1 reprint", 0)]


def test_a_row_is_brought_back(as_eve, eve, stories):
    archive_story(story_id=stories.story_id, editor=eve, now=NOON)

    answer = as_eve.post(
        f"{act(stories.story_id, 'bring_back_story')}?view=archived", {"next": "<b>"}
    )

    assert answer["Location"] == f"{INBOX}?view=archived"
    assert Article.objects.filter(archived_at__isnull=False).count() == 0


def test_looking_at_an_act_does_nothing(as_eve, stories):
    for name in ("archive_story", "bring_back_story"):
        assert as_eve.get(act(stories.story_id, name))["Location"] == INBOX

    assert Article.objects.filter(archived_at__isnull=False).count() == 0


def test_a_story_that_has_become_part_of_another_is_said_to_be_gone(as_eve, stories):
    answer = as_eve.post(act(404, "archive_story"), follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "There is no such story; it may have become part of another."
    ]


def test_the_sidebar_counts_the_stories_that_wait(as_eve, eve, stories):
    def badges():
        entries = as_eve.get(INBOX).context["sidebar_navigation"][1]["items"]
        return {each["title"]: each["badge"] for each in entries if each["badge"]}

    assert badges() == {"Inbox": 2, "Drafts": 3}

    archive_article(article_id=stories.pk, editor=eve, now=NOON)

    assert badges() == {"Inbox": 1, "Drafts": 1}


def test_older_stories_are_on_the_next_page(as_eve, stories, monkeypatch):
    monkeypatch.setattr(reading, "ROWS_PER_PAGE", 1)

    first, second = as_eve.get(INBOX), as_eve.get(INBOX, {"page": 2})

    assert rows(first) == [(BRIDGE_TITLE, "1 reprint", 2)]
    assert (first.context["newer"], first.context["older"]) == (None, "?page=2")
    assert rows(second) == [("Five ships", "", 1)]
    assert (second.context["newer"], second.context["older"]) == ("?", None)


def test_an_empty_inbox_says_what_to_do(as_eve):
    assert "No drafts wait." in as_eve.get(INBOX).content.decode()
    assert "Paste one" in as_eve.get(INBOX, {"view": "all"}).content.decode()


def test_the_inbox_takes_the_same_queries_however_long_it_is(
    as_eve, eve, stories, django_assert_num_queries
):
    as_eve.get(INBOX)
    for number in range(3):
        copy = f"{BRIDGE_BODY}\n\nFrom the Post, copy {number}."
        take_in(eve, copy, title=f"Copy {number}", url=f"https://m{number}.example/b")

    with django_assert_num_queries(8):
        as_eve.get(INBOX, {"view": "all"})


def test_charlie_neither_sees_nor_archives_anything(as_charlie, stories):
    seen = as_charlie.get(INBOX)
    posted = as_charlie.post(act(stories.story_id, "archive_story"))

    assert seen["Location"].startswith("/admin/login/")
    assert posted["Location"].startswith("/admin/login/")
    assert Article.objects.filter(archived_at__isnull=False).count() == 0


def test_the_page_of_an_article_shows_the_rest_of_its_story(as_eve, stories):
    reprint = Article.objects.get(title=REPRINT)

    original_page = as_eve.get(act(stories.pk, "change")).content.decode()
    reprint_page = as_eve.get(act(reprint.pk, "change")).content.decode()

    assert REPRINT in original_page
    assert "reprint of this" in original_page
    assert "A reprint gives no drafts." in reprint_page
    assert act(stories.pk, "change") in reprint_page


def test_an_article_is_archived_and_brought_back_on_its_page(as_eve, eve, stories):
    archived = as_eve.post(act(stories.pk, "archive"))
    shown = as_eve.get(act(stories.pk, "change")).content.decode()

    assert archived["Location"] == INBOX
    assert "Archived by eve" in shown
    stories.refresh_from_db()
    assert (stories.archived_by, stories.archived_at) == (eve, NOON)

    back = as_eve.post(act(stories.pk, "bring_back"))

    stories.refresh_from_db()
    assert back["Location"] == act(stories.pk, "change")
    assert (stories.archived_by, stories.archived_at) == (None, None)


def test_tags_are_edited_on_the_page(as_eve, eve, stories):
    answer = as_eve.post(act(stories.pk, "retag"), {"tags": "Toll, USA, toll"})

    stories.refresh_from_db()
    assert answer["Location"] == act(stories.pk, "change")
    assert (stories.tags, stories.tagged_by) == (["toll", "united states"], eve)


@pytest.mark.parametrize(
    ("tags", "refusal"),
    [
        ("x", "A tag has 2 to 40 characters; shorten or leave out."),
        (", ".join(f"tag {n}" for n in range(9)), "An article has at most 8 tags; leave some out."),
    ],
)
def test_tags_that_are_none_are_refused_where_they_are_written(as_eve, stories, tags, refusal):
    answer = as_eve.post(act(stories.pk, "retag"), {"tags": tags})

    assert answer.status_code == 422
    assert answer.context["tags_form"].errors == {"tags": [refusal]}
    stories.refresh_from_db()
    assert (stories.tags, stories.tagged_by) == (["transport", "halvik"], None)


def test_looking_at_an_act_on_an_article_does_nothing(as_eve, stories):
    for name in ("retag", "archive", "bring_back"):
        assert as_eve.get(act(stories.pk, name))["Location"] == act(stories.pk, "change")

    stories.refresh_from_db()
    assert (stories.tagged_by, stories.archived_by) == (None, None)


@pytest.mark.parametrize("name", ["retag", "archive", "bring_back"])
def test_an_article_that_is_not_there_is_not_found(as_eve, name):
    assert as_eve.post(act(404, name), {"tags": ""}).status_code == 404
