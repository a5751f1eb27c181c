"""What an article has to do with: which questions, how much, and which sentence says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Exists, OuterRef

from articles.core.blocks import BlockKind, find_blocks, told_from
from articles.core.sentences import split_sentences
from articles.models import Article, ArticleVersion
from articles.models.article import Quality
from markets.core.happened import happened_inside
from markets.core.relevance import (
    BEFORE_MAX,
    THRESHOLD,
    Frequencies,
    best_sentence,
    chosen,
    is_timely,
    ranking,
    relevance,
    strongest,
)
from markets.models import (
    UNDECIDED,
    ArticleTerms,
    Citation,
    LinkSuggestion,
    Mirror,
    Question,
)
from markets.queries.text_search import (
    ENGLISH,
    SIMPLE,
    Found,
    frequencies_of,
    one_query,
    questions_with,
    terms_of,
)

CANDIDATES_MAX: Final = 100
SENTENCES_MAX: Final = 400
"""How many sentences of an article are compared; a longer one is no news."""
MIRRORED_MAX: Final = 30
"""How many earlier articles are looked through for a new question: those with most terms of it."""
SWEEP_MAX: Final = 200
QUEUE_MAX: Final = 30

_QUOTED: Final = {BlockKind.PROSE, BlockKind.BULLET, BlockKind.TABLE_ROW}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at [start, end) of its article, with its terms."""

    start: int
    end: int
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """A question that an article has to do with, and the sentence that says so.

    `told` is the sentence that tells the answer, where one does. `is_new` says that the article is
    not cited there yet.
    """

    question_id: int
    relevance: float
    best: Sentence
    told: Sentence | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Read:
    """An article as it is compared with questions: its sentences with their terms."""

    title_terms: frozenset[str]
    sentences: tuple[Sentence, ...]

    @property
    def terms(self) -> frozenset[str]:
        return self.title_terms.union(*(each.terms for each in self.sentences))

    @property
    def parts(self) -> list[frozenset[str]]:
        """The terms of its title and of each sentence, in order."""
        return [self.title_terms, *(each.terms for each in self.sentences)]


def versions_to_read(*, limit: int = SWEEP_MAX) -> list[int]:
    """The newest versions of readable articles whose terms have not been taken, oldest first."""
    newer = ArticleVersion.objects.filter(
        article=OuterRef("article"), number__gt=OuterRef("number")
    )
    read = ArticleTerms.objects.filter(version=OuterRef("pk"))
    versions = ArticleVersion.objects.filter(~Exists(read), article__quality=Quality.GOOD)
    return list(versions.filter(~Exists(newer)).order_by("pk").values_list("pk", flat=True)[:limit])


def articles_to_link(*, limit: int = SWEEP_MAX) -> list[int]:
    """The articles that have been read and not been linked, oldest first."""
    waiting = ArticleTerms.objects.filter(linked_at=None).order_by("article_id")
    return list(waiting.values_list("article_id", flat=True)[:limit])


def questions_to_mirror(*, limit: int = SWEEP_MAX) -> list[int]:
    """The published questions for which earlier articles have not been looked through."""
    mirrored = Mirror.objects.filter(question=OuterRef("pk"))
    waiting = Question.objects.filter(~Exists(mirrored), status__in=UNDECIDED).order_by("pk")
    return list(waiting.values_list("pk", flat=True)[:limit])


def articles_like(question: Question) -> list[ArticleTerms]:
    """The articles that share most of a question's terms: any of the strongest is enough."""
    (asked,) = terms_of([f"{question.title} {question.resolution_criteria}"], ENGLISH)
    frequencies, _ = frequencies_of(asked, ENGLISH)
    query = SearchQuery(one_query(strongest(asked, frequencies)), search_type="raw", config=SIMPLE)
    rows = ArticleTerms.objects.select_related("article", "version").filter(terms=query)
    if question.opens_at is not None:
        rows = rows.filter(article__published_at__gte=question.opens_at - BEFORE_MAX)
    return list(rows.order_by(SearchRank("terms", query).desc(), "-article_id")[:MIRRORED_MAX])


