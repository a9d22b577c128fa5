"""Writes a product export of Shopify of any length, the same one for the same number of rows."""

from __future__ import annotations

import csv
import random
from pathlib import Path

_COLUMNS = ("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
            "Option2 Name", "Option2 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker",
            "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price", "Variant Compare At Price",
            "Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "Status")  # fmt: skip
_SIZES, _COLOURS = ("S", "M", "L"), ("Indigo", "Ash")
_BODY = "<p>Woven on a narrow loom from <strong>long-staple cotton</strong>.</p><ul><li>Washes at 30 °C</li></ul>"


def write_feed(path: Path, rows: int, *, dearer: int = 0) -> None:
    """A file of `rows` rows: listings of six variants in two choices, with three pictures, all dearer by so many cents."""
    chance = random.Random(rows)  # noqa: S311
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _COLUMNS, restval="", lineterminator="\r\n")
        writer.writeheader()
        for number in range(rows):
            listing, place = divmod(number, len(_SIZES) * len(_COLOURS))
            writer.writerow(_row(listing, place, chance, dearer))


def _row(listing: int, place: int, chance: random.Random, dearer: int) -> dict[str, str]:
    handle = f"bench-shirt-{listing}"
    price = (chance.randrange(900, 9000) + dearer) / 100
    row = {
        "Handle": handle,
        "Option1 Value": _SIZES[place % 3],
        "Option2 Value": _COLOURS[place // 3],
        "Variant SKU": f"{handle}-{place}",
        "Variant Grams": str(chance.randrange(90, 900)),
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": str(chance.randrange(60)),
        "Variant Inventory Policy": "deny",
        "Variant Price": f"{price:.2f}",
        "Variant Compare At Price": f"{price + 5:.2f}" if listing % 4 == 0 else "",
    }
    if place < 3:
        row |= {"Image Src": f"https://pictures.example/{handle}-{place}.jpg", "Image Position": str(place + 1),
                "Image Alt Text": f"Shirt {listing}, view {place + 1}"}  # fmt: skip
    if place == 0:
        row |= {"Title": f"Loom shirt {listing}", "Body (HTML)": _BODY * 6, "Vendor": "Bench House", "Type": "Shirts",
                "Tags": "cotton, shirt", "Published": "true", "Option1 Name": "Size", "Option2 Name": "Colour",
                "Status": "active"}  # fmt: skip
    return row
