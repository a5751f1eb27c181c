"""Every row of the market, read at once and as plain values.

What these tests believe of the product they work out from these rows in plain Python: never with
its own queries, nor with the database's arithmetic.
"""

import json
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection

Rows = SimpleNamespace
"""A list of rows for each table, in the order of their keys: `rows.fill`, `rows.position`."""


def read_rows() -> Rows:
    """Every row of every table of the app, as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(_query())
        tables = cursor.fetchall()
    return Rows(**{name: json.loads(rows, object_hook=_row) for name, rows in tables})


def by_id(rows: list[Any]) -> dict[int, Any]:
    return {row.id: row for row in rows}


@cache
def _query() -> str:
    tables = {
        model._meta.db_table: ", ".join(f"held.{field.column}" for field in model._meta.pk_fields)
        for model in apps.get_app_config("markets").get_models()
    }
    # As text: Django would have psycopg parse json without our hook.
    return " UNION ALL ".join(
        f"""SELECT '{table.removeprefix("markets_")}',
            coalesce((SELECT json_agg(held ORDER BY {key}) FROM {table} AS held)::text, '[]')"""
        for table, key in tables.items()
    )


def _row(columns: dict[str, Any]) -> SimpleNamespace:
    for name, value in columns.items():
        if value and name.endswith(("_at", "_until", "as_of")):
            columns[name] = datetime.fromisoformat(value)
    return SimpleNamespace(**columns)
