"""What sellers type as they write at home: decimal marks, lists, and what the shop says back when they put something on sale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts import services as accounts
from accounts.models import User
from catalog.models import (
    Option,
    OptionValue,
    Product,
    ProductAttributes,
    ProductFacts,
    ProductImage,
    StockLevel,
    Variant,
)
from catalog.selectors import attribute_filters
from catalog.services.attributes import keep_answers
from marketplace.roles import ROLE_RIGHTS
from tests.catalog.admin_stage import Stage, page, product_form
from tests.catalog.test_attribute_filters import attribute
from tests.support import cast as casting
from tests.support.cast import Cast
from tests.support.opened_pages import OpenedPage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "de", "zh-hans", "ar"])
@pytest.mark.parametrize(
    ("typed", "before", "kept"),
    [
        ("12,50", "19,90", ("12.50", "19.90")),
        ("1.234,50", "2,345.60", ("1234.50", "2345.60")),
        ("１２．５", "１９，９", ("12.5", "19.9")),
        ("١٢٫٥", "١٩٫٩", ("12.5", "19.9")),
        ("1 234 567,5", "2,345,678", ("1234567.5", "2345678")),
    ],
)
def test_an_amount_is_read_with_either_mark_in_every_language(
    on_stage: Stage, language: str, typed: str, before: str, kept: tuple[str, str]
) -> None:
    on_stage.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    sent = {"variants-0-price_0": typed, "variants-0-compare_at": before}

    answer = on_stage.client.post(page(on_stage.mug.product), product_form(on_stage.mug.product, **sent))

    assert answer.status_code == 302
    mug = Variant.objects.get(pk=on_stage.mug.pk)
    assert (mug.price.amount, mug.compare_at) == (Decimal(kept[0]), Decimal(kept[1]))
    shown = on_stage.client.get(page(mug.product)).content.decode()
    assert f'value="{Decimal(kept[0]):.2f}"' in shown and f'value="{Decimal(kept[1]).normalize():f}"' in shown
    assert 'type="number" step="0.0001"' not in shown  # of which a browser drops the mark of another language


@pytest.mark.parametrize("typed", ["12.505", "1.000", "12.5.0", "1.2.3.4", "NaN", "1e400", "--5"])
def test_what_is_two_things_or_none_is_refused(on_stage: Stage, typed: str) -> None:
    sent = {"variants-0-price_0": typed}

    answer = on_stage.client.post(page(on_stage.mug.product), product_form(on_stage.mug.product, **sent))

    assert answer.status_code == 200
    assert f'value="{typed}"' in answer.content.decode()  # nothing that was typed is lost
    assert Variant.objects.get(pk=on_stage.mug.pk).price.amount == 154


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1.250,5", "1250.5"),
        ("1,250.5", "1250.5"),
        ("٣٣٠٫٥", "330.5"),
        ("1 250", "1250"),
        ("0.125", "0.125"),
        ("12,5", "12.5"),
    ],
)
def test_a_number_that_is_asked_is_read_like_an_amount(on_stage: Stage, typed: str, kept: str) -> None:
    attribute("capacity", "number", unit="ml")
    attribute_filters.forget()
    mug = OpenedPage(on_stage.client, page(on_stage.mug.product), "product_form")

    assert mug.send(**{"attributes-0-is_capacity": typed, "facts-0-materials-0-name": "Cork",
                       "facts-0-materials-0-number": "12,5"}).status_code == 302  # fmt: skip

    assert ProductAttributes.objects.get().given == {"capacity": kept}
    assert ProductFacts.objects.get(product=on_stage.mug.product).materials == {"Cork": "12.5"}


@pytest.mark.parametrize(("typed", "thousand", "one"), [("1.250", "1250", "1.2500"), ("33,000", "33000", "33.0000")])
def test_a_number_that_is_two_things_is_asked_for_again(on_stage: Stage, typed: str, thousand: str, one: str) -> None:
    attribute("capacity", "number", unit="ml")
    attribute_filters.forget()
    keep_answers(product=on_stage.mug.product, typed={"capacity": "1.125"})
    mug = OpenedPage(on_stage.client, page(on_stage.mug.product), "product_form")

    assert mug.send(brand_name="Kite").status_code == 302  # what stands there is no riddle
    assert f"Please write {thousand} or {one}." in mug.send(**{"attributes-0-is_capacity": typed}).content.decode()
    assert ProductAttributes.objects.get().given == {"capacity": "1.125"}


def test_choices_are_told_apart_by_the_commas_of_every_script(on_stage: Stage) -> None:
    product = on_stage.mug.product
    option = Option.objects.create(product=product, position=1, name_en="Colour")
    small = OptionValue.objects.create(option=option, code="Red", name_en="Red")
    Variant.objects.filter(pk=on_stage.mug.pk).update(value1=small)

    on_stage.client.post(page(product), product_form(product, **{"options-0-new_choices": "Blue，Green、 Red,, Pink،"}))

    assert list(option.values.values_list("code", flat=True)) == ["Red", "Blue", "Green", "Pink"]


def test_whoever_puts_a_listing_on_sale_in_its_form_hears_where_it_is_held(shop: Cast) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    product = shop.mug.product
    casting.forbid("711319", "FR")
    casting.fill_shelves()
    ProductImage.objects.create(product=product, file="products/kite.webp")
    Product.objects.filter(pk=product.pk).update(status=Product.Status.DRAFT, hs_code="711319", held_in=[""])
    product.refresh_from_db()
    client = Client()
    client.force_login(User.objects.get(memberships__seller=shop.shenzhen))

    answer = client.post(page(product), product_form(product, status="live"), follow=True)

    product.refresh_from_db()
    assert (product.status, product.is_unscreened, product.held_in) == (Product.Status.LIVE, False, ["FR"])
    assert "As it is now the listing is held in: France." in answer.content.decode()


def test_stock_is_named_by_what_lies_where(on_stage: Stage) -> None:
    level = StockLevel.objects.select_related("variant", "warehouse").get(variant=on_stage.mug)

    assert str(level) == f"KITE-MUG · {level.warehouse}: 50"


def test_a_new_scheduled_price_is_of_the_only_seller_that_one_acts_for(on_stage: Stage) -> None:
    form: Any = on_stage.client.get("/admin/catalog/scheduledprice/add/").context["adminform"].form

    assert form.get_initial_for_field(form.fields["seller"], "seller") == on_stage.seller.pk


def test_only_what_is_on_sale_leads_to_its_page_in_the_shop(on_stage: Stage) -> None:
    product = on_stage.mug.product
    assert "/admin/r/" in on_stage.client.get(page(product)).content.decode()
    Product.objects.filter(pk=product.pk).update(status=Product.Status.DRAFT)

    assert "/admin/r/" not in on_stage.client.get(page(product)).content.decode()
