import pytest

from articles.core.quotes import QUOTE_LENGTH_MAX, find_quote, sentences_around
from articles.core.sentences import Sentence

TEXT = (
    "Nine winters end.  The ministry’s “last word” – so it said –\ncomes by 30\u00a0June 2027… "
    "The ministry’s “last word” was not its last."
)


def quoted(quote: str) -> str | None:
    found = find_quote(TEXT, quote)
    return None if found is None else TEXT[found[0] : found[1]]


def test_what_the_text_says_is_found_where_it_says_it() -> None:
    assert find_quote(TEXT, "“last word” was not its last") == (99, 127)
    assert quoted("“last word” was not its last") == "“last word” was not its last"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Nine winters end. The ministry's", "Nine winters end.  The ministry’s"),
        ('"last word" - so it said - comes', "“last word” – so it said –\ncomes"),
        ("comes by 30 June 2027...", "comes by 30\u00a0June 2027…"),
        ("  comes by 30 June 2027 ", "comes by 30\u00a0June 2027"),
        ('"Nine winters end. The ministry"', "Nine winters end.  The ministry"),
        ("comes by\u200b 30 June 2027", "comes by 30\u00a0June 2027"),
    ],
)
def test_spaces_and_the_shape_of_marks_are_forgiven(quote: str, found: str) -> None:
    assert quoted(quote) == found


@pytest.mark.parametrize(
    "quote",
    [
        "Nine winters ended. The ministry",
        "nine winters end. The ministry",
        "Nine winters end by 30 June 2027",
        "Nine winters … by 30 June 2027",
        "comes by 30 June 2028 at last",
        "inters end.  The ministry’s",
        "comes by 30 June 202",
        "Nine winters",
        "",
    ],
)
def test_everything_else_is_not_found(quote: str) -> None:
    assert find_quote(TEXT, quote) is None


def test_a_quote_of_half_the_article_is_none() -> None:
    text = "word " * 500

    assert find_quote(text, text[:QUOTE_LENGTH_MAX].strip()) is not None
    assert find_quote(text, text[: QUOTE_LENGTH_MAX + 10].strip()) is None


def test_evidence_is_whole_sentences_and_not_too_many_of_them() -> None:
    told = [Sentence(0, 10, 0), Sentence(11, 20, 0), Sentence(21, 30, 0), Sentence(31, 40, 0)]

    assert sentences_around(told, (12, 15)) == (11, 20)
    assert sentences_around(told, (5, 25)) == (0, 30)
    assert sentences_around(told, (5, 35)) is None
    assert sentences_around(told, (41, 60)) is None
