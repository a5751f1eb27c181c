"""Texts and pages broken in the ways in which texts and pages break, for hypothesis.

A mutation cuts a stretch out, doubles it, moves it, or puts something hostile in its place. So the
fuzzers start near what the readers know, where a mistake is likelier than in noise.

Each fuzzer tries EXAMPLES texts: a few, or as many as the environment's FUZZ_EXAMPLES says.
"""

import os
from collections.abc import Sequence

from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
EDITS_MAX = 6
STRETCH_MAX = 60

HOSTILE = (
    "", " ", "\n", "\n\n", "\t", "|", ".", "..", "…", '"', "“", "”", "(", ")", "[", "<", ">", "&",
    "#", "%", "$", "€", "-", "—", "\u200b", "\u200d", "\u00ad", "\u202e", "\ufeff", "e\u0301", "İ",
    "ß", "ﬁ", "١٢", "中文。", "\U0001f600", "0", "1,000,000,000,000,000", "9" * 40, "29 February",
    "31 June 2027", "2199", "9999", "0000", "Q5 2027", "in the 13th month", "1e309", "NaN", "U.S.",
    "Dr.", " a ", " the ", " will ", " which ", " if ", " is expected to ", " by 2027 ", "A" * 200,
)  # fmt: skip

MARKUP = (
    "<p>", "</p>", "<div>", "</div>", "<article>", "</article>", "<table><tr><td>", "</td></tr>",
    "<script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "<a href='", "'>",
    "<time datetime='",
    "<meta property='article:published_time' content='2027-13-45'>", "<meta charset='utf-16'>",
    "<script type='application/ld+json'>{\"@type\": [\"NewsArticle\", 1, null]}</script>",
    "<script type='application/ld+json'>[[[[{}]]]]</script>", "<title>", "</title>",
    "<base href=//>",
    "<html lang='\u202e'>", "&#0;", "&#xD800;", "&#x110000;", "&nbsp;", "&amp;amp;", "<svg><p>",
    "<noscript>", "<template>", "<br>" * 30, "<b>" * 60, "<x:y>", "<?php ?>", "\x00", "\x0c",
    "\ufffe",
)  # fmt: skip

FEED_MARKUP = (
    "<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<link>", "<link href=''/>",
    "<guid>", "</guid>", "<pubDate>99 Foo 20266</pubDate>", "<published>0000-00-00</published>",
    "<updated>2027-02-30T25:61:61Z</updated>", "<category/>", "<dc:creator>", "<![CDATA[<p>x]]>",
    "<description>&lt;b&gt;</description>", "<content type='xhtml'>", "<content type='html'>",
    "<!DOCTYPE rss>", "<!ENTITY a 'a'>", "&a;", "<?xml version='1.1'?>", "<rss>", "</rss>",
    "<feed>",
    "xmlns='x'", "xmlns:dc=''", "<a b='", "&#0;", "&#x1F;", "<b>" * 70, "<x " + "y='' " * 5 + "/>",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, bases: Sequence[str], fragments: Sequence[str] = HOSTILE) -> str:
    """One of the bases after some edits; fragments are what may be put in."""
    text = draw(st.sampled_from(bases))
    for _ in range(draw(st.integers(0, EDITS_MAX))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, STRETCH_MAX)))
        stretch = text[start:end]
        kind = draw(st.sampled_from(("cut", "double", "move", "put", "replace")))
        if kind == "cut":
            text = text[:start] + text[end:]
        elif kind == "double":
            text = text[:end] + stretch * draw(st.integers(1, 4)) + text[end:]
        elif kind == "move":
            rest = text[:start] + text[end:]
            to = draw(st.integers(0, len(rest)))
            text = rest[:to] + stretch + rest[to:]
        else:
            fragment = draw(st.one_of(st.sampled_from(fragments), st.text(max_size=8)))
            text = text[:start] + fragment + text[start if kind == "put" else end :]
    return text


@st.composite
def mutated_bytes(draw: st.DrawFn, bases: Sequence[str], fragments: Sequence[str]) -> bytes:
    """The same encoded, sometimes wrongly, and with single bytes changed."""
    charset = draw(st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-16", "cp1252", "shift_jis")))
    page = bytearray(draw(mutated(bases, fragments)).encode(charset, errors="replace"))
    for _ in range(draw(st.integers(0, 3))):
        if page:
            page[draw(st.integers(0, len(page) - 1))] = draw(st.integers(0, 255))
    return bytes(page)
