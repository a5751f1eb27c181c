import pytest
from django.urls import reverse

from articles.models import Draft
from articles.services.drafting import reject_draft
from articles.services.ingest import ingest_text
from tests.articles.services.stories import BRIDGE_OPENING, RAILWAY
from tests.instants import NOON

pytestmark = pytest.mark.django_db


def page_of(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def reject_url(draft):
    return reverse("admin:articles_article_reject_draft", args=[draft.pk])


def fate(draft):
    draft.refresh_from_db()
    return (draft.fate, draft.decided_by, draft.decided_at, draft.rejection_reason)


def test_each_draft_s_passage_is_marked_with_the_number_of_its_card(as_eve, article, draft):
    answer = as_eve.get(page_of(article))

    pieces = [piece for paragraph in answer.context["paragraphs"] for piece in paragraph]
    marked = [piece for piece in pieces if piece.draft_id]
    assert BRIDGE_OPENING in marked[0].text
    assert (marked[0].numbers, marked[0].draft_id) == ("1", draft.pk)
    assert [card.draft.pk for card in answer.context["drafts"]] == list(
        Draft.objects.order_by("start").values_list("pk", flat=True)
    )


def test_a_card_says_title_prior_rule_and_quote(as_eve, article, draft):
    shown = as_eve.get(page_of(article)).content.decode()

    assert draft.title in shown
    assert draft.quote.split(".")[0] in shown
    assert f"Yes {draft.prior[0]:.0%}, No {draft.prior[1]:.0%}" in shown
    assert draft.rule.replace("_", " ") in shown


def test_a_card_of_a_number_says_its_range_and_last_value_and_one_of_a_date_when(as_eve, eve):
    article = ingest_text(text=RAILWAY, editor=eve, now=NOON)

    cards = {card.draft.type: card for card in as_eve.get(page_of(article)).context["drafts"]}
    shown = as_eve.get(page_of(article)).content.decode()

    number, date = cards["numeric"], cards["date"]
    assert (number.type_said, date.type_said) == ("numeric", "date")
    assert number.range_said == "7 to 16 billion US dollars in 11 bins, open below and above"
    assert number.last_said == "10.7 billion US dollars"
    assert number.prior_said == "even odds at about 10.7 billion US dollars"
    assert date.range_said == "1 November 2026 to 1 October 2027 in 12 bins, open after"
    assert date.prior_said == "even odds at about May 2027"
    assert date.last_said == ""
    for said in (number.range_said, number.last_said, date.range_said, date.prior_said):
        assert said in shown


def test_a_rejected_draft_leads_to_the_next_one_that_waits(as_eve, eve, article, draft):
    following = Draft.objects.order_by("start")[1]

    answer = as_eve.post(reject_url(draft), {"reason": "Too vague."})

    assert answer.status_code == 302
    assert answer["Location"] == f"{page_of(article)}#draft-{following.pk}"
    assert fate(draft) == ("rejected", eve, NOON, "Too vague.")


def test_after_the_last_draft_the_page_has_nothing_more_to_point_at(as_eve, eve, article):
    first, second = Draft.objects.order_by("start")
    reject_draft(draft_id=first.pk, editor=eve, reason="No.", now=NOON)

    answer = as_eve.post(reject_url(second), {"reason": "No."})

    assert answer["Location"] == page_of(article)


def test_a_rejection_needs_a_reason(as_eve, draft):
    answer = as_eve.post(reject_url(draft), {"reason": "   "})

    assert answer.status_code == 422
    assert answer.context["refused_form"].errors == {"reason": ["This field is required."]}
    assert fate(draft) == ("proposed", None, None, "")


def test_a_draft_decided_meanwhile_is_refused_with_the_reason_still_typed(as_eve, eve, draft):
    Draft.objects.filter(pk=draft.pk).update(fate="taken_up", decided_by=eve, decided_at=NOON)

    answer = as_eve.post(reject_url(draft), {"reason": "Too vague."})

    assert answer.status_code == 422
    assert answer.context["refused_form"].errors == {
        "__all__": ["This draft was taken up already."]
    }
    assert answer.context["refused_form"]["reason"].value() == "Too vague."
    assert fate(draft) == ("taken_up", eve, NOON, "")


def test_looking_at_a_rejection_rejects_nothing(as_eve, article, draft):
    answer = as_eve.get(reject_url(draft))

    assert answer["Location"] == f"{page_of(article)}#draft-{draft.pk}"
    assert fate(draft) == ("proposed", None, None, "")


def test_charlie_can_neither_see_an_article_on_the_desk_nor_reject_its_drafts(
    as_charlie, article, draft
):
    seen = as_charlie.get(page_of(article))
    rejected = as_charlie.post(reject_url(draft), {"reason": "Mine now."})

    assert seen["Location"].startswith("/admin/login/")
    assert rejected["Location"].startswith("/admin/login/")
    assert fate(draft) == ("proposed", None, None, "")


def test_an_article_that_is_not_there_is_not_found(as_eve):
    assert as_eve.get("/admin/articles/article/404/change/").status_code == 404


def test_a_draft_is_read_beside_its_article(as_eve, article, draft):
    answer = as_eve.get(reverse("admin:articles_draft_change", args=[draft.pk]))

    assert answer["Location"] == f"{page_of(article)}#draft-{draft.pk}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"rule": "language_model", "model": "small-news-8b"},
            "<span>language model small-news-8b</span>",
        ),
        (
            {"rule": "planned", "model": "small-news-8b"},
            "<span>planned, title by language model small-news-8b</span>",
        ),
        ({"flags": ["model_agrees"]}, ">language model agrees</span>"),
        ({"flags": ["date_disagrees"]}, 'desk-chip--warn">date disagrees</span>'),
    ],
)
def test_a_card_says_what_a_language_model_has_to_do_with_it(as_eve, article, draft, changes, said):
    Draft.objects.filter(pk=draft.pk).update(**changes)

    shown = as_eve.get(page_of(article)).content.decode()

    assert said in shown
    assert 'desk-chip--warn">model agrees' not in shown


def test_without_a_language_model_no_card_speaks_of_one(as_eve, article):
    assert "language model" not in as_eve.get(page_of(article)).content.decode()
