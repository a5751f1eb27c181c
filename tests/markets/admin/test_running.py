import pytest

from markets.services import lifecycle
from tests.instants import NOON
from tests.markets.admin.desk import log, refusals, rows, said, status, url

pytestmark = pytest.mark.django_db

OPENED = [("scheduled", "eve", ""), ("open", "eve", "")]


def test_halting_takes_a_reason_and_says_that_it_has_happened(as_eve, question):
    answer = as_eve.post(url(question, "halt"), {"reason": "The ministry contradicts itself."})

    assert answer["Location"] == url(question)
    assert log(question) == [*OPENED, ("halted", "eve", "The ministry contradicts itself.")]


def test_a_halted_question_is_resumed(as_eve, eve, question):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="Wait.", now=NOON)

    as_eve.post(url(question, "resume"), {"reason": "It was a misprint."})

    assert log(question)[-1] == ("open", "eve", "It was a misprint.")


def test_a_question_is_closed_early(as_eve, question):
    as_eve.post(url(question, "close"), {"reason": "The train has crossed."})

    assert log(question)[-1] == ("closed", "eve", "The train has crossed.")


def test_a_question_in_the_making_is_rejected(as_eve, written):
    as_eve.post(url(written, "reject"), {"reason": "Nobody can resolve it."})

    assert log(written) == [("rejected", "eve", "Nobody can resolve it.")]


@pytest.mark.parametrize("act", ["halt", "close"])
@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_an_act_without_a_fitting_reason_does_nothing(as_eve, question, act, reason):
    answer = as_eve.post(url(question, act), {"reason": reason})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reason"]
    assert log(question) == OPENED


def test_an_act_that_the_status_does_not_allow_is_refused_with_the_reason_still_there(
    as_eve, question
):
    answer = as_eve.post(url(question, "resume"), {"reason": "Go on."})

    assert answer.status_code == 422
    assert refusals(answer) == [
        (
            "An open question cannot become open. "
            "From here it can become annulled or closed or halted or proposed."
        )
    ]
    assert answer.context["form"]["reason"].value() == "Go on."
    assert log(question) == OPENED


@pytest.mark.parametrize("act", ["resume", "confirm", "preview", "reject"])
def test_the_page_of_an_impossible_act_leads_back_to_the_question(as_eve, question, act):
    answer = as_eve.get(url(question, act), follow=True)

    assert answer.redirect_chain == [(url(question), 302)]
    assert said(answer) == ["That cannot be done while the question is open."]


def test_a_question_s_page_offers_what_its_status_allows(as_eve, question):
    answer = as_eve.get(url(question))

    assert [act.name for act, _ in answer.context["acts"]] == [
        "propose",
        "liquidity",
        "clarify",
        "halt",
        "close",
        "annul",
    ]


def test_a_question_s_page_shows_odds_market_and_log(as_eve, alice, question, buy):
    buy(alice, question, (0,), 50)

    answer = as_eve.get(url(question))

    bar = answer.context["bars"][0]
    assert (bar.label, bar.market, bar.crowd) == ("Yes", "53.3%", "–")
    assert dict(answer.context["facts"]) == {
        "Volume": "50.00", "Traders": "1", "Forecasters": "0", "Trades": "1",
        "Liquidity b": "721.35", "Subsidy": "500.00", "In escrow": "550.00",
    }  # fmt: skip
    assert [change.to_status for change in answer.context["changes"]] == ["open", "scheduled"]


def test_charlie_can_neither_halt_nor_close(as_charlie, question):
    before = rows()

    for act in ("halt", "close", "annul"):
        answer = as_charlie.post(url(question, act), {"reason": "Because."})

        assert answer["Location"].startswith("/admin/login/")
    assert rows() == before
    assert status(question) == "open"
