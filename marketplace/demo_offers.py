"""What the demo shows of ways to sell: one article of two sellers, a set, a made-to-order piece, a pre-order, low marks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from catalog.models import BundlePart, Variant

FILE: Final = settings.BASE_DIR / "demo" / "data" / "offers.json"


def told(file: Path = FILE) -> dict[str, Any]:
    """The file: further listings with their texts and facts, and on which terms variants are sold, by SKU."""
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def write(on: date) -> None:
    """Sets, orders without stock and marks are as the file has them; needs the catalogue of the demo.

    A pre-order counts from `on`, and begins anew when its day has passed. The same file, the same rows.
    """
    file = told()
    variants = _variants(file)
    with transaction.atomic():
        for sku, parts in file["bundles"].items():
            for part, pieces in parts.items():
                BundlePart.objects.update_or_create(
                    bundle=variants[sku], part=variants[part], defaults={"quantity": pieces}
                )
        for sku, terms in file["made_to_order"].items():
            _change(variants[sku], lead_days=terms["days"], order_limit=terms.get("limit"))
        for sku, terms in file["pre_orders"].items():
            known = variants[sku].available_on
            if known is None or known <= on:
                out_on = on + timedelta(days=terms["in_days"])
                _change(variants[sku], available_on=out_on, order_limit=terms.get("limit"))
        for sku, mark in file["runs_low_at"].items():
            _change(variants[sku], low_stock_at=mark)


def _variants(file: Mapping[str, Any]) -> dict[str, Variant]:
    parts = [sku for each in file["bundles"].values() for sku in each]
    skus = [*parts, *(sku for name in ("bundles", "made_to_order", "pre_orders", "runs_low_at") for sku in file[name])]
    return {variant.sku: variant for variant in Variant.objects.filter(sku__in=skus)}


def _change(variant: Variant, **terms: Any) -> None:
    Variant.objects.filter(pk=variant.pk).update(**terms)
