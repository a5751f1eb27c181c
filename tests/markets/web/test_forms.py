import pytest

from markets.core.money import MICRO
from markets.web.forms import ForecastForm, QuestionFilter, TradeForm

pytestmark = pytest.mark.django_db


def forecast(question, **boxes):
    return ForecastForm(question, {"request_key": "k", **boxes})


def trade(question, **boxes):
    begun = {"request_key": "k", "side": "buy", "claim": "0", "amount": "10"}
    return TradeForm(question, {**begun, **boxes})


def test_a_binary_forecast_is_one_percentage(question):
    form = forecast(question, probability_0="62.5")

    assert form.is_valid()
    assert form.cleaned_data["probabilities"] == [0.625, 0.375]
    assert form.cleaned_data["stake"] is None


@pytest.mark.parametrize("percent", ["0", "100", "-1", "nan", "1e9", "", "62,5", "half"])
def test_a_forecast_refuses_what_is_no_percentage_between_the_ends(question, percent):
    form = forecast(question, probability_0=percent)

    assert not form.is_valid()
    assert "probability_0" in form.errors


def test_many_outcomes_must_make_a_hundred(choice):
    form = forecast(choice, probability_0="50", probability_1="30", probability_2="13")

    assert not form.is_valid()
    assert form.errors["probability_0"] == ["These add up to 93%; they must make 100%."]


def test_the_likeliest_outcome_takes_what_rounding_left_over(choice):
    form = forecast(choice, probability_0="33.4", probability_1="33.3", probability_2="33.1")

    assert form.is_valid()
    assert form.cleaned_data["probabilities"] == [0.336, 0.333, 0.331]


@pytest.mark.parametrize(
    ("text", "amount"), [("10", 10 * MICRO), ("0.000001", 1), ("1,250.5", 1_250_500_000)]
)
def test_amounts_are_read_to_the_microcredit(question, text, amount):
    form = trade(question, amount=text)

    assert form.is_valid()
    assert form.wanted().budget == amount


@pytest.mark.parametrize("text", ["", "0", "-5", "1e3", "٥", "ten", "0.0000001", "9" * 24])
def test_amounts_that_are_none_are_refused_beside_their_box(question, text):
    form = trade(question, amount=text)

    assert not form.is_valid()
    assert "amount" in form.errors


def test_selling_names_shares_and_buying_a_budget(question):
    bought, sold = trade(question), trade(question, side="sell", claim="1", amount="4")

    assert bought.is_valid()
    assert sold.is_valid()
    assert (bought.wanted().budget, bought.wanted().shares) == (10 * MICRO, None)
    assert (sold.wanted().budget, sold.wanted().shares) == (None, 4 * MICRO)
    assert sold.wanted().claim == (1,)


def test_the_opposite_of_an_outcome_is_the_claim_on_all_others(choice):
    form = trade(choice, claim="not-1")

    assert form.is_valid()
    assert form.wanted().claim == (0, 2)
    assert form.claim_words() == "not Union"


def test_a_claim_that_the_question_does_not_have_is_refused(question):
    assert "claim" in trade(question, claim="2").errors
    assert "claim" in trade(question, claim="not-0").errors


def test_a_limit_in_percent_is_a_price(question):
    form = trade(question, limit="60.5")

    assert form.is_valid()
    assert str(form.wanted().limit) == "0.605"


def test_each_rendered_form_has_a_request_key_of_its_own(question):
    first, second = (TradeForm(question)["request_key"].value() for _ in range(2))

    assert len(first) == 36
    assert first != second


def test_filters_read_nonsense_as_no_filter():
    filters = QuestionFilter({"q": "a\x00b", "status": "no", "type": "no", "sort": "no"})

    assert filters.asked() == {"q": "", "status": (), "type": "", "tag": "", "sort": "newest"}
