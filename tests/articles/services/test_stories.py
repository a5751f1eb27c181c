import time
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from articles.core.canonical import TEXT_LENGTH_MAX
from articles.core.similarity import SKETCH_SIZE
from articles.models import Article, ArticleVersion, Draft, Story, StorySketch
from articles.services import stories
from articles.services.ingest import ingest_html, ingest_text
from articles.services.stories import place_backlog
from tests.articles.services.stories import BOT_WALL, BRIDGE, BRIDGE_BODY, BRIDGE_TITLE, FERRY
from tests.instants import NOON

pytestmark = pytest.mark.django_db

# Far above what it takes on an idle machine: a busy one must not fail, a quadratic rule must.
SECONDS_MAX = 8.0

REPRINT = f"Bridge is nearly done\n\n{BRIDGE_BODY}\n\nFirst published by the Halvik Post."
FOLLOW_UP = f"""\
Halvik asks who pays for the bridge

{BRIDGE_BODY.split(chr(10) + chr(10))[2]}

Those who live on the far side have begun to count what a year of tolls would cost them, and \
have found that it is more than a season ticket for the ferry ever was. Their mayor has written \
to the capital. Halvik Ferries plans to sell two of its ships by 31 August 2027, its chairwoman \
told shareholders, and hopes that the region will buy the others."""


def take_in(eve, text, *, days=0.0, at=NOON, **given):
    published_at = NOON - timedelta(days=10) + timedelta(days=days)
    return ingest_text(text=text, published_at=published_at, editor=eve, now=at, **given)


def together():
    """The headlines of each story, as sets."""
    rows = Article.objects.values_list("story", "title")
    return {
        frozenset(title for story, title in rows if story == each)
        for each in {story for story, _ in rows}
    }


def test_an_article_by_itself_begins_a_story(eve):
    article = take_in(eve, BRIDGE)

    assert article.story == Story.objects.get()
    assert article.story.grown_at == NOON
    assert article.duplicate_of is None
    sketch = StorySketch.objects.get()
    assert len(sketch.hashes) == sketch.shingle_count > 100


def test_a_reprint_joins_the_story_and_gives_no_drafts(eve):
    original = take_in(eve, BRIDGE)
    later = NOON + timedelta(hours=3)

    reprint = take_in(eve, REPRINT, days=1, at=later)

    assert reprint.duplicate_of == original
    assert reprint.story == original.story
    assert reprint.versions.get().drafts.count() == 0
    assert Story.objects.get().grown_at == later


def test_a_reprint_of_a_reprint_is_one_of_the_original(eve):
    original = take_in(eve, BRIDGE)
    take_in(eve, REPRINT, days=1)

    last = take_in(eve, f"{REPRINT} And then by the Evening Star.", days=2)

    assert last.duplicate_of == original


def test_a_follow_up_only_asks_what_its_story_has_not_asked(eve):
    take_in(eve, BRIDGE)
    asked = set(Draft.objects.values_list("title", flat=True))

    follow_up = take_in(eve, FOLLOW_UP, days=1)

    assert follow_up.duplicate_of is None
    assert together() == {frozenset({BRIDGE_TITLE, "Halvik asks who pays for the bridge"})}
    (draft,) = follow_up.versions.get().drafts.all()
    assert "sell two of its ships" in draft.title
    assert draft.title not in asked


def test_other_articles_have_stories_of_their_own(eve):
    take_in(eve, BRIDGE)
    take_in(eve, FERRY, title="Five ships")

    assert together() == {frozenset({BRIDGE_TITLE}), frozenset({"Five ships"})}


def test_the_same_words_a_month_later_are_another_story_with_drafts_of_their_own(eve):
    take_in(eve, BRIDGE, days=-30)

    bulletin = take_in(eve, BRIDGE.replace("June 2027", "July 2027"), title="Again")

    assert bulletin.duplicate_of is None
    assert len(together()) == 2
    assert ["July" in draft.title for draft in bulletin.versions.get().drafts.all()] == [True]


def test_the_article_that_all_others_follow_may_come_in_last(eve):
    reprint = take_in(eve, REPRINT, days=3)
    follow_up = take_in(eve, FOLLOW_UP, days=4)
    drafts = set(Draft.objects.values_list("pk", flat=True))

    first = take_in(eve, BRIDGE, days=0)

    assert first.published_at < reprint.published_at
    assert first.duplicate_of == reprint
    assert {first.story_id, reprint.story_id, follow_up.story_id} == {reprint.story_id}
    assert set(Draft.objects.values_list("pk", flat=True)) == drafts


