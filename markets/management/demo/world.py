"""Loading the demo world: its whole past through the services, in one transaction."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection, transaction

from articles.models import Article
from markets.management.demo.dates import instant
from markets.management.demo.desk import Desk
from markets.management.demo.history import History
from markets.management.demo.library import articles_at
from markets.management.demo.people import (
    CONSOLE_PREFIX,
    EDITOR,
    EMAIL_DOMAIN,
    PASSWORD,
    SECOND_EDITOR,
    SIGN_INS,
    Person,
    crowd_of,
)
from markets.queries.ledger import Finding, audit
from users.models import User

SEED = 20_261
CROWD_SIZE = 42
JOINED_DAY = -60.0
ADVISORY_LOCK = 7_241_966
"""Held while a world is loaded, so that two loads at once make one world."""


class BooksDoNotAddUp(Exception):
    """The audit found something in a world just loaded; nothing of that world is kept."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{each.line}: {each.sentence}" for each in findings))


def is_loaded() -> bool:
    """Whether the demo world is here; since it loads in one transaction, it is whole then."""
    addresses = [sample.url for sample in articles_at(datetime(2000, 1, 1, tzinfo=UTC))]
    return Article.objects.filter(url__in=addresses).exists()


def strangers() -> int:
    """Return how many users are here who belong to no demonstration."""
    known = {person.name for person in crowd_of(CROWD_SIZE, seed=SEED)} | set(SIGN_INS)
    return User.objects.exclude(name__in=known).exclude(name__startswith=CONSOLE_PREFIX).count()


@transaction.atomic
def load(
    *,
    anchor: datetime,
    size: int = CROWD_SIZE,
    seed: int = SEED,
    report: Callable[[int, int], None] = lambda done, of: None,
) -> bool:
    """Load the world; False where it is here already. Equal arguments make equal worlds.

    `report` hears how many steps are done, and of how many. Interrupted at any time, nothing
    stays: every command inside becomes a savepoint of the one transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    if is_loaded():
        return False
    crowd = crowd_of(size, seed=seed)
    users = _sign_up(crowd, joined_at=instant(anchor, JOINED_DAY))
    desk = Desk(anchor=anchor, editor=users[EDITOR], second=users[SECOND_EDITOR])
    steps = History(desk, crowd, users, seed).steps()
    for done, step in enumerate(steps, start=1):
        step.take()
        report(done, len(steps))
    findings = audit()
    if findings:
        raise BooksDoNotAddUp(findings)
    return True


def _sign_up(crowd: tuple[Person, ...], *, joined_at: datetime) -> dict[str, User]:
    """Create everybody; only those who are meant to sign in get a password."""
    names = dict.fromkeys((*SIGN_INS, *(person.name for person in crowd)))
    return {
        name: User.objects.create_user(
            f"{name}@{EMAIL_DOMAIN}",
            PASSWORD if name in SIGN_INS else None,
            name=name,
            is_staff=name in {EDITOR, SECOND_EDITOR},
            is_superuser=name == EDITOR,
            joined_at=joined_at,
        )
        for name in names
    }
