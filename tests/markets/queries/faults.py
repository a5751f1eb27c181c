"""Rows changed as only a fault could change them, so that the audit has something to find."""

from django.db import connection, transaction

TABLES = (
    "account", "transfer", "market", "position", "fill", "order", "settlement", "question",
    "liquiditychange", "resolution", "undone",
)  # fmt: skip


def corrupt(statement, *, tables=TABLES):
    """Change rows behind the back of every constraint and trigger; `mend` brings them back.

    Where the test itself is a transaction, nothing has to be mended: it is rolled back whole.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or rows that wait forbid to alter tables
        for table in tables:
            cursor.execute(f"ALTER TABLE markets_{table} DISABLE TRIGGER USER")
            for name, _ in _constraints(cursor, table):
                cursor.execute(f'ALTER TABLE markets_{table} DROP CONSTRAINT "{name}"')
        cursor.execute(statement)
        assert cursor.rowcount >= 1


def _constraints(cursor, table):
    """(name, definition) of what a table's rows must be like."""
    cursor.execute(
        """
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = %s::regclass AND contype = 'c'
        """,
        [f"markets_{table}"],
    )
    return cursor.fetchall()


def constraints():
    """Every constraint that `corrupt` drops, by table: what `mend` needs to bring them back."""
    with connection.cursor() as cursor:
        return {table: _constraints(cursor, table) for table in TABLES}


def mend(before):
    """Put back what was there, so that the next test starts sound."""
    with connection.cursor() as cursor:
        for table, wanted in before.items():
            cursor.execute(f"ALTER TABLE markets_{table} ENABLE TRIGGER USER")
            there = {name for name, _ in _constraints(cursor, table)}
            for name, definition in wanted:
                if name not in there:
                    cursor.execute(
                        f'ALTER TABLE markets_{table} ADD CONSTRAINT "{name}" {definition} '
                        + ("" if definition.endswith("NOT VALID") else "NOT VALID")
                    )
