"""What shoppers of the demo say of its goods; all of it is made up. The same file, the same rows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from catalog.models import Product, Review
from catalog.services import reviews
from marketplace.demo_catalogue import FOLDER


def write() -> None:
    """Needs the listings of the demo."""
    told = json.loads((FOLDER / "data" / "reviews.json").read_text("utf-8"))
    products = {product.slug: product for product in Product.objects.select_related("seller")}
    for number, row in enumerate(told, start=1):
        _write(f"DEMO-{number:04}", products[row["product"]], row)


def _write(purchase: str, product: Product, row: dict[str, Any]) -> None:
    day = datetime.combine(date.fromisoformat(row["on"]), time(9), tzinfo=UTC)
    bought = reviews.Purchase(purchase, row["country"], "", None, "")
    said = reviews.Told(row["stars"], row["title"], row["text"], row["signed"], row["language"])
    with transaction.atomic():
        review = reviews.keep_review(product=product, purchase=bought, told=said)
        values: dict[str, Any] = {"written_at": day}
        if answer := row.get("answer"):
            values |= {"answer": answer, "answered_at": day}
        Review.objects.filter(pk=review.pk).update(**values)
