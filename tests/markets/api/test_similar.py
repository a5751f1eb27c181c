"""Questions like a question, and evidence that says for what it is."""

import pytest

from markets.core.numeric import Bins
from markets.services import questions
from markets.services.citations import cite
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.api.calling import refused
from tests.markets.links.stories import ASKED, NEWS, QUOTE, tell

pytestmark = pytest.mark.django_db


def test_similar_questions_come_with_what_tells_them_apart(anyone, publish):
    asked = publish(**ASKED)
    later = publish(**{**ASKED, "title": ASKED["title"].replace("2 December", "9 December")})

    body = anyone.get(f"/questions/{asked.slug}/similar").json()

    (row,) = body["results"]
    assert body["question"] == asked.pk
    assert 0.3 <= row.pop("likeness") <= 1
    assert row == {
        "id": later.pk, "slug": later.slug, "title": later.title, "status": "open",
        "url": f"http://testserver/api/v1/questions/{later.slug}",
        "verdict": "related", "differs": ["another date"],
    }  # fmt: skip


def test_a_question_that_is_not_public_has_none(anyone, eve):
    hidden = questions.draft_question(text=question_text(), editor=eve, now=NOON)

    refused(anyone.get(f"/questions/{hidden.pk}/similar"), "question_not_found")


@pytest.fixture
def cited(eve):
    def make(question, **given):
        article = tell(NEWS, NOON)
        cite(
            question_id=question.pk, version=article.versions.get(), quote=QUOTE,
            role="evidence", **given, editor=eve, now=NOON,
        )  # fmt: skip
        return article

    return make


def test_evidence_names_the_outcome_that_it_supports(anyone, question, cited):
    article = cited(question, supports=1)

    (of_question,) = anyone.get(f"/questions/{question.pk}").json()["articles"]
    (of_article,) = anyone.get(f"/articles/{article.pk}").json()["questions"]

    assert (of_question["role"], of_question["supports"]) == ("evidence", "no")
    assert (of_article["role"], of_article["supports"]) == ("evidence", "no")


def test_evidence_names_the_number_that_it_supports(anyone, publish, cited):
    bins = Bins(lower=0, upper=100, count=4)
    asked = publish(title="How long is it?", type="numeric", outcomes=(), prior=(), bins=bins)
    cited(asked, value=12.5)

    (row,) = anyone.get(f"/questions/{asked.pk}").json()["articles"]

    assert row["supports"] == 12.5
