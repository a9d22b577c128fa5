"""What a seller says of goods in the admin: facts, documents, who made them; each seller within their own."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from catalog.models import EconomicOperator, MarketHold, Product, ProductDocument, ProductFacts
from catalog.services import screening
from compliance.models import EvidenceDocument, Flag
from tests.catalog.admin_stage import Stage, facts_form, product_form
from tests.catalog.test_admin_tables import put_in, take_out
from tests.support import cast
from tests.support.papers import pdf, upload

pytestmark = pytest.mark.django_db


def page(product: Product) -> str:
    return f"/admin/catalog/product/{product.pk}/change/"


def save(on_stage: Stage, client: Client | None = None, **changes: object) -> Any:
    """The page of the mug is sent with these inputs of its facts; the answer."""
    product = on_stage.mug.product
    sent = product_form(product) | facts_form(product, **changes)
    return (client or on_stage.client).post(page(product), sent)


def facts(on_stage: Stage) -> ProductFacts:
    return ProductFacts.objects.get(product=on_stage.mug.product_id)


def errors(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(formset(answer, "facts").errors[0].as_text().split())


def formset(answer: Any, prefix: str) -> Any:
    return next(each.formset for each in answer.context["inline_admin_formsets"] if each.formset.prefix == prefix)


# Facts --------------------------------------------------------------------------------------------------------


def test_everything_that_is_said_is_kept(on_stage: Stage) -> None:
    rows = {
        "materials-0-name": "Porcelain", "materials-0-number": "97,5", "materials-1-name": "Cork",
        "materials-1-number": "2.5", "packaging_grams-0-name": "paper", "packaging_grams-0-number": "55",
        "packaging_grams-1-name": "plastic", "packaging_grams-1-number": "4",
    }  # fmt: skip

    answer = save(
        on_stage, model_identifier="KM-1", touches_food="yes", is_liquid="no", age_from="3", energy_label="123456",
        battery="li_ion_inside", batteries="1", battery_watt_hours="3.7",
        battery_grams="14", length_mm="120", width_mm="90", height_mm="90",
        has_no_warnings="", warnings_en="Hot.", warnings_de="Heiß.", instructions_fr="Laver à la main.", **rows,
    )  # fmt: skip

    assert answer.status_code == 302
    kept = facts(on_stage)
    assert kept.materials == {"Porcelain": "97.5", "Cork": "2.5"}
    assert kept.packaging_grams == {"paper": "55", "plastic": "4"}
    assert (kept.touches_food, kept.is_liquid, kept.has_blade) == (True, False, None)
    assert (kept.age_from, kept.battery, kept.batteries, kept.battery_watt_hours) == (
        3,
        "li_ion_inside",
        1,
        Decimal("3.70"),
    )
    assert kept.battery_grams == 14
    assert (kept.length_mm, kept.width_mm, kept.height_mm) == (120, 90, 90)
    assert (kept.warnings_en, kept.warnings_de, kept.warnings_fr) == ("Hot.", "Heiß.", "")
    assert kept.instructions_fr == "Laver à la main."
    product = Product.objects.get(pk=on_stage.mug.product_id)
    assert (product.is_unscreened, product.screened_at is None) == (False, False)  # along with the change


def test_facts_are_made_with_the_first_thing_that_is_said(on_stage: Stage) -> None:
    ProductFacts.objects.all().delete()

    untouched = save(on_stage)
    assert (untouched.status_code, ProductFacts.objects.count()) == (302, 0)
    save(on_stage, model_identifier="KM-1")

    assert facts(on_stage).model_identifier == "KM-1"


def test_the_page_shows_what_was_kept_with_empty_rows_beside(on_stage: Stage) -> None:
    ProductFacts.objects.filter(product=on_stage.mug.product_id).update(materials={"Porcelain": "100"})

    shown = on_stage.client.get(page(on_stage.mug.product)).content.decode()

    assert 'name="facts-0-materials-0-name" value="Porcelain"' in shown
    assert 'name="facts-0-materials-3-number"' in shown
    assert 'name="facts-0-warnings_ar"' in shown
    assert "Kontor Sicher GmbH" in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"materials-0-name": "Porcelain", "materials-0-number": "70", "materials-1-name": "Cork",
          "materials-1-number": "40"}, "The materials come to more than 100 percent."),
        ({"materials-0-name": "Porcelain"}, "Each row needs a name and a number."),
        ({"materials-0-name": "Porcelain", "materials-0-number": "much"}, "“much” is not a number."),
        ({"materials-0-name": "Porcelain", "materials-0-number": "-3"}, "“-3” is not a number above zero."),
        ({"materials-0-name": "Porcelain", "materials-0-number": "NaN"}, "“NaN” is not a number above zero."),
        ({"materials-0-name": "A", "materials-0-number": "3", "materials-1-name": "A", "materials-1-number": "3"},
         "“A” stands there twice."),
        ({"packaging_grams-0-name": "paper", "packaging_grams-0-number": "1e99"}, "“1e99” is not a number above zero."),
        ({"battery": "none", "battery_grams": "14"}, "Say what kind of battery it is."),
        ({"battery": "none", "batteries": "2"}, "Say what kind of battery it is."),
        ({"battery": "li_ion_inside", "batteries": "0"}, "Goods with a battery have at least one."),
        ({"length_mm": "3"}, "Give all three edges of one packed piece, or none."),
        ({"has_no_warnings": "on", "warnings_en": "Hot."}, "There are warnings below."),
        ({"age_from": "22"}, "Constraint “age_is_an_age” is violated."),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_with_a_sentence_and_nothing_is_written(
    on_stage: Stage, changes: dict[str, str], sentence: str
) -> None:
    before = ProductFacts.objects.values().get(product=on_stage.mug.product_id)

    answer = save(on_stage, **changes)

    assert sentence in errors(answer)
    assert ProductFacts.objects.values().get(product=on_stage.mug.product_id) == before


def test_the_operators_of_another_seller_can_not_be_chosen(on_stage: Stage) -> None:
    theirs = EconomicOperator.objects.get(seller=on_stage.rival, role="manufacturer")

    answer = save(on_stage, manufacturer=str(theirs.pk))
    as_staff = Client()
    as_staff.force_login(User.objects.create_superuser("root@example.com"))
    by_staff = save(on_stage, as_staff, manufacturer=str(theirs.pk))

    assert "valid choice" in errors(answer)
    assert "valid choice" in errors(by_staff)
    assert facts(on_stage).manufacturer != theirs


def test_operators_are_the_sellers_own_and_can_be_reached(on_stage: Stage) -> None:
    address = "/admin/catalog/economicoperator/add/"
    typed = {"seller": on_stage.seller.pk, "role": "responsible", "name": "Hafen GmbH", "postal_address": "Kai 2, 20457 Hamburg",
             "country": "DE", "electronic_address": "not reachable"}  # fmt: skip

    refused = on_stage.client.post(address, typed)
    for_another = on_stage.client.post(address, typed | {"seller": on_stage.rival.pk})
    taken = on_stage.client.post(address, typed | {"electronic_address": "safety@hafen.example"})

    assert (refused.status_code, for_another.status_code, taken.status_code) == (200, 200, 302)
    made = EconomicOperator.objects.get(name="Hafen GmbH")
    assert (made.seller, made.electronic_address) == (on_stage.seller, "safety@hafen.example")
    listed = on_stage.client.get("/admin/catalog/economicoperator/").content.decode()
    assert "Hafen GmbH" in listed
    assert "Asagiri Ltd" not in listed


# Documents ----------------------------------------------------------------------------------------------------


def with_file(on_stage: Stage, file: SimpleUploadedFile, kind: str = "conformity", client: Client | None = None) -> Any:
    product = on_stage.mug.product
    there = ProductDocument.objects.filter(product=product).count()
    sent = product_form(product) | {"documents-TOTAL_FORMS": there + 1, "documents-INITIAL_FORMS": there}
    for place, row in enumerate(ProductDocument.objects.filter(product=product).order_by("pk")):
        sent |= {f"documents-{place}-id": row.pk, f"documents-{place}-product": product.pk}
    sent |= {
        f"documents-{there}-product": product.pk,
        f"documents-{there}-kind": kind,
        f"documents-{there}-upload": file,
    }
    return (client or on_stage.client).post(page(product), sent)


def test_a_document_is_kept_for_the_seller_and_stands_behind_the_listing(on_stage: Stage) -> None:
    answer = with_file(on_stage, upload(pdf(), "declaration.pdf"))

    assert answer.status_code == 302
    document = ProductDocument.objects.get(product=on_stage.mug.product_id).document
    assert (document.seller, document.kind, document.name) == (on_stage.seller, "conformity", "declaration.pdf")
    assert document.uploaded_by == on_stage.member
    shown = on_stage.client.get(page(on_stage.mug.product)).content.decode()
    assert "declaration.pdf" in shown
    assert document.file not in shown


def test_the_same_document_is_refused_a_second_time_and_kept_once(on_stage: Stage) -> None:
    with_file(on_stage, upload(pdf(), "declaration.pdf"))

    again = with_file(on_stage, upload(pdf(), "declaration.pdf"))

    assert "This document stands here already." in again.content.decode()
    assert (ProductDocument.objects.count(), EvidenceDocument.objects.count()) == (1, 1)


def test_what_is_no_document_is_refused_with_a_sentence(on_stage: Stage) -> None:
    answer = with_file(on_stage, SimpleUploadedFile("declaration.pdf", b"MZ\x90 not a PDF at all"))

    assert answer.status_code == 200
    assert formset(answer, "documents").errors[0]["upload"]
    assert (ProductDocument.objects.count(), EvidenceDocument.objects.count()) == (0, 0)


def test_a_rival_adds_nothing_and_nobody_reads_names_of_documents_in_the_shop(on_stage: Stage) -> None:
    rival = on_stage.as_member_of(on_stage.rival)

    answer = with_file(on_stage, upload(pdf(), "rival.pdf"), client=rival)

    assert answer.status_code in (302, 404)
    assert (ProductDocument.objects.count(), EvidenceDocument.objects.count()) == (0, 0)
    with_file(on_stage, upload(pdf(), "secret-name.pdf"))
    assert "secret-name" not in Client().get("/en/product/kite-mug/").content.decode()


# Tables -------------------------------------------------------------------------------------------------------


def test_facts_go_out_and_come_in_as_columns(on_stage: Stage) -> None:
    ProductFacts.objects.filter(product=on_stage.mug.product_id).update(materials={"Porcelain": "100"}, is_liquid=False)
    out = take_out(on_stage, "product").decode("utf-8-sig")
    head, *lines = out.splitlines()
    line = next(line for line in lines if "kite-mug" in line)
    cells = dict(zip(head.split(","), line.split(","), strict=False))
    assert (cells["materials"], cells["is_liquid"], cells["responsible_person"]) == (
        "Porcelain 100",
        "no",
        "Kontor Sicher GmbH",
    )

    shown = put_in(
        on_stage, "product",
        b"handle,materials,is_liquid,battery_watt_hours,packaging_grams,age_from\n"
        b"kite-mug,Stoneware 90; Cork 10,,\"3,7\",paper 60,4\n",
    )  # fmt: skip

    assert "1 updated" in shown
    kept = facts(on_stage)
    assert (kept.materials, kept.is_liquid, kept.age_from) == ({"Stoneware": "90", "Cork": "10"}, None, 4)
    assert (kept.battery_watt_hours, kept.packaging_grams) == (Decimal("3.70"), {"paper": "60"})
    assert kept.responsible_person is not None


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("materials", "Stoneware much", "“much” is not a number."),
        ("is_liquid", "perhaps", "Write yes or no, not “perhaps”."),
        ("age_from", "2.5", "“2.5” is not a number."),
        ("manufacturer", "Asagiri Ltd", "There is no “Asagiri Ltd” among the choices"),
        ("battery", "nuclear", "is not a valid choice"),
        ("age_from", "22", "age_is_an_age"),
    ],
)
def test_a_wrong_cell_is_refused_and_nothing_is_written(on_stage: Stage, column: str, cell: str, sentence: str) -> None:
    before = ProductFacts.objects.values().get(product=on_stage.mug.product_id)

    shown = put_in(on_stage, "product", f"handle,{column}\nkite-mug,{cell}\n".encode())

    assert sentence in shown
    assert ProductFacts.objects.values().get(product=on_stage.mug.product_id) == before


# Where a listing stands ---------------------------------------------------------------------------------------


@pytest.fixture
def held(on_stage: Stage) -> Flag:
    """The mug is held in France by a flag."""
    product = on_stage.mug.product
    flag = Flag.objects.create(
        subject=product, subject_label="Kite mug", seller=on_stage.seller, rule="epr_missing:packaging-block",
        severity="block", countries=["FR"], params={"stream": "packaging", "countries": "FR"}, fingerprint="f",
    )  # fmt: skip
    MarketHold.objects.create(product=product, countries=["FR"], flag=flag, since=flag.opened_at)
    Product.objects.filter(pk=product.pk).update(held_in=["FR"])
    return flag


def test_the_page_says_where_it_is_not_shown_and_why(on_stage: Stage, held: Flag) -> None:
    shown = on_stage.client.get(page(on_stage.mug.product)).content.decode()

    assert f'<a class="admin-link" href="/admin/compliance/flag/{held.pk}/change/">France</a>' in shown
    assert (
        re.search(r"Blocks · <a [^>]*>No registration number for packaging is known in: France", shown)
        or "packaging" in shown
    )
    assert "It is shown in every country." in on_stage.client.get(page(on_stage.tshirt.product)).content.decode()


@pytest.mark.parametrize(
    ("asked", "names"),
    [("FR", {"kite-mug"}), ("DE", set()), ("anywhere", {"kite-mug"}), ("everywhere", set()),
     ("", {"kite-mug", "kite-t-shirt"})],
)  # fmt: skip
def test_the_list_is_narrowed_to_what_is_held_in_a_country(
    on_stage: Stage, held: Flag, asked: str, names: set[str]
) -> None:
    answer = on_stage.client.get(f"/admin/catalog/product/?held={asked}")

    assert {product.handle for product in answer.context["cl"].result_list} == names


def test_listings_are_screened_again_when_asked(on_stage: Stage, held: Flag) -> None:
    chosen = {"action": "screen_again", "_selected_action": [on_stage.mug.product_id, on_stage.notebook.product_id]}

    answer = on_stage.client.post("/admin/catalog/product/", chosen, follow=True)

    assert "1 listing is being screened." in answer.content.decode()
    waiting = Product.objects.filter(is_unscreened=True).values_list("pk", flat=True)
    assert list(waiting) == [on_stage.mug.product_id]


def test_flags_of_a_deleted_listing_are_closed(on_stage: Stage) -> None:
    cast.forget_laws()
    product = cast.listing(on_stage.seller, "Short-lived", "10", {}).product
    Product.objects.filter(pk=product.pk).update(hs_code="", is_unscreened=True)
    screening.screen_waiting()
    assert Flag.objects.filter(rule="hs_code_missing", status="open").count() == 1

    answer = on_stage.client.post(f"/admin/catalog/product/{product.pk}/delete/", {"post": "yes"})

    assert (answer.status_code, Product.objects.filter(pk=product.pk).exists()) == (302, False)
    assert Flag.objects.get(rule="hs_code_missing").status == "mended"
