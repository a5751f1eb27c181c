"""Drafts: proposed by rules from an article's text, then taken up or rejected by an editor."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from articles.core import drafting
from articles.core.canonical import text_sha256
from articles.core.errors import ArticleError
from articles.core.likeness import DUPLICATE, likeness
from articles.models import Article, ArticleVersion, Draft, DraftFate
from articles.models.article import Quality
from articles.services.quality import ENGLISH
from articles.services.reading import Reading
from users.models import User

TAG_LENGTH_MAX: Final = 40
REASON_LENGTH_MAX: Final = 300


class VersionNotFound(ArticleError):
    code = "version_not_found"
    field = "version"


class DraftNotFound(ArticleError):
    code = "draft_not_found"
    field = "draft"


class DraftDecided(ArticleError):
    code = "draft_decided"
    field = "draft"


class ReasonMissing(ArticleError):
    code = "reason_missing"
    field = "reason"


def is_draftable(article: Article | Reading) -> bool:
    """Whether the rules, which know English and expect an article, should be let loose on it."""
    return article.quality == Quality.GOOD and article.language == ENGLISH


@transaction.atomic
def draft_article(*, version_id: int, now: datetime) -> list[Draft]:
    """The drafts of one version of an article, best first; made on the first call, if any.

    Only English articles that passed the quality gate give drafts. What earlier versions, or
    other articles under the same title, gave rise to is not proposed again, whatever its fate.
    Raises VersionNotFound.
    """
    version = (
        ArticleVersion.objects.select_related("article")
        .select_for_update(of=("self",))
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise VersionNotFound("There is no such version of an article.")
    made = list(version.drafts.order_by("-score", "start"))
    if made or not is_draftable(version.article):
        return made
    proposed = drafting.draft_questions(
        version.text,
        published_at=version.article.published_at,
        headline=version.article.title,
        tags=tuple(version.article.tags),
        not_before=now,
    )
    fresh = _without_known(proposed, version.article)
    return Draft.objects.bulk_create(_row(draft, version, now) for draft in fresh)


@transaction.atomic
def mark_taken_up(*, draft_id: int, editor: User, now: datetime) -> Draft:
    """Note that a question was made of this draft. Raises DraftNotFound, DraftDecided."""
    return _decide(draft_id, DraftFate.TAKEN_UP, editor=editor, reason="", now=now)


@transaction.atomic
def reject_draft(*, draft_id: int, editor: User, reason: str, now: datetime) -> Draft:
    """Note that an editor turned this draft down, and why.

    Raises ReasonMissing, DraftNotFound, DraftDecided.
    """
    given = " ".join(reason.split())[:REASON_LENGTH_MAX]
    if not given:
        raise ReasonMissing("Say in a few words why the draft is no good; rules learn from it.")
    return _decide(draft_id, DraftFate.REJECTED, editor=editor, reason=given, now=now)


def _without_known(proposed: list[drafting.Draft], article: Article) -> list[drafting.Draft]:
    """The drafts that ask something new, at most one for each rule and place."""
    known = Draft.objects.filter(
        Q(version__article=article) | Q(title__in=[draft.title for draft in proposed])
    )
    asked = list(known.values_list("title", flat=True)) if proposed else []
    fresh: dict[tuple[str, int], drafting.Draft] = {}
    for draft in proposed:
        if not _is_asked(draft.title, asked):
            fresh.setdefault((draft.rule, draft.start), draft)
    return list(fresh.values())


def _is_asked(title: str, asked: Iterable[str]) -> bool:
    return any(likeness(title, other) >= DUPLICATE for other in asked)


def _row(draft: drafting.Draft, version: ArticleVersion, now: datetime) -> Draft:
    return Draft(
        version=version,
        start=draft.start,
        end=draft.end,
        quote=draft.quote,
        quote_sha256=text_sha256(draft.quote),
        rule=draft.rule,
        score=draft.score,
        type=draft.type,
        title=draft.title,
        resolution_criteria=draft.resolution_criteria,
        fine_print=draft.fine_print,
        resolution_source=draft.source,
        outcomes=list(draft.outcomes),
        prior=list(draft.prior),
        closes_at=draft.closes_at,
        resolve_by=draft.resolve_by,
        tags=[tag for tag in draft.tags if len(tag) <= TAG_LENGTH_MAX],
        flags=list(draft.flags),
        created_at=now,
    )


def _decide(draft_id: int, fate: DraftFate, *, editor: User, reason: str, now: datetime) -> Draft:
    draft = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise DraftNotFound("There is no such draft.")
    if draft.fate == fate:
        return draft
    if draft.fate != DraftFate.PROPOSED:
        raise DraftDecided(f"This draft was {draft.get_fate_display().lower()} already.")
    draft.fate, draft.decided_by, draft.decided_at = fate, editor, now
    draft.rejection_reason = reason
    draft.save(update_fields=["fate", "decided_by", "decided_at", "rejection_reason"])
    return draft
