"""Amazon's unified templates, in which the name of a column is a path with marketplace and language."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from catalog.feeds.formats import open_feed
from catalog.feeds.listing import FeedListing, LeftOut

M, L = "[marketplace_id=A1PA6795UKMFR9]", "[marketplace_id=A1PA6795UKMFR9][language_tag=de_DE]"
COLUMNS = {
    "contribution_sku#1.value": ("ABC123", "CUP", "CUP-R", "CUP-B"),
    "::record_action": ("Erstellen", "", "", ""),
    f"item_name{L}#1.value": ("Beispiel", "Tasse", "Tasse rot", "Tasse blau"),
    f"child_parent_sku_relationship{M}#1.parent_sku": ("", "", "CUP", "CUP"),
    "variation_theme#1.name": ("", "COLOR", "COLOR", "COLOR"),
    f"color{L}#1.value": ("", "", "Rot", "Blau"),
    f"bullet_point{L}#2.value": ("", "Für Tee", "", ""),
    f"purchasable_offer{M}[audience=ALL]#1.our_price#1.schedule#1.value_with_tax": ("1", "", "12,50", "13,00"),
    f"purchasable_offer{M}[audience=B2B]#1.our_price#1.schedule#1.value_with_tax": ("1", "", "10,00", "dear"),
    "fulfillment_availability#1.quantity": ("", "", "4", "0"),
    f"main_product_image_locator{M}#1.media_location": ("", "https://a.example/1.jpg", "", ""),
    f"item_weight{M}#1.value": ("", "", "300", "0.3"),
    f"item_weight{M}#1.unit": ("", "", "grams", "kilograms"),
    "amzn1.volt.ca.product_id_value": ("", "", "4006381333931", ""),
}


def file(**more: tuple[str, ...]) -> bytes:
    columns = COLUMNS | more
    wide = len(columns) - 1
    heads = [
        "settings=attributeRow=5&dataRow=7" + "\t" * wide,
        "Instructions" + "\t" * wide,
        "Listing\tOffer" + "\t" * (wide - 1),
    ]
    heads += ["\t".join(f"Label {n}" for n in range(wide + 1)), "\t".join(columns)]
    return "\n".join([*heads, *("\t".join(cells) for cells in zip(*columns.values(), strict=True))]).encode()


def read(content: bytes) -> tuple[str, list[object]]:
    format, items = open_feed(io.BytesIO(content), format="auto", currency="EUR", on=date(2026, 11, 29))
    return format.key, list(items)


def test_a_unified_template_is_read_by_the_paths_of_its_columns() -> None:
    key, (cup,) = read(file())

    assert isinstance(cup, FeedListing)
    assert (key, cup.handle, cup.title, cup.language, cup.options) == ("amazon", "CUP", "Tasse", "de", ("Color",))
    assert (cup.description, [image.url for image in cup.images]) == (
        "<ul><li>Für Tee</li></ul>",
        ["https://a.example/1.jpg"],
    )
    found = [(one.values, one.sku, one.price, one.pieces, one.weight_grams, one.gtin) for one in cup.variants]
    assert found == [
        (("Rot",), "CUP-R", Decimal("12.50"), 4, 300, "4006381333931"), (("Blau",), "CUP-B", Decimal("13.00"), 0, 300, ""),
    ]  # fmt: skip


def test_a_fault_names_the_column_of_the_file() -> None:
    quantity = "fulfillment_availability#1.quantity"

    _key, (cup,) = read(file(**{quantity: ("", "", "many", "0")}))

    assert isinstance(cup, LeftOut)
    assert [(row.line, row.field, row.value) for row in cup.rows] == [(8, quantity, "many")]
