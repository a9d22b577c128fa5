"""Feeds for other places that sell: what they say, what they can't hold, and what is left out of them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from catalog.models import BundlePart, Option, OptionValue, Product, ProductImage, ScheduledPrice, Variant
from catalog.services import scheduled_prices
from marketplace.kernel import clock
from payments.selectors import fx_table
from tests.support.cast import Cast, another_choice, fill_shelves, listing, put
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
G = "{http://base.google.com/ns/1.0}"


def exported(path: Path, **options: Any) -> tuple[bytes, str]:
    said = io.StringIO()
    call_command("export_listings", str(path), stderr=said, **options)
    return path.read_bytes(), said.getvalue()


def picture(*variants: Variant) -> None:
    for variant in variants:
        ProductImage.objects.create(product=variant.product, file=f"pictures/{variant.pk}.jpg")


def items(content: bytes) -> dict[str, ElementTree.Element]:
    return {item.findtext(f"{G}id", ""): item for item in ElementTree.fromstring(content).iter("item")}


def test_a_feed_for_google_has_the_price_of_the_country_and_what_lands_at_the_door(shop: Cast, tmp_path: Path) -> None:
    """T-shirt of CNY 77.00 at 7.70: EUR 10.00; in Germany with freight, duty and tax as the product page says."""
    picture(shop.tshirt)

    tshirt = items(exported(tmp_path / "f.xml", format="google", country="DE", language="de")[0])[str(shop.tshirt.pk)]

    assert tshirt.findtext(f"{G}title") == "T-Shirt mit Drachen"
    assert tshirt.findtext(f"{G}price") == "10.00 EUR"
    assert tshirt.findtext(f"{G}link", "").endswith("/de/product/kite-t-shirt/")
    shipping = tshirt.find(f"{G}shipping")
    assert shipping is not None
    assert shipping.findtext(f"{G}country") == "DE"
    landed = Decimal(tshirt.findtext(f"{G}custom_label_0", "0").removesuffix(" EUR"))
    freight = Decimal((shipping.findtext(f"{G}price") or "").removesuffix(" EUR"))
    assert landed > Decimal(10) + freight


def test_a_feed_for_facebook_is_a_table_in_the_language_of_its_readers(shop: Cast, tmp_path: Path) -> None:
    picture(shop.mug)

    table, _said = exported(tmp_path / "f.csv", format="facebook", country="SA", language="ar", currency="USD")

    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table.decode()))}
    mug = rows[str(shop.mug.pk)]
    assert (mug["title"], mug["price"], mug["availability"]) == ("كوب الطائرة الورقية", "22.00 USD", "in stock")


def test_what_two_sellers_call_the_same_has_two_keys_and_they_are_short(shop: Cast, tmp_path: Path) -> None:
    other = another_choice(shop.mug, "Size", "S", "L", "160.00", 3)
    Variant.objects.filter(pk__in=[shop.mug.pk, shop.notebook.pk]).update(sku="CUP-" + "1" * 100)
    Product.objects.filter(pk=shop.mug.product_id).update(slug="cup-" * 25 + "x")
    picture(shop.mug, shop.notebook)
    fill_shelves()

    found = items(exported(tmp_path / "f.xml", format="google", country="DE", language="en")[0])

    assert {*found} == {str(shop.mug.pk), str(other.pk), str(shop.notebook.pk)}
    assert {item.findtext(f"{G}item_group_id", "") for item in found.values()} == {str(shop.mug.product_id), ""}


@pytest.mark.parametrize("format", ["google", "facebook"])
def test_what_has_no_picture_is_left_out_and_counted(shop: Cast, tmp_path: Path, format: str) -> None:
    picture(shop.tshirt)

    content, said = exported(tmp_path / "f", format=format, country="DE")

    assert b"Kite mug" not in content and b"Kite T-shirt" in content
    assert said.strip() == "1 listings; 2 left out that have no picture"


def test_letters_that_xml_can_not_hold_are_left_out(shop: Cast, tmp_path: Path) -> None:
    Product.objects.filter(pk=shop.mug.product_id).update(name_en="Mug \ufffe\uffff\x0b\x01of the day")
    picture(shop.mug)

    found = items(exported(tmp_path / "f.xml", format="google", country="DE", language="en")[0])

    assert found[str(shop.mug.pk)].findtext(f"{G}title") == "Mug of the day"


def sold(shop: Cast, name: str, price: str = "77.00", pieces: int = 5, **more: Any) -> Variant:
    variant = listing(shop.shenzhen, name, price, {shop.shenzhen_warehouse: pieces})
    Variant.objects.filter(pk=variant.pk).update(**more)
    picture(variant)
    return variant


def google(path: Path, **market: str) -> dict[str, dict[str, str]]:
    """The plain columns of a feed, by the name of the listing."""
    found = items(exported(path / "f.xml", format="google", language="en", **market)[0]).values()
    return {
        item.findtext(f"{G}title", ""): {each.tag.removeprefix(G): each.text or "" for each in item} for item in found
    }


def test_google_reads_when_something_is_sent_as_a_moment_within_a_year(shop: Cast, tmp_path: Path) -> None:
    today = clock.today()
    sold(shop, "Next month", available_on=today + timedelta(days=30))
    sold(shop, "In two years", available_on=today + timedelta(days=730))
    sold(shop, "By hand", pieces=0, lead_days=10)

    found = google(tmp_path, country="DE")

    told = {name: (row["availability"], row.get("availability_date", "")) for name, row in found.items()}
    assert told == {
        "Next month": ("preorder", "2026-12-22T00:00Z"),
        "In two years": ("out_of_stock", ""),
        "By hand": ("backorder", "2026-12-02T00:00Z"),
    }


def test_what_is_sent_later_comes_back_as_it_was(shop: Cast, tmp_path: Path) -> None:
    day = clock.today() + timedelta(days=30)
    ahead, by_hand = sold(shop, "Next month", pieces=0, available_on=day), sold(shop, "By hand", pieces=0, lead_days=10)
    path = tmp_path / "f.xml"
    exported(path, format="google", country="DE", language="en")

    result = answered(path, seller="asagiri", currency="EUR")

    assert (result["created"], result["errors"]) == (2, [])
    terms = Variant.objects.filter(seller=shop.rival, sku__in=[str(ahead.pk), str(by_hand.pk)])
    assert {*terms.values_list("product__name_en", "available_on", "lead_days", "stock_levels__on_hand")} == {
        ("Next month", day, None, 0), ("By hand", None, 10, 0),
    }  # fmt: skip


def test_google_hears_what_consists_of_several_things(shop: Cast, tmp_path: Path) -> None:
    pair, both = sold(shop, "Pair", pieces=0), sold(shop, "Both", pieces=0)
    BundlePart.objects.create(bundle=pair, part=shop.mug, quantity=2)
    BundlePart.objects.create(bundle=both, part=shop.mug, quantity=1)
    BundlePart.objects.create(bundle=both, part=shop.tshirt, quantity=1)

    found = google(tmp_path, country="DE")

    assert (found["Pair"].get("multipack"), found["Pair"].get("is_bundle")) == ("2", None)
    assert (found["Both"].get("multipack"), found["Both"].get("is_bundle")) == (None, "yes")


def test_texts_are_as_long_and_as_plain_as_google_takes_them(shop: Cast, tmp_path: Path) -> None:
    cup = sold(shop, "Cup")
    red = another_choice(cup, "Colour", "Red\r\nand " + "blue " * 40, "Green", "80.00", 3)
    for text in ("<p><br></p>", "<p>" + "word &amp; " * 3000 + "</p>"):
        Product.objects.filter(pk=cup.product_id).update(
            name_en=" Cup\tof\x0b\nmany " + "c" * 230, description_en=text, brand_name="b" * 120
        )

        found = items(exported(tmp_path / "f.xml", format="google", country="DE", language="en")[0])
        first, second = found[str(cup.pk)], found[str(red.pk)]

        assert (first.findtext(f"{G}title") or "").startswith("Cup of many ccc")
        assert [len(first.findtext(f"{G}{name}") or "") for name in ("title", "brand", "color")] == [150, 70, 100]
        assert len(first.findtext(f"{G}description") or "") in (242, 5000)
        assert (first.findtext(f"{G}color") or "").startswith("Red and blue")
        assert second.findtext(f"{G}color") == "Green"


def test_what_differs_in_neither_colour_nor_size_has_its_choice_in_the_title(shop: Cast, tmp_path: Path) -> None:
    another_choice(shop.mug, "Rim", "Gold", "Silver", "160.00", 3)
    picture(shop.mug)

    path = tmp_path / "f.xml"
    found = items(exported(path, format="google", country="DE", language="en")[0]).values()

    assert {item.findtext(f"{G}title") for item in found} == {"Kite mug – Gold", "Kite mug – Silver"}


def test_a_price_that_comes_to_nothing_is_no_offer(shop: Cast, tmp_path: Path) -> None:
    """CNY 0.01 is less than half a yen."""
    sold(shop, "Crumb", "0.01")
    sold(shop, "Cup")

    assert {*google(tmp_path, country="JP")} == {"Cup"}


def test_a_table_for_facebook_has_no_sign_that_steers_machines(shop: Cast, tmp_path: Path) -> None:
    Product.objects.filter(pk=shop.mug.product_id).update(name_en="Mug\x0b \ufffe\r\nof", description_en="<p>\x01</p>")
    picture(shop.mug)

    table, _said = exported(tmp_path / "f.csv", format="facebook", country="DE", language="en")

    (mug,) = csv.DictReader(io.StringIO(table.decode(), newline=""))
    assert (mug["title"], mug["description"]) == ("Mug of", "Mug of")


@pytest.mark.parametrize("format", ["google", "facebook"])
def test_a_country_to_which_nothing_is_sent_has_no_feed(shop: Cast, tmp_path: Path, format: str) -> None:
    with pytest.raises(CommandError, match="Nothing is sent to “AQ” from this shop"):
        exported(tmp_path / "f", format=format, country="AQ")

    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize("format", ["google", "facebook"])
@pytest.mark.parametrize("own", ["en", "de"])
def test_variants_that_differ_in_anything_are_told_apart_and_come_back(
    shop: Cast, tmp_path: Path, format: str, own: str
) -> None:
    """Two lengths, two rims and two colours; only colour and size are attributes of the feeds."""
    names = {"en": ("Length", "Rim", "Colour"), "de": ("Länge", "Rand", "Farbe")}[own]
    ring = sold(shop, "Ring", pieces=2)
    Product.objects.filter(pk=ring.product_id).update(
        source_language=own, **{"name_en": None, f"name_{own}": "Ring " + "r" * 180}
    )
    made = [Option.objects.create(product=ring.product, position=n, **{f"name_{own}": name})
            for n, name in enumerate(names, start=1)]  # fmt: skip
    values = [[OptionValue.objects.create(option=option, code=code, **{f"name_{own}": code}) for code in ("A: x", "B, y")]
              for option in made]  # fmt: skip
    Variant.objects.filter(pk=ring.pk).delete()
    for first, second, third in product(*values):
        variant = Variant.objects.create(
            product=ring.product, seller=ring.seller, price=ring.price, value1=first, value2=second, value3=third
        )
        put(variant, {shop.shenzhen_warehouse: 2})
    fill_shelves()
    path = tmp_path / "f"

    content, _said = exported(path, format=format, country="DE", language="fr")

    if format == "google":
        told = list(items(content).values())
        assert {item.findtext(f"{G}item_group_id") for item in told} == {str(ring.product_id)}
        details = [item.find(f"{G}product_detail") for item in told]
        assert {(each.findtext(f"{G}attribute_name"), each.findtext(f"{G}attribute_value")) for each in details
                if each is not None} == {(names[1], "A: x"), (names[1], "B, y")}  # fmt: skip
        titles = {item.findtext(f"{G}title") or "" for item in told}
        assert {len(title) for title in titles} == {150} and {title[-7:] for title in titles} == {" – A: x", " – B, y"}
    for outcome in ("created", "unchanged"):
        result = answered(path, seller="asagiri", currency="EUR")
        assert (result[outcome], result["variants"], result["errors"]) == (1, 8, [])
    again = Product.objects.get(seller=shop.rival, handle=str(ring.product_id))
    assert [option.name for option in again.options.all()] == ["Color", "Size", names[1]]
    assert (again.name or "").startswith("Ring rrr") and "–" not in (again.name or "")


def test_google_hears_from_when_to_when_a_price_is_reduced(shop: Cast, tmp_path: Path) -> None:
    cup = sold(shop, "Cup", "154.00")
    now = clock.now()
    row = ScheduledPrice.objects.create(
        seller=shop.shenzhen,
        name="Week",
        percent=Decimal(20),
        variant=cup,
        starts_at=now - timedelta(days=10),
        ends_at=now + timedelta(days=7),
    )
    scheduled_prices.plan(schedule=row)
    scheduled_prices.follow(moment=now, fx=fx_table(clock.today()))
    begins, ends = (f"{moment:%Y-%m-%dT%H:%M}+0000" for moment in (row.starts_at, row.ends_at))

    told = google(tmp_path, country="US")["Cup"]

    assert (told["price"], told["sale_price"]) == ("22.00 USD", "17.60 USD")
    assert told["sale_price_effective_date"] == f"{begins}/{ends}"
    assert answered(tmp_path / "f.xml", seller="asagiri", currency="USD")["errors"] == []
    again = Variant.objects.get(seller=shop.rival, product__name_en="Cup")
    assert (again.price.amount, again.compare_at) == (Decimal("17.60"), Decimal("22.00"))


def test_a_price_with_three_decimals_goes_out_and_comes_back(shop: Cast, tmp_path: Path) -> None:
    """CNY 77.00 at 7.70 are EUR 10, at 0.34 KWD 3.400."""
    sold(shop, "Cup")

    told = google(tmp_path, country="SA", currency="KWD")["Cup"]

    assert told["price"] == "3.400 KWD"
    assert answered(tmp_path / "f.xml", seller="asagiri")["created"] == 1
    assert str(Variant.objects.get(seller=shop.rival, product__name_en="Cup").price) == "KWD3.400"
