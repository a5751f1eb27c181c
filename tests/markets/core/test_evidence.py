import pytest

from markets.core.evidence import EVIDENCE_MAX, Evidence, InvalidEvidence, read_evidence, stands_in

URL = "https://rail.example/first-train"


def test_a_piece_of_evidence_keeps_only_what_is_known():
    pieces = read_evidence(
        [{"article": 7, "quote": "It crossed.", "url": None}, {"url": f" {URL} ", "quote": ""}]
    )

    assert pieces == (Evidence(article=7, quote="It crossed."), Evidence(url=URL))
    assert [piece.as_json() for piece in pieces] == [
        {"quote": "It crossed.", "article": 7}, {"url": URL},
    ]  # fmt: skip


def test_no_evidence_is_no_mistake():
    assert read_evidence([]) == ()


@pytest.mark.parametrize(
    ("piece", "why"),
    [
        ({}, "say where it stands"),
        ({"quote": "It crossed."}, "say where it stands"),
        ({"article": 7}, "quote the sentence"),
        ({"article": 7, "quote": " \n"}, "quote the sentence"),
        ({"article": True, "quote": "x"}, "by its id"),
        ({"article": 0, "quote": "x"}, "by its id"),
        ({"article": "7", "quote": "x"}, "by its id"),
        ({"url": "ftp://rail.example/1"}, "http:// or https://"),
        ({"url": "javascript:alert(1)"}, "http:// or https://"),
        ({"url": "https://"}, "http:// or https://"),
        ({"url": "https://[rail"}, "http:// or https://"),
        ({"url": "https://rail.example/a b"}, "http:// or https://"),
        ({"url": "https://rail.example/" + "a" * 2_000}, "http:// or https://"),
        ({"url": 7}, "its url is a text"),
        ({"url": URL, "quote": ["It"]}, "its quote is a text"),
        ({"url": URL, "quote": "a\0b"}, "its quote is a text"),
        ({"url": URL, "quote": "a" * 2_001}, "under 2,000 characters"),
        ({"url": URL, "page": 3}, "but no page"),
    ],
)
def test_a_piece_that_cannot_be_looked_up_is_named_by_its_number(piece, why):
    with pytest.raises(InvalidEvidence, match=why) as refusal:
        read_evidence([{"url": URL}, piece])

    assert refusal.value.number == 2
    assert refusal.value.message.startswith("Evidence 2: ")


def test_there_is_such_a_thing_as_too_much_evidence():
    assert len(read_evidence([{"url": URL}] * EVIDENCE_MAX)) == EVIDENCE_MAX
    with pytest.raises(InvalidEvidence, match="10 pieces are enough"):
        read_evidence([{"url": URL}] * (EVIDENCE_MAX + 1))


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("The first train", True),
        ("first\n  train\tcrossed", True),
        ("first train crossed the", True),
        ("firsttrain", False),
        ("the first train", False),
    ],
)
def test_line_breaks_make_no_other_quote(quote, stands):
    assert stands_in(quote, "The first train\ncrossed  the bridge.") is stands
