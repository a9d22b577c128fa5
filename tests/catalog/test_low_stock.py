"""What runs low: on the page, in the admin's list, and in one letter a day."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import services as accounts
from accounts.models import User
from catalog import tasks
from catalog.models import BundlePart, StockLevel, Variant
from catalog.selectors.low_stock import running_low
from catalog.services.listings import refresh_listings
from compliance.models import Letter
from compliance.services import letters
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from payments.selectors import fx_table
from tests.support.cast import TODAY, Cast, listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def low_mug(shop: Cast) -> Variant:
    """Four mugs are left, one of them promised; the seller wants to know at three."""
    Variant.objects.filter(pk=shop.mug.pk).update(low_stock_at=3)
    StockLevel.objects.filter(variant=shop.mug).update(on_hand=4, reserved=1)
    return shop.mug


def test_the_page_says_how_many_are_left_from_the_mark_on(client: Client, low_mug: Variant) -> None:
    low = client.get("/en/product/kite-mug/").content.decode()
    StockLevel.objects.filter(variant=low_mug).update(on_hand=5)
    plenty = client.get("/en/product/kite-mug/").content.decode()

    assert "Only 3 left" in low
    assert "left" not in plenty.split('data-testid="stock"')[1].split("</p>")[0]


def test_what_nobody_watches_and_what_has_parts_does_not_run_low(shop: Cast, low_mug: Variant) -> None:
    StockLevel.objects.filter(variant=shop.tshirt).update(on_hand=0)
    bundle = listing(shop.shenzhen, "Kite set", "300.00", {})
    BundlePart.objects.create(bundle=bundle, part=low_mug, quantity=1)
    Variant.objects.filter(pk=bundle.pk).update(low_stock_at=9)

    assert [(each.pk, each.left) for each in running_low()] == [(low_mug.pk, 3)]


def test_the_seller_gets_one_letter_a_day(shop: Cast, low_mug: Variant, mailoutbox: list[object]) -> None:
    for _ in range(2):
        tasks.write_stock_letters()
    letters.send_letters(clock.now())

    letter = Letter.objects.get(kind="low_stock")
    assert (letter.to, letter.key.split(".")[:3]) == (
        "paper-kite@sellers.example",
        ["low_stock", str(shop.shenzhen.pk), str(TODAY)],
    )
    [mail] = mailoutbox
    assert mail.subject == "Paper Kite: 1 article runs low"  # type: ignore[attr-defined]
    assert "Kite mug (KITE-MUG): 3 left, the mark is 3" in mail.body  # type: ignore[attr-defined]


def test_the_seller_finds_it_in_the_list_of_stock_and_sees_nobody_elses(
    client: Client, shop: Cast, low_mug: Variant
) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    StockLevel.objects.filter(variant=shop.notebook).update(on_hand=0)
    Variant.objects.filter(pk=shop.notebook.pk).update(low_stock_at=3)
    client.force_login(User.objects.get(memberships__seller=shop.shenzhen))

    page = client.get("/admin/catalog/stocklevel/?low=yes")

    assert [level.variant_id for level in page.context["cl"].result_list] == [low_mug.pk]


def test_the_seller_makes_a_set_and_its_listing_is_in_stock(client: Client, shop: Cast, low_mug: Variant) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    bundle = listing(shop.shenzhen, "Kite set", "300.00", {})
    client.force_login(User.objects.get(memberships__seller=shop.shenzhen))
    form = {
        "sku": "KITE-SET", "price_0": "300.00", "price_1": "CNY", "is_active": "on", "gtin": "",
        "stock_levels-TOTAL_FORMS": "0", "stock_levels-INITIAL_FORMS": "0", "price_changes-TOTAL_FORMS": "0",
        "price_changes-INITIAL_FORMS": "0", "market_prices-TOTAL_FORMS": "0", "market_prices-INITIAL_FORMS": "0",
        "price_tiers-TOTAL_FORMS": "0", "price_tiers-INITIAL_FORMS": "0",
        "parts-TOTAL_FORMS": "1", "parts-INITIAL_FORMS": "0", "parts-0-bundle": bundle.pk, "parts-0-quantity": "2",
    }  # fmt: skip

    address = f"/admin/catalog/variant/{bundle.pk}/change/"
    foreign = client.post(address, form | {"parts-0-part": shop.notebook.pk})
    mine = client.post(address, form | {"parts-0-part": low_mug.pk})
    bundle_kept = [(each.part_id, each.quantity) for each in bundle.parts.all()]
    refresh_listings(product_ids=[bundle.product_id], fx=fx_table(TODAY))
    late = client.post(address, form | {"parts-TOTAL_FORMS": "0", "lead_days": "14"})
    BundlePart.objects.filter(bundle=bundle).delete()
    both = client.post(address, form | {"parts-0-part": low_mug.pk, "lead_days": "14"})

    assert mine.status_code == 302, (
        mine.context["errors"],
        [f.formset.errors for f in mine.context["inline_admin_formsets"]],
    )
    assert foreign.status_code == 200
    assert bundle_kept == [(low_mug.pk, 2)]
    bundle.product.refresh_from_db()
    assert (bundle.product.in_stock, bundle.product.card_ship_from) == (True, ["CN"])
    assert [late.status_code, both.status_code] == [200, 200]
    assert "A bundle is sold from the stock of its parts, not to order." in both.content.decode()
