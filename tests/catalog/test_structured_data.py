"""What machines read on the page of a product (schema.org)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from catalog.models import Product, Variant
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def read(client: Client, product: Product) -> list[dict[str, Any]]:
    page = client.get(f"/en/product/{product.slug}/").content.decode()
    return [json.loads(found) for found in re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)]


def test_the_product_and_the_way_to_it(client: Client, shop: Cast) -> None:
    product = shop.tshirt.product
    Product.objects.filter(pk=product.pk).update(summary_en='Soft & "light"</script>')

    goods, trail = read(client, product)

    assert (goods["@type"], goods["sku"]) == ("Product", shop.tshirt.sku)
    assert goods["description"] == 'Soft & "light"</script>'
    assert trail["@type"] == "BreadcrumbList"
    assert [(step["position"], step["name"]) for step in trail["itemListElement"]] == [
        (1, "Everything"), (2, product.name_en),
    ]  # fmt: skip
    assert trail["itemListElement"][0]["item"].startswith("http")


def test_what_is_not_known_is_left_out(client: Client, shop: Cast) -> None:
    product = shop.mug.product
    Variant.objects.filter(pk=shop.mug.pk).update(sku="")
    Product.objects.filter(pk=product.pk).update(summary_en="")

    goods, _trail = read(client, product)

    assert not {"description", "image", "sku"} & goods.keys()
    assert goods["offers"]["price"]
