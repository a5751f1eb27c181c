import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.sentences import split_sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It rained. It stopped.", ["It rained.", "It stopped."]),
        ("The deal is done.The next one follows.", ["The deal is done.", "The next one follows."]),
        ("It fell in 2022.Moscow objected.", ["It fell in 2022.", "Moscow objected."]),
        ("It is layered (see 2).For years it grew.",
         ["It is layered (see 2).", "For years it grew."]),
        ("Trade reached $3.744 billion. It grew.", ["Trade reached $3.744 billion.", "It grew."]),
        ("Dr. Lee met Gov. Ray. They spoke.", ["Dr. Lee met Gov. Ray.", "They spoke."]),
        ("J. R. Smith left. He won.", ["J. R. Smith left.", "He won."]),
        ("The U.S. Senate met. It voted.", ["The U.S. Senate met.", "It voted."]),
        ("He moved to the U.S. The move paid.", ["He moved to the U.S.", "The move paid."]),
        ("Acme Inc. said so. But Beta Corp. The end.",
         ["Acme Inc. said so.", "But Beta Corp.", "The end."]),
        ("See No. 5 on p. 3. He said no. Then he left.",
         ["See No. 5 on p. 3.", "He said no.", "Then he left."]),
        ("Is it so? Yes! Fine.", ["Is it so?", "Yes!", "Fine."]),
        ("“We will go. We will win,” she said. They cheered.",
         ["“We will go. We will win,” she said.", "They cheered."]),
        ('It is "over." The rest is silence.', ['It is "over."', "The rest is silence."]),
        ("Mail a.b@c.Example or see www.x.Com now. Bye.",
         ["Mail a.b@c.Example or see www.x.Com now.", "Bye."]),
        ("1. The start of it all. The end.", ["1. The start of it all.", "The end."]),
        ("It met on Nov. 20 in Oslo. Good.", ["It met on Nov. 20 in Oslo.", "Good."]),
        ("Wait... and see. So...", ["Wait... and see.", "So..."]),
        ("One line\nand the next. Two.", ["One line\nand the next.", "Two."]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text(alphabet="aA1 .!?\n\"'“”()U.S", max_size=120))
def test_sentences_cover_all_but_the_spaces_in_order(text: str) -> None:
    spans = split_sentences(text, 0, len(text))

    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def test_only_the_stretch_asked_for_is_split() -> None:
    text = "Skip this. Take this. And this. Not that."

    assert [text[a:b] for a, b in split_sentences(text, 11, 31)] == ["Take this.", "And this."]
