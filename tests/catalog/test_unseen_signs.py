"""What nobody sees is in no title, SKU or choice, whichever door it comes through; what is wrong of a number is said."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.feeds.formats import open_feed
from catalog.models import Product, TextState, Variant
from catalog.selectors.texts import texts_of
from catalog.services import import_jobs, translating
from catalog.services.translating import Written
from marketplace.kernel import clock
from tests.catalog.admin_stage import Stage, product_form
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
MARKED = "Mug\u202e gum\u2069"


def test_a_file_brings_none_of_them(on_stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text(
        f"handle,title,price,sku,option1_name,option1_value\nm,{MARKED},8,\u202eM-1\u200b,Rim,\u2066Gold\u2069\n",
        "utf-8",
    )

    assert answered(file, seller="paper-kite")["created"] == 1

    variant = Variant.objects.select_related("product", "value1").get(product__handle="m")
    assert variant.value1 is not None
    assert (variant.product.name_en, variant.sku, variant.value1.code) == ("Mug gum", "M-1", "Gold")
    assert answered(file, seller="paper-kite")["unchanged"] == 1


def test_forms_and_translations_take_none_of_them(on_stage: Stage) -> None:
    mug = on_stage.mug.product
    form = product_form(mug, name_en=MARKED, **{"variants-0-sku": "M\u202e-9", "variants-0-gtin": "4006381333931"})

    assert on_stage.client.post(f"/admin/catalog/product/{mug.pk}/change/", form).status_code == 302
    (source,) = (text for text in texts_of([mug.pk], "de") if text.field == "name")
    written = {"name": Written("Becher\u202e", source.digest)}
    translating.save_texts(product=mug, language="de", texts=written, is_reviewed=False, actor=on_stage.member)

    mug.refresh_from_db()
    on_stage.mug.refresh_from_db()
    assert (mug.name_en, on_stage.mug.sku) == ("Mug gum", "M-9")
    assert TextState.objects.get(product=mug, language="de").proposal == "Becher"


def test_the_form_of_a_variant_looks_at_the_check_digit(on_stage: Stage) -> None:
    address = f"/admin/catalog/variant/{on_stage.mug.pk}/change/"
    form = {"sku": on_stage.mug.sku, "price_0": "154.00", "price_1": "CNY", "is_active": "on", "gtin": "4006381333932"}

    page = on_stage.client.post(address, form).content.decode()

    assert "“4006381333932” is no GTIN: look for a wrong or a missing digit." in page
    assert Variant.objects.get(pk=on_stage.mug.pk).gtin == ""


def test_two_columns_of_one_name_are_said(on_stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("handle,title,price,price,image,image\nm,Mug,8,9,https://a.example/1,https://a.example/2\n")

    result = answered(file, seller="paper-kite")

    assert "2 columns are called “price”: the first of them counts." in [each["reason"] for each in result["remarks"]]
    assert not any("image" in each["reason"] for each in result["remarks"])
    assert Variant.objects.get(product__handle="m").price.amount == 8
    shopify = tmp_path / "s.csv"
    shopify.write_text("Handle,Title,Variant Price,Title,Title\nn,Nut,8,Other,More\n")
    assert [each["reason"] for each in answered(shopify, seller="paper-kite")["remarks"]] == [
        "3 columns are called “title”: the first of them counts."
    ]
    job = import_jobs.upload(
        seller=on_stage.seller, actor=on_stage.member, file=SimpleUploadedFile("f.csv", file.read_bytes()), format="auto",
        currency="CNY",
    )  # fmt: skip
    import_jobs.work_on(job.pk)
    job.refresh_from_db()
    assert [each["reason"] for each in import_jobs.in_words(job, "remarks")] == [
        "2 columns are called “price”: the first of them counts."
    ]


def test_a_column_that_is_written_with_a_number_is_not_another_of_the_same_name(
    on_stage: Stage, tmp_path: Path
) -> None:
    file = tmp_path / "s.csv"
    file.write_text("Handle,Title,Title (2),Variant Price\nn,Nut,Other,8\n")

    assert answered(file, seller="paper-kite")["remarks"] == []


def test_a_look_at_the_first_lines_leaves_nothing_to_another_thread(on_stage: Stage, monkeypatch: Any) -> None:
    """The first listing is a bad one: its exception and the reader's frame used to hold one another."""
    left: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", left.append)
    gc.collect()
    gc.disable()
    try:
        file = SimpleUploadedFile("f.csv", b"handle,title,price\nm,Mug,dear\nn,Nut,8\n")
        import_jobs.upload(
            seller=on_stage.seller, actor=on_stage.member, file=file, format="auto", currency="CNY"
        )  # fmt: skip
        with file.open() as content:
            _format, items = open_feed(content, format="auto", currency="CNY", on=clock.today())
            next(items)
            items.close()
        thread = threading.Thread(target=gc.collect)
        thread.start()
        thread.join()
    finally:
        gc.enable()

    assert left == []
    assert not Product.objects.filter(handle="m").exists()
