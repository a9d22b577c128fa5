"""A seller in the admin with goods to work on, for the tests of the admin's pages of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from accounts import services as accounts
from accounts.models import Seller, User
from catalog.admin.facts_form import FactsForm
from catalog.models import Product, ProductFacts, Variant
from logistics.models import Warehouse
from marketplace.roles import ROLE_RIGHTS
from payments.models import ExchangeRate
from tests.support import cast
from tests.support.scenes import Scene


@dataclass
class Stage:
    """A seller in Shenzhen with two listings, the member who acts for it, and a rival in Osaka with one."""

    seller: Seller
    member: User
    warehouse: Warehouse
    tshirt: Variant
    mug: Variant
    rival: Seller
    notebook: Variant
    client: Client

    def as_member_of(self, seller: Seller) -> Client:
        """A signed-in member of a seller."""
        client = Client()
        client.force_login(User.objects.get(memberships__seller=seller))
        return client


def page(product: Product) -> str:
    """The address of a listing in the admin."""
    return f"/admin/catalog/product/{product.pk}/change/"


def stage() -> Stage:
    """Everything in its place; rates are round, shelves are filled."""
    cast.forget_laws()
    accounts.sync_roles(ROLE_RIGHTS)
    ExchangeRate.objects.record(cast.rate_facts())
    kite = cast.seller("paper-kite", "Paper Kite", "CN", "CNY")
    rival = cast.seller("asagiri", "Asagiri", "JP", "JPY")
    south, osaka = cast.warehouse(kite), cast.warehouse(rival)
    tshirt = cast.listing(kite, "Kite T-shirt", "77.00", {south: 50})
    mug = cast.listing(kite, "Kite mug", "154.00", {south: 50})
    notebook = cast.listing(rival, "Morning notebook", "1320", {osaka: 50})
    cast.fill_shelves()
    made = Stage(kite, User.objects.get(memberships__seller=kite), south, tshirt, mug, rival, notebook, Client())
    made.client.force_login(made.member)
    return made


STAGE = Scene("seller_on_stage", stage)


def product_form(product: Product, **changes: object) -> dict[str, object]:
    """What the page of a product sends back when nothing is touched but `changes`."""
    sent: dict[str, object] = {
        "category": product.category_id, "brand_name": product.brand_name, "status": product.status,
        "hs_code": product.hs_code, "origin": product.origin, "customs_description": product.customs_description,
        "tax_category": product.tax_category, "name_en": product.name_en,
    }  # fmt: skip
    sent |= {f"{part}-{form}_FORMS": 0 for part in ("documents", "videos") for form in ("TOTAL", "INITIAL")}
    sent |= facts_form(product)
    for prefix in ("options", "variants", "images"):
        rows = list(getattr(product, prefix).order_by("position", "pk"))
        sent |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, row in enumerate(rows):
            sent |= {f"{prefix}-{number}-id": row.pk, f"{prefix}-{number}-product": product.pk}
            sent |= {f"{prefix}-{number}-{name}": value for name, value in _columns(prefix, row).items()}
    return sent | changes


def facts_form(product: Product, **changes: object) -> dict[str, object]:
    """What the same page sends back for the facts of the goods; names in `changes` are those of the inputs."""
    facts = ProductFacts.objects.filter(product=product).first()
    sent: dict[str, object] = {"facts-TOTAL_FORMS": 1, "facts-INITIAL_FORMS": int(facts is not None)}
    sent["facts-0-product"] = product.pk
    if facts is not None:
        sent["facts-0-id"] = facts.pk
        for field in FactsForm(instance=facts, prefix="facts-0"):
            value = field.value()
            if isinstance(value, dict):
                for place, (name, number) in enumerate(value.items()):
                    sent |= {f"{field.html_name}-{place}-name": name, f"{field.html_name}-{place}-number": number}
            elif value not in (None, "", False):
                sent[field.html_name] = "on" if value is True else value
    return sent | {f"facts-0-{name}": value for name, value in changes.items()}


def _columns(prefix: str, row: object) -> dict[str, object]:
    if prefix == "options":
        return {"position": row.position, "name_en": row.name_en}  # type: ignore[attr-defined]
    if prefix == "images":
        return {"position": row.position, "alt_en": row.alt_en or ""}  # type: ignore[attr-defined]
    found: dict[str, object] = {
        "sku": row.sku, "price_0": row.price.amount, "price_1": row.price_currency,  # type: ignore[attr-defined]
        "weight_grams": row.weight_grams or "", "is_active": "on",  # type: ignore[attr-defined]
    }  # fmt: skip
    for place in (1, 2, 3):
        if key := getattr(row, f"value{place}_id"):
            found[f"value{place}"] = key
    return found
