"""What was changed on a listing is kept, shown, put back, and never met before its screening."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client

from accounts import services as accounts
from accounts.models import User
from catalog.models import ListingChange, Product, ProductFacts, ProductImage
from catalog.services import history, screening
from marketplace.roles import ROLE_RIGHTS
from tests.catalog.admin_stage import Stage, product_form
from tests.support import cast as casting
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_stage(on_stage: Stage) -> Stage:
    screening.screen_waiting(seconds=float("inf"), is_patient=True)
    return on_stage


def page(product: Product, name: str = "change") -> str:
    return f"/admin/catalog/product/{product.pk}/{name}/"


def save(on_stage: Stage, product: Product, **changes: object) -> Any:
    answer = on_stage.client.post(page(product), product_form(product, **changes), follow=True)
    product.refresh_from_db()
    return answer


def put_back(on_stage: Stage, change: ListingChange) -> str:
    answer = on_stage.client.post(page(change.product, "changes"), {"change": change.pk}, follow=True)
    return str(answer.content.decode())


def test_a_change_is_kept_with_its_author_shown_with_its_words_and_put_back(on_stage: Stage) -> None:
    product = on_stage.mug.product
    before = (product.name_en, product.origin)
    save(on_stage, product, name_en="Kite mug, blue", origin="JP")
    save(on_stage, product, name_en="Kite cup, blue")

    second, first = ListingChange.objects.filter(product=product)
    assert (first.actor, first.part) == (on_stage.member, "product")
    assert first.before == {"name_en": "Kite mug", "origin": "CN"}
    assert first.after == {"name_en": "Kite mug, blue", "origin": "JP"}
    shown = on_stage.client.get(page(product, "changes")).content.decode()
    assert "Kite <del>mug</del><ins>cup</ins>, blue" in shown
    assert shown.index(f'id="change-{second.pk}"') < shown.index(f'id="change-{first.pk}"')

    assert "The listing is as it was before." in put_back(on_stage, first)

    product.refresh_from_db()
    assert (product.name_en, product.origin) == before  # both changes are undone
    assert ListingChange.objects.filter(product=product).count() == 3


def test_whoever_changes_it_past_the_admin_is_kept_too_and_what_lists_repeat_is_not(on_stage: Stage) -> None:
    product = on_stage.mug.product
    ProductFacts.objects.get_or_create(product=product)

    Product.objects.filter(pk=product.pk).update(popularity=7, card_weight_grams=5)
    with transaction.atomic():
        history.sign(label="Import")
        Product.objects.filter(pk=product.pk).update(hs_code="691200", popularity=8)
        ProductFacts.objects.filter(product=product).update(materials={"clay": "100"})
    ProductFacts.objects.filter(product=product).update(materials={"clay": "100"})

    kept = list(
        ListingChange.objects.filter(product=product).order_by("pk").values_list("part", "actor_label", "after")
    )
    assert kept == [("product", "Import", {"hs_code": "691200"}), ("facts", "Import", {"materials": {"clay": "100"}})]


def test_nobody_changes_what_was_kept(on_stage: Stage) -> None:
    Product.objects.filter(pk=on_stage.mug.product_id).update(origin="JP")

    with pytest.raises(ProgrammingError), transaction.atomic():
        ListingChange.objects.update(after={"origin": "DE"})


def test_markup_in_a_text_is_no_markup_on_the_page(on_stage: Stage) -> None:
    product = on_stage.mug.product
    Product.objects.filter(pk=product.pk).update(
        brand_name="<img src=x onerror=alert(1)>&", name_de="<script>x</script>"
    )

    shown = on_stage.client.get(page(product, "changes")).content.decode()

    assert "<img src=x" not in shown and "<script>x" not in shown


def test_a_rival_meets_no_changes_and_puts_nothing_back(on_stage: Stage) -> None:
    save(on_stage, on_stage.mug.product, origin="JP")
    change = ListingChange.objects.get()
    rival = on_stage.as_member_of(on_stage.rival)

    assert rival.get(page(change.product, "changes")).status_code in (302, 404)
    assert rival.post(page(change.product, "changes"), {"change": change.pk}).status_code in (302, 404)
    assert on_stage.client.post(page(on_stage.tshirt.product, "changes"), {"change": change.pk}).status_code == 404
    assert Product.objects.get(pk=change.product_id).origin == "JP"


def test_a_category_that_is_gone_is_not_put_back(on_stage: Stage) -> None:
    product = on_stage.mug.product
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_listingchange (product_id, part, row_id, at, actor_label, before, after)"
            """ VALUES (%s, 'product', %s, now(), '', '{"category_id": 987654}', '{"category_id": 1}')""",
            [product.pk, product.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert "is not there any more" in put_back(on_stage, ListingChange.objects.get())

    assert Product.objects.get(pk=product.pk).category_id == product.category_id


def test_a_change_of_a_live_listing_shows_with_its_screening_and_says_where_it_is_held(shop: Cast) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    product = shop.mug.product
    ProductImage.objects.create(product=product, file="products/kite.webp")
    casting.forbid("711319", "FR")
    casting.fill_shelves()
    screening.screen_waiting(seconds=float("inf"), is_patient=True)
    client = Client()
    client.force_login(User.objects.get(memberships__seller=shop.shenzhen))
    assert Product.objects.get(pk=product.pk).held_in == []

    answer = client.post(page(product), product_form(product, hs_code="711319"), follow=True)

    product.refresh_from_db()
    assert (product.hs_code, product.is_unscreened) == ("711319", False)
    assert product.held_in == ["FR"]
    assert "As it is now the listing is held in: France." in answer.content.decode()
