import pytest

from articles.core.tags import TAGS_MAX, normalise_tags
from articles.models import Article
from articles.services.gazetteer import find_territories, one_spelling
from articles.services.ingest import ingest_html, ingest_text
from articles.services.locks import ArticleNotFound
from articles.services.tagging import TagsInvalid, find_all_tags, retag
from tests.articles.services.stories import (
    BOT_WALL,
    BRIDGE,
    BRIDGE_BODY,
    FERRY,
    GERMAN,
    news_article,
    page,
)
from tests.instants import NOON

pytestmark = pytest.mark.django_db

URL = "https://post.example/b"


@pytest.fixture
def article(eve):
    return ingest_text(text=BRIDGE, url=URL, editor=eve, now=NOON)


def tags_of(article):
    article.refresh_from_db()
    return (article.tags, article.tagged_by, article.tagged_at)


def test_tags_of_a_page_come_first_then_topics_then_places(eve):
    linked = news_article(keywords=["Bridges", "#HalvikStrait"], articleSection="Travel")
    body = f"Kenya and Turkey send lorries over it; Kenya most of all. {BRIDGE_BODY}"

    article = ingest_html(
        html=page(title="What Türkiye wants", linked=linked, body=body), editor=eve, now=NOON
    )

    assert article.tags == ["bridges", "halvik strait", "travel", "transport", "turkey", "kenya"]


def test_tags_that_somebody_gives_are_kept_and_no_others_added(eve):
    article = ingest_text(text=FERRY, tags=["Ships", "ships", "U.K."], editor=eve, now=NOON)

    assert article.tags == ["ships", "united kingdom"]


def test_other_languages_only_have_their_own_tags():
    found = find_all_tags(given=("Brücke",), title="Kenya", text=GERMAN, language="de")

    assert found == ("brücke",)


def test_a_country_named_once_in_passing_is_no_tag():
    assert find_territories("", "Norway, Norway and Chad met.") == ("norway",)
    assert find_territories("Chad votes", "Norway, Norway and Chad met.") == ("chad", "norway")


@pytest.mark.parametrize(
    ("spelled", "tag"),
    [
        ("USA", "united states"),
        ("us", "united states"),
        ("Great Britain", "united kingdom"),
        ("Burma", "myanmar"),
        ("EU", "european union"),
        ("côte d’ivoire", "ivory coast"),
        ("trade", "trade"),
    ],
)
def test_a_place_has_one_spelling(spelled, tag):
    assert one_spelling(spelled) == tag


def test_there_are_few_tags_each_once_and_short():
    many = [f"tag {number}" for number in range(20)]

    assert normalise_tags(("A" * 41, "#RailTrade", "rail-trade", *many)) == (
        "rail trade", *many[: TAGS_MAX - 1]
    )  # fmt: skip


def test_an_editor_sets_the_tags(eve, article):
    retag(article_id=article.pk, tags=["Toll ", "", "toll", "USA"], editor=eve, now=NOON)

    assert tags_of(article) == (["toll", "united states"], eve, NOON)


def test_all_tags_may_go(eve, article):
    retag(article_id=article.pk, tags=[], editor=eve, now=NOON)

    assert tags_of(article) == ([], eve, NOON)


def test_tags_that_an_editor_set_stay_when_an_article_takes_the_place_of_a_wall(eve):
    wall = ingest_html(html=BOT_WALL.encode(), url=URL, editor=eve, now=NOON)
    retag(article_id=wall.pk, tags=["toll"], editor=eve, now=NOON)

    article = ingest_html(html=page(linked=news_article()), url=URL, editor=eve, now=NOON)

    assert article == wall
    assert tags_of(article)[0] == ["toll"]
    assert article.author == "Ingrid Moe"


@pytest.mark.parametrize(
    "tags", [["x"], ["y" * 41], ["…"], [f"tag {number}" for number in range(9)]]
)
def test_tags_that_are_none_are_refused(eve, article, tags):
    before = tags_of(article)

    with pytest.raises(TagsInvalid) as refusal:
        retag(article_id=article.pk, tags=tags, editor=eve, now=NOON)

    assert refusal.value.code == "tags_invalid"
    assert tags_of(article) == before


def test_an_article_that_is_not_there_cannot_be_tagged(eve, article):
    with pytest.raises(ArticleNotFound):
        retag(article_id=404, tags=["toll"], editor=eve, now=NOON)

    assert Article.objects.filter(tags__contains=["toll"]).count() == 0
