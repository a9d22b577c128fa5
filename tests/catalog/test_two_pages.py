"""One listing open in two windows at once: what was not touched stays as it is, and nobody's work is lost."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.admin_opened import NAME
from catalog.admin.products import ProductAdmin
from catalog.models import (
    MarketPrice,
    Option,
    OptionValue,
    Product,
    ProductAttributes,
    ProductFacts,
    ProductImage,
    ScheduledPrice,
    StockLevel,
    Variant,
)
from catalog.selectors import attribute_filters
from catalog.services import scheduled_prices
from catalog.services.attributes import keep_answers
from marketplace.kernel import clock
from payments.selectors import fx_table
from tests.catalog.admin_stage import STAGE, Stage, page
from tests.catalog.test_attribute_filters import attribute
from tests.support import cast
from tests.support.opened_pages import OpenedPage
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


# What follows a listing by itself once it was saved.
FOLLOWS = {"is_unscreened", "screened_at", "marks", "held_in", "updated_at"}


def listing(on_stage: Stage) -> OpenedPage:
    """The page of the T-shirt."""
    return OpenedPage(on_stage.client, page(on_stage.tshirt.product), "product_form")


def variant(on_stage: Stage) -> OpenedPage:
    """The page of its variant."""
    return OpenedPage(on_stage.client, f"/admin/catalog/variant/{on_stage.tshirt.pk}/change/", "variant_form")


def planned(on_stage: Stage) -> ScheduledPrice:
    """A fifth less for the T-shirt, from in an hour on."""
    start = clock.now() + timedelta(hours=1)
    sale = ScheduledPrice.objects.create(
        seller=on_stage.seller, name="Kites", percent=20, variant=on_stage.tshirt, starts_at=start,
        ends_at=start + timedelta(days=2),
    )  # fmt: skip
    scheduled_prices.plan(schedule=sale)
    return sale


def columns(row: Any, *names: str) -> tuple[Any, ...]:
    return type(row).objects.values_list(*names).get(pk=row.pk)  # type: ignore[no-any-return]


def test_what_was_not_touched_is_not_written(on_stage: Stage) -> None:
    product, shirt = on_stage.tshirt.product, on_stage.tshirt
    mine, theirs = listing(on_stage), listing(on_stage)

    said = {"name_de": "Drachenhemd", "variants-0-price_0": "80", "variants-0-sku": "TEE", "facts-0-is_liquid": "no"}
    assert theirs.send(**said).status_code == 302
    assert mine.send(name_fr="Chemise", **{"variants-0-weight_grams": "180"}).status_code == 302

    assert columns(product, "name_de", "name_fr") == ("Drachenhemd", "Chemise")
    assert columns(shirt, "price", "sku", "weight_grams") == (Decimal("80.0000"), "TEE", 180)
    assert ProductFacts.objects.get(product=product).is_liquid is False


def test_a_page_without_its_digests_writes_over_all_of_it(on_stage: Stage) -> None:
    """The harm that they prevent."""
    mine, theirs = listing(on_stage), listing(on_stage)

    theirs.send(name_de="Drachenhemd", **{"variants-0-price_0": "80"})
    mine.send(name_fr="Chemise", **{NAME: None})

    assert columns(on_stage.tshirt.product, "name_de") in {(None,), ("",)}
    assert columns(on_stage.tshirt, "price") == (Decimal("77.0000"),)


def test_what_both_have_changed_is_refused_once_and_says_what_stands_now(on_stage: Stage) -> None:
    product, shirt = on_stage.tshirt.product, on_stage.tshirt
    mine, theirs = listing(on_stage), listing(on_stage)
    theirs.send(name_en="Kite shirt", origin="VN", **{"variants-0-price_0": "80"})

    answer = mine.send(name_en="Shirt", name_de="Hemd", **{"variants-0-price_0": "90.5"})

    assert answer.status_code == 200
    assert columns(product, "name_en", "name_de") == ("Kite shirt", None)
    assert columns(shirt, "price") == (Decimal("80.0000"),)
    said = mine.text.replace("\xa0", " ")
    assert "somebody else has changed: Name (English), KITE-T-SHIRT · Price. What stands now" in said
    assert "somebody else has changed this to “Kite shirt”. Save again" in said
    assert "somebody else has changed this to “CN¥80.00”. Save again" in said
    typed = {name: mine.sent[name] for name in ("name_en", "name_de", "variants-0-price_0", "origin")}
    assert typed == {"name_en": "Shirt", "name_de": "Hemd", "variants-0-price_0": "90.5", "origin": "VN"}

    assert mine.send().status_code == 302  # the person has read it and stays with it
    assert columns(product, "name_en", "name_de", "origin") == ("Shirt", "Hemd", "VN")
    assert columns(shirt, "price") == (Decimal("90.5000"),)


def test_who_changes_it_once_more_is_heard_again(on_stage: Stage) -> None:
    mine = listing(on_stage)
    Product.objects.filter(pk=on_stage.tshirt.product_id).update(name_en="Second")
    mine.send(name_en="Mine")
    Product.objects.filter(pk=on_stage.tshirt.product_id).update(name_en="Third")

    assert "changed this to “Third”" in mine.send().content.decode()
    assert columns(on_stage.tshirt.product, "name_en") == ("Third",)


def test_a_row_that_is_gone_is_said_and_nothing_typed_is_lost(on_stage: Stage) -> None:
    product = on_stage.tshirt.product
    for name in ("Kite", "Sky"):
        ProductImage.objects.create(product=product, file=f"{name}.webp", alt_en=name)
    mine, other = listing(on_stage), listing(on_stage)
    ProductImage.objects.get(alt_en="Kite").delete()

    answer = mine.send(name_de="Hemd", **{"images-0-alt_en": "Red kite", "images-1-alt_en": "Blue sky"})
    assert answer.status_code == 200
    said = "taken away a row that you changed. You typed there: Description for those who do not see it: Red kite"
    assert said in mine.text
    assert mine.send().status_code == 302
    assert list(product.images.values_list("alt_en", flat=True)) == ["Blue sky"]
    assert columns(product, "name_de") == ("Hemd",)

    assert other.send(name_fr="Chemise").status_code == 302  # who had not touched it is not asked
    assert list(product.images.values_list("alt_en", flat=True)) == ["Blue sky"]


def test_the_same_change_in_both_windows_is_none_to_decide_on(on_stage: Stage) -> None:
    mine, theirs = listing(on_stage), listing(on_stage)

    theirs.send(**{"variants-0-price_0": "80"})

    assert mine.send(**{"variants-0-price_0": "80.00"}).status_code == 302


def test_a_sale_that_begins_while_the_page_is_open_stays_and_ends(on_stage: Stage) -> None:
    sale, fx = planned(on_stage), fx_table(clock.today())
    mine, alone = listing(on_stage), variant(on_stage)
    scheduled_prices.follow(moment=sale.starts_at, fx=fx)

    assert mine.send(brand_name="Kite").status_code == 302
    assert alone.send(weight_grams="200").status_code == 302

    assert columns(on_stage.tshirt, "price", "compare_at", "weight_grams") == (Decimal("61.6"), 77, 200)
    said = variant(on_stage).text.replace("\xa0", " ")
    assert "“Kites” holds until" in said and "Then the price is CN¥77.00 again, unless you change it here." in said
    scheduled_prices.follow(moment=sale.ends_at, fx=fx)
    assert columns(on_stage.tshirt, "price", "compare_at", "weight_grams") == (77, None, 200)
    assert "holds until" not in variant(on_stage).text


def test_a_scheduled_price_is_open_in_two_windows_too(on_stage: Stage) -> None:
    sale = planned(on_stage)
    sale.products.add(on_stage.mug.product)
    address = f"/admin/catalog/scheduledprice/{sale.pk}/change/"
    mine, theirs = (OpenedPage(on_stage.client, address, "scheduledprice_form") for _ in range(2))

    theirs.send(percent="30", products=[])

    assert mine.send(name="More kites").status_code == 302
    assert columns(sale, "name", "percent", "products") == ("More kites", 30, None)


def test_a_price_is_measured_by_what_stands_beside_it_now(on_stage: Stage) -> None:
    mine = listing(on_stage)
    Variant.objects.filter(pk=on_stage.tshirt.pk).update(price=Decimal(60))

    assert mine.send(**{"variants-0-compare_at": "70"}).status_code == 302  # 77 stood there when it was opened

    assert columns(on_stage.tshirt, "price", "compare_at") == (60, 70)


def test_pieces_that_were_sold_meanwhile_do_not_come_back(on_stage: Stage) -> None:
    mine, late = variant(on_stage), variant(on_stage)
    level = StockLevel.objects.get(variant=on_stage.tshirt)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=47, reserved=5)

    assert mine.send(weight_grams="200").status_code == 302
    assert columns(level, "on_hand", "reserved") == (47, 5)

    assert "changed this to “47”" in late.send(**{"stock_levels-0-on_hand": "60"}).content.decode()
    assert columns(level, "on_hand", "reserved") == (47, 5)
    assert late.send().status_code == 302
    assert columns(level, "on_hand", "reserved") == (60, 5)


def test_prices_in_markets_are_compared_too(on_stage: Stage) -> None:
    germany = MarketPrice.objects.create(variant=on_stage.tshirt, country="DE", price="12", price_currency="EUR")
    mine, touched = variant(on_stage), variant(on_stage)
    MarketPrice.objects.filter(pk=germany.pk).update(price=Decimal("9.9"))

    assert mine.send(gtin="4006381333931").status_code == 302
    assert columns(germany, "price") == (Decimal("9.9000"),)

    assert "changed this to “€9.90”" in touched.send(**{"market_prices-0-price_0": "11"}).content.decode()
    assert columns(germany, "price") == (Decimal("9.9000"),)


def test_facts_that_two_begin_at_once_go_together(on_stage: Stage) -> None:
    ProductFacts.objects.all().delete()
    mine, theirs = listing(on_stage), listing(on_stage)

    theirs.send(**{"facts-0-materials-0-name": "Cotton", "facts-0-materials-0-number": "100", "facts-0-age_from": "3"})
    answer = mine.send(**{"facts-0-warnings_de": "Heiß", "facts-0-is_liquid": "yes", "facts-0-age_from": "6"})

    assert "changed this to “3”" in answer.content.decode()
    assert mine.sent["facts-0-materials-0-name"] == "Cotton"
    assert mine.send().status_code == 302
    facts = ProductFacts.objects.get()
    assert (facts.materials, facts.warnings_de, facts.is_liquid, facts.age_from) == ({"Cotton": "100"}, "Heiß", True, 6)


def test_answers_to_attributes_go_together(on_stage: Stage) -> None:
    for code, kind in (("capacity", "number"), ("glaze", "text"), ("dishwasher", "boolean")):
        attribute(code, kind)
    attribute("material", "choice", "porcelain", "cork")
    attribute_filters.forget()
    mine, both = listing(on_stage), listing(on_stage)
    keep_answers(
        product=on_stage.tshirt.product,
        typed={"capacity": "330.5", "glaze": {"de": "Matt"}, "dishwasher": True, "material": ["cork"]},
    )

    assert mine.send(brand_name="Kite").status_code == 302
    given = {"capacity": "330.5", "glaze": {"de": "Matt"}, "dishwasher": True, "material": ["cork"]}
    assert ProductAttributes.objects.get().given == given

    sent = {"attributes-0-is_material": ["porcelain"], "attributes-0-is_capacity": "400", "brand_name": "Other"}
    said = both.send(**sent).content.decode()
    assert "changed this to “Cork”" in said
    assert ProductAttributes.objects.get().given == given
    assert both.send().status_code == 302
    assert ProductAttributes.objects.get().given == given | {"material": ["porcelain"], "capacity": "400"}


def test_every_input_of_the_page_can_be_left_alone(on_stage: Stage) -> None:
    """Whatever the kind of an input, what stood there is told from what somebody typed."""
    product, shirt = on_stage.tshirt.product, on_stage.tshirt
    option = Option.objects.create(product=product, position=1, name_en="Size")
    small, large = (OptionValue.objects.create(option=option, code=code, name_en=code) for code in "SL")
    Variant.objects.filter(pk=shirt.pk).update(value1=small)
    image = ProductImage.objects.create(product=product, file="a.webp", alt_en="Kite")
    ProductFacts.objects.all().delete()
    facts = ProductFacts.objects.create(
        product=product, materials={"Cotton": "60", "Silk": "40"}, packaging_grams={"paper": "12.5"}, is_liquid=False,
        battery=ProductFacts.Battery.values[1], batteries=1, battery_watt_hours=Decimal("7.50"), warnings_en="Hot\nand sharp ",
    )  # fmt: skip
    Product.objects.filter(pk=product.pk).update(description_en="<p>One.</p><p>Two &amp; three.</p>", hs_code="610910")
    open_pages = [listing(on_stage), variant(on_stage)]

    Product.objects.filter(pk=product.pk).update(
        description_en="<ul><li>Rich</li></ul>", name_en="New", summary_ar="جديد", hs_code="610990", origin="VN",
        customs_description="shirt", lithium=True, brand_name="Kite",
    )  # fmt: skip
    Variant.objects.filter(pk=shirt.pk).update(
        value1=large, sku="NEW", price=Decimal("80.50"), price_currency="USD", compare_at=Decimal(99),
        weight_grams=5, is_active=False, low_stock_at=3,
    )  # fmt: skip
    Option.objects.filter(pk=option.pk).update(name_en="Length")
    ProductImage.objects.filter(pk=image.pk).update(value=small, focus_x=0, focus_y=50, alt_en="Red kite")
    ProductFacts.objects.filter(pk=facts.pk).update(
        materials={"Linen": "100"}, packaging_grams={}, is_liquid=True, has_blade=False, battery="none", batteries=None,
        battery_watt_hours=None, age_from=3, warnings_en="Cold", has_no_warnings=False, warnings_de="Kalt",
    )  # fmt: skip
    rows = [product, shirt, option, image, facts]
    before = [type(row).objects.values().get(pk=row.pk) for row in rows]

    for each in open_pages:
        assert each.send().status_code == 302

    for row, stood in zip(rows, before, strict=True):
        now = type(row).objects.values().get(pk=row.pk)
        assert {name for name, value in now.items() if value != stood[name]} <= FOLLOWS


@pytest.fixture
def committed(transactional_db: None) -> Stage:
    """The stage in rows that other connections see."""
    cast.forget_laws()
    return STAGE.take()


def both_at_once(stage: Stage) -> list[int]:
    """Two members send what they had open, at the same moment; the codes of the answers."""
    second = Client()
    second.force_login(stage.member)
    pages = [listing(stage), listing(stage)]
    pages[1].client = second
    return sorted(
        at_once(
            lambda: pages[0].send(name_en="First", **{"variants-0-price_0": "81"}).status_code,
            lambda: pages[1].send(name_en="Second", **{"variants-0-price_0": "82"}).status_code,
        )
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_of_two_that_are_sent_at_once_one_is_asked(committed: Stage) -> None:
    assert both_at_once(committed) == [200, 302]
    name, price = Product.objects.get(pk=committed.tshirt.product_id).name_en, columns(committed.tshirt, "price")[0]
    assert (name, price) in {("First", Decimal(81)), ("Second", Decimal(82))}


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_the_lock_one_of_the_two_is_lost(committed: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harm that the lock prevents: both have read before the first one writes."""
    both_have_read = threading.Barrier(2)
    write = ProductAdmin.save_model

    def slow(self: ProductAdmin, request: HttpRequest, *args: Any) -> None:
        both_have_read.wait(timeout=20)
        write(self, request, *args)

    monkeypatch.setattr(ProductAdmin, "hold", lambda self, key: None)
    monkeypatch.setattr(ProductAdmin, "save_model", slow)

    assert both_at_once(committed) == [302, 302]


