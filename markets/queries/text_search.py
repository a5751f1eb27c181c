"""Questions and articles as PostgreSQL's text search has them: terms, and how many have each.

Questions are indexed in English (the index `question_words`); an article is read in its own
language where PostgreSQL knows it. What an article in another language shares with a question is
mostly names, and the questions are then read in that language too, without an index.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from markets.core.lifecycle import QuestionStatus
from markets.core.relevance import Asked, Frequencies

ENGLISH: Final = "english"
SIMPLE: Final = "simple"
CONFIGURATIONS: Final = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": ENGLISH, "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
COUNTED_QUESTIONS_MAX: Final = 5_000
COUNTED_ARTICLES_MAX: Final = 5_000
ALL: Final = ""
"""The term whose count is that of all documents; no text has it."""

# As Django writes SearchVector("title", "resolution_criteria"), or the index would not be used.
_WORDS = (
    "to_tsvector('{0}'::regconfig, COALESCE(title, '') || ' ' || COALESCE(resolution_criteria, ''))"
)
_FOUND = """
SELECT id, slug, title, status, opens_at, resolve_by,
       tsvector_to_array(to_tsvector('{0}', title)),
       tsvector_to_array(to_tsvector('{0}', resolution_criteria))
FROM markets_question
WHERE {words} @@ %(query)s::tsquery AND {where}
ORDER BY ts_rank({words}, %(query)s::tsquery) DESC, id DESC
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A question that shares terms with something, and its terms."""

    question_id: int
    slug: str
    title: str
    status: str
    opens_at: datetime | None
    resolve_by: datetime | None
    asked: Asked


def configuration_of(language: str) -> str:
    """PostgreSQL's text search configuration for a language, by its ISO 639-1 code.

    >>> configuration_of("de"), configuration_of("en-GB"), configuration_of("ja")
    ('german', 'english', 'simple')
    """
    return CONFIGURATIONS.get(language.partition("-")[0].lower(), SIMPLE)


def terms_of(texts: Sequence[str], configuration: str) -> list[frozenset[str]]:
    """The terms of each text, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector(%s::regconfig, text)) "
            "FROM unnest(%s::text[]) WITH ORDINALITY AS given(text, place) ORDER BY place",
            [configuration, list(texts)],
        )
        return [frozenset(terms) for (terms,) in cursor.fetchall()]


def frequencies_of(
    terms: Collection[str], configuration: str
) -> tuple[Frequencies, frozenset[str]]:
    """How many questions and articles have each term, and those that some question has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term, question_count, article_count FROM markets_termfrequency "
            "WHERE configuration = %s AND term = ANY(%s)",
            [configuration, [ALL, *terms]],
        )
        rows = cursor.fetchall()
    counts = {term: questions + articles for term, questions, articles in rows}
    asked = frozenset(term for term, questions, _ in rows if questions and term != ALL)
    return Frequencies(counts.pop(ALL, 0), counts), asked


def questions_with(
    terms: Collection[str],
    configuration: str,
    *,
    statuses: Collection[str] | None = None,
    exclude_id: int | None = None,
    limit: int,
) -> list[Found]:
    """The questions that have any of some terms, those that have more of them first.

    Without `statuses` they are those that everybody may see.
    """
    if not terms:
        return []
    where = "opened_at IS NOT NULL" if statuses is None else "status = ANY(%(statuses)s)"
    if exclude_id is not None:
        where += " AND id <> %(exclude)s"
    asked: dict[str, Any] = {
        "query": one_query(terms),
        "statuses": list(statuses or ()),
        "exclude": exclude_id,
        "limit": limit,
    }
    vector = _WORDS.format(known(configuration))
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(configuration, words=vector, where=where), asked)
        return [
            Found(pk, slug, name, status, begins, ends, Asked(frozenset(words), frozenset(rules)))
            for pk, slug, name, status, begins, ends, words, rules in cursor.fetchall()
        ]


def documents(configuration: str) -> tuple[str, str]:
    """The statements that select the documents in which terms are counted, as text vectors.

    The newest are enough for a weight, and bound what a count costs.
    """
    words = _WORDS.format(known(configuration))
    questions = (
        f"SELECT {words} FROM markets_question WHERE opened_at IS NOT NULL "  # noqa: S608 - names of ours
        f"OR status = '{QuestionStatus.SCHEDULED}' ORDER BY id DESC LIMIT {COUNTED_QUESTIONS_MAX}"
    )
    articles = (
        f"SELECT terms FROM markets_articleterms WHERE configuration = '{configuration}' "  # noqa: S608 - names of ours
        f"ORDER BY article_id DESC LIMIT {COUNTED_ARTICLES_MAX}"
    )
    return questions, articles


def one_query(terms: Collection[str]) -> str:
    """Terms as a text search query for what has any of them.

    >>> one_query(["lark", "o'hara"])
    "'lark' | 'o''hara'"
    """
    quoted = (term.replace("\\", "\\\\").replace("'", "''") for term in terms)
    return " | ".join(f"'{term}'" for term in quoted)


def known(configuration: str) -> str:
    """The name of a configuration that may be written into a statement."""
    if configuration not in {SIMPLE, *CONFIGURATIONS.values()}:
        raise ValueError(f"no text search configuration of ours: {configuration}")
    return configuration
