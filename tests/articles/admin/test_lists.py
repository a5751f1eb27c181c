import pytest
from django.urls import reverse

from articles.models import Article, Draft, Source
from articles.services.ingest import ingest_text
from tests.articles.services.stories import BRIDGE, FERRY
from tests.instants import NOON

pytestmark = pytest.mark.django_db

ARTICLES = reverse("admin:articles_article_changelist")
DRAFTS = reverse("admin:articles_draft_changelist")
SOURCES = reverse("admin:articles_source_changelist")


@pytest.fixture
def two_articles(eve):
    for text, url in ((BRIDGE, "https://post.example/b"), (FERRY, "https://mail.example/f")):
        ingest_text(text=text, url=url, editor=eve, now=NOON)


def columns(answer, name):
    desk, rows = answer.context["cl"].model_admin, answer.context["cl"].result_list
    return [getattr(desk, name)(row) for row in rows]


def test_the_list_counts_the_drafts_that_wait(as_eve, article, draft):
    as_eve.post(reverse("admin:articles_article_reject_draft", args=[draft.pk]), {"reason": "No."})

    answer = as_eve.get(ARTICLES)

    assert columns(answer, "drafts") == ["1 of 2"]
    assert columns(answer, "headline") == [(article.title, "post.example")]


def test_the_newest_article_comes_first(as_eve, two_articles):
    newest, oldest = as_eve.get(ARTICLES).context["cl"].result_list

    assert newest.pk > oldest.pk


@pytest.mark.parametrize(("address", "count"), [(ARTICLES, 9), (DRAFTS, 8), (SOURCES, 7)])
def test_a_list_takes_the_same_queries_however_long_it_is(
    as_eve, two_articles, django_assert_num_queries, address, count
):
    as_eve.get(address)

    with django_assert_num_queries(count):
        as_eve.get(address)


def test_the_queue_of_drafts_holds_those_that_wait(as_eve, article, draft):
    as_eve.post(reverse("admin:articles_article_reject_draft", args=[draft.pk]), {"reason": "No."})

    answer = as_eve.get(f"{DRAFTS}?fate__exact=proposed")

    waiting = Draft.objects.exclude(pk=draft.pk).get()
    assert list(answer.context["cl"].result_list) == [waiting]


def test_an_editor_says_that_a_licence_allows_whole_articles(as_eve, article):
    page = reverse("admin:articles_source_change", args=[article.source_id])

    answer = as_eve.post(page, {"is_shown": "on"})

    assert answer["Location"] == SOURCES
    assert Source.objects.get().shows_full_text is True


def test_and_takes_it_back(as_eve, article):
    Source.objects.update(shows_full_text=True)
    page = reverse("admin:articles_source_change", args=[article.source_id])

    as_eve.post(page, {})

    assert Source.objects.get().shows_full_text is False


@pytest.mark.parametrize("model", ["article", "draft", "source"])
def test_nobody_deletes_through_the_desk(as_eve, article, model):
    first = {"article": Article, "draft": Draft, "source": Source}[model].objects.first()

    answer = as_eve.post(
        reverse(f"admin:articles_{model}_delete", args=[first.pk]), {"post": "yes"}
    )

    assert answer.status_code == 403
    assert type(first).objects.filter(pk=first.pk).exists()
