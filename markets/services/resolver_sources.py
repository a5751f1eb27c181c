"""Looking at a source: fetching it, and reading what it says. Nothing here writes anything."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Final

import jmespath

from articles.core.errors import ArticleError
from articles.models import ArticleVersion
from articles.services import outbound
from articles.services.outbound import (
    ContentTypeRefused,
    Fetched,
    FetchFailed,
    FetchTimedOut,
    Guard,
    PageUnavailable,
    ResponseTooLarge,
)
from markets.core.derived import read_rule
from markets.core.lifecycle import QuestionStatus
from markets.core.resolver_readings import (
    EXCERPT_LENGTH_MAX,
    Answer,
    Comparison,
    Reader,
    Reason,
    Undetermined,
    csv_cell,
    json_document,
    printable,
    spelled,
)
from markets.core.resolvers import matching_sentence
from markets.models import (
    AnswerSuggestion,
    Citation,
    LinkKind,
    LinkState,
    LinkSuggestion,
    Outcome,
    Question,
    QuestionType,
    Resolver,
    ResolverKind,
)
from markets.queries.links import sentence_spans

JSON_TYPES: Final = frozenset(
    {
        "application/json", "text/json", "application/vnd.api+json", "application/geo+json",
        "application/ld+json",
        "text/plain",  # what many stores of files call everything; it has to parse all the same
    }
)  # fmt: skip
CSV_TYPES: Final = frozenset(
    {"text/csv", "application/csv", "text/tab-separated-values", "text/plain"}
)
ARTICLES_MAX: Final = 50
"""How many linked articles a run looks through, the newest first."""

QUOTE_LENGTH_MAX: Final = 2_000
_DECIDED: Final = frozenset({QuestionStatus.RESOLVED, QuestionStatus.FINAL})
_SEARCH_ERRORS: Final = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What a stranger's document can make JMESPath raise; its own errors are among them."""

_NO: Final = 1
"""The outcome of a yes-or-no question that the passing of time makes true."""


