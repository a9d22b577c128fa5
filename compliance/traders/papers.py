"""What has to be known of a trader before they sell, and what of it is missing. Pure.

Regulation (EU) 2022/2065, article 30 (1): (a) name, address, telephone and mail, (b) an identification document, (c) the
payment account, (d) the trade register and the number in it, (e) a self-certificate. Beneficial owners are asked of
companies for the screening against lists of sanctions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CERTIFICATE: Final = "2026-11"
"""The version of the self-certificate that is signed now; its text is `compliance.words.traders.certificate_text`."""

CERTIFICATES: Final = frozenset({CERTIFICATE})
"""The versions that count: a new one whose commitment is wider takes the old ones out."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who owns or controls a company; `share` is the part in percent as text, "" when it is not known."""

    name: str
    country: str
    birth_date: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class Papers:
    """What is known of a trader. Texts are "" and documents False where there is none."""

    is_person: bool = False
    legal_name: str = ""
    street_address: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""
    needs_postal_code: bool = False
    email: str = ""
    phone: str = ""
    person_name: str = ""
    birth_date: str = ""
    identity_document: bool = False
    trade_register: str = ""
    register_number: str = ""
    register_document: bool = False
    bank_holder: str = ""
    bank_country: str = ""
    bank_account: str = ""
    bank_document: bool = False
    owners: tuple[Owner, ...] = ()
    certificate: str = ""


OF_ALL: Final = (
    "legal_name", "street_address", "city", "country", "email", "phone", "person_name", "identity_document",
    "bank_holder", "bank_country", "bank_account", "bank_document",
)  # fmt: skip
OF_PERSONS: Final = ("birth_date",)
OF_COMPANIES: Final = ("trade_register", "register_number", "register_document", "owners")
MISSING: Final = (*OF_ALL, *OF_PERSONS, *OF_COMPANIES, "postal_code", "certificate")
"""Every name that `missing` can give, stable for programs and tests."""

NEEDS: Final = frozenset({*MISSING, "tax_country", "tax_number"})
"""What a law can ask to be known of a seller, by name; the last two are asked of those alone who come under such a law."""


def missing(papers: Papers) -> tuple[str, ...]:
    """The stable names of what is missing, in the order of the form; nothing when the papers are complete."""
    return tuple(_missing(papers))


def _missing(papers: Papers) -> Iterator[str]:
    wanted = (*OF_ALL[:7], *(OF_PERSONS if papers.is_person else ()), OF_ALL[7])
    wanted += (*(() if papers.is_person else OF_COMPANIES), *OF_ALL[8:])
    for name in wanted:
        if not getattr(papers, name):
            yield name
        if name == "city" and papers.needs_postal_code and not papers.postal_code:
            yield "postal_code"
    if papers.is_person and bool(papers.trade_register) != bool(papers.register_number):
        yield "register_number" if papers.trade_register else "trade_register"
    if papers.certificate not in CERTIFICATES:
        yield "certificate"
