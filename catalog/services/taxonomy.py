"""Brings a taxonomy into the tree of categories, as often as one likes: rows are known by their ids in the taxonomy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Model
from django.utils.text import slugify

from catalog.models import Attribute, AttributeChoice, Category, CategoryAttribute
from catalog.taxonomy import Node, Question

_FIRST_POSITION: Final = 1000  # behind the shop's own categories
_BATCH: Final = 1000
_CHILDREN: Final = """
UPDATE catalog_category p SET numchild = c.n FROM (
    SELECT left(path, -%s) AS above, count(*) AS n FROM catalog_category WHERE depth > 1 GROUP BY 1) c
WHERE p.path = c.above AND p.numchild <> c.n
"""


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did: rows made, renamed, left as they were, and categories that the files no longer have."""

    made: int
    renamed: int
    unchanged: int
    gone: int
    attributes: int = 0
    choices: int = 0


@transaction.atomic
def bring_categories(*, nodes: Sequence[Node], is_dry: bool = False) -> Brought:
    """The categories of `nodes` are in the tree, each below the one above it. `is_dry` only counts.

    Nothing is moved or deleted, and the shop's own categories are left alone.
    """
    _lock(Category)
    known = {row.taxonomy_id: row for row in Category.objects.exclude(taxonomy_id="")}
    verticals = {node.id.partition("-")[0] for node in nodes}
    gone = {key for key in known if key.partition("-")[0] in verticals} - {node.id for node in nodes}
    new, renamed = [node for node in nodes if node.id not in known], []
    for node in nodes:
        row, names = known.get(node.id), _names(node.names, 120)
        if row is not None and any(getattr(row, column) != name for column, name in names.items()):
            for column, name in names.items():
                setattr(row, column, name)
            renamed.append(row)
    if not is_dry:
        Category.objects.bulk_create(_placed(new, known), batch_size=_BATCH)
        columns = sorted({column for node in nodes for column in _names(node.names, 120)})
        Category.objects.bulk_update(renamed, columns, batch_size=_BATCH)
        with connection.cursor() as cursor:
            cursor.execute(_CHILDREN, [Category.steplen])
    return Brought(len(new), len(renamed), len(nodes) - len(new) - len(renamed), len(gone))


def _lock(model: type[Model]) -> None:
    """Nobody else writes rows of it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _placed(new: Sequence[Node], known: Mapping[str, Category]) -> list[Category]:
    """Rows for new categories, each with its path behind the last one beside it."""
    steps: dict[str, int] = {}
    slugs = set()
    for path, slug in Category.objects.values_list("path", "slug"):
        slugs.add(slug)
        above, step = path[: -Category.steplen], Category._str2int(path[-Category.steplen :])
        steps[above] = max(steps.get(above, 0), step)
    paths = {key: row.path for key, row in known.items()}
    rows = []
    for node in new:
        above = paths.get(node.above, "")
        steps[above] = step = steps.get(above, 0) + 1
        path = paths[node.id] = Category._get_path(above, len(above) // Category.steplen + 1, step)
        slug = f"{slugify(node.names['en'])[: 75 - len(node.id)].strip('-')}-{node.id}".lstrip("-")
        slug = next(each for each in chain([slug], (f"{slug}-{number}" for number in count(2))) if each not in slugs)
        rows.append(
            Category(path=path, depth=len(path) // Category.steplen, numchild=0, slug=slug,
                     position=min(step + (0 if above else _FIRST_POSITION), 32000), taxonomy_id=node.id,
                     **_names(node.names, 120))
        )  # fmt: skip
    return rows


@transaction.atomic
def bring_attributes(*, questions: Sequence[Question], swatches: Mapping[str, str]) -> tuple[int, int]:
    """The attributes are kept with their choices, and asked in their categories; how many of each are new.

    What is there already stays as the staff keep it.
    """
    _lock(Attribute)
    categories = {row.taxonomy_id: row for row in Category.objects.exclude(taxonomy_id="")}
    before = Attribute.objects.count(), AttributeChoice.objects.count()
    for place, one in enumerate(questions):
        row = _attribute(one, place)
        there = set(
            AttributeChoice.objects.filter(attribute=row).exclude(taxonomy_id="").values_list("taxonomy_id", flat=True)
        )
        codes = set(AttributeChoice.objects.filter(attribute=row).values_list("code", flat=True))
        new = []
        for position, (key, names) in enumerate(one.values.items()):
            if key not in there:
                code = _code(names["en"], key, codes)
                codes.add(code)
                new.append(
                    AttributeChoice(attribute=row, taxonomy_id=key, code=code, position=min(position, 32000),
                                    swatch=swatches.get(key, ""), **_names(names, 120))
                )  # fmt: skip
        AttributeChoice.objects.bulk_create(new, batch_size=_BATCH)
        for category in one.categories:
            CategoryAttribute.objects.get_or_create(
                category=categories[category], attribute=row, defaults={"position": place}
            )
    return Attribute.objects.count() - before[0], AttributeChoice.objects.count() - before[1]


def _attribute(one: Question, place: int) -> Attribute:
    row = Attribute.objects.filter(taxonomy_id=one.id).first()
    if row is None:
        taken = set(Attribute.objects.values_list("code", flat=True))
        kind = Attribute.Kind.COLOUR if one.is_colour else Attribute.Kind.CHOICE
        row = Attribute.objects.create(
            taxonomy_id=one.id, code=_code(one.names["en"], one.id, taken)[:40], kind=kind, is_filter=one.is_filter,
            position=500 + place, **_names(one.names, 80),
        )  # fmt: skip
    return row


def _code(name: str, key: str, taken: set[str]) -> str:
    """A word for a name that no other row has."""
    word = slugify(name).replace("-", "_")[:30].strip("_")
    code = word if word[:1].isalpha() else f"value_{word or key}"
    return code if code not in taken else f"{code}_{key}"


def _names(by_language: Mapping[str, str], most: int) -> dict[str, Any]:
    return {f"name_{code.replace('-', '_')}": name[:most] for code, name in by_language.items() if name}