@dataclass(frozen=True, slots=True)
class Told:
    """An article that has words which suggest the answer, and the sentence with them."""

    article_id: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at a source found: the answer that it gives, or why it gives none."""

    url: str = ""
    status: int | None = None
    content_type: str = ""
    byte_count: int | None = None
    sha256: str = ""
    excerpt: str = ""
    answer: Answer | None = None
    reason: Reason | None = None
    sentence: str = ""
    retry_after: str = ""
    told: tuple[Told, ...] = ()


def look(resolver: Resolver, *, guard: Guard) -> Seen:
    """What the source of a resolver says now. Fetches outside of any transaction."""
    if resolver.kind == ResolverKind.QUESTION:
        return _derived(resolver)
    if resolver.kind == ResolverKind.ARTICLE:
        return Seen(told=_told(resolver))
    if resolver.kind == ResolverKind.MANUAL:
        return Seen()
    types = JSON_TYPES if resolver.kind == ResolverKind.JSON else CSV_TYPES
    try:
        fetched = outbound.get(resolver.url, content_types=types, guard=guard)
    except ArticleError as refusal:
        return _unfetched(refusal)
    return read(resolver, fetched)


def read(resolver: Resolver, fetched: Fetched) -> Seen:
    """What a document says to a resolver; a malformed one says nothing, for a reason."""
    seen = Seen(
        url=fetched.final_url[:2000],
        status=fetched.status,
        content_type=fetched.content_type[:100],
        byte_count=len(fetched.body),
        sha256=hashlib.sha256(fetched.body).hexdigest(),
    )
    try:
        said = _said(resolver, fetched)
        seen = replace(seen, excerpt=printable(spelled(said))[:EXCERPT_LENGTH_MAX])
        return replace(seen, answer=reader_of(resolver).answer(said))
    except Undetermined as why:
        return replace(seen, reason=why.reason, sentence=str(why))


def reader_of(resolver: Resolver) -> Reader:
    """How this resolver turns what its source says into an answer."""
    question = resolver.question
    is_binary = question.type == QuestionType.BINARY
    return Reader(
        comparison=Comparison(resolver.comparison) if resolver.comparison else None,
        threshold=resolver.threshold or 0.0,
        texts=tuple(resolver.texts),
        no_index=_NO if is_binary else None,
        multiplier=resolver.multiplier,
        bins=question.bins,
    )


def _said(resolver: Resolver, fetched: Fetched) -> object:
    if resolver.kind == ResolverKind.CSV:
        try:
            text = fetched.body.decode(fetched.charset or "utf-8")
        except (LookupError, ValueError) as error:
            raise Undetermined(
                Reason.SOURCE_CHANGED, "What the source sends is no text."
            ) from error
        return csv_cell(
            text,
            column=resolver.column,
            row_column=resolver.row_column,
            row_value=resolver.row_value,
            delimiter=resolver.delimiter,
        )
    said = _searched(resolver.expression, json_document(fetched.body))
    if said is None:
        if resolver.last_read_at is None:
            raise Undetermined(Reason.SOURCE_LATE, "There is nothing there yet.")
        raise Undetermined(Reason.SOURCE_CHANGED, "What was read before is not there any more.")
    return said


def _searched(expression: str, document: Any) -> object:
    try:
        found: object = jmespath.search(expression, document)
    except _SEARCH_ERRORS as error:
        raise Undetermined(
            Reason.SOURCE_CHANGED, "The document has something else where the expression looks."
        ) from error
    return found


def _unfetched(refusal: ArticleError) -> Seen:
    status = getattr(refusal, "status", 0) or None
    said = f"The source answered {status}." if status else ""
    if isinstance(refusal, FetchTimedOut):
        reason, sentence = Reason.SOURCE_DOWN, "The source did not answer in time."
    elif isinstance(refusal, FetchFailed):
        reason = Reason.SOURCE_DOWN
        sentence = said or "The source could not be reached, or broke off."
    elif isinstance(refusal, PageUnavailable):
        reason, sentence = Reason.SOURCE_GONE, said
    elif isinstance(refusal, ContentTypeRefused):
        reason, sentence = Reason.SOURCE_CHANGED, "What answers is of another type than before."
    elif isinstance(refusal, ResponseTooLarge):
        reason, sentence = Reason.SOURCE_REFUSED, "The source sends more than is taken from one."
    else:
        reason = Reason.SOURCE_REFUSED
        sentence = f"The address is not one that is fetched ({refusal.code})."
    return Seen(
        status=status,
        reason=reason,
        sentence=sentence,
        retry_after=getattr(refusal, "retry_after", ""),
    )


def _derived(resolver: Resolver) -> Seen:
    rule = read_rule(resolver.expression)
    known, unclear = _answers({part.question_id for part in rule.parts})
    excerpt = ", ".join(f"{number}={key or '?'}" for number, key in sorted(known.items()))
    value = rule.evaluate(known)
    if value is not None:
        answer = Answer(outcome=0) if value else Answer(outcome=_NO, is_no=True)
        return Seen(excerpt=excerpt[:EXCERPT_LENGTH_MAX], answer=answer)
    if unclear:
        numbers = ", ".join(map(str, sorted(unclear)))
        reason, sentence = Reason.PARTS_UNCLEAR, f"Not answered by one outcome: {numbers}."
    else:
        reason, sentence = Reason.PARTS_UNDECIDED, "Questions of the rule are still undecided."
    return Seen(excerpt=excerpt[:EXCERPT_LENGTH_MAX], reason=reason, sentence=sentence)


def _answers(question_ids: set[int]) -> tuple[dict[int, str | None], set[int]]:
    """The outcome that came true by question, and those decided for no single one."""
    known: dict[int, str | None] = dict.fromkeys(question_ids)
    unclear: set[int] = set()
    keys = {
        (number, index): key
        for number, index, key in Outcome.objects.filter(question__in=question_ids).values_list(
            "question_id", "index", "key"
        )
    }
    for question in Question.objects.select_related("resolution").filter(pk__in=question_ids):
        if question.status not in {*_DECIDED, QuestionStatus.ANNULLED}:
            continue
        weights = question.resolution.outcome_weights if question.resolution else None
        if weights is not None and 1.0 in weights:
            known[question.pk] = keys[question.pk, weights.index(1.0)]
        else:
            unclear.add(question.pk)
    return known, unclear


def _told(resolver: Resolver) -> tuple[Told, ...]:
    """What linked articles tell that has not been suggested yet, the newest first.

    Without phrases of its own, a resolver takes the sentences of the watch for resolution.
    """
    suggested = AnswerSuggestion.objects.filter(resolver=resolver.pk or 0).values("article_id")
    links = (
        LinkSuggestion.objects.filter(question=resolver.question_id)
        .exclude(state=LinkState.REJECTED)
        .exclude(article__in=suggested)
    )
    if not resolver.phrases:
        watched = links.filter(kind=LinkKind.RESOLUTION_WATCH).order_by("-pk")[:ARTICLES_MAX]
        return tuple(Told(link.article_id, link.quote[:QUOTE_LENGTH_MAX]) for link in watched)
    cited = Citation.objects.filter(question=resolver.question_id).exclude(article__in=suggested)
    linked = {*links.values_list("article_id", flat=True)} | {
        *cited.values_list("article_id", flat=True)
    }
    newest = (
        ArticleVersion.objects.filter(article__in=linked)
        .order_by("article_id", "-number")
        .distinct("article_id")
    )
    versions = sorted(newest, key=lambda each: -each.pk)[:ARTICLES_MAX]
    return tuple(
        Told(version.article_id, quote[:QUOTE_LENGTH_MAX])
        for version in versions
        if (quote := _quote(version.text, resolver.phrases))
    )


def _quote(text: str, phrases: list[str]) -> str:
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    place = matching_sentence(sentences, phrases)
    return "" if place is None else sentences[place]
