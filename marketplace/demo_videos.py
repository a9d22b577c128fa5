"""Writes the videos of demo/data/videos.json to the listings of the demo: the same files, the same rows, however often."""

from __future__ import annotations

import json
from pathlib import Path

from catalog.models import Product, ProductVideo
from catalog.services import videos
from marketplace.demo_catalogue import FOLDER


def write(folder: Path = FOLDER) -> None:
    """Every video stands on its listing; one whose listing is not there is left out."""
    data = json.loads((folder / "data" / "videos.json").read_text("utf-8"))
    products = {product.slug: product for product in Product.objects.filter(slug__in=data).only("slug")}
    for slug, rows in data.items():
        if slug not in products:
            continue
        for position, row in enumerate(rows, start=1):
            kept = videos.keep_video((folder / "media" / row["file"]).read_bytes())
            captions = videos.keep_captions((folder / "media" / row["captions"]).read_bytes())
            texts = {f"title_{code.replace('-', '_')}": text for code, text in row["title"].items()}
            fields = {
                "position": position, "kind": kept.kind, "original": kept.original, "size_bytes": kept.size_bytes,
                "captions": captions, "captions_language": row["captions_language"], **texts,
            }  # fmt: skip
            ProductVideo.objects.update_or_create(product=products[slug], file=kept.name, defaults=fields)
