"""What is read rather than computed for some minutes, because it changes seldom and takes long.

Valkey may be emptied, or away, at any time: then everything is computed, and nothing else differs.
"""

import logging
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

from markets.models import TallyMark

logger = logging.getLogger(__name__)

KEPT_SECONDS = 600

Kept = TypeVar("Kept")


def kept(name: str, about: tuple[object, ...], compute: Callable[[], Kept]) -> Kept:
    """What `compute` returned of late for this `name` and everything that it depends on."""
    key = f"{name}:{sha256(repr(about).encode(errors='backslashreplace')).hexdigest()}"
    try:
        found: tuple[Kept] | None = cache.get(key)
    except RedisError:
        return compute()
    if found is not None:
        return found[0]
    made = compute()
    try:
        cache.set(key, (made,), KEPT_SECONDS)
    except RedisError:
        logger.warning("nothing can be kept", exc_info=True)
    return made


def kept_until_tallied(name: str, about: tuple[object, ...], compute: Callable[[], Kept]) -> Kept:
    """The same of what is read from tallies and marks, until any question is tallied."""
    marks = TallyMark.objects.order_by("-tallied_at", "-resolution_id")
    newest = marks.values_list("tallied_at", "resolution_id").first()
    return kept(name, (*about, newest), compute)
