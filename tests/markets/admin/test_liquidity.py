import pytest

from markets.core.money import MICRO
from markets.models import LiquidityChange, Market
from markets.services import lifecycle
from markets.services.liquidity import add_liquidity
from tests.instants import NOON
from tests.markets.admin.desk import log, refusals, rows, said, url

pytestmark = pytest.mark.django_db


def post(client, question, amount, *, seen="", key="from the page"):
    return client.post(
        url(question, "liquidity"), {"amount": amount, "seen": seen, "request_key": key}
    )


def changes():
    return list(LiquidityChange.objects.values_list("subsidy", "added_by__name"))


def test_the_page_proposes_as_much_again_and_shows_what_that_buys(as_eve, question):
    answer = as_eve.get(url(question, "liquidity"))

    preview = answer.context["preview"]
    assert (preview.amount, preview.times) == ("500.00", "2")
    assert preview.facts == (
        ("Liquidity b", "721.35", "1,442.70"),
        ("Subsidy", "500.00", "1,000.00"),
        ("In escrow", "500.00", "1,000.00"),
    )
    assert [(move.label, move.now, move.after) for move in preview.moves] == [
        ("Yes", "50%", (("50.7%", "50.3%"), ("56.5%", "53.3%"))),
        ("No", "50%", (("50.7%", "50.3%"), ("56.5%", "53.3%"))),
    ]
    assert answer.context["house_balance"] == "-500.00"
    assert changes() == []


def test_an_amount_is_shown_before_it_is_added(as_eve, question):
    looked = post(as_eve, question, "250")

    assert (looked.status_code, looked.context["seen"]) == (200, 250 * MICRO)
    assert changes() == []
    added = post(as_eve, question, "250", seen=looked.context["seen"])
    assert added["Location"] == url(question)
    assert changes() == [(250 * MICRO, "eve")]
    assert said(as_eve.get(url(question))) == ["Added 250.00 credits of liquidity."]


def test_another_amount_than_the_one_that_was_seen_is_shown_anew(as_eve, question):
    answer = post(as_eve, question, "300", seen=250 * MICRO)

    assert answer.context["preview"].amount == "300.00"
    assert changes() == []


def test_a_second_click_adds_nothing(as_eve, question):
    for _ in range(2):
        answer = post(as_eve, question, "250", seen=250 * MICRO)

        assert answer["Location"] == url(question)
    assert changes() == [(250 * MICRO, "eve")]


def test_the_question_s_page_offers_it_and_lists_what_was_added(as_eve, erin, question):
    add_liquidity(market_id=question.pk, amount=250 * MICRO, editor=erin, request_key="1", now=NOON)

    answer = as_eve.get(url(question))

    assert "liquidity" in [act.name for act, _ in answer.context["acts"]]
    assert answer.context["additions"] == [("250.00", "erin", NOON)]
    assert dict(answer.context["facts"])["Subsidy"] == "750.00"


@pytest.mark.parametrize("amount", ["", "much", "-5", "0", "1000001"])
def test_an_amount_that_is_none_is_refused_beside_its_field(as_eve, question, amount):
    answer = post(as_eve, question, amount)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["amount"]
    assert answer.context["preview"] is None
    assert changes() == []


def test_more_than_a_subsidy_may_be_is_refused_beside_the_amount(as_eve, question):
    answer = post(as_eve, question, "999600", seen=999_600 * MICRO)

    assert answer.status_code == 422
    assert answer.context["form"].errors["amount"][0].startswith("Add from 1 to 999,500.00")
    assert changes() == []


def test_an_editor_who_traded_is_told_that_another_one_has_to_do_it(as_erin, erin, question, buy):
    buy(erin, question, (0,), 10)

    answer = post(as_erin, question, "250", seen=250 * MICRO)

    assert answer.status_code == 422
    assert refusals(answer)[0].startswith("You have traded or forecast on this question")
    assert changes() == []


def test_a_closed_question_takes_none(as_eve, eve, question):
    lifecycle.close(question_id=question.pk, editor=eve, reason="It crossed.", now=NOON)

    answer = as_eve.get(url(question, "liquidity"), follow=True)

    assert answer.redirect_chain == [(url(question), 302)]
    refused = post(as_eve, question, "250", seen=250 * MICRO)
    assert refused.status_code == 422
    assert refusals(refused) == [
        "Trading on this question has ended; liquidity would not help anybody."
    ]
    assert (log(question)[-1][0], changes()) == ("closed", [])


def test_of_many_outcomes_the_likeliest_are_shown(as_eve, publish):
    outcomes = tuple(f"Outcome {number}" for number in range(20))
    question = publish(type="multiple_choice", outcomes=outcomes, prior=())

    preview = as_eve.get(url(question, "liquidity")).context["preview"]

    assert (len(preview.moves), preview.more_count) == (12, 8)


def test_charlie_adds_nothing(as_charlie, question):
    before = rows()

    answer = post(as_charlie, question, "250", seen=250 * MICRO)

    assert answer["Location"].startswith("/admin/login/")
    assert (rows(), changes()) == (before, [])
    assert Market.objects.get(pk=question.pk).subsidy == 500 * MICRO
