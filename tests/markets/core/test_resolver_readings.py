"""What documents say: strictly read, or undetermined; never anything else."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.numeric import Bins
from markets.core.resolver_readings import (
    Answer,
    Comparison,
    Reader,
    Reason,
    Undetermined,
    csv_cell,
    json_document,
    number_of,
    printable,
    quoted,
    seconds_of,
    spelled,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
READERS = [
    Reader(comparison=Comparison.AT_LEAST, threshold=4.5),
    Reader(comparison=Comparison.LESS, threshold=-1.0, multiplier=1e300),
    Reader(texts=("yes|true", "no")),
    Reader(texts=("", "")),
    Reader(bins=Bins(lower=0, upper=10, count=5)),
    Reader(bins=Bins(lower=0, upper=10, count=7, open_below=True, open_above=True)),
    Reader(bins=Bins(lower=1e9, upper=2e9, count=5, is_date=True)),
    Reader(),
]


def attempt(read, *arguments, **named):
    """What was read, or the reason for which nothing was."""
    try:
        return read(*arguments, **named)
    except Undetermined as why:
        return why.reason


def outcome(reader, said):
    return attempt(reader.answer, said)


@given(VALUES, st.sampled_from(READERS))
def test_whatever_a_field_holds_it_is_an_answer_or_a_reason(said, reader):
    assert isinstance(outcome(reader, said), Answer | Reason)


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_make_the_reader_of_json_fail(body):
    read = attempt(json_document, body)

    assert not isinstance(read, Reason) or read is Reason.SOURCE_CHANGED


@given(
    st.text(st.sampled_from('ab,;"\n\r\x00 1'), max_size=60) | st.text(max_size=60),
    st.sampled_from(["a", "b", ""]),
    st.sampled_from(["", "a"]),
    st.sampled_from([",", ";", "\t", " "]),
)
def test_no_text_makes_the_reader_of_tables_fail(text, column, row_column, delimiter):
    read = attempt(
        csv_cell, text, column=column, row_column=row_column, row_value="1", delimiter=delimiter
    )

    if isinstance(read, Reason):
        assert read in {Reason.SOURCE_CHANGED, Reason.SOURCE_LATE, Reason.CONTRADICTORY}
    else:
        assert read == read.strip() != ""


@given(NUMBERS, NUMBERS, NUMBERS)
def test_the_higher_the_threshold_the_fewer_numbers_pass_at_least(number, first, second):
    low, high = sorted([first, second])

    def passes(comparison, threshold):
        reader = Reader(comparison=comparison, threshold=threshold)
        return reader.answer(number).outcome == 0

    for rising in (Comparison.AT_LEAST, Comparison.MORE):
        assert passes(rising, high) <= passes(rising, low)
    for falling in (Comparison.AT_MOST, Comparison.LESS):
        assert passes(falling, low) <= passes(falling, high)


@given(NUMBERS, NUMBERS)
def test_a_comparison_and_its_opposite_never_agree(number, threshold):
    opposites = [(Comparison.AT_LEAST, Comparison.LESS), (Comparison.MORE, Comparison.AT_MOST)]
    for one, other in opposites:
        answers = {
            Reader(comparison=each, threshold=threshold).answer(number).outcome
            for each in (one, other)
        }
        assert answers == {0, 1}


@given(st.floats(0, 10))
def test_a_value_is_answered_by_itself_and_lies_in_a_bin(value):
    bins = Bins(lower=0, upper=10, count=5)

    answer = Reader(bins=bins).answer(repr(value))

    assert answer == Answer(value=value)
    assert 0 <= bins.bin_of(answer.value) < 5


@given(NUMBERS)
def test_a_number_means_the_same_as_a_number_and_as_a_text(number):
    assert number_of(number) == number_of(repr(number)) == number


@pytest.mark.parametrize(
    "said",
    ["", " ", "1,5", "1 000", "1_000", "٥", "0x10", "4.5 %", "about 4", "nan", "inf", "-", "1e9999",
     True, None, [], {}, math.nan, math.inf, 10**400, "9" * 31],
)  # fmt: skip
def test_nothing_is_guessed_at_where_a_number_belongs(said):
    with pytest.raises(Undetermined) as why:
        number_of(said)
    assert why.value.reason is Reason.NOT_A_NUMBER


@pytest.mark.parametrize(
    "said", ["31.01.2027", "2027", "January 2027", 1798761600, "2027-02-30", "2027-01-01x", None]
)
def test_nothing_is_guessed_at_where_a_date_belongs(said):
    with pytest.raises(Undetermined):
        seconds_of(said)


def test_a_value_beyond_a_closed_bound_is_outside():
    reader = Reader(bins=Bins(lower=0, upper=10, count=5))

    assert outcome(reader, 10) == Answer(value=10.0)
    assert outcome(reader, 10.001) is Reason.OUTSIDE_BOUNDS
    assert outcome(reader, -0.001) is Reason.OUTSIDE_BOUNDS


def test_a_text_is_compared_without_case_and_spaces_and_numbers_as_they_are_written():
    reader = Reader(texts=("ja | JAWOHL", "nein|0"), no_index=1)

    assert outcome(reader, "  Jawohl ") == Answer(outcome=0)
    assert outcome(reader, 0) == Answer(outcome=1, is_no=True)
    assert outcome(reader, "0.0") is Reason.UNKNOWN_VALUE
    assert outcome(reader, "") is Reason.UNKNOWN_VALUE


@given(VALUES)
def test_an_excerpt_is_always_printable(said):
    text = printable(spelled(said))

    assert text.isprintable()
    assert "\x00" not in text
    assert quoted(said).startswith("“")
    text.encode()


def test_a_table_may_begin_with_a_byte_order_mark_and_have_empty_lines():
    assert csv_cell("\ufeffday,rate\r\n\r\n1,4.5\r\n\r\n", column="rate") == "4.5"


def test_several_rows_that_say_the_same_are_no_contradiction():
    text = "day,rate\n1,4.5\n1,4.5\n"

    assert csv_cell(text, column="rate", row_column="day", row_value="1") == "4.5"


def test_a_document_that_contradicts_itself_says_nothing():
    text = "day,rate\n1,4.5\n1,4.6\n"

    assert attempt(csv_cell, text, column="rate", row_column="day", row_value="1") is (
        Reason.CONTRADICTORY
    )
    assert attempt(json_document, b'{"rate": 4.5, "rate": 4.6}') is Reason.SOURCE_CHANGED
    assert attempt(json_document, b'{"rate": NaN}') is Reason.SOURCE_CHANGED