def test_stock_is_counted_where_it_is_written(on_stage: Stage) -> None:
    """An order that reserves between the reading and the writing of the form is not undone."""
    level = StockLevel.objects.get(variant=on_stage.tshirt)
    mine = variant(on_stage)

    StockLevel.objects.filter(pk=level.pk).update(reserved=F("reserved") + 2)
    mine.send(**{"stock_levels-0-on_hand": "55"})

    assert columns(level, "on_hand", "reserved") == (55, 2)


def test_each_section_says_how_many_errors_it_has(on_stage: Stage) -> None:
    mine = listing(on_stage)
    wrong = {"variants-0-price_0": "x", "variants-0-weight_grams": "y", "facts-0-age_from": "z", "hs_code": "12"}

    mine.send(**wrong)

    counts = re.findall(r'data-testid="error-count"( title="[^"]*")?[^>]*>\s*(\d+)', mine.text)
    assert [(title.strip(), count) for title, count in counts] == [
        ('title="1 error"', "1"), ('title="2 errors"', "2"), ('title="1 error"', "1"), ("", "1"),
    ]  # fmt: skip  # the general one, variants, facts, and inside the general one customs


def test_digests_that_are_none_compare_nothing(on_stage: Stage) -> None:
    for sent in ("[" * 100_000, "[]", "7", r'{"brand_name": "\ud800"}', '{"brand_name": {"a": []}}'):
        answer = listing(on_stage).send(**{NAME: sent, "brand_name": f"Kite {len(sent)}"})

        assert answer.status_code in (200, 302), sent[:20]


def test_nobody_holds_the_rows_of_another_seller(on_stage: Stage) -> None:
    rival = on_stage.as_member_of(on_stage.rival)
    addresses = (page(on_stage.tshirt.product), f"/admin/catalog/variant/{on_stage.tshirt.pk}/change/",
                 f"/admin/catalog/stocklevel/{StockLevel.objects.get(variant=on_stage.tshirt).pk}/change/")  # fmt: skip

    for client, holds in ((rival, False), (on_stage.client, True)):  # who may change them does hold them
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                client.post(address, {})
            assert any("FOR NO KEY UPDATE" in query["sql"] for query in asked) is holds, address
