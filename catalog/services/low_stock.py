"""Once a day sellers are told what runs low."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from accounts.models import Seller
from catalog.selectors.low_stock import running_low
from compliance import selectors as compliance
from compliance.services import letters
from compliance.services.stock_letters import MOST_NAMED


def write_letters(on: date) -> int:
    """Writes one letter to each member of the sellers of whom something runs low; how many sellers there are.

    A second run on the same day writes none. The letter names the scarcest articles.
    """
    low = running_low().filter(seller__status=Seller.Status.APPROVED).select_related("seller", "product")
    found = 0
    for seller, variants in groupby(low.order_by("seller", "left", "pk"), key=lambda variant: variant.seller):
        goods = [_told(variant) for variant in variants]
        _post(seller, goods, on)
        found += 1
    return found


def _told(variant: Any) -> dict[str, Any]:
    product = variant.product
    return {
        "name": product.name_en or product.name or product.handle, "sku": variant.sku or f"#{variant.pk}", "left": variant.left,
        "mark": variant.low_stock_at,
    }  # fmt: skip


def _post(seller: Seller, goods: list[dict[str, Any]], on: date) -> None:
    for member in compliance.members_of(seller):
        letters.post(
            key=f"low_stock.{seller.pk}.{on}.{member.pk}", kind="low_stock", to=member.email, language=member.language,
            params={"seller": seller.pk, "count": len(goods), "goods": goods[:MOST_NAMED]},
        )  # fmt: skip
