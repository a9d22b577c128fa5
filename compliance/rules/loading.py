"""Brings the rule files into the database: set-based, idempotent, with a report of what became of every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from compliance.models import RULE_MODELS, HSCode, Status
from compliance.rules import version as rule_version
from compliance.rules.files import DATA, RULE_COLUMNS, TABLES, RefusedRow, Row, RuleTable, overlaps, read_table
from compliance.rules.history import RULE_FILES, signed
from compliance.rules.reach import SCREENED_BY
from compliance.selectors import RULES_LOCK
from compliance.services.rechecks import RULE, ask_for_recheck


@dataclass(slots=True)
class LoadReport:
    """What a load did, as codes by table. `kept` were changed by hand and left alone; `unlisted` stand in no file."""

    added: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Whether anything in the database differs from before."""
        return bool(self.added or self.ended or self.changed)

    @property
    def screened_by(self) -> list[str]:
        """The codes of what differs among the rules by which listings are screened."""
        rows = (label.partition(" ") for label in (*self.added, *self.ended, *self.changed))
        return [code for table, _space, code in rows if table in SCREENED_BY]


class _RolledBack(Exception):
    """Ends a dry run."""


def load_rules(*, folder: Path = DATA, dry_run: bool = False) -> LoadReport:
    """Loads every file of `folder`, signed as the rule files in the history; a dry run does the same and takes it back.

    Rows that collide with another row, name an unknown country, have no source or say what the database holds
    impossible are refused and reported; the others go in together or not at all. Raises `IntegrityError` when the
    database still refuses the outcome.
    """
    report = LoadReport()
    try:
        with signed(RULE_FILES):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RULES_LOCK])
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                for name, table in TABLES.items():
                    _load_table(table, RULE_MODELS.get(name, HSCode), folder, report)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            if dry_run:
                raise _RolledBack
            if report.writes:
                rule_version.change()
                ask_for_recheck(topic=RULE, keys=report.screened_by)
    except _RolledBack:
        pass
    return report


def _load_table(table: RuleTable, model: type[models.Model], folder: Path, report: LoadReport) -> None:
    rows, refused = read_table(table.name, folder)
    report.refused.extend(refused)
    columns = [*table.columns, *(RULE_COLUMNS if table.dated else ())]
    columns = list(dict.fromkeys(columns))
    rows_held: list[Any] = list(model._default_manager.all())
    found = {row.code: row for row in rows_held}
    rows = _without_repeats(table, rows, report)
    edited = {code for code, row in found.items() if getattr(row, "is_edited", False)}
    report.kept.extend(f"{table.name} {row['code']}" for row in rows if row["code"] in edited)
    listed = {row["code"] for row in rows} | {row.code for row in refused}
    report.unlisted.extend(f"{table.name} {code}" for code in found if code not in listed)
    rows = [row for row in rows if row["code"] not in edited]
    if table.dated:
        coming = {row["code"] for row in rows}
        held = [_values(row, columns) for code, row in found.items() if code not in coming]
        rows = _without_collisions(table, rows, held, report)
    _write(table, model, columns, rows, found, report)


def _without_repeats(table: RuleTable, rows: list[Row], report: LoadReport) -> list[Row]:
    seen: set[str] = set()
    good = []
    for row in rows:
        if row["code"] in seen:
            report.refused.append(RefusedRow(table.name, row["line"], row["code"], "code_repeated"))
        else:
            good.append(row)
        seen.add(row["code"])
    return good


def _without_collisions(table: RuleTable, rows: list[Row], held: list[Row], report: LoadReport) -> list[Row]:
    clashes = overlaps(rows, table.key, held)
    for row, other in clashes:
        report.refused.append(RefusedRow(table.name, row["line"], row["code"], "overlap", f"with {other['code']}"))
    bad = {row["code"] for row, _ in clashes}
    return [row for row in rows if row["code"] not in bad]


def _values(row: Any, columns: list[str]) -> Row:
    return {name: getattr(row, name) for name in columns}


def _write(
    table: RuleTable,
    model: type[models.Model],
    columns: list[str],
    rows: list[Row],
    found: dict[str, Any],
    report: LoadReport,
) -> None:
    coming: list[tuple[Any, Row, list[str]]] = []
    for row in rows:
        values = {name: row[name] for name in columns}
        old = found.get(row["code"])
        if old is None:
            coming.append((model(**values), row, report.added))
        elif _values(old, columns) == values:
            report.unchanged.append(f"{table.name} {row['code']}")
        else:
            ended = table.dated and _is_ended(values) and not _is_ended(_values(old, columns))
            for name, value in values.items():
                setattr(old, name, value)
            coming.append((old, row, report.ended if ended else report.changed))
    for _object, row, outcome in _saved(table, model, columns, coming, report):
        outcome.append(f"{table.name} {row['code']}")


def _saved(
    table: RuleTable,
    model: type[models.Model],
    columns: list[str],
    coming: list[tuple[Any, Row, list[str]]],
    report: LoadReport,
) -> list[tuple[Any, Row, list[str]]]:
    """Writes the rows at once, and one by one where the database refuses one of them; those that it took."""
    try:
        with transaction.atomic():
            _save(model, columns, [one for one, *_ in coming])
    except IntegrityError:
        taken = []
        for one, row, outcome in coming:
            try:
                with transaction.atomic():
                    _save(model, columns, [one])
            except IntegrityError as error:
                constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
                report.refused.append(RefusedRow(table.name, row["line"], row["code"], "impossible", constraint))
            else:
                taken.append((one, row, outcome))
        return taken
    return coming


def _save(model: type[models.Model], columns: list[str], rows: list[Any]) -> None:
    altered, fresh = [one for one in rows if one.pk], [one for one in rows if not one.pk]
    if altered:
        model._default_manager.bulk_update(altered, [name for name in columns if name != "code"], batch_size=200)
    if fresh:
        model._default_manager.bulk_create(fresh, batch_size=500)


def _is_ended(values: Row) -> bool:
    return values["effective_to"] is not None or values["status"] == Status.ENDED
