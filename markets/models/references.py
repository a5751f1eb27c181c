"""References that are checked a statement at a time, for the tables that every trade writes to.

A foreign key is checked row by row, each with a statement of its own that locks the row it finds,
lest that be deleted meanwhile. For the five references of an order, its fill and its transfer this
was a fifth of all that PostgreSQL did for a trade. Markets, accounts and orders are never deleted,
nor are their keys changed: triggers see to that as well. So there is nothing to lock, and one
trigger looks up what all rows of a statement refer to.
"""

import pgtrigger

REFUSAL = """
IF EXISTS (SELECT FROM added WHERE {missing}) THEN
    RAISE EXCEPTION 'insert on table "%" violates "{name}"', TG_TABLE_NAME
    USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{name}', TABLE = TG_TABLE_NAME;
END IF;
RETURN NULL;
"""


def refers(name: str, *lookups: str) -> pgtrigger.Trigger:
    """Refuse new rows, `added`, of which a look-up finds nothing; each is a SELECT of one value.

    As values the look-ups are done row by row in an index, whatever the planner thinks of a join.
    """
    missing = " OR ".join(f"({lookup}) IS NULL" for lookup in lookups)
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
        func=REFUSAL.format(missing=missing, name=name),
    )


def stays(name: str, *keys: str) -> pgtrigger.Protect:
    """Refuse to delete a row, or to change the columns by which others refer to it."""
    change = pgtrigger.UpdateOf(*keys)  # type: ignore[no-untyped-call]
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete | change)
