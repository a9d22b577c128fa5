"""Files of lists of sanctions, read into entries: our own table, the table of the European Union, the files of OFAC. Pure.

`own`: a CSV file with the columns `OWN_COLUMNS`; several names and countries are separated by semicolons.
`eu`: the consolidated list as published, CSV 1.1, separated by semicolons, one row for each name of an entity.
`ofac`: SDN.CSV, which has no header line, and beside it ALT.CSV with the other names, when there is one.
Vessels and aircraft are left out. Entries that can't be used are told with their line and the reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from compliance.traders.names import fold

OWN_COLUMNS: Final = ("reference", "kind", "name", "aliases", "countries", "birth_date", "listed_on", "source")
PERSON, ENTITY = "person", "entity"
_LONGEST: Final = 300
_OFAC_COLUMNS: Final = 12
_NOTHING: Final = "-0-"
_BORN: Final = re.compile(r"\bDOB (\d{1,2} [A-Z][a-z]{2} \d{4})\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """A person or body on a list. `countries` are ISO 3166-1 codes; dates are None where the file has none, or several."""

    reference: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    birth_date: date | None = None
    listed_on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its entries, and what was not taken as (line, reference, stable word for the reason)."""

    entries: tuple[Entry, ...]
    refused: tuple[tuple[int, str, str], ...]


def read_own(text: str, _others: str = "") -> Reading:
    """Our own table. Raises ValueError for a file without its columns."""
    rows = csv.DictReader(io.StringIO(text))
    if missing := sorted({*OWN_COLUMNS} - {*(rows.fieldnames or ())}):
        raise ValueError(f"The file lacks the columns {', '.join(missing)}.")
    return _reading((line, row["reference"], _own_entry(row)) for line, row in enumerate(rows, start=2))


def _own_entry(row: Mapping[str, str]) -> Entry | str:
    if row["kind"] not in (PERSON, ENTITY):
        return "unknown_kind"
    try:
        born, listed = _day(row["birth_date"]), _day(row["listed_on"])
    except ValueError:
        return "bad_date"
    countries = _parts(row["countries"].upper())
    if any(not re.fullmatch("[A-Z]{2}", country) for country in countries):
        return "bad_country"
    if not row["source"].strip():
        return "no_source"
    return Entry(
        row["reference"].strip(), row["kind"], row["name"].strip(), _parts(row["aliases"]), countries, born, listed,
        row["source"].strip(),
    )  # fmt: skip


def read_eu(text: str, _others: str = "") -> Reading:
    """The list of the European Union. Raises ValueError for a file without its columns."""
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    if missing := sorted({"Entity_LogicalId", "NameAlias_WholeName"} - {*(rows.fieldnames or ())}):
        raise ValueError(f"The file lacks the columns {', '.join(missing)}.")
    found: dict[str, _Gathered] = {}
    for row in rows:
        cells = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str | None)}
        if key := cells.get("Entity_EU_ReferenceNumber") or cells["Entity_LogicalId"]:
            found.setdefault(key, _Gathered(rows.line_num)).add_eu(cells)
    return _reading((each.line, key, each.entry(key)) for key, each in found.items())


def read_ofac(text: str, others: str = "") -> Reading:
    """The list of the United States; `others` is the text of ALT.CSV. Raises ValueError for a file of another shape."""
    found: dict[str, _Gathered] = {}
    for line, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        cells = [cell.strip() for cell in row]
        if len(cells) == _OFAC_COLUMNS and cells[0].isdigit():
            found[cells[0]] = _ofac(line, cells)
        elif line == 1:
            raise ValueError(
                "The first line is not one of SDN.CSV: it has to have twelve fields and begin with a number."
            )
    for row in csv.reader(io.StringIO(others)):
        if len(row) >= 4 and row[0].strip() in found:
            found[row[0].strip()].names.append(row[3].strip())
    return _reading((each.line, key, each.entry(key)) for key, each in found.items())


