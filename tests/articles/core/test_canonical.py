import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.canonical import (
    TEXT_LENGTH_MAX,
    canonical_url,
    normalise_text,
    text_sha256,
)
from articles.core.errors import (
    ArticleError,
    TextEmpty,
    TextHasNul,
    TextNotUnicode,
    TextTooLong,
    UrlInvalid,
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example.COM/a?b=1", "https://news.example.com/a?b=1"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://example.com./a#part", "https://example.com/a"),
        (
            "https://example.com/a?utm_source=x&id=7&fbclid=1&page=2&gclid=3",
            "https://example.com/a?id=7&page=2",
        ),
        ("https://example.com/a?UTM_Medium=x", "https://example.com/a"),
        ("https://example.com/a?z=1&a=2", "https://example.com/a?z=1&a=2"),
        ("https://alice:secret@example.com/a", "https://example.com/a"),
        ("https://bücher.example/ä b", "https://xn--bcher-kva.example/%C3%A4%20b"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
        ("  https://example.com/a%2Fb ", "https://example.com/a%2Fb"),
    ],
)
def test_an_address_loses_what_does_not_change_the_page(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    ["", "example.com/a", "ftp://example.com/", "https://", "https://.", "http://h:port/",
     "javascript:alert(1)", "https://a..b/", "http://[::1", "https://e.com/" + "a" * 2000],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UrlInvalid) as refusal:
        canonical_url(url)

    assert (refusal.value.code, refusal.value.field) == ("url_invalid", "url")


@given(st.text(max_size=60).map(lambda tail: f"https://example.com/{tail}"))
def test_a_canonical_address_stays_as_it_is(url: str) -> None:
    try:
        once = canonical_url(url)
    except UrlInvalid:
        return

    assert canonical_url(once) == once


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(url: str) -> None:
    try:
        once = canonical_url(url)
    except UrlInvalid:
        return

    assert once.startswith(("http://", "https://"))


def test_a_text_is_composed_and_has_one_kind_of_newline() -> None:
    assert normalise_text("Cafe\u0301\r\nopen\rnow\u2028here") == "Café\nopen\nnow\nhere"


def test_controls_that_deceive_the_reader_are_stripped() -> None:
    assert normalise_text("pay\u202epal\u200b \ufeffno\u00adw\x07") == "paypal now"


def test_joiners_stay_where_they_are_spelling_and_go_beside_latin_letters() -> None:
    persian = "می\u200cخواهم"

    assert normalise_text(f"{persian} ad\u200dmin") == f"{persian} admin"


@pytest.mark.parametrize(
    ("text", "refusal", "code"),
    [
        ("a\x00b", TextHasNul, "text_has_nul"),
        ("a\ud800b", TextNotUnicode, "text_not_unicode"),
        (" \u200b\n", TextEmpty, "text_empty"),
        ("a" * (TEXT_LENGTH_MAX + 1), TextTooLong, "text_too_long"),
        ("a" * (4 * TEXT_LENGTH_MAX + 1), TextTooLong, "text_too_long"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(
    text: str, refusal: type[ArticleError], code: str
) -> None:
    with pytest.raises(refusal) as caught:
        normalise_text(text)

    assert caught.value.code == code
    assert caught.value.field == "text"
    assert caught.value.retryable is False


@given(st.text(max_size=80))
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    try:
        once = normalise_text(text)
    except ArticleError:
        return

    assert normalise_text(once) == once
    assert unicodedata.is_normalized("NFC", once)


def test_the_hash_of_a_text_is_that_of_its_utf8() -> None:
    assert text_sha256("Café") == hashlib.sha256(b"Caf\xc3\xa9").hexdigest()
