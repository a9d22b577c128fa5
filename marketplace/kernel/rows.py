"""Rows as model instances by SQL of one's own, without the ORM's work of wording the same statement again each time.

That work costs 0.2 to 0.4 ms, ten times what sending the statement does. It matters where a purchase reads and writes
the same few tables on every request; everything else asks the ORM (decision 0016). Nothing here sends signals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import AutoField, Model

M = TypeVar("M", bound=Model)
Convert = Callable[[Any], Any]


def one(model: type[M], condition: str, parameters: Sequence[Any], *, only: tuple[str, ...] = ()) -> M | None:
    """The first row for which `condition` holds, None when there is none.

    `condition` is what follows WHERE, written by us with a `%s` for each of `parameters`; it may end in ORDER BY, LIMIT
    and FOR UPDATE. `only` names the fields to read, the key among them; others are then fetched when asked for.
    """
    return next(iter(every(model, condition, parameters, only=only)), None)


def every(model: type[M], condition: str, parameters: Sequence[Any], *, only: tuple[str, ...] = ()) -> list[M]:
    """All rows for which `condition` holds; see `one`."""
    table = _table(model, only)
    with connection.cursor() as cursor:
        cursor.execute(f"{table.select} WHERE {condition}", parameters)
        found = cursor.fetchall()
    return [table.made(row) for row in found]


def partial(model: type[M], **values: Any) -> M:
    """An instance of a row of which `values` were read by another query; other fields are fetched when asked for."""
    names = _table(model, tuple(sorted(values))).names
    return model.from_db(DEFAULT_DB_ALIAS, names, [values[name] for name in names])


def add(instances: Sequence[Model], *, unless: tuple[str, ...] = ()) -> int:
    """Writes new rows of one model in one statement; the number of rows written.

    With `unless` a row is left out when there is one already with its values in these columns, which must be unique
    together. The instances get their keys, unless some were left out.
    """
    table = _table(type(instances[0]), ())
    values = [value for instance in instances for value in table.values(instance)]
    with connection.cursor() as cursor:
        cursor.execute(_insert(table.model, len(instances), unless), values)
        keys = [key for (key,) in cursor.fetchall()]
    if len(keys) == len(instances):
        for instance, key in zip(instances, keys, strict=True):
            instance.pk = key
            instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
    return len(keys)


def change(instance: Model, *names: str) -> None:
    """Writes the fields `names` of a row as the instance has them."""
    table = _table(type(instance), names)
    with connection.cursor() as cursor:
        cursor.execute(table.update, [*table.values(instance), instance.pk])


@dataclass(frozen=True, slots=True)
class _Table:
    """How rows of a model, or some of their columns, are read and written. `written` is all but a serial key."""

    model: type[Model]
    names: tuple[str, ...]
    converts: tuple[tuple[int, Convert], ...]
    written: tuple[Any, ...]
    select: str
    update: str

    def made(self, row: Sequence[Any]) -> Any:
        """The instance of a row."""
        values = list(row)
        for index, convert in self.converts:
            values[index] = convert(values[index])
        return self.model.from_db(DEFAULT_DB_ALIAS, self.names, values)

    def values(self, instance: Any) -> list[Any]:
        """What is written of an instance, as the database takes it."""
        is_new = instance._state.adding
        return [field.get_db_prep_save(field.pre_save(instance, is_new), connection) for field in self.written]


@lru_cache(maxsize=128)
def _table(model: type[Model], names: tuple[str, ...]) -> _Table:
    options = model._meta
    assert options.pk is not None
    fields = tuple(field for field in options.concrete_fields if not names or {field.name, field.attname} & {*names})
    table = _quoted(options.db_table)
    columns = [_quoted(str(field.column)) for field in fields]
    converts = tuple(
        (index, _converting(field, converter))
        for index, field in enumerate(fields)
        for converter in field.get_db_converters(connection)
    )
    select = f"SELECT {', '.join(f'{table}.{column}' for column in columns)} FROM {table}"  # noqa: S608
    changes = ", ".join(f"{column} = %s" for column in columns)
    update = f"UPDATE {table} SET {changes} WHERE {_quoted(str(options.pk.column))} = %s"  # noqa: S608
    written = tuple(field for field in fields if not isinstance(field, AutoField))
    return _Table(model, tuple(field.attname for field in fields), converts, written, select, update)


@lru_cache(maxsize=128)
def _insert(model: type[Model], count: int, unless: tuple[str, ...]) -> str:
    """The statement for so many new rows."""
    written = _table(model, ()).written
    rows = ", ".join([f"({', '.join(['%s'] * len(written))})"] * count)
    names = ", ".join(_quoted(field.column) for field in written)
    spared = f" ON CONFLICT ({', '.join(map(_quoted, unless))}) DO NOTHING" if unless else ""
    into = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES {rows}"  # noqa: S608 - names of our own
    return f"{into}{spared} RETURNING {_quoted(str(model._meta.pk.column))}"  # type: ignore[union-attr]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _converting(field: Any, converter: Any) -> Convert:
    expression = field.get_col(field.model._meta.db_table)
    return lambda value: converter(value, expression, connection)
