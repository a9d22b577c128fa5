"""Addresses in the shop for listings that are made by hand."""

from __future__ import annotations

import secrets

from django.utils.text import slugify

from catalog.models import Product


def free_slug(words: str, seller_slug: str) -> str:
    """An address that no listing has: from `words`, then with the seller, then with a few letters behind it."""
    plain = slugify(words)[:80] or "item"
    longer = f"{plain}-{seller_slug}"[:110]
    for candidate in (plain, longer, f"{longer}-{secrets.token_hex(3)}"):
        if not Product.objects.filter(slug=candidate).exists():
            return candidate
    return f"{longer}-{secrets.token_hex(4)}"