def _ofac(line: int, cells: Sequence[str]) -> _Gathered:
    kinds = {_NOTHING: ENTITY, "": ENTITY, "individual": PERSON}
    born = {datetime.strptime(day, "%d %b %Y").date() for day in _BORN.findall(cells[11])}  # noqa: DTZ007 - a day
    return _Gathered(line, kinds.get(cells[2].lower(), ""), [cells[1]], born=born)


@dataclass(slots=True)
class _Gathered:
    """An entry while its rows are read."""

    line: int
    kind: str = ENTITY
    names: list[str] = field(default_factory=list)
    countries: set[str] = field(default_factory=set)
    born: set[date] = field(default_factory=set)
    listed: set[date] = field(default_factory=set)

    def add_eu(self, cells: Mapping[str, str]) -> None:
        """Adds one row of the list of the European Union, whose kind is a letter or a word, by its age."""
        kind = (cells.get("Entity_SubjectType_ClassificationCode") or cells.get("Entity_SubjectType") or "").lower()
        self.kind = PERSON if kind in ("p", "person") else ENTITY if kind in ("e", "enterprise", "") else ""
        parts = (cells.get(f"NameAlias_{part}Name") or "" for part in ("First", "Middle", "Last"))
        self.names.append(cells.get("NameAlias_WholeName") or " ".join(filter(None, parts)))
        for column in ("Citizenship_CountryIso2Code", "Address_CountryIso2Code", "BirthDate_CountryIso2Code"):
            if re.fullmatch("[A-Z]{2}", cells.get(column, "")) and cells[column] != "00":
                self.countries.add(cells[column])
        for column, days in (("BirthDate_BirthDate", self.born), ("Entity_DesignationDate", self.listed)):
            if re.fullmatch(r"\d{4}-\d\d-\d\d", cells.get(column, "")):
                days.add(date.fromisoformat(cells[column]))

    def entry(self, reference: str) -> Entry | str:
        """The entry, or the word for why it is none. A date of birth that is told in several ways is not known."""
        if not self.kind:
            return "neither_person_nor_body"
        names = list(dict.fromkeys(name for name in self.names if name))
        if not names:
            return "no_name"
        born = next(iter(self.born)) if len(self.born) == 1 else None
        listed = min(self.listed, default=None)
        return Entry(reference, self.kind, names[0], tuple(names[1:]), tuple(sorted(self.countries)), born, listed)


LAYOUTS: Final[Mapping[str, Callable[[str, str], Reading]]] = {"own": read_own, "eu": read_eu, "ofac": read_ofac}
DEFAULT_SOURCES: Final = {
    "eu": "Consolidated list of persons, groups and entities subject to EU financial sanctions (CSV 1.1)",
    "ofac": "Specially Designated Nationals and Blocked Persons List, OFAC (SDN.CSV, ALT.CSV)",
}


def with_source(entries: Sequence[Entry], source: str) -> tuple[Entry, ...]:
    """The entries with a source where the file tells none."""
    return tuple(entry if entry.source else replace(entry, source=source) for entry in entries)


def _reading(found: Iterator[tuple[int, str, Entry | str]]) -> Reading:
    """The entries that can be compared, each reference once; the others with the reason."""
    entries: dict[str, Entry] = {}
    refused: list[tuple[int, str, str]] = []
    for line, reference, entry in found:
        reason = entry if isinstance(entry, str) else _fault(entry, entries)
        if isinstance(entry, str) or reason:
            refused.append((line, reference, reason))
            continue
        names = tuple(alias[:_LONGEST] for alias in entry.aliases if fold(alias))
        entries[entry.reference] = replace(entry, name=entry.name[:_LONGEST], aliases=names)
    return Reading(tuple(entries.values()), tuple(refused))


def _fault(entry: Entry, held: Mapping[str, Entry]) -> str:
    if not entry.reference or len(entry.reference) > 80:
        return "no_reference"
    if entry.reference in held:
        return "reference_twice"
    return "" if fold(entry.name) else "no_name"


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in (piece.strip() for piece in text.split(";")) if part))


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None
