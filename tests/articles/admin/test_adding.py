from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.models import Article, ArticleVersion, Draft, Source
from articles.services.extraction import PAGE_BYTES_MAX
from tests.articles.services.stories import BRIDGE, BRIDGE_BODY, BRIDGE_TITLE, page

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/article/add/"


def paste(**typed):
    return {"way": "text", "text": BRIDGE, **typed}


def rows():
    return [model.objects.count() for model in (Article, ArticleVersion, Draft, Source)]


def test_a_pasted_text_becomes_an_article_with_its_drafts(as_eve, eve):
    answer = as_eve.post(ADD, paste())

    article = Article.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:articles_article_change", args=[article.pk])
    assert (article.title, article.added_by) == (BRIDGE_TITLE, eve)
    assert Draft.objects.filter(version__article=article).count() == 2


def test_what_the_editor_types_beside_the_text_is_kept(as_eve):
    typed = paste(
        title="The bridge", author="Ida Holm", source_name="Halvik Post", tags="bridges, tolls",
        published_at="2026-11-21T08:30:00", url="https://post.example/bridge?utm_source=x",
    )  # fmt: skip

    as_eve.post(ADD, typed)

    article = Article.objects.get()
    assert (article.title, article.author) == ("The bridge", "Ida Holm")
    assert article.source.domain == "post.example"
    assert article.tags == ["bridges", "tolls"]
    assert article.published_at == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    assert article.url == "https://post.example/bridge"


def test_an_uploaded_page_becomes_an_article(as_eve):
    upload = SimpleUploadedFile("bridge.html", page(), content_type="text/html")

    answer = as_eve.post(ADD, {"way": "html", "html": upload, "url": "https://post.example/b"})

    assert answer.status_code == 302
    assert Article.objects.get().title == BRIDGE_TITLE


def test_the_same_text_again_leads_to_the_article_that_is_there(as_eve, article):
    before = rows()

    answer = as_eve.post(ADD, paste(text=BRIDGE.replace("\n", "\r\n")), follow=True)

    assert answer.redirect_chain == [
        (reverse("admin:articles_article_change", args=[article.pk]), 302)
    ]
    assert "This article is here already" in answer.content.decode()
    assert rows() == before


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (paste(text=""), "text", "Paste the text of the article."),
        (
            paste(text="Too short."),
            "text",
            "This is too short for an article; paste the whole text of it.",
        ),
        (
            paste(published_at="2027-01-01T00:00:00"),
            "published_at",
            "The date of publication lies ahead; give when it was published.",
        ),
        ({"way": "html"}, "html", "Choose the HTML file of the article's page."),
        ({"way": "url"}, "url", "Give the address of the article."),
    ],
)
def test_a_refusal_stands_beside_its_field(as_eve, typed, field, sentence):
    answer = as_eve.post(ADD, typed)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert rows() == [0, 0, 0, 0]


def test_an_address_is_refused_beside_itself_where_fetching_is_off(as_eve, settings):
    settings.ARTICLES_FETCHING = False

    answer = as_eve.post(ADD, {"way": "url", "url": "https://post.example/b"})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "url": ["Fetching is switched off here; paste the text of the article instead."]
    }
    assert rows() == [0, 0, 0, 0]


def test_a_page_without_an_article_is_refused_beside_its_file(as_eve):
    upload = SimpleUploadedFile("empty.html", b"<html></html>", content_type="text/html")

    answer = as_eve.post(ADD, {"way": "html", "html": upload})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["html"]
    assert rows() == [0, 0, 0, 0]


def test_a_page_that_is_too_large_is_refused_before_it_is_read(as_eve):
    upload = SimpleUploadedFile("large.html", b"x" * (PAGE_BYTES_MAX + 1))

    answer = as_eve.post(ADD, {"way": "html", "html": upload})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "html": ["The page holds more than 2 MB; paste its text instead."]
    }


def test_nothing_typed_is_lost_in_a_refusal(as_eve):
    typed = paste(text="Too short.", title="The bridge", author="Ida Holm", tags="bridges, tolls")

    shown = as_eve.post(ADD, typed).context["form"]

    assert {name: shown[name].value() for name in typed} == typed


def test_a_reprint_is_said_to_be_one(as_eve, article):
    answer = as_eve.post(
        ADD, {"way": "text", "text": f"A copy\n\n{BRIDGE_BODY}\n\nFrom the Post."}, follow=True
    )

    assert [str(message) for message in answer.context["messages"]] == [
        "Added to its story as a reprint, which gives no drafts."
    ]
    assert Article.objects.get(duplicate_of=article).story == article.story
