import pytest

from articles.core.likeness import DUPLICATE, differs, likeness


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "Will the Delta Bridge open by 31 March 2027?",
            "Will the Delta Bridge be opened by 31 March 2027?",
        ),
        (
            "Will Kenya's inflation exceed 4% in May 2027?",
            "Will inflation in Kenya exceed 4% in May 2027?",
        ),
    ],
)
def test_the_same_question_in_other_words_is_a_duplicate(first: str, second: str) -> None:
    assert likeness(first, second) >= DUPLICATE


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "Will the Delta Bridge open by 31 March 2027?",
            "Will the Delta Bridge open by 31 March 2028?",
        ),
        (
            "Will the Delta Bridge open by 31 March 2027?",
            "Will the Delta Bridge open by 31 May 2027?",
        ),
        (
            "Will inflation in Kenya exceed 4% in 2027?",
            "Will inflation in Ghana exceed 4% in 2027?",
        ),
        (
            "Will the seventh Lake Summit take place by 1 May 2027?",
            "Will the eighth Lake Summit take place by 1 May 2027?",
        ),
    ],
)
def test_another_number_date_or_name_is_another_question(first: str, second: str) -> None:
    assert likeness(first, second) <= 0.5


def test_titles_without_words_are_not_alike() -> None:
    assert likeness("?", "?") == 0.0


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        ("Will the Delta Bridge open by 31 May 2027?", ("another date",)),
        ("Will the Delta Bridge open by Q2 2027?", ("another date",)),
        ("Will two Delta Bridges open by 31 March 2027?", ("another number",)),
        ("Will the Swan Bridge open by 31 March 2027?", ("another name",)),
        ("Will the Swan Bridge open by 31 May 2027?", ("another date", "another name")),
        ("Will a bridge open by 31 March 2027?", ()),
    ],
)
def test_what_tells_two_titles_apart_is_said(other: str, apart: tuple[str, ...]) -> None:
    assert differs("Will the Delta Bridge open by 31 March 2027?", other) == apart
