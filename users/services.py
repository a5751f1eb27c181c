"""Issuing, recognising and revoking API keys; saying who is an editor, and who may sign in."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar

from users.models import ApiKey, Scope, User

KEY_SCHEME = "odk"
PREFIX_BYTES, SECRET_BYTES = 6, 32
LAST_USED_STEP = timedelta(minutes=1)  # the precision that "last used" is worth a write for


class UserError(Exception):
    """Why a request about a user is refused; the message tells the person what to do."""

    code: ClassVar[str] = "user_error"


class SuperuserNeeded(UserError):
    code = "superuser_needed"


class OwnAccess(UserError):
    code = "own_access"


_SPELLING = re.compile(
    rf"{KEY_SCHEME}_([0-9a-f]{{{2 * PREFIX_BYTES}}})_([0-9a-f]{{{2 * SECRET_BYTES}}})"
)


def issue_api_key(
    *,
    user: User,
    label: str,
    scopes: Collection[Scope],
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Return the new key's row, and the key itself, which is shown once and kept nowhere."""
    prefix, secret = secrets.token_hex(PREFIX_BYTES), secrets.token_hex(SECRET_BYTES)
    key = ApiKey.objects.create(
        user=user,
        label=label,
        prefix=prefix,
        secret_sha256=_digest(secret),
        scopes=sorted(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    return key, f"{KEY_SCHEME}_{prefix}_{secret}"


def recognise_api_key(*, presented: str, now: datetime) -> ApiKey | None:
    """Return the valid key that `presented` spells, with its user, or None."""
    spelled = _SPELLING.fullmatch(presented)
    if spelled is None:
        return None
    prefix, secret = spelled.groups()
    try:
        key = ApiKey.objects.select_related("user").get(prefix=prefix)
    except ApiKey.DoesNotExist:
        return None
    if not hmac.compare_digest(key.secret_sha256, _digest(secret)):
        return None
    if key.revoked_at or (key.expires_at and key.expires_at <= now) or not key.user.is_active:
        return None
    if key.last_used_at is None or now - key.last_used_at >= LAST_USED_STEP:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def revoke_api_key(*, key: ApiKey, now: datetime) -> None:
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)


def set_editor(*, user: User, is_editor: bool, superuser: User) -> None:
    """Appoint an editor, or dismiss one."""
    _require_right_over(user, superuser)
    User.objects.filter(pk=user.pk).update(is_staff=is_editor)


def set_active(*, user: User, is_active: bool, superuser: User) -> None:
    """Let somebody sign in, or no longer; sessions and API keys of the inactive end at once."""
    _require_right_over(user, superuser)
    User.objects.filter(pk=user.pk).update(is_active=is_active)


def _require_right_over(user: User, superuser: User) -> None:
    if not (superuser.is_active and superuser.is_superuser):
        raise SuperuserNeeded("Only a superuser may change what others may do; ask one.")
    if user.pk == superuser.pk:
        raise OwnAccess("Nobody takes away their own access; ask another superuser.")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
