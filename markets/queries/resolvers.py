"""How questions resolve: for everybody in words, for editors run by run."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.db.models import Prefetch

from markets.core.evidence import public_address
from markets.models import (
    AnswerSuggestion,
    Question,
    Resolver,
    ResolverKind,
    ResolverRun,
)
from markets.queries.search import PUBLIC

RUNS_SHOWN: Final = 20
QUEUE_MAX: Final = 30
_PUBLIC: Final = [
    ResolverKind.JSON, ResolverKind.CSV, ResolverKind.QUESTION, ResolverKind.ARTICLE,
]  # fmt: skip
_UNITS: Final = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source that is watched for the answer, as everybody may know it.

    `url` has no query, which may hold a key, and `host` is empty where nothing is fetched. `asked`
    are the public questions of a rule; `last_text` is what was read last, at `last_read_at`.
    """

    kind: str
    url: str
    host: str
    every: timedelta
    rule: str
    asked: tuple[Question, ...]
    is_paused: bool
    last_read_at: datetime | None
    last_text: str

    @property
    def rhythm(self) -> str:
        """How often it is looked at, in words."""
        return rhythm(self.every)


def rhythm(every: timedelta) -> str:
    """An interval in words.

    >>> [rhythm(timedelta(minutes=minutes)) for minutes in (30, 60, 360, 1440, 10080)]
    ['every 30 minutes', 'every hour', 'every 6 hours', 'daily', 'every 7 days']
    """
    for name, length in _UNITS:
        if every % length == timedelta():
            count = every // length
            if count == 1:
                return "daily" if name == "day" else f"every {name}"
            return f"every {count} {name}s"
    return f"every {round(every / timedelta(minutes=1))} minutes"


def sources_of(question: Question) -> tuple[Source, ...]:
    """The sources that are watched for a question, in the order in which they were set up."""
    watching = Resolver.objects.filter(question=question, kind__in=_PUBLIC)
    asked = Prefetch("asks", Question.objects.filter(PUBLIC).only("slug", "title").order_by("pk"))
    return tuple(
        Source(
            kind=resolver.kind,
            url=public_address(resolver.url),
            host=urlsplit(resolver.url).hostname or "",
            every=resolver.every,
            rule=resolver.expression if resolver.kind == ResolverKind.QUESTION else "",
            asked=tuple(resolver.asks.all()),
            is_paused=not resolver.is_active,
            last_read_at=resolver.last_read_at,
            last_text=resolver.last_text,
        )
        for resolver in watching.prefetch_related(asked).order_by("pk")
    )


def resolvers_of(question: Question) -> list[Resolver]:
    """All resolvers of a question, for its editors."""
    return list(Resolver.objects.filter(question=question).order_by("pk"))


def runs_of(question: Question, *, limit: int = RUNS_SHOWN) -> list[ResolverRun]:
    """The latest runs of a question's resolvers, newest first."""
    runs = ResolverRun.objects.filter(resolver__question=question)
    return list(runs.select_related("resolver", "ran_by").order_by("-pk")[:limit])


def resolvers_in_need(*, now: datetime, limit: int = QUEUE_MAX) -> list[Resolver]:
    """What editors should look into, the question that is due first on top."""
    needing = Resolver.objects.needing_editors(now).select_related("question")
    return list(needing.order_by("question__resolve_by", "pk")[:limit])


def suggestions_waiting(
    *, question: Question | None = None, limit: int = QUEUE_MAX
) -> list[AnswerSuggestion]:
    """Suggested answers that nobody has decided about, the oldest first."""
    waiting = AnswerSuggestion.objects.waiting()
    if question is not None:
        waiting = waiting.filter(question=question)
    related = waiting.select_related("question", "suggested_by", "resolver", "article")
    return list(
        related.prefetch_related("question__outcomes").order_by("suggested_at", "pk")[:limit]
    )


def suggestion_by(user_id: int, question: Question) -> AnswerSuggestion | None:
    """The latest answer that somebody suggested to a question."""
    made = AnswerSuggestion.objects.filter(suggested_by=user_id, question=question)
    return made.order_by("-pk").first()
