"""Drafts: proposed by rules from an article's text, then taken up or rejected by an editor."""

from datetime import datetime

from django.db import transaction

from articles.core.errors import ArticleError
from articles.models import Draft, DraftFate
from users.models import User


class DraftNotFound(ArticleError):
    code = "draft_not_found"
    field = "draft"


class DraftDecided(ArticleError):
    code = "draft_decided"
    field = "draft"


@transaction.atomic
def mark_taken_up(*, draft_id: int, editor: User, now: datetime) -> Draft:
    """Note that a question was made of this draft."""
    return _decide(draft_id, DraftFate.TAKEN_UP, editor=editor, reason="", now=now)


@transaction.atomic
def reject_draft(*, draft_id: int, editor: User, reason: str, now: datetime) -> Draft:
    """Note that an editor turned this draft down, and why."""
    return _decide(draft_id, DraftFate.REJECTED, editor=editor, reason=reason, now=now)


def _decide(draft_id: int, fate: DraftFate, *, editor: User, reason: str, now: datetime) -> Draft:
    draft = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise DraftNotFound("There is no such draft.")
    if draft.fate == fate:
        return draft
    if draft.fate != DraftFate.PROPOSED:
        raise DraftDecided(f"This draft was {draft.get_fate_display().replace('_', ' ')} already.")
    draft.fate, draft.decided_by, draft.decided_at = fate, editor, now
    draft.rejection_reason = reason
    draft.save(update_fields=["fate", "decided_by", "decided_at", "rejection_reason"])
    return draft
