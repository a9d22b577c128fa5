"""Walks every address of the admin as somebody who may not meet a world's rows, and reports what came through."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.admin_scope import ScopedRows
from compliance.models import RULE_MODELS
from tests.house.admin_world import SECRET, World


@dataclass(frozen=True)
class Visit:
    """One request."""

    method: str
    address: str
    data: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        keys = ",".join(f"{key}={value}" for key, value in self.data[:3] if isinstance(value, str))
        return f"{self.method} {self.address} {keys}"


@dataclass(frozen=True)
class Leak:
    """What a visit gave away or changed."""

    model: str
    what: str


def tables() -> dict[type[models.Model], Any]:
    """Every registered table."""
    return dict(admin.site._registry)


def site_visits(world: World) -> Iterator[Visit]:
    """Pages that belong to no table: the index, choices of every relation, links to the shop."""
    yield Visit("get", reverse("admin:index"))
    yield Visit("get", reverse("admin:search"), (("s", "zinn"),))
    yield from rule_visits(world)
    for label in sorted({model._meta.app_label for model in tables()}):
        yield Visit("get", reverse("admin:app_list", args=[label]))
    for model in apps.get_models():
        for relation in model._meta.get_fields():
            if relation.is_relation and relation.concrete:
                query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name,
                         "field_name": relation.name}  # fmt: skip
                for term in ("", "zinn"):
                    yield Visit("get", reverse("admin:autocomplete"), tuple((query | {"term": term}).items()))
    for row in world.rows.values():
        kind = ContentType.objects.get_for_model(row)
        yield Visit("get", reverse("admin:view_on_site", args=[kind.pk, row.pk]))


def rule_visits(world: World) -> Iterator[Visit]:
    """The pages about the rule book, which stand across its tables."""
    review = reverse("admin:rules_review")
    yield Visit("get", review)
    for name, model in RULE_MODELS.items():
        row = world.rows[model]
        yield Visit("post", review, (("rule", f"{name}:{row.pk}"), ("reason", "x")))
        for keys in ((), (row.pk,)):
            address = reverse("admin:rules_preview", args=[model._meta.model_name, *keys])
            yield Visit("get", address)
            yield Visit("post", address, tuple(_typed(row).items()))
            yield Visit("post", f"{address}?as=csv", tuple(_typed(row).items()))


def table_visits(table: Any, row: models.Model) -> Iterator[Visit]:
    """Every address of one table, with the key of `row` wherever an address asks for one."""
    prefix = f"/admin/{table.opts.app_label}/{table.opts.model_name}/"
    typed = tuple(_typed(row).items())
    for pattern in table.get_urls():
        route = str(pattern.pattern)
        if "<path:content" in route:
            continue
        address = prefix + route.replace("<path:object_id>", str(row.pk)).replace("<id>", str(row.pk)).lstrip("^")
        yield Visit("get", address)
        yield Visit(
            "post", address, (*typed, ("post", "yes"), ("decision", "release"), ("reason", "x"), ("line0", "x"))
        )
    yield Visit("get", prefix, (("q", "zinn"),))
    yield Visit("get", prefix, (("all", ""),))
    yield Visit("get", prefix, (("pk", str(row.pk)),))
    yield Visit("post", prefix + "add/", typed)
    for format_ in ("0", "1"):
        yield Visit("post", prefix + "export/", (("format", format_), ("resource", "0"), ("export_items", str(row.pk))))
    yield Visit("post", prefix + "import/", (("format", "0"), ("resource", "0"), ("import_file", _table_of(row))))
    for name in _actions(table):
        chosen = (("action", name), ("_selected_action", str(row.pk)), ("index", "0"), ("apply", "1"), ("post", "yes"),
                  ("percent", "50"), ("select_across", "1"))  # fmt: skip
        yield Visit("post", prefix, chosen)


def _actions(table: Any) -> set[str]:
    names = {"delete_selected"}
    for action in table.actions or ():
        names.add(action if isinstance(action, str) else action.__name__)
    return names


def _typed(row: models.Model) -> dict[str, Any]:
    """The row as a form would send it, with every text changed; the secret word is not sent, so it can't be echoed."""
    sent: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        value = column.value_from_object(row)
        if value is None or isinstance(value, dict | list):
            continue
        if isinstance(column, models.CharField | models.TextField) and not column.choices:
            value = f"{value}x".replace(SECRET, "Zinnow")[: column.max_length or 200]
        sent[column.name] = str(getattr(value, "amount", value))
    return sent


