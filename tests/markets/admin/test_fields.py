import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from markets.admin import previews
from markets.admin.fields import percentages, probabilities_from
from markets.core.money import MICRO
from markets.queries.desk import PayoutRow


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


def test_a_table_of_payouts_shows_the_largest_and_counts_the_rest():
    paid = [PayoutRow(f"t{each}", (MICRO, 0), MICRO, 0) for each in range(203)]

    table = previews._table(("Yes", "No"), paid, (0, 1))

    assert (len(table.rows), table.more_count, table.total) == (200, 3, "203.00")
