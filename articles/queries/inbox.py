"""The inbox: one row for each story that came in, the newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from articles.models import Article, Draft, Source, Story

ROWS_PER_PAGE: Final = 30
WORDS_MAX: Final = 8


class View(StrEnum):
    """Which stories an editor looks at: those with drafts that wait, those that are not archived,
    or those that are."""

    WAITING = "waiting"
    ALL = "all"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What an editor looks for. source is a domain; words stand in headlines or addresses."""

    view: View = View.WAITING
    source: str = ""
    tag: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Member:
    """One article of a story, and how many of its drafts wait."""

    article: Article
    waiting_count: int

    @property
    def is_reprint(self) -> bool:
        return self.article.duplicate_of_id is not None


@dataclass(frozen=True, slots=True)
class Row:
    """A story: the article to read first, then the others, oldest first."""

    story: Story
    lead: Member
    others: tuple[Member, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        return (self.lead, *self.others)

    @property
    def waiting_count(self) -> int:
        return sum(member.waiting_count for member in self.members)

    @property
    def reprint_count(self) -> int:
        return sum(member.is_reprint for member in self.others)

    @property
    def further_count(self) -> int:
        """How many of the others are articles in their own right."""
        return len(self.others) - self.reprint_count

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of its articles, the lead's first."""
        return tuple(dict.fromkeys(tag for each in self.members for tag in each.article.tags))


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of rows, and whether there are older ones."""

    rows: tuple[Row, ...]
    has_older: bool


def inbox(looking: Looking) -> Inbox:
    """The stories that an editor looks at, in two queries however many there are."""
    first = (max(looking.page, 1) - 1) * ROWS_PER_PAGE
    stories = list(_stories(looking)[first : first + ROWS_PER_PAGE + 1])
    shown = stories[:ROWS_PER_PAGE]
    members = _members(shown, is_archived=looking.view is View.ARCHIVED)
    return Inbox(
        tuple(_row(story, members[story.pk]) for story in shown), len(stories) > ROWS_PER_PAGE
    )


def same_story(article: Article) -> tuple[Member, ...]:
    """The other articles of an article's story, archived or not, oldest first."""
    others = _counted(Article.objects.filter(story=article.story_id).exclude(pk=article.pk))
    return _oldest_first(_member(other) for other in others)


def inbox_sources() -> QuerySet[Source]:
    """The publications that articles have come from, by name."""
    return Source.objects.filter(Exists(Article.objects.filter(source=OuterRef("pk")))).order_by(
        "name", "pk"
    )


def _stories(looking: Looking) -> QuerySet[Story]:
    articles = Article.objects.filter(story=OuterRef("pk")).filter(_wanted(looking))
    articles = articles.filter(archived_at__isnull=looking.view is not View.ARCHIVED)
    stories = Story.objects.filter(Exists(articles))
    if looking.view is View.WAITING:
        stories = stories.filter(
            Exists(Draft.objects.waiting().filter(version__article__story=OuterRef("pk")))
        )
    return stories.order_by("-grown_at", "-pk")


def _wanted(looking: Looking) -> Q:
    wanted = Q()
    if looking.source:
        wanted &= Q(source__domain=looking.source)
    if looking.tag:
        wanted &= Q(tags__contains=[looking.tag.casefold()])
    for word in looking.words.replace("\x00", "").split()[:WORDS_MAX]:
        wanted &= Q(title__icontains=word) | Q(url__icontains=word)
    return wanted


def _members(stories: Sequence[Story], *, is_archived: bool) -> dict[int, list[Member]]:
    members: dict[int, list[Member]] = {story.pk: [] for story in stories}
    shown = Article.objects.filter(story__in=members, archived_at__isnull=not is_archived)
    for article in _counted(shown):
        members[article.story_id].append(_member(article))
    return members


def _counted(articles: QuerySet[Article]) -> QuerySet[Any]:
    waiting = Draft.objects.waiting().filter(version__article=OuterRef("pk"))
    counted = waiting.order_by().values("version__article").annotate(found=Count("pk"))
    return articles.select_related("source").annotate(
        waiting_count=Coalesce(Subquery(counted.values("found")), 0)
    )


def _member(article: Any) -> Member:
    return Member(article, article.waiting_count)


def _oldest_first(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda each: (each.article.published_at, each.article.pk)))


def _row(story: Story, members: Sequence[Member]) -> Row:
    """A story led by the oldest of its articles with drafts that wait, else of its originals."""
    lead, *others = sorted(
        _oldest_first(members), key=lambda each: (each.waiting_count == 0, each.is_reprint)
    )
    return Row(story, lead, _oldest_first(others))