def _table_of(row: models.Model) -> SimpleUploadedFile:
    """A table for the import that names the keys of the row and of its relatives."""
    product = getattr(row, "product", None) or getattr(getattr(row, "variant", None), "product", None) or row
    seller = getattr(product, "seller", None)
    head = "seller,handle,category,name_en,sku,price,warehouse,on_hand,compare_at\n"
    warehouse = getattr(row, "warehouse", None)
    category, variant = getattr(product, "category", None), getattr(row, "variant", row)
    cells = [getattr(seller, "slug", ""), getattr(product, "handle", ""), getattr(category, "slug", ""), "Stolen",
             getattr(variant, "sku", ""), "1", getattr(warehouse, "code", ""), "0", ""]  # fmt: skip
    return SimpleUploadedFile("table.csv", (head + ",".join(map(str, cells)) + "\n").encode(), "text/csv")


def lists(client: Client, world: World) -> list[Leak]:
    """What the plain lists of all tables show of the world."""
    addresses = {model: f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in tables()}
    found = {model._meta.label: _fault(client, Visit("get", address)) for model, address in addresses.items()}
    return [Leak(label, what) for label, what in found.items() if what]


def walk(client: Client, world: World, *, only: str = "") -> list[Leak]:
    """Makes every visit and reports each that shows the world's secret, answers 500, or changes one of its rows.

    With `only`, "get" or "post", the visits of that kind alone.
    """
    return _around(client, world, only) + through(client, world, tables(), only=only)


def _around(client: Client, world: World, only: str) -> list[Leak]:
    return [
        Leak("site", what)
        for visit in site_visits(world)
        if only in ("", visit.method) and (what := _fault(client, visit))
    ]


def through(client: Client, world: World, chosen: Mapping[type[models.Model], Any], *, only: str = "") -> list[Leak]:
    """The same for some tables, without the pages that belong to none."""
    leaks: list[Leak] = []
    before = snapshot(world)
    for model, table in chosen.items():
        label = model._meta.label
        with transaction.atomic():
            for visit in table_visits(table, world.rows[model]):
                if only in ("", visit.method) and (what := _fault(client, visit)):
                    leaks.append(Leak(label, what))
            leaks += [Leak(label, f"changed {name}") for name in changed(before, snapshot(world))]
            transaction.set_rollback(True)  # harm that was done at one table does not hide what happens at the next
    return leaks


def _fault(client: Client, visit: Visit) -> str:
    data = dict(visit.data)
    answer = getattr(client, visit.method)(visit.address, data)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    location = answer.headers.get("Location", "")
    if SECRET.encode() in _without_echo(_readable(answer, body), data) or SECRET.lower() in location:
        return f"{visit} shows the secret ({answer.status_code})"
    return f"{visit} answers {answer.status_code}" if answer.status_code >= 500 else ""


def _without_echo(body: bytes, data: dict[str, Any]) -> bytes:
    """The answer without the cells of a table that we sent ourselves: an import names the row that it refuses."""
    for value in data.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
            for cell in value.read().replace(b"\n", b",").split(b","):
                body = body.replace(cell, b"") if SECRET.encode() in cell else body
    return body


def _readable(answer: Any, body: bytes) -> bytes:
    """The words of an answer, those of a spreadsheet included."""
    if "spreadsheet" in answer.headers.get("Content-Type", ""):
        from openpyxl import load_workbook

        sheet = load_workbook(io.BytesIO(body)).active
        return "\n".join(str(cell) for row in sheet.values for cell in row).encode()
    return body


def snapshot(world: World) -> dict[str, str]:
    """What every row holds of the tables that the world's rows are in, where they belong to the world. One query."""
    parts, values = [], list[Any]()
    for model in world.rows:
        rows = model._default_manager.all()
        table = admin.site._registry.get(model)
        if isinstance(table, ScopedRows) and table.scope.seller:
            rows = rows.filter(**{table.scope.seller: world.seller.pk})
        elif model._meta.label in ("accounts.User", "accounts.SellerMember"):
            rows = rows.filter(pk=world.rows[model].pk)
        sql, asked = (
            rows.order_by().values(*(column.attname for column in model._meta.concrete_fields)).query.sql_with_params()
        )
        parts.append(f"SELECT %s || ' ' || {model._meta.pk.column}, md5(t::text) FROM ({sql}) t")
        values += [model._meta.label, *asked]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return dict(cursor.fetchall())


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The rows that differ, are gone or are new."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
