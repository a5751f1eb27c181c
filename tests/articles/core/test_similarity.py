import pytest

from articles.core.similarity import (
    DUPLICATE_CONTAINMENT,
    SAME_STORY_CONTAINMENT,
    SKETCH_SIZE,
    containment,
    shingles,
    sketch,
)


def numbered(first: int, last: int) -> str:
    return " ".join(f"word{number}" for number in range(first, last))


def test_a_text_of_seven_words_has_three_shingles_of_five() -> None:
    assert shingles("One two, three FOUR five six seven.") == {
        ("one", "two", "three", "four", "five"),
        ("two", "three", "four", "five", "six"),
        ("three", "four", "five", "six", "seven"),
    }


def test_a_short_text_is_one_shingle_and_an_empty_one_has_none() -> None:
    assert shingles("Two words") == {("two", "words")}
    assert shingles("...") == frozenset()


def test_a_text_contains_itself_and_nothing_of_another() -> None:
    text, other = sketch(numbered(0, 90)), sketch(numbered(100, 190))

    assert containment(text, text) == 1.0
    assert containment(text, other) == 0.0
    assert containment(text, sketch("")) == 0.0


def test_containment_of_small_texts_is_exact() -> None:
    whole, part = sketch(numbered(0, 104)), sketch(numbered(50, 154))

    assert whole.shingle_count == part.shingle_count == 100
    assert containment(whole, part) == pytest.approx(0.50)


def test_containment_of_long_texts_is_estimated_from_their_sketches() -> None:
    whole, part = sketch(numbered(0, 8_004)), sketch(numbered(2_000, 6_004))

    assert len(whole.hashes) == SKETCH_SIZE < whole.shingle_count == 8_000
    assert containment(whole, part) == pytest.approx(1.0, abs=0.15)
    assert containment(part, whole) == containment(whole, part)


def test_a_lightly_edited_copy_is_a_duplicate_and_a_shared_quote_is_the_same_story() -> None:
    original = sketch(numbered(0, 300))
    copy = sketch("Exclusive: " + numbered(0, 290) + " more follows")
    follow_up = sketch(numbered(0, 100) + " " + numbered(900, 1_050))

    assert containment(original, copy) >= DUPLICATE_CONTAINMENT
    assert SAME_STORY_CONTAINMENT <= containment(original, follow_up) < DUPLICATE_CONTAINMENT


def test_hashes_fit_a_signed_column_and_never_change() -> None:
    hashes = sketch("one two three four five").hashes

    assert hashes == (sketch("One, two: three four FIVE!").hashes[0],)
    assert hashes == (2_237_958_103_129_565_683,)
