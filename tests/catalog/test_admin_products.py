"""The pages of listings in the admin: making, editing, putting on sale, and how little a long list costs."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from catalog.models import (
    Category,
    Option,
    OptionValue,
    Placement,
    Product,
    ProductImage,
    SearchEntry,
    StockLevel,
    StockReservation,
    Variant,
)
from compliance import services as compliance
from compliance.screening import Finding
from tests.catalog.admin_stage import Stage, page, product_form
from tests.support import cast

pytestmark = pytest.mark.django_db


def picture(name: str = "lamp.png") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")


def test_a_new_listing_is_a_draft_with_an_address_of_its_own(on_stage: Stage) -> None:
    data = {
        "seller": on_stage.seller.pk, "category": Category.objects.get().pk, "handle": "", "name_en": "Paper lamp",
        "name_ar": "مصباح ورقي", "description_en": "First line.\r\n\r\nSecond & last.", "tax_category": "standard",
        "options-TOTAL_FORMS": 1, "options-INITIAL_FORMS": 0, "options-0-position": 1, "options-0-name_en": "Colour",
        "options-0-new_choices": "Red, Blue , Red",
    }  # fmt: skip

    answer = on_stage.client.post("/admin/catalog/product/add/", data)

    product = Product.objects.get(handle="paper-lamp")
    assert answer.headers["Location"] == page(product)  # it goes on with variants and pictures
    assert (product.slug, product.status, product.name_ar) == ("paper-lamp", Product.Status.DRAFT, "مصباح ورقي")
    assert product.description_en == "<p>First line.</p><p>Second &amp; last.</p>"
    assert list(OptionValue.objects.values_list("code", flat=True)) == ["Red", "Blue"]
    shown = on_stage.client.get(page(product)).content.decode()
    assert "First line.\r\n\r\nSecond &amp; last." in shown  # typed as text, shown as text


def test_variants_are_added_with_a_price_in_the_sellers_currency(on_stage: Stage) -> None:
    product = on_stage.tshirt.product
    option = Option.objects.create(product=product, position=1, name_en="Size")
    small, large = (OptionValue.objects.create(option=option, code=code, name_en=code) for code in "SL")
    Variant.objects.filter(pk=on_stage.tshirt.pk).update(value1=small)

    shown = on_stage.client.get(page(product)).content.decode()
    assert 'value="77.00"' in shown  # two places, not four

    new = {"variants-TOTAL_FORMS": 2, "variants-1-product": product.pk, "variants-1-sku": "TEE-L",
           "variants-1-value1": large.pk, "variants-1-price_0": "80.5", "variants-1-price_1": "CNY",
           "variants-1-is_active": "on"}  # fmt: skip
    answer = on_stage.client.post(page(product), product_form(product, **new))

    assert answer.status_code == 302
    added = Variant.objects.get(sku="TEE-L")
    assert (added.seller, added.value1, str(added.price.amount)) == (on_stage.seller, large, "80.5000")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"variants-0-sku": "KITE-MUG"}, "Another variant has this SKU."),
        ({"variants-0-price_0": "-1"}, "A price can&#x27;t be below zero."),
        ({"variants-0-price_0": "1.005"}, "CNY has 2 decimal places."),
        ({"variants-0-compare_at": "5"}, "The price before has to be higher than the price."),
        ({"variants-0-price_1": "XXX"}, "Select a valid choice"),
        ({"variants-TOTAL_FORMS": 2, "variants-1-sku": "NEW", "variants-1-price_0": "1", "variants-1-price_1": "CNY"},
         "Another variant has the same choices."),
        ({"hs_code": "12"}, "An HS code has six to ten digits."),
        ({"origin": "ZZ"}, "Select a valid choice"),
        ({"name_en": ""}, "This field is required."),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_are_refused_with_a_sentence(
    changes: dict[str, Any], message: str, on_stage: Stage
) -> None:
    product = on_stage.tshirt.product
    before = list(Variant.objects.order_by("pk").values())

    answer = on_stage.client.post(page(product), product_form(product, **changes))

    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert list(Variant.objects.order_by("pk").values()) == before


def test_pictures_are_encoded_anew_and_texts_are_refused(on_stage: Stage) -> None:
    product = on_stage.tshirt.product
    row = {"images-TOTAL_FORMS": 1, "images-0-product": product.pk, "images-0-position": 1, "images-0-alt_en": "A lamp"}

    answer = on_stage.client.post(
        page(product), product_form(product, **row) | {"images-0-upload": SimpleUploadedFile("a.png", b"no picture")}
    )
    assert "This file is not a picture that we can read." in answer.content.decode()
    assert not ProductImage.objects.exists()

    answer = on_stage.client.post(page(product), product_form(product, **row) | {"images-0-upload": picture()})
    assert answer.status_code == 302
    image = ProductImage.objects.get()
    assert (image.state, image.width, image.height, image.file.endswith(".webp")) == ("ready", 640, 480, True)


def test_a_form_that_is_refused_leaves_no_picture_behind(on_stage: Stage) -> None:
    product = on_stage.tshirt.product
    row = {"images-TOTAL_FORMS": 1, "images-0-product": product.pk, "images-0-position": 1, "name_en": ""}
    before = default_storage.listdir("uploads")[1] if default_storage.exists("uploads") else []

    answer = on_stage.client.post(page(product), product_form(product, **row) | {"images-0-upload": picture()})

    assert "This field is required." in answer.content.decode()
    assert sorted(default_storage.listdir("uploads")[1]) == sorted(before)


def test_cards_shelves_and_search_follow_a_change(on_stage: Stage, django_capture_on_commit_callbacks: Any) -> None:
    product = on_stage.tshirt.product

    with django_capture_on_commit_callbacks(execute=True):
        changes = {"variants-0-price_0": "70.00", "name_en": "Dragon shirt"}
        on_stage.client.post(page(product), product_form(product, **changes))

    product.refresh_from_db()
    assert str(product.card_price.amount) == "70.0000"
    assert Placement.objects.filter(product=product).exists()
    assert "dragon" in str(SearchEntry.objects.get(product=product, language="en").document)


def test_only_whole_unflagged_listings_of_approved_sellers_go_on_sale(on_stage: Stage) -> None:
    whole, flagged = on_stage.tshirt.product, on_stage.mug.product
    empty = Product.objects.create(
        seller=on_stage.seller, category=whole.category, slug="empty", handle="empty", name_en="Empty"
    )
    Product.objects.update(status=Product.Status.DRAFT)
    finding = Finding("restricted_goods", "block", {"sku": "x", "name": "Ivory"})
    compliance.record_findings(subject=flagged, findings=[finding], seller=on_stage.seller)
    chosen = [whole.pk, flagged.pk, empty.pk, on_stage.notebook.product_id]

    answer = on_stage.client.post(
        "/admin/catalog/product/", {"action": "put_on_sale", "_selected_action": chosen}, follow=True
    )

    assert list(Product.objects.filter(status="live")) == [whole]
    shown = answer.content.decode()
    assert "1 listing is on sale." in shown
    assert "A compliance flag stands against it." in shown
    assert "It has no variant on sale with a price." in shown
    assert "Morning notebook" not in shown  # the rival's was not even looked at

    Seller.objects.filter(pk=on_stage.seller.pk).update(status=Seller.Status.SUSPENDED)
    on_stage.client.post("/admin/catalog/product/", {"action": "make_draft", "_selected_action": chosen})
    on_stage.client.post(page(whole), product_form(whole, status="live"))
    whole.refresh_from_db()
    assert whole.status == Product.Status.DRAFT


def test_a_listing_goes_with_all_its_parts_unless_it_was_sold(on_stage: Stage) -> None:
    sold, unsold = on_stage.tshirt.product, on_stage.mug.product
    StockReservation.objects.create(stock_level=on_stage.tshirt.stock_levels.get(), reference="S-1", quantity=1)

    for product in (sold, unsold):
        on_stage.client.post(f"/admin/catalog/product/{product.pk}/delete/", {"post": "yes"})

    assert list(Product.objects.filter(seller=on_stage.seller)) == [sold]
    assert not StockLevel.objects.filter(variant__seller=on_stage.seller).exclude(variant=on_stage.tshirt).exists()
    shown = on_stage.client.get(f"/admin/catalog/product/{sold.pk}/delete/").content.decode()
    assert "It is part of orders" in shown
    assert "S-1" not in shown and "protected related objects" not in shown


def test_who_deletes_several_listings_reads_which_of_them_are_kept(on_stage: Stage) -> None:
    sold, unsold = on_stage.tshirt.product, on_stage.mug.product
    StockReservation.objects.create(stock_level=on_stage.tshirt.stock_levels.get(), reference="S-1", quantity=1)

    chosen = {"action": "delete_selected", "_selected_action": [sold.pk, unsold.pk], "post": "yes"}
    answer = on_stage.client.post("/admin/catalog/product/", chosen)

    said = answer.content.decode()
    assert f"<li><b>{sold.name}</b> – It is part of orders, so it can only be taken off sale.</li>" in said
    assert f"<b>{unsold.name}</b>" not in said
    assert set(Product.objects.filter(seller=on_stage.seller)) == {sold, unsold}


def test_a_translator_changes_texts_and_nothing_else(on_stage: Stage) -> None:
    translator = User.objects.create_user("claire@example.com")
    accounts.give_role(user=translator, role=roles.TRANSLATOR)
    on_stage.client.force_login(translator)
    product = on_stage.tshirt.product

    sent = product_form(product, name_fr="Chemise", brand_name="Stolen", status="archived")
    answer = on_stage.client.post(page(product), sent)

    assert answer.status_code == 302
    product.refresh_from_db()
    assert (product.name_fr, product.brand_name, product.status) == ("Chemise", "", "live")
    on_stage.client.post("/admin/catalog/product/", {"action": "archive", "_selected_action": [product.pk]})
    product.refresh_from_db()
    assert product.status == "live"


@pytest.mark.parametrize("viewer", ["seller", "administrator"])
def test_the_list_costs_the_same_for_three_listings_and_for_ninety(
    viewer: str, on_stage: Stage, admin_user: Any
) -> None:
    if viewer == "administrator":
        on_stage.client.force_login(admin_user)
    on_stage.client.get("/admin/catalog/product/")  # what is read once for a process is read
    few = _queries(on_stage)
    for number in range(90):
        cast.listing(on_stage.seller, f"Kite {number}", "10.00", {on_stage.warehouse: 1})
    on_stage.client.get("/admin/catalog/product/")  # and what a process looks up every few seconds
    many = _queries(on_stage)

    assert len(many) <= 10
    assert len(many) <= len(few)
    counts = [query for query in many if "COUNT(" in query.upper() and "GROUP BY" not in query]
    assert len(counts) == 1
    assert "LIMIT" in counts[0]  # never an exact count


def _queries(on_stage: Stage) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = on_stage.client.get("/admin/catalog/product/?status__exact=live&q=kite")
    assert answer.status_code == 200
    return [query["sql"] for query in captured.captured_queries]
