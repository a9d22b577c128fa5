"""Writes many new rows of a table in one go, by COPY: several times as fast as INSERT, and no model is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, models
from psycopg import sql

from marketplace.kernel import clock

Row = Mapping[str, Any]


def copy_rows(model: type[models.Model], rows: Sequence[Row]) -> list[int]:
    """Writes `rows`, each a mapping of column to value; their primary keys, in the same order.

    A column that a row lacks gets the default of its field; one that is translated, the text in the source
    language. Constraints and triggers of the table hold; `save` is not called. Raises what INSERT would.
    """
    if not rows:
        return []
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    sources = [_source(field) for field in fields]
    table = sql.Identifier(model._meta.db_table)
    columns = sql.SQL(", ").join(map(sql.Identifier, ["id", *(str(field.column) for field in fields)]))
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, len(rows)],
        )
        keys = [int(row[0]) for row in cursor.fetchall()]
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)
        with cursor.copy(statement.as_string()) as stream:
            for key, row in zip(keys, rows, strict=True):
                stream.write_row((key, *(source(row) for source in sources)))
    return keys


def _source(field: models.Field[Any, Any]) -> Callable[[Row], Any]:
    """Where the values of a column come from."""
    column, translated = str(field.column), f"{field.column}_{settings.MODELTRANSLATION_DEFAULT_LANGUAGE}"
    default = clock.now() if getattr(field, "auto_now", False) else field.get_default()

    def value(row: Row) -> Any:
        return row[column] if column in row else row.get(translated, default)

    return value