def test_an_article_between_two_stories_makes_them_one(eve):
    paragraphs = [f"{BRIDGE_BODY.split(chr(10) + chr(10))[1]}", FERRY.split("\n\n")[1]]
    bridge = take_in(eve, BRIDGE)
    ferry = take_in(eve, FERRY, at=NOON + timedelta(hours=1))
    assert bridge.story != ferry.story

    both = take_in(eve, "\n\n".join(paragraphs), at=NOON + timedelta(hours=2))

    kept = Story.objects.get()
    assert kept == bridge.story == both.story
    assert kept.grown_at == NOON + timedelta(hours=2)
    assert Article.objects.filter(story=kept).count() == 3


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_whatever_comes_in_first_the_same_articles_are_together(eve, order):
    texts = (BRIDGE, REPRINT, FOLLOW_UP, FERRY)

    for number in order:
        take_in(eve, texts[number], days=number, title=f"article {number}")

    assert together() == {
        frozenset({"article 0", "article 1", "article 2"}),
        frozenset({"article 3"}),
    }


def test_walls_tell_no_story_until_an_article_takes_their_place(eve):
    original = take_in(eve, BRIDGE)
    url = "https://post.example/b"
    wall = ingest_html(html=BOT_WALL.encode(), url=url, editor=eve, now=NOON)
    assert StorySketch.objects.count() == 1

    article = ingest_text(text=REPRINT, url=url, editor=eve, now=NOON)

    assert article == wall
    assert article.duplicate_of == original
    assert Story.objects.count() == 1
    assert Draft.objects.exclude(version__article=original).count() == 0


def test_a_reprint_that_grows_an_article_of_its_own_is_one_no_more(eve):
    take_in(eve, BRIDGE)
    url = "https://mail.example/b"
    reprint = take_in(eve, REPRINT, url=url, days=1)
    assert reprint.duplicate_of is not None

    grown = take_in(eve, f"{REPRINT}\n\n{FERRY}", url=url, days=1)

    assert grown == reprint
    grown.refresh_from_db()
    assert grown.duplicate_of is None
    assert "two of its ships" in grown.versions.latest("number").drafts.get().quote


def test_an_original_that_becomes_a_reprint_hands_its_own_reprints_on(eve):
    first = take_in(eve, BRIDGE)
    url = "https://mail.example/b"
    second = take_in(eve, FERRY, url=url)
    third = take_in(eve, f"{FERRY} So says the Halvik Post, and others say it too.")
    assert third.duplicate_of == second

    take_in(eve, REPRINT, url=url)

    third.refresh_from_db()
    assert third.duplicate_of == first


def test_an_article_cannot_be_a_duplicate_of_itself_or_of_a_later_one(eve):
    first, second = take_in(eve, BRIDGE), take_in(eve, FERRY)

    for original in (first, second):
        with (
            pytest.raises(IntegrityError, match="article_duplicates_an_earlier_one"),
            transaction.atomic(),
        ):
            Article.objects.filter(pk=first.pk).update(duplicate_of=original)

    assert Article.objects.filter(duplicate_of=None).count() == 2


def test_articles_from_before_there_were_stories_are_placed_in_chunks(eve):
    for number, text in enumerate((BRIDGE, FOLLOW_UP, FERRY)):
        take_in(eve, text, title=f"article {number}")
    StorySketch.objects.all().delete()
    for article in Article.objects.all():
        Article.objects.filter(pk=article.pk).update(
            story=Story.objects.create(grown_at=article.added_at)
        )

    assert [place_backlog(chunk=2), place_backlog(chunk=2), place_backlog(chunk=2)] == [2, 1, 0]

    assert together() == {frozenset({"article 0", "article 1"}), frozenset({"article 2"})}
    assert StorySketch.objects.count() == 3


def test_joining_a_story_takes_a_fixed_number_of_statements(eve, django_assert_num_queries):
    take_in(eve, BRIDGE)
    for number in range(2):
        take_in(eve, f"{REPRINT} Copy {number}.", days=1)

    with django_assert_num_queries(22):
        take_in(eve, f"{REPRINT} Copy 3.", days=1)


def test_of_too_many_candidates_the_newest_are_left_out(eve, monkeypatch):
    monkeypatch.setattr(stories, "CANDIDATES_MAX", 1)
    original = take_in(eve, BRIDGE)
    take_in(eve, f"{REPRINT} Copy 1.", days=1)

    assert take_in(eve, f"{REPRINT} Copy 2.", days=2).duplicate_of == original


def test_every_version_is_sketched(eve):
    url = "https://post.example/b"
    take_in(eve, BRIDGE, url=url)
    take_in(eve, BRIDGE.replace("14 crowns", "15 crowns"), url=url)

    assert StorySketch.objects.count() == ArticleVersion.objects.count() == 2
    assert Story.objects.count() == 1


def test_the_longest_text_is_read_stored_sketched_and_drafted_in_time(eve):
    sentence = (
        "Line {0} of the Halvik Metro is expected to open by 30 June 2027, said Mayor {0}.\n\n"
    )
    text = "".join(sentence.format(number) for number in range(3_000))[:TEXT_LENGTH_MAX]

    started = time.process_time()
    article = ingest_text(text=text, editor=eve, now=NOON)

    assert time.process_time() - started < SECONDS_MAX
    assert len(article.versions.get().text) > 0.99 * TEXT_LENGTH_MAX
    assert len(StorySketch.objects.get().hashes) == SKETCH_SIZE
