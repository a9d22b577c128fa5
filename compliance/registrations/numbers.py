"""How numbers of each kind look, and their check digits where they have any (python-stdnum). Pure.

A number comes back as it is kept: without spaces and dots, with the prefix that belongs to it. Check digits are checked
for VAT numbers of member states and of the United Kingdom, GLN, ABN, IRD numbers, UEN and the Chinese unified social
credit code. None is published for IOSS, EORI, VOEC, ARN and the numbers of producer registers: those are known by shape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from stdnum import ean
from stdnum.au import abn
from stdnum.cn import uscc
from stdnum.eu import oss
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.gb import vat as gb_vat
from stdnum.nz import ird
from stdnum.sg import uen

from compliance.registrations.kinds import NORTHERN_IRELAND, vat_prefix

LONGEST: Final = 60
WRONG_SHAPE, WRONG_CHECK_DIGIT, WRONG_PLACE = "wrong_shape", "wrong_check_digit", "wrong_place"
GLN: Final = "gln"

_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-") | {"／": "/", "＿": "_"})
_GAPS: Final = re.compile(r"[\s.,·-]+")
_SPACES: Final = re.compile(r"\s+")
_EORI_GB: Final = re.compile(r"\d{12}")
_EORI: Final = re.compile(r"[A-Z0-9]{1,15}")
_ARN: Final = re.compile(r"\d{12}")
_VOEC: Final = re.compile(r"\d{7}")
_SG_GST: Final = re.compile(r"M[0-9A-Z]\d{7}[0-9A-Z]")


class Malformed(ValueError):
    """The text is no number of the kind; `code` says why: "wrong_shape", "wrong_check_digit" or "wrong_place"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a producer register says of its numbers: a regular expression ("" for any text), and a check digit."""

    pattern: str = ""
    check_digit: str = ""


def checked(kind: str, country: str, text: str, scheme: Scheme | None = None) -> str:
    """The number in `text` as it is kept; `scheme` goes with numbers of producer registers.

    Raises `Malformed`, and KeyError for no kind.
    """
    number = plain(text)
    if not 2 <= len(number) <= LONGEST:
        raise Malformed(WRONG_SHAPE)
    if kind == "epr":
        return _in_register(number, scheme or Scheme())
    try:
        return _CHECKS[kind](number, country)
    except InvalidChecksum as error:
        raise Malformed(WRONG_CHECK_DIGIT) from error
    except ValidationError as error:
        raise Malformed(WRONG_SHAPE) from error


def plain(text: str) -> str:
    """The text with plain letters, digits, dashes and single spaces, whatever keyboard it was typed on."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    digits = (str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
    return _SPACES.sub(" ", "".join(digits)).strip()


def _compact(number: str) -> str:
    return _GAPS.sub("", number).upper()


# Tax and customs ----------------------------------------------------------------------------------------------


def _vat(number: str, country: str) -> str:
    """A VAT number of the member state `country`, with its prefix."""
    prefix, number = vat_prefix(country), _compact(number)
    if country == "GR" and number.startswith("GR"):
        number = number.removeprefix("GR")
    other = number[:2]
    if other != prefix and len(other) == 2 and other.isalpha() and _is_prefix(other) and _is_vat(number):
        raise Malformed(WRONG_PLACE)
    try:
        return eu_vat.validate(number if other == prefix else prefix + number)
    except ValidationError:
        # A number may begin with the letters of its prefix by itself.
        if other == prefix and _is_vat(prefix + number):
            return eu_vat.validate(prefix + number)
        raise


def _is_prefix(letters: str) -> bool:
    return letters in ("EL", NORTHERN_IRELAND) or letters.lower() in eu_vat.MEMBER_STATES


def _is_vat(number: str) -> bool:
    return bool(eu_vat.is_valid(number))


def _uk_vat(number: str, country: str) -> str:
    number = _compact(number)
    if number.startswith(NORTHERN_IRELAND):
        raise Malformed(WRONG_PLACE)
    return f"GB{gb_vat.validate(number)}"


def _ioss(number: str, country: str) -> str:
    """IM, the state of identification (three digits) and seven more. One of an intermediary (IN) is none for goods."""
    number = _compact(number)
    if not number.startswith("IM"):
        raise Malformed(WRONG_SHAPE)
    return str(oss.validate(number))


def _oss(number: str, country: str) -> str:
    """The number under which the scheme is used: a VAT number of the state, or EU and nine digits from outside."""
    compact = _compact(number)
    if compact.startswith("EU") and country != NORTHERN_IRELAND:
        return str(oss.validate(compact))
    return _vat(number, country)


def _eori(number: str, country: str) -> str:
    number = _compact(number)
    prefix = country  # EORI numbers of Greece begin with GR, unlike its VAT numbers
    rest = number.removeprefix(prefix)
    if rest == number and number[:2].isalpha():
        raise Malformed(WRONG_PLACE)
    shape = _EORI_GB if country in ("GB", NORTHERN_IRELAND) else _EORI
    if not shape.fullmatch(rest) or not any(sign.isdigit() for sign in rest):
        raise Malformed(WRONG_SHAPE)
    return prefix + rest


def _by_shape(shape: re.Pattern[str], prefix: str = "") -> Callable[[str, str], str]:
    def check(number: str, country: str) -> str:
        number = _compact(number).removeprefix(prefix)
        if not shape.fullmatch(number):
            raise Malformed(WRONG_SHAPE)
        return number

    return check


def _australian(number: str, country: str) -> str:
    """An ABN of eleven digits, or the ARN of twelve that suppliers from abroad are given."""
    number = _compact(number).removeprefix("ABN").removeprefix("ARN")
    return number if _ARN.fullmatch(number) else str(abn.validate(number))


def _singaporean(number: str, country: str) -> str:
    """A UEN, or a GST number of its own such as M2-1234567-8."""
    number = _compact(number)
    return number if _SG_GST.fullmatch(number) else str(uen.validate(number))


def _by_module(module: Any) -> Callable[[str, str], str]:
    return lambda number, country: str(module.validate(_compact(number)))


def _anything(number: str, country: str) -> str:
    return number


_CHECKS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "vat": _vat,
    "uk_vat": _uk_vat,
    "ioss": _ioss,
    "oss": _oss,
    "eori": _eori,
    "voec": _by_shape(_VOEC, "VOEC"),
    "gst_au": _australian,
    "gst_nz": _by_module(ird),
    "gst_sg": _singaporean,
    "uscc": _by_module(uscc),
    "other": _anything,
}


# Producer registers -------------------------------------------------------------------------------------------


def _in_register(number: str, scheme: Scheme) -> str:
    """The first way of writing the number that has the shape of the register: as tight as it can be."""
    shape = re.compile(scheme.pattern) if scheme.pattern else None
    if shape is None:
        return number
    found = next((way for way in _ways(number) if shape.fullmatch(way)), None)
    if found is None:
        raise Malformed(WRONG_SHAPE)
    if scheme.check_digit == GLN and not ean.is_valid(found):
        raise Malformed(WRONG_CHECK_DIGIT)
    return found


def _ways(number: str) -> Iterator[str]:
    yield _compact(number)
    yield number.replace(" ", "").upper()
    yield number.upper()
    yield number
