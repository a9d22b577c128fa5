"""Rows of whole tables as the database hands them out and takes them back: no trigger fires, no key is looked up."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction

_NO_ROWS = 21  # bytes of a table without rows: a header and an end

_EMPTY = """
DO $$
DECLARE one text; holds_rows boolean;
BEGIN
    LOCK TABLE {tables} IN EXCLUSIVE MODE;
    SET LOCAL session_replication_role = replica;
    FOREACH one IN ARRAY string_to_array('{tables}', ', ') LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || one || ')' INTO holds_rows;
        IF holds_rows THEN
            EXECUTE 'DELETE FROM ' || one;
        END IF;
    END LOOP;
END $$
"""


def copy_out(table: str) -> bytes:
    """The rows of a table; nothing when it has none."""
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT BINARY)') as copy:
        rows = b"".join(bytes(part) for part in copy)
    return rows if len(rows) > _NO_ROWS else b""


def copy_in(tables: Mapping[str, bytes]) -> None:
    """The rows are in their tables; no trigger fires a second time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in tables.items():
            if rows:
                with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)') as copy:
                    copy.write(rows)
        cursor.execute("SET LOCAL session_replication_role = origin")


class Migrated:
    """The rows that migrations make: where a test that commits began, and what it leaves behind.

    Django's `flush` takes half a second longer: it empties the empty tables, too, and makes the permissions anew.
    """

    def __init__(self) -> None:
        """Takes them from the database of the moment, in which nothing else may be."""
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        self._rows = {table: copy_out(table) for table in tables}
        self._empty = _EMPTY.format(tables=", ".join(f'"{table}"' for table in sorted(tables)))

    def restore(self) -> None:
        """There are no other rows; waits for everybody who is still writing."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(self._empty)
            copy_in(self._rows)
