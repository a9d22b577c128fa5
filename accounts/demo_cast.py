"""Who is who in the demo: one account for each role, none of which has a password or a real mailbox.

Sellers' members are not listed here: they are named after the sellers that the demo has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import roles

DOMAIN = "demo.sampan.example"  # RFC 2606: nobody receives mail there
SHOP, ADMIN = "home", "admin:index"


@dataclass(frozen=True, slots=True)
class Person:
    """A demo account; `role` and `description` are translated when shown, `start` is a URL name."""

    local_part: str
    full_name: str
    language: str
    role: Any
    description: Any
    start: str = ADMIN
    group: str = ""
    is_superuser: bool = False

    @property
    def email(self) -> str:
        return f"{self.local_part}@{DOMAIN}"


SHOPPERS = (
    Person(
        "shopper-de",
        "Greta Lindholz",
        "de",
        _("Shopper in Germany"),
        _("Buys in German and pays in euros."),
        start=SHOP,
    ),
    Person(
        "shopper-ja",
        "森川 悠",
        "ja",
        _("Shopper in Japan"),
        _("Buys in Japanese and pays in yen."),
        start=SHOP,
    ),
)

OFFICER = Person(
    "compliance",
    "Nadia Ferrante",
    "en",
    roles.LABELS[roles.COMPLIANCE],
    _("Decides on flags and keeps the rules of tax and duty."),
    group=roles.COMPLIANCE,
)
STAFF = (
    OFFICER,
    Person(
        "compliance-second",
        "韩雪莹",
        "zh-hans",
        roles.LABELS[roles.COMPLIANCE],
        _("Decides on flags in Chinese, and is the second where two officers have to agree."),
        group=roles.COMPLIANCE,
    ),
    Person(
        "operations",
        "Tomasz Wolny",
        "en",
        roles.LABELS[roles.OPERATIONS],
        _("Watches parcels and customs declarations."),
        group=roles.OPERATIONS,
    ),
    Person(
        "finance",
        "Amara Okello",
        "en",
        roles.LABELS[roles.FINANCE],
        _("Looks after payments and refunds."),
        group=roles.FINANCE,
    ),
    Person(
        "support",
        "Lucía Marín",
        "en",
        roles.LABELS[roles.SUPPORT],
        _("Answers shoppers and looks up their orders."),
        group=roles.SUPPORT,
    ),
    Person(
        "translator",
        "Claire Aubin",
        "en",
        roles.LABELS[roles.TRANSLATOR],
        _("Translates the texts of the catalogue."),
        group=roles.TRANSLATOR,
    ),
    Person(
        "admin",
        "Robin Hale",
        "en",
        _("Administrator"),
        _("May see and change everything."),
        is_superuser=True,
    ),
)

SELLER_ROLE = roles.LABELS[roles.SELLER]
SELLER_DESCRIPTION = _("Manages the products, prices and stock of %(seller)s, and sees nothing of other sellers.")
NEWCOMER_DESCRIPTION = _("Is invited to sell as %(seller)s: accepts, tells who they are, and waits for an officer.")


def seller_email(slug: str) -> str:
    """The address of the demo member of the seller with this slug."""
    return f"seller-{slug}@{DOMAIN}"
