"""Reading articles, with the questions that they raised."""

from datetime import timedelta

import pytest

from articles.models import Article, Draft, Source
from articles.models.article import Quality
from articles.services.drafting import draft_article
from articles.services.ingest import ingest_text
from markets.services import questions
from tests.instants import NOON
from tests.markets.api.calling import refused

TEXT = """The corridor is almost done

Officials said on Friday that the Zangezur corridor is expected to open by 30 December 2026.

The rails are laid, and workers were still painting the platforms of the border station when
reporters came. The line is forty kilometres long and cost more than a billion over four years.
Two villages had to be moved out of its way, and three tunnels were drilled through the mountains.
"""


@pytest.fixture
def ingest(eve):
    def make(title="The corridor is almost done", text=TEXT, **changes):
        arguments = {"published_at": NOON - timedelta(days=2), "tags": ("railway",), **changes}
        return ingest_text(text=f"{text}\n{title}.", title=title, editor=eve, now=NOON, **arguments)

    return make


@pytest.fixture
def article(ingest):
    return ingest(source_name="The Mountain Post", url="https://post.example/corridor")


@pytest.fixture
def raised(article, eve, today):
    """A question that was taken up from the article and published."""
    draft = Draft.objects.filter(version__article=article).order_by("-score").first()
    question = questions.take_up_draft(draft_id=draft.pk, editor=eve, now=NOON)
    return questions.publish(question_id=question.pk, editor=eve, now=NOON)


def test_an_article_is_listed_with_its_source_and_the_beginning_of_its_text(anyone, article):
    (row,) = anyone.get("/articles").json()["results"]

    assert row["id"] == article.pk
    assert row["title"] == "The corridor is almost done"
    assert row["url"] == f"http://testserver/api/v1/articles/{article.pk}"
    assert row["html_url"] == f"http://testserver/articles/{article.pk}/"
    assert row["original_url"] == "https://post.example/corridor"
    assert row["published_at"] == "2026-11-20T12:00:00.000000Z"
    assert row["tags"] == ["railway"]
    assert row["excerpt"].startswith("Officials said on Friday")
    assert len(row["excerpt"]) <= 300
    assert row["questions"] == []
    assert "text" not in row


def test_the_page_of_an_article_is_where_the_api_says(anyone, article, client):
    page = anyone.get(f"/articles/{article.pk}").json()["html_url"]

    assert client.get(page.removeprefix("http://testserver")).status_code == 200


def test_a_question_and_its_article_point_at_each_other(anyone, article, raised):
    quoted = raised.citations.get().quote

    listed = anyone.get("/articles").json()["results"][0]
    asked = anyone.get(f"/questions/{raised.pk}").json()
    found = anyone.get("/questions", article=article.pk).json()["results"]

    assert listed["questions"] == [
        {
            "id": raised.pk, "slug": raised.slug, "title": raised.title, "status": "open",
            "url": f"http://testserver/api/v1/questions/{raised.slug}", "role": "source",
            "supports": None, "quote": quoted,
        }
    ]  # fmt: skip
    assert asked["article_count"] == 1
    assert asked["articles"] == [
        {
            "id": article.pk, "title": article.title, "source": article.source.name,
            "url": f"http://testserver/api/v1/articles/{article.pk}", "role": "source",
            "published_at": "2026-11-20T12:00:00.000000Z", "supports": None, "quote": quoted,
        }
    ]  # fmt: skip
    assert [question["id"] for question in found] == [raised.pk]


def test_questions_that_are_not_public_are_not_named(anyone, article, eve):
    draft = Draft.objects.filter(version__article=article).first()
    questions.take_up_draft(draft_id=draft.pk, editor=eve, now=NOON)

    assert anyone.get(f"/articles/{article.pk}").json()["questions"] == []


def test_the_whole_text_is_shown_only_where_its_licence_says_so(anyone, article):
    assert anyone.get(f"/articles/{article.pk}").json()["text"] is None

    Source.objects.update(shows_full_text=True)

    assert "painting the platforms" in anyone.get(f"/articles/{article.pk}").json()["text"]


def test_what_failed_the_quality_gate_is_not_shown(anyone, article):
    Article.objects.update(quality=Quality.PAYWALL)

    assert anyone.get("/articles").json()["results"] == []
    refused(anyone.get(f"/articles/{article.pk}"), "article_not_found")


def test_articles_are_filtered(anyone, article, ingest):
    other = ingest("A bridge is planned", published_at=NOON, tags=("bridges",), source_name="")

    def titles(**parameters):
        rows = anyone.get("/articles", **parameters).json()["results"]
        return [row["title"] for row in rows]

    assert titles() == [other.title, article.title]
    assert titles(tag="railway") == [article.title]
    assert titles(q="bridge PLANNED") == [other.title]
    assert titles(q="bridge corridor") == []
    assert titles(source=article.source.domain) == [article.title]
    assert titles(published_after="2026-11-22T12:00:00Z") == [other.title]
    assert titles(published_after="2026-11-22T12:00:00.000001Z") == []


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"published_after": "friday"}, "invalid_parameter", "published_after"),
        ({"published_before": "2026-11-22T12:00:00Z"}, "unknown_parameter", "published_before"),
        ({"q": "x" * 201}, "invalid_parameter", "q"),
    ],
)
def test_parameters_that_the_list_does_not_take_are_refused(anyone, db, parameters, code, field):
    refused(anyone.get("/articles", **parameters), code, field)


@pytest.mark.parametrize("name", ["0", "999999999", "9" * 40])
def test_there_is_no_article_of_another_number(anyone, db, name):
    refused(anyone.get(f"/articles/{name}"), "article_not_found")


def test_articles_cost_a_fixed_number_of_queries(
    anyone, article, raised, ingest, django_assert_num_queries
):
    draft_article(version_id=ingest("A bridge is planned").versions.get().pk, now=NOON)

    for limit in (1, 2):
        # articles with their texts, citations with questions, their outcomes
        with django_assert_num_queries(3):
            anyone.get("/articles", limit=limit)
    with django_assert_num_queries(3):
        anyone.get(f"/articles/{article.pk}")