def read_sentences(version: ArticleVersion, article: Article, configuration: str) -> Read:
    """An article's sentences and their terms, without what a page puts around its story."""
    text = version.text
    spans = sentence_spans(text)
    first, *terms = terms_of(
        [article.title, *(text[start:end] for start, end in spans)], configuration
    )
    sentences = (Sentence(*span, terms=each) for span, each in zip(spans, terms, strict=True))
    return Read(first, tuple(sentences))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The [start, end) of the sentences of a story, without what a page puts around it."""
    return [
        span
        for block in find_blocks(text)
        if block.kind in _QUOTED
        for span in split_sentences(text, told_from(text, block), block.end)
    ][:SENTENCES_MAX]


def matches_of(row: ArticleTerms, *, threshold: float = THRESHOLD) -> tuple[Match, ...]:
    """The undecided questions that an article should be suggested for, best first, and after
    them those that cite it already.
    """
    read = read_sentences(row.version, row.article, row.configuration)
    if not read.sentences:
        return ()
    found, relevances, frequencies = _scored(row, read)
    kept = chosen(relevances, threshold=threshold)
    cited = _cited(row.article_id)
    penalised = dict(ranking(relevances, threshold=threshold))
    return tuple(
        Match(
            question_id=key,
            relevance=penalised[key],
            best=_best(found[key], read, frequencies),
            told=_told(found[key], read, row),
            is_new=key not in cited,
        )
        for key in [*kept, *sorted(cited & found.keys() - kept.keys())]
    )


def relevances_of(row: ArticleTerms) -> list[tuple[int, float]]:
    """All candidates with an article's penalised relevance to each, best first."""
    read = read_sentences(row.version, row.article, row.configuration)
    return ranking(_scored(row, read)[1]) if read.sentences else []


def links_waiting(*, limit: int = QUEUE_MAX) -> tuple[tuple[LinkSuggestion, ...], int]:
    """What editors have to decide about, watches first, then the most relevant; and how many."""
    waiting = (
        LinkSuggestion.objects.waiting()
        .select_related("question", "article__source")
        .prefetch_related("question__outcomes")
    )
    # "resolution_watch" comes after "related" in the alphabet
    shown = tuple(waiting.order_by("-kind", "-relevance", "pk")[:limit])
    return shown, len(shown) if len(shown) < limit else waiting.count()


def _scored(
    row: ArticleTerms, read: Read
) -> tuple[dict[int, Found], dict[int, float], Frequencies]:
    frequencies, asked = frequencies_of(read.terms, row.configuration)
    candidates = questions_with(
        strongest(read.terms & asked, frequencies),
        row.configuration,
        statuses=UNDECIDED,
        limit=CANDIDATES_MAX,
    )
    published = row.article.published_at
    found = {
        each.question_id: each
        for each in candidates
        if is_timely(published, opens_at=each.opens_at, resolve_by=each.resolve_by)
    }
    every = frozenset[str]().union(*(each.asked.title | each.asked.criteria for each in candidates))
    frequencies, _ = frequencies_of(every | read.terms, row.configuration)
    relevances = {
        key: relevance(each.asked, read.parts, frequencies) for key, each in found.items()
    }
    return found, relevances, frequencies


def _best(found: Found, read: Read, frequencies: Frequencies) -> Sentence:
    terms: Sequence[frozenset[str]] = [each.terms for each in read.sentences]
    return read.sentences[best_sentence(found.asked, terms, frequencies)]


def _told(found: Found, read: Read, row: ArticleTerms) -> Sentence | None:
    """The first sentence that tells what a question asks for, of the time it asks about."""
    if row.configuration != ENGLISH or found.opens_at is None or found.resolve_by is None:
        return None
    text, published_at = row.version.text, row.article.published_at
    for sentence in read.sentences:
        if happened_inside(
            found.title,
            text[sentence.start : sentence.end],
            published_at=published_at,
            opens_at=found.opens_at,
            ends_at=found.resolve_by,
        ):
            return sentence
    return None


def _cited(article_id: int) -> frozenset[int]:
    cited = Citation.objects.filter(article=article_id)
    return frozenset(cited.values_list("question_id", flat=True))
