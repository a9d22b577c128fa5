"""An inventory of Shopify: its pieces lie in the seller's warehouses, and nothing else of a listing is touched."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Seller
from catalog.feeds.formats import open_feed
from catalog.models import BundlePart, ImportJob, Product, StockLevel, Variant
from catalog.services import import_jobs
from logistics.models import Warehouse
from marketplace.kernel import clock
from tests.catalog.admin_stage import Stage
from tests.catalog.test_import_jobs import file
from tests.support import cast
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
HEAD = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,"
NEW = HEAD + (
    "Location,Incoming (not editable),Unavailable (not editable),Committed (not editable),Available (not editable),"
    "On hand (current),On hand (new)\n"
)
LISTINGS = (
    "handle,title,sku,option1_name,option1_value,price,quantity,hs_code,origin\n"
    "cup,Cup,CUP-1,,,10,1,,\nring,Ring,,Colour,Red,10,1,711311,PT\nring,,,Colour,Blue,10,1,,\n"
)


@pytest.fixture
def trader(shop: cast.Cast, tmp_path: Path) -> Seller:
    of = cast.seller("harbour", "Harbour", "CN", "USD")
    cast.warehouse(of, name="Shenzhen")
    (tmp_path / "listings.csv").write_text(LISTINGS)
    answered(tmp_path / "listings.csv", seller=of.slug)
    return of


def brought(of: Seller, folder: Path, text: str) -> dict[str, Any]:
    (folder / "inventory.csv").write_text(text)
    return answered(folder / "inventory.csv", seller=of.slug)


def lying(of: Seller) -> dict[tuple[str, str], int]:
    """How many pieces lie where, by handle with choice, and warehouse."""
    rows = StockLevel.objects.filter(variant__seller=of).select_related(
        "variant__product", "variant__value1", "warehouse"
    )
    found = {}
    for row in rows:
        choice = row.variant.value1.code if row.variant.value1 else ""
        found[f"{row.variant.product.handle} {choice}".strip(), row.warehouse.name] = row.on_hand
    return found


def test_the_newer_layout_has_a_row_for_each_location(trader: Seller, tmp_path: Path) -> None:
    cast.warehouse(trader, "DE", name="Berlin hall", city="Berlin")
    text = NEW + (
        "cup,Cup,Title,Default Title,,,,,CUP-1,6912,CN,Shenzhen,0,0,1,9,10,\n"
        "cup,Cup,Title,Default Title,,,,,CUP-1,691200,CN,Berlin,0,0,1,9,10,25\n"
        "ring,Ring,Colour,Blue,,,,,,691200,CN,Shenzhen,0,0,0,4,4,\n"
        "ring,Ring,Colour,Red,,,,,,,,Berlin,0,0,0,0,0,not stocked\n"
    )

    first, again = brought(trader, tmp_path, text), brought(trader, tmp_path, text)

    assert [(each["updated"], each["unchanged"], each["rejected"]) for each in (first, again)] == [(3, 1, 0), (0, 4, 0)]
    assert lying(trader) == {
        ("cup", "Shenzhen"): 9, ("cup", "Berlin hall"): 25, ("ring Blue", "Shenzhen"): 4, ("ring Red", "Shenzhen"): 1,
    }  # fmt: skip
    cup, ring = (Product.objects.get(seller=trader, handle=handle) for handle in ("cup", "ring"))
    assert (cup.hs_code, cup.origin, cup.name_en) == ("691200", "CN", "Cup")
    assert (ring.hs_code, ring.origin) == ("711311", "PT")  # what the seller said stays
    assert set(Product.objects.get(handle="cup").card_ship_from) == {"CN", "DE"}


def test_the_older_layout_has_a_column_for_each_location(trader: Seller, tmp_path: Path) -> None:
    cast.warehouse(trader, "DE", name="Berlin")

    counts = brought(trader, tmp_path, HEAD + "Shenzhen,Berlin\ncup,Cup,Title,Default Title,,,,,CUP-1,6912,CN,5,7\n")

    assert (counts["updated"], counts["errors"]) == (1, [])
    assert (lying(trader)["cup", "Shenzhen"], lying(trader)["cup", "Berlin"]) == (5, 7)


def test_the_only_warehouse_is_meant_whatever_it_is_called_but_not_by_two_names(trader: Seller, tmp_path: Path) -> None:
    row = "cup,Cup,,,,,,,CUP-1,,,{place},0,0,0,{count},{count},\n"

    counts = brought(
        trader, tmp_path, NEW + row.format(place="Main street", count=6) + row.format(place="Shop", count=8)
    )

    assert (counts["updated"], counts["rejected"]) == (1, 1)
    assert counts["errors"][0]["reason"].startswith("You have no warehouse called “Shop”")
    assert lying(trader)["cup", "Shenzhen"] == 6


def test_what_is_promised_stays_and_what_can_not_be_is_left_out(trader: Seller, tmp_path: Path) -> None:
    StockLevel.objects.filter(variant__sku="CUP-1").update(on_hand=5, reserved=4)
    red, blue = Variant.objects.filter(product__handle="ring", seller=trader).order_by("position")
    BundlePart.objects.create(bundle=red, part=blue)
    row = ",Cup,,,,,,,{sku},,,Shenzhen,0,0,0,{count},0,\n"

    counts = brought(
        trader, tmp_path,
        NEW + row.format(sku="CUP-1", count=1) + row.format(sku="CUP-1", count="few") + row.format(sku="X-1", count=1)
        + "ring,Ring,Colour,Red,,,,,,,,Shenzhen,0,0,0,3,3,\n" + row.format(sku="KITE-MUG", count=1),
    )  # fmt: skip

    assert (counts["updated"], counts["rejected"]) == (1, 4)
    reasons = sorted(error["reason"].split(" ")[0] for error in counts["errors"])
    assert reasons == ["A", "There", "There", "“few”"]  # the mug is another seller's
    level = StockLevel.objects.get(variant__sku="CUP-1")
    assert (level.on_hand, level.reserved) == (4, 4)


def test_it_is_previewed_and_mended_as_any_file_is(on_stage: Stage) -> None:
    text = NEW + (
        "kite-mug,Mug,,,,,,,KITE-MUG,,,Shenzhen,0,0,0,7,7,\nkite-mug,Mug,,,,,,,KITE-MUX,,,Shenzhen,0,0,0,8,8,\n"
    )
    Variant.objects.filter(sku="KITE-MUG").update(value1=None)

    def done(content: str, format: str = "auto") -> ImportJob:
        job = import_jobs.upload(
            seller=on_stage.seller, actor=on_stage.member, file=file(content), format=format, currency="CNY"
        )  # fmt: skip
        import_jobs.work_on(job.pk)
        assert not StockLevel.objects.filter(on_hand=7).exists() or format != "auto"
        import_jobs.start(job=job)
        import_jobs.work_on(job.pk)
        job.refresh_from_db()
        return job

    job = done(text.replace("kite-mug,Mug,,,,,,,KITE-MUX", "other,Mug,,,,,,,KITE-MUX"))

    assert (job.format, job.result["updated"], job.result["rejected"]) == ("shopify-inventory", 1, 1)
    assert [row[9] for row in import_jobs.left_out(job=job)] == ["sku", "KITE-MUX"]
    assert Warehouse.objects.filter(seller=on_stage.seller).count() == 1


def test_a_product_export_is_still_one() -> None:
    text = "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Variant Price\ncup,Cup,,,C-1,,,10\n"

    found, _items = open_feed(io.BytesIO(text.encode()), format="auto", currency="USD", on=clock.today())

    assert found.key == "shopify"
