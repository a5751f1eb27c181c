"""P: a question rests on words that stand in an article, and asks what nobody asks yet."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from articles.core.likeness import DUPLICATE, NUMBER, WORD, likeness
from markets.core.happened import sentences_that_tell
from markets.core.question_lint.dates import MONTHS, named_dates
from markets.core.question_lint.examples import NOW, marked
from markets.core.question_lint.registry import Severity, rule
from markets.core.question_lint.wording import ARTICLE, QUOTE, TITLE, Span, Wording

__all__ = ["NOW", "marked"]  # what the examples below need

_COMMON_OPENERS: Final = frozenset(
    WORD.findall(
        """
    will would does do did has have had is are was were can could who whom whose which what where
    when how why yes no q1 q2 q3 q4 utc us eu uk un gdp i
        """
    )
)


@rule("P01", Severity.ERROR, QUOTE)
def quote_not_in_article(wording: Wording, now: datetime) -> Iterator[Span]:
    """Quote the article word for word: it does not say this.

    >>> marked(quote_not_in_article, quote="The bridge opens on time.", article_text="It is late.")
    ['The bridge opens on time.']
    >>> marked(quote_not_in_article, quote="It is late.", article_text="It is late. So what?")
    []
    """
    article = wording.article_text
    if wording.quote and article is not None and wording.quote not in article:
        yield wording.whole(QUOTE)


@rule("P02", Severity.ERROR, QUOTE)
def quote_changed(wording: Wording, now: datetime) -> Iterator[Span]:
    """Quote it anew: the quote is not the one that was stored.

    >>> marked(quote_changed, quote="It is late.", quote_sha256="0" * 64)
    ['It is late.']
    >>> marked(quote_changed, quote="It is late.", quote_sha256=None)
    []
    """
    if wording.quote is None or not wording.quote_sha256:
        return
    if hashlib.sha256(wording.quote.encode(errors="replace")).hexdigest() != wording.quote_sha256:
        yield wording.whole(QUOTE)


@rule("P03", Severity.WARNING, ARTICLE)
def happened_before(wording: Wording, now: datetime) -> Iterator[Span]:
    """Make sure that it has not happened already: this sentence sounds as if it had.

    >>> marked(happened_before, article_text="The Lark Bridge was opened to traffic on Monday.")
    ['The Lark Bridge was opened to traffic on Monday.']
    >>> marked(happened_before, article_text="The Lark Bridge will be opened to traffic on Monday.")
    []
    """
    for start, end in sentences_that_tell(wording.title, wording.article_text or ""):
        yield Span(ARTICLE, start, end)


@rule("P04", Severity.WARNING, TITLE)
def near_duplicate(wording: Wording, now: datetime) -> Iterator[Span]:
    """Link to the open question that asks the same instead of asking it again.

    >>> marked(near_duplicate, open_titles=("Will Lark Bridge open to traffic by 1 March 2027?",))
    ['Will the Lark Bridge open to traffic by 1 March 2027?']
    >>> marked(near_duplicate, open_titles=("Will the Lark Bridge open to traffic by 1 May 2027?",))
    []
    """
    alike = [(likeness(wording.title, other), other) for other in wording.open_titles]
    best = max(alike, default=(0.0, ""))
    if best[0] >= DUPLICATE:
        yield wording.whole(TITLE, f"An open question asks the same: “{best[1]}” Link to that one.")


@rule("P05", Severity.WARNING, "closes_at")
def assumed_deadline(wording: Wording, now: datetime) -> Iterator[Span]:
    """Choose the deadline yourself: the article names none, and this one was assumed.

    >>> marked(assumed_deadline, deadline_assumed=True)
    ['closes_at']
    >>> marked(assumed_deadline, deadline_assumed=False)
    []
    """
    if wording.deadline_assumed:
        yield Span("closes_at")


@rule("P06", Severity.WARNING, TITLE)
def name_not_in_article(wording: Wording, now: datetime) -> Iterator[Span]:
    """Check this name: the article does not mention it.

    >>> marked(name_not_in_article, title="Will the Swan Bridge open to traffic in 2027?")
    ['Swan']
    >>> marked(name_not_in_article, title="Will the Lark Bridge open to traffic in 2027?")
    []
    """
    if not wording.article_text:
        return
    told = {word.casefold() for word in WORD.findall(wording.article_text)}
    for match in WORD.finditer(wording.title):
        word = re.sub(r"['’]s?$", "", match.group())
        is_name = word[0].isupper() and word not in MONTHS and len(word) > 1
        known = {word.casefold(), f"{word.casefold()}'s", f"{word.casefold()}’s"}
        if is_name and not known & told and word.casefold() not in _COMMON_OPENERS:
            yield Span(TITLE, match.start(), match.start() + len(word))


@rule("P07", Severity.HINT, TITLE)
def number_not_in_article(wording: Wording, now: datetime) -> Iterator[Span]:
    """Check this number: the article does not give it.

    >>> marked(number_not_in_article, title="Will the Lark Bridge have 40 toll gates in 2027?")
    ['40']
    >>> marked(number_not_in_article, title="Will the Lark Bridge have toll gates in 2027?")
    []
    """
    if not wording.article_text:
        return
    told = {number.replace(",", "") for number in NUMBER.findall(wording.article_text)}
    dated = [(each.start, each.end) for each in named_dates(wording.title)]
    for match in NUMBER.finditer(wording.title):
        is_date = any(start <= match.start() < end for start, end in dated)
        if not is_date and match.group().replace(",", "") not in told:
            yield Span(TITLE, match.start(), match.end())


@rule("P08", Severity.HINT, QUOTE)
def no_evidence(wording: Wording, now: datetime) -> Iterator[Span]:
    """Cite the sentence of an article that raises the question.

    >>> marked(no_evidence, quote=None, article_text=None)
    ['quote']
    >>> marked(no_evidence, quote="The bridge opens soon.")
    []
    """
    if not wording.quote:
        yield Span(QUOTE)
