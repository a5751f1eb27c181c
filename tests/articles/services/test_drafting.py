import pytest

from articles.core import drafting as rules
from articles.core.canonical import text_sha256
from articles.models import Article, ArticleVersion, Draft, Story
from articles.models.article import Quality
from articles.services.drafting import (
    DraftDecided,
    DraftNotFound,
    ReasonMissing,
    VersionNotFound,
    draft_article,
    mark_taken_up,
    reject_draft,
)
from articles.services.ingest import ingest_text
from articles.services.sources import SourceNotFound, show_full_text
from tests.articles.services.stories import BRIDGE, FERRY, GERMAN
from tests.instants import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(eve):
    return ingest_text(text=BRIDGE, url="https://post.example/b", editor=eve, now=NOON)


@pytest.fixture
def draft(article):
    return Draft.objects.order_by("-score")[0]


def unread(text, *, quality=Quality.GOOD, language="en"):
    """A version that was stored without being drafted."""
    article = Article.objects.create(
        title="x",
        published_at=NOON,
        published_precision="day",
        published_origin="editor",
        quality=quality,
        language=language,
        story=Story.objects.create(grown_at=NOON),
        added_at=NOON,
    )
    return ArticleVersion.objects.create(
        article=article, number=1, text=text, text_sha256=text_sha256(text), captured_at=NOON
    )


def test_every_draft_of_the_rules_becomes_a_row(article):
    version = article.versions.get()
    drawn = rules.draft_questions(
        version.text,
        published_at=article.published_at,
        headline=article.title,
        tags=tuple(article.tags),
        not_before=NOON,
    )

    stored = list(version.drafts.order_by("-score", "start"))
    assert [
        (d.rule, d.type, d.title, d.resolution_criteria, d.fine_print, d.resolution_source)
        for d in stored
    ] == [(d.rule, d.type, d.title, d.resolution_criteria, d.fine_print, d.source) for d in drawn]
    assert [(d.start, d.end, d.quote, d.score, d.closes_at, d.resolve_by) for d in stored] == [
        (d.start, d.end, d.quote, d.score, d.closes_at, d.resolve_by) for d in drawn
    ]
    assert [(d.outcomes, d.prior, d.tags, d.flags) for d in stored] == [
        (list(d.outcomes), list(d.prior), list(d.tags), list(d.flags)) for d in drawn
    ]
    assert len(stored) == 2


def test_drafting_again_makes_nothing_new(article):
    version = article.versions.get()
    made = set(version.drafts.values_list("pk", flat=True))

    again = draft_article(version_id=version.pk, now=NOON)

    assert {draft.pk for draft in again} == made
    assert Draft.objects.count() == len(made)


def test_what_another_article_is_already_asked_about_is_not_proposed_twice(eve, article):
    copy = unread(BRIDGE.replace("nine", "ten").replace("14 crowns", "15 crowns"))

    assert draft_article(version_id=copy.pk, now=NOON) == []
    assert Draft.objects.count() == 2


@pytest.mark.parametrize(
    "doubt", [{"quality": Quality.PAYWALL}, {"language": "de"}, {"language": "und"}]
)
def test_walls_and_other_languages_are_not_drafted(doubt):
    version = unread(FERRY, **doubt)

    assert draft_article(version_id=version.pk, now=NOON) == []


def test_a_text_without_a_future_gives_no_drafts():
    assert draft_article(version_id=unread(GERMAN).pk, now=NOON) == []


def test_a_version_that_is_not_there_is_refused():
    with pytest.raises(VersionNotFound) as refusal:
        draft_article(version_id=404, now=NOON)

    assert refusal.value.code == "version_not_found"


def test_an_editor_takes_a_draft_up_once(eve, draft):
    taken = mark_taken_up(draft_id=draft.pk, editor=eve, now=NOON)
    again = mark_taken_up(draft_id=draft.pk, editor=eve, now=NOON)

    assert (taken.fate, taken.decided_by, taken.decided_at) == ("taken_up", eve, NOON)
    assert again == taken


def test_an_editor_rejects_a_draft_with_a_reason(eve, draft):
    rejected = reject_draft(draft_id=draft.pk, editor=eve, reason="  too\nvague ", now=NOON)

    rejected.refresh_from_db()
    assert (rejected.fate, rejected.rejection_reason) == ("rejected", "too vague")
    assert (rejected.decided_by, rejected.decided_at) == (eve, NOON)


def test_a_rejection_without_a_reason_is_refused(eve, draft):
    with pytest.raises(ReasonMissing) as refusal:
        reject_draft(draft_id=draft.pk, editor=eve, reason=" \n", now=NOON)

    draft.refresh_from_db()
    assert refusal.value.code == "reason_missing"
    assert (draft.fate, draft.decided_at) == ("proposed", None)


def test_a_decision_is_not_turned_around(eve, erin, draft):
    mark_taken_up(draft_id=draft.pk, editor=eve, now=NOON)

    with pytest.raises(DraftDecided) as refusal:
        reject_draft(draft_id=draft.pk, editor=erin, reason="too vague", now=NOON)

    draft.refresh_from_db()
    assert refusal.value.code == "draft_decided"
    assert str(refusal.value) == "This draft was taken up already."
    assert (draft.fate, draft.decided_by) == ("taken_up", eve)


def test_a_draft_that_is_not_there_is_refused(eve):
    with pytest.raises(DraftNotFound) as refusal:
        mark_taken_up(draft_id=404, editor=eve, now=NOON)

    assert refusal.value.code == "draft_not_found"


def test_a_source_shows_its_texts_to_everybody_once_its_licence_is_noted(article):
    show_full_text(domain="post.example", is_shown=True)
    article.source.refresh_from_db()
    assert article.source.shows_full_text

    show_full_text(domain="post.example", is_shown=False)
    article.source.refresh_from_db()
    assert not article.source.shows_full_text


def test_a_source_that_is_not_there_is_refused():
    with pytest.raises(SourceNotFound) as refusal:
        show_full_text(domain="nowhere.example", is_shown=True)

    assert refusal.value.code == "source_not_found"


def decide(version, rule, fate, count, editor):
    """Have editors decide about so many more drafts of a rule."""
    Draft.objects.bulk_create(
        Draft(
            version=version, rule=rule, fate=fate, start=10_000 + place, end=10_001 + place,
            quote="x", quote_sha256="0" * 64, score=0.5, type="binary", title=f"{fate} {place}",
            resolution_criteria="x", outcomes=["Yes", "No"], prior=[0.5, 0.5], closes_at=NOON,
            resolve_by=NOON, created_at=NOON, decided_at=NOON, decided_by=editor,
        )
        for place in range(count)
    )  # fmt: skip


@pytest.mark.parametrize(("fate", "change"), [("taken_up", 0.1), ("rejected", -0.1)])
def test_what_editors_decided_moves_the_score_of_a_rule_s_next_drafts(draft, eve, fate, change):
    (plain,) = rules.draft_questions(FERRY, published_at=NOON, not_before=NOON)
    decide(draft.version, plain.rule, fate, 20, eve)

    (taught,) = draft_article(version_id=unread(FERRY).pk, now=NOON)

    assert taught.score == pytest.approx(plain.score + change)


def test_a_rule_that_is_always_turned_down_proposes_nothing_more(draft, eve):
    (plain,) = rules.draft_questions(FERRY, published_at=NOON, not_before=NOON)
    decide(draft.version, plain.rule, "rejected", 500, eve)

    assert draft_article(version_id=unread(FERRY).pk, now=NOON) == []
