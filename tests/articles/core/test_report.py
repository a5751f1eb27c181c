"""The held-out texts: what drafting finds in them may grow, and must not shrink unseen."""

from articles.core.canonical import normalise_text
from tests.articles.core.corpus import FORECASTABLE, SILENT
from tests.articles.core.held_out import HELD_OUT, HeldOut, Wanted
from tests.articles.core.report import Tally, measured, tally_of

FOUND_MIN = 20
WRONG_MAX = 0
"""Measured by `python -m tests.articles.core.report`; see docs/drafting.md."""


def test_recall_and_precision_on_the_held_out_texts_do_not_fall() -> None:
    total = sum(measured().values(), Tally())

    assert total.texts == len(HELD_OUT) >= 30
    assert total.expected == 37
    assert total.found >= FOUND_MIN
    assert total.wrong <= WRONG_MAX


def test_a_third_of_the_held_out_texts_ask_for_silence_or_nearly() -> None:
    assert sum(not text.wanted and not text.also for text in HELD_OUT) >= 10


def test_the_development_texts_are_many_and_none_of_them_is_held_out() -> None:
    development = {normalise_text(case.text) for case in (*FORECASTABLE, *SILENT)}

    assert len(development) >= 60
    assert development.isdisjoint(normalise_text(text.text) for text in HELD_OUT)


def test_a_tally_counts_what_is_asked_and_what_is_wrong() -> None:
    text = HeldOut(
        "x", "…", (Wanted(("bridge|span", "open", "may 2027")), Wanted(("toll",))),
        (Wanted(("ferry",)),),
    )  # fmt: skip
    titles = (
        "Will the Span open by 31 May 2027?",
        "Will the ferry be sold by 31 May 2027?",
        "Will it rain by 31 May 2027?",
    )

    tally = tally_of(text, titles)

    assert tally == Tally(texts=1, expected=2, found=1, drafts=3, wrong=1)
    assert (tally.recall, tally.precision) == (0.5, 2 / 3)
    assert (Tally().recall, Tally().precision) == (None, None)


def test_a_question_of_when_needs_no_last_day() -> None:
    wanted = Wanted(("bridge", "open", "may 2027"))

    assert wanted.is_asked_by("When will the Bridge open?")
    assert not wanted.is_asked_by("Will the Bridge open by 30 June 2027?")
