import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from markets.admin.fields import percentages, probabilities_from


@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=50))
def test_percentages_are_read_back_exactly(probabilities):
    assert probabilities_from(percentages(probabilities), len(probabilities)) == tuple(
        probabilities
    )


@pytest.mark.parametrize("line", ["", "x", "1/3", "35,5", "1e999999999", "sNaN"])
def test_what_is_no_percentage_is_refused(line):
    with pytest.raises(forms.ValidationError) as refusal:
        probabilities_from([line, "50"], 2)

    assert refusal.value.code == "invalid"
