"""Drafting from articles, and reading pages in a confined child, against trafilatura alone.

The articles are texts of tests/articles, put together to pages with a menu and a footer around
them: ordinary ones, where a sentence in ten speaks of the future, and dense ones, where each does.
Drafting starts from the text that was extracted, as it does when an article is added; the yardstick
is the extraction of the same page, the one step that nobody can leave out. Both are measured in
processor time, which other programs on the machine hardly change. No database takes part.
"""

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter, process_time

import trafilatura
from lxml.html import document_fromstring

from articles.core.canonical import normalise_text
from articles.core.drafting import draft_questions
from articles.core.passages import find_passages
from articles.services.confinement import extract_confined
from articles.services.extraction import extract
from tests.articles.core.corpus import FORECASTABLE, NOON, SILENT
from tests.articles.services.stories import BRIDGE_BODY, FERRY, page
from tests.bench.figures import Figure, Round
from tests.bench.stage import Stage

FORECASTS = {"ordinary": 2, "dense": 30}
"""How many forecastable texts one page holds; the rest of an ordinary one is plain prose."""

PAGES = 4
"""Of each kind."""

SCRIPTS = "".join(f"<script>var a{n} = {{b: [{n}, {n}], c: 'd'}};</script>" for n in range(200))
MENU = "<nav><ul>" + "".join(
    f'<li class="menu item-{n}"><a href="/section/{n}"><span>Section {n}</span></a></li>'
    for n in range(400)
) + "</ul></nav>"  # fmt: skip
"""What news pages are made of besides their text: here about 45 kB."""

TIMES = 3
"""How often a turn reads its pages; its time is the median."""

AIM = 2.0


def measure(stage: Stage) -> list[Figure]:
    """Drafting from each kind of page, then reading an ordinary page in the child."""
    figures = []
    for kind in FORECASTS:
        stage.say(f"drafting: {kind} pages")
        figures.append(_drafting(kind, _pages(kind), stage.rounds))
    stage.say("drafting: the confined child")
    return [*figures, _confined(_pages("ordinary")[0], stage.rounds)]


def _pages(kind: str) -> list[bytes]:
    """PAGES pages of a kind; the forecastable texts go round."""
    count = FORECASTS[kind]
    texts = [case.text for case in FORECASTABLE if "\n" not in case.text]
    going_round = texts * (PAGES * count // len(texts) + 1)
    plain = [case.text for case in SILENT if "\n" not in case.text] if kind == "ordinary" else []
    chosen = [going_round[start : start + count] for start in range(0, PAGES * count, count)]
    bodies = ["\n\n".join((*each, *plain, BRIDGE_BODY, FERRY)) for each in chosen]
    return [page(body=body, head=SCRIPTS, above=MENU) for body in bodies]


def _drafting(kind: str, pages: Sequence[bytes], rounds: int) -> Figure:
    texts = [normalise_text(extract(each).text) for each in pages]
    passages = sum(len(find_passages(text, NOON)) for text in texts)
    drafts = sum(len(draft_questions(text, published_at=NOON)) for text in texts)

    def ours() -> None:
        for text in texts:
            draft_questions(text, published_at=NOON)

    return Figure(
        what=f"passages and drafts of {kind} articles",
        against="trafilatura's extraction of their pages",
        unit="ms",
        rounds=tuple(
            Round(_took(ours) / len(pages), _took(lambda: _extracted(pages)) / len(pages))
            for _ in range(rounds)
        ),
        aim=AIM,
        is_ceiling=True,
        details={
            "characters": sum(map(len, texts)) // len(texts),
            "passages": passages,
            "drafts": drafts,
            "articles": len(texts),
        },
    )


def _confined(html: bytes, rounds: int) -> Figure:
    return Figure(
        what="reading a page in the confined child",
        against="trafilatura's extraction in this process",
        unit="ms",
        rounds=tuple(
            Round(
                _took(lambda: extract_confined(html), clock=perf_counter),
                _took(lambda: _extracted([html]), clock=perf_counter),
            )
            for _ in range(rounds)
        ),
        aim=None,
        details={"page_bytes": len(html)},
    )


def _extracted(pages: Sequence[bytes]) -> None:
    for each in pages:
        tree = document_fromstring(each)
        found = trafilatura.bare_extraction(tree, favor_precision=True, with_metadata=False)
        assert getattr(found, "text", None)


def _took(read: Callable[[], object], *, clock: Callable[[], float] = process_time) -> float:
    """Milliseconds, in the middle of TIMES readings."""
    took = []
    for _ in range(TIMES):
        began = clock()
        read()
        took.append(1000 * (clock() - began))
    return median(took)
