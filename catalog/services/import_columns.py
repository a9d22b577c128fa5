"""What the columns of a plain table are: guessed by their names, said by the seller, and remembered for the next file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from accounts.models import Seller
from catalog import attribute_cells
from catalog.feeds import own_cells, plain
from catalog.feeds.formats import open_listings
from catalog.feeds.tables import Table, beginning, text_encoding
from catalog.models import ColumnMapping, ImportJob
from catalog.selectors.attributes import attributes_called
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _

MOST_SHOWN: Final = 500  # columns whose meaning is asked for
_SAMPLES: Final = 3
_LONGEST_SAMPLE: Final = 80


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file, some of what stands in it, and which field of ours it is; empty for none."""

    name: str
    samples: tuple[str, ...]
    field: str

    @property
    def is_further(self) -> bool:
        """Whether it is one of those that only our own table has."""
        return own_cells.is_column(self.field)


def known_columns(seller: Seller, names: tuple[str, ...]) -> dict[str, str]:
    """What the seller said of a table with these columns, else what their names tell: {field: column}."""
    remembered = ColumnMapping.objects.filter(seller=seller, digest=_digest(names)).first()
    return dict(remembered.mapping) if remembered is not None else plain.guess(names)


def are_enough(mapping: Mapping[str, str]) -> bool:
    """Whether a table can be read with it."""
    return set(plain.NEEDED) <= set(mapping)


def columns_of(job: ImportJob) -> list[Column]:
    """The first columns of the job's file, with what stands in the first rows."""
    table = _table(job)
    rows = [row for _line, row in islice(table.rows, 50)]
    fields = {column: field for field, column in (job.mapping or {}).items()}
    return [
        Column(name, _samples([row.get(name, "") for row in rows]), fields.get(name, ""))
        for name in table.names[:MOST_SHOWN]
    ]


def checked(job: ImportJob, chosen: Mapping[int, str]) -> dict[str, str]:
    """The mapping that somebody chose: {place of the column: field of ours}. Columns beyond those shown are what they were.

    Raises `Refused`: "field_twice", and what `plain.check` and `check_attributes` refuse.
    """
    names = _table(job).names
    shown = frozenset(names[:MOST_SHOWN])
    mapping = {field: column for field, column in (job.mapping or {}).items() if column not in shown}
    for place, field in sorted(chosen.items()):
        if not field or place >= len(names):
            continue
        if field in mapping:
            message = _("“%(first)s” and “%(second)s” can't both be the same.")
            raise Refused("field_twice", message % {"first": mapping[field], "second": names[place]})
        mapping[field] = names[place]
    plain.check(mapping, names)
    check_attributes(mapping)
    return mapping


def check_attributes(mapping: Mapping[str, str]) -> None:
    """Raises `Refused("unknown_field")` when somebody says that a column is an attribute that there is not."""
    meant = {field: [code for code, _language in attribute_cells.meant(field)]
             for field in mapping if attribute_cells.is_column(field)}  # fmt: skip
    wanted = {code for codes in meant.values() for code in codes}
    known = {row.code for row in attributes_called(wanted)}
    for field, codes in meant.items():
        if known.isdisjoint(codes):
            raise Refused("unknown_field", _("“%(name)s” is not a field of a listing.") % {"name": field[:60]})


def remember(job: ImportJob, mapping: Mapping[str, str]) -> None:
    """The next file of the seller with the same columns is read in the same way."""
    digest = _digest(_table(job).names)
    ColumnMapping.objects.update_or_create(seller_id=job.seller_id, digest=digest, defaults={"mapping": dict(mapping)})


def _table(job: ImportJob) -> Table:
    with job.file.open("rb") as content:
        start = io.BytesIO(beginning(content.read()))
    return open_listings(start, format=job.format, mapping=job.mapping, encoding=job.encoding)


def encoding_of(job: ImportJob) -> str:
    """In which encoding the job's file is read; empty where it says so itself. Raises `FileNotFoundError`."""
    if job.encoding:
        return job.encoding
    with job.file.open("rb") as content:
        return text_encoding(content)


def _digest(names: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def _samples(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:_LONGEST_SAMPLE] for value in values if value))[:_SAMPLES]
