from datetime import timedelta

import pytest

from articles.models import ArticleVersion, Draft
from articles.queries.acceptance import REMEMBERED, RuleRecord, lessons_of, rule_records
from articles.services.ingest import ingest_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(eve):
    ingest_text(
        text="The committee met on Tuesday to speak about very little. " * 12,
        title="A meeting", editor=eve, now=NOON, published_at=NOON,
    )  # fmt: skip
    assert not Draft.objects.exists()
    return ArticleVersion.objects.get()


@pytest.fixture
def draft(version, eve):
    """Have a rule draft something, with this fate."""

    def make(rule, fate):
        place = Draft.objects.count()
        decided = {} if fate == "proposed" else {"decided_at": NOON, "decided_by": eve}
        return Draft.objects.create(
            version=version, rule=rule, fate=fate, start=place, end=place + 9, quote="committee",
            quote_sha256="0" * 64, score=0.5, type="binary", title="Will it meet again?",
            resolution_criteria="If it does.", outcomes=["Yes", "No"], prior=[0.5, 0.5],
            closes_at=NOON, resolve_by=NOON, created_at=NOON, **decided,
        )  # fmt: skip

    return make


def test_a_rule_is_measured_by_what_editors_made_of_its_drafts(draft):
    for fate in ("taken_up", "taken_up", "taken_up", "rejected", "proposed", "proposed"):
        draft("expected", fate)

    (record,) = rule_records()

    assert record == RuleRecord("expected", taken_up=3, rejected=1, waiting=2)
    assert (record.decided, record.acceptance) == (4, 0.75)


def test_rules_come_with_the_most_decided_first_and_nothing_decided_is_no_share(draft):
    draft("warning", "proposed")
    draft("candidates", "rejected")
    for _ in range(2):
        draft("next_in_series", "taken_up")

    records = rule_records()

    assert [record.rule for record in records] == ["next_in_series", "candidates", "warning"]
    assert [record.acceptance for record in records] == [1.0, 0.0, None]


def test_what_was_decided_teaches_and_what_waits_does_not(draft):
    for fate in ("taken_up", "taken_up", "rejected", "proposed"):
        draft("expected", fate)
    draft("warning", "rejected")
    draft("candidates", "proposed")

    assert lessons_of(NOON) == {"expected": 0.0087, "warning": -0.0095}


def test_a_lesson_is_forgotten_after_half_a_year(draft):
    draft("warning", "rejected")

    assert lessons_of(NOON + REMEMBERED) == {"warning": -0.0095}
    assert lessons_of(NOON + REMEMBERED + timedelta(seconds=1)) == {}


def test_without_drafts_there_is_no_record_and_it_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert rule_records() == []
