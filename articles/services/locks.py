"""The lock of this app: articles are stored one after the other."""

from typing import Final

from django.db import connection

STORING: Final = 0x6F64_6B01  # any number that nothing else in this database locks


def lock_storing() -> None:
    """Wait for whoever stores an article now, and keep others out until the transaction ends.

    Whether a text or an address is there already can only be asked under this lock. Reading and
    fetching happen before it; what is left takes some thirty milliseconds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STORING])
