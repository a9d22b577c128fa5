"""Nobody meets a row in the admin that is not theirs: by lists, forms, choices, actions, tables or addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.admin_scope import NOBODY, Scope, ScopedRows, ShopAdmin, of_seller
from accounts.models import Seller, User
from catalog.models import Category, Option, OptionValue, Product, Variant
from marketplace.roles import ROLE_RIGHTS
from tests.house import admin_walk as walker
from tests.house.admin_world import SECRET, World, fill, fill_staff, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def rights(db: None) -> None:
    accounts.sync_roles(ROLE_RIGHTS)


@pytest.fixture
def category(db: None) -> Category:
    return Category.objects.add_root({"slug": "decoration", "name_en": "Decoration"})


@pytest.fixture
def first(rights: None, category: Category) -> World:
    """The seller whose things are secret."""
    world = fill(make_seller(SECRET), category)
    fill_staff(world)
    world.rows[Category] = category
    return world


@pytest.fixture
def rival(rights: None, category: Category) -> World:
    """The seller who must be refused."""
    return fill(make_seller("Rival"), category)


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_every_table_says_whose_its_rows_are() -> None:
    silent = [
        f"{model._meta.label}: {type(part).__name__}"
        for model, table in admin.site._registry.items()
        for part in (table, *(inline(model, admin.site) for inline in _all_parts(table)))
        if not isinstance(part, ScopedRows) or part.scope == NOBODY
    ]

    assert silent == []


def _all_parts(table: Any) -> list[Any]:
    from catalog.admin.products import ProductAdmin

    if isinstance(table, ProductAdmin):
        from catalog.admin.attributes_form import AnswersPart
        from catalog.admin.facts import FactsPart
        from catalog.admin.listing_documents import DocumentPart
        from catalog.admin.listing_parts import OptionPart, VariantPart
        from catalog.admin.picture_parts import PicturePart
        from catalog.admin.videos import VideoPart

        return [OptionPart, VariantPart, PicturePart, VideoPart, FactsPart, DocumentPart, AnswersPart]
    return list(table.inlines)


def test_a_table_without_a_scope_shows_nothing_even_to_an_administrator(first: World, admin_user: Any) -> None:
    class Forgotten(ShopAdmin):
        """A table whose author forgot to say whose its rows are."""

    table = Forgotten(Seller, admin.site)
    request = type("Request", (), {"user": admin_user, "GET": {}})()

    assert list(table.get_queryset(request)) == []
    assert not table.has_view_permission(request)
    assert not table.has_change_permission(request, first.seller)


def test_a_rival_meets_nothing_of_the_first_seller(first: World, rival: World) -> None:
    leaks = walker.walk(signed_in(rival.member), first)

    assert leaks == []


def test_the_walk_would_notice_a_table_that_leaks(first: World, rival: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scope, "visible", lambda self, rows, user: rows)
    monkeypatch.setattr(Scope, "covers", lambda self, row, user: True)

    client, tables = signed_in(rival.member), walker.tables()
    leaks = walker.lists(client, first)
    leaks += walker.through(client, first, {model: tables[model] for model in (Product, Variant)})

    confined = {model._meta.label for model, table in walker.tables().items() if table.scope.seller}
    allowed = {label for label in confined if _may_view(rival.member, label)}
    assert allowed >= {"catalog.Product", "catalog.Variant", "orders.SellerOrder", "compliance.Flag", "accounts.Seller"}
    # The selector of flags asks once more; the list of papers leads a seller's member to their own page.
    guarded_twice = {"compliance.Flag", "compliance.SellerVerification"}
    assert allowed - guarded_twice <= {leak.model for leak in leaks if "shows the secret" in leak.what}
    silent = [label for label in allowed - guarded_twice if not _list_shows(label, leaks)]
    assert silent == []
    assert {"catalog.Product", "catalog.Variant"} <= {leak.model for leak in leaks if "changed" in leak.what}


def _list_shows(label: str, leaks: list[walker.Leak]) -> bool:
    """Whether the plain list of the table is among what showed the secret."""
    app, model = label.lower().split(".")
    return walker.Leak(label, f"get /admin/{app}/{model}/  shows the secret (200)") in leaks


def _may_view(user: User, label: str) -> bool:
    app, model = label.lower().split(".")
    return user.has_perm(f"{app}.view_{model}")


def test_a_rivals_own_pages_offer_nothing_of_the_first_seller(first: World, rival: World) -> None:
    client = signed_in(rival.member)
    client.raise_request_exception = True
    seen = []

    for model, table in walker.tables().items():
        prefix = f"/admin/{table.opts.app_label}/{table.opts.model_name}/"
        row = rival.rows.get(model)
        addresses = [
            prefix,
            f"{prefix}add/",
            *([f"{prefix}{row.pk}/{page}/" for page in ("change", "delete", "history")] if row else []),
        ]
        for address in addresses:
            answer = client.get(address)
            assert SECRET not in answer.content.decode(), address
            seen += [address] if answer.status_code == 200 else []

    assert f"/admin/catalog/product/{rival.rows[Product].pk}/change/" in seen
    assert f"/admin/catalog/variant/{rival.rows[Variant].pk}/change/" in seen
    assert "/admin/catalog/importjob/add/" in seen


def test_a_seller_cannot_give_a_listing_to_another_seller_or_take_their_choices(first: World, rival: World) -> None:
    client = signed_in(rival.member)
    before = walker.snapshot(first)

    answer = client.post(
        "/admin/catalog/product/add/",
        {"seller": first.seller.pk, "category": Category.objects.get().pk, "handle": "gift", "name_en": "Gift",
         "tax_category": "standard", "options-TOTAL_FORMS": "0", "options-INITIAL_FORMS": "0"},
    )  # fmt: skip

    assert answer.status_code == 200  # the form again, with an error on the seller
    assert not Product.objects.filter(handle="gift").exists()

    variant = rival.rows[Variant]
    answer = client.post(
        f"/admin/catalog/product/{rival.rows[Product].pk}/change/",
        _product_form(rival) | {"variants-0-value1": str(first.rows[OptionValue].pk)},
    )

    assert answer.status_code == 200
    variant.refresh_from_db()
    assert variant.value1 == rival.rows[OptionValue]
    assert walker.changed(before, walker.snapshot(first)) == []


PARTS = ("options", "variants", "images", "facts", "documents")


def _product_form(world: World) -> dict[str, Any]:
    product, variant, option = world.rows[Product], world.rows[Variant], world.rows[Option]
    sent = {
        "category": product.category_id,
        "brand_name": "b",
        "status": "live",
        "tax_category": "standard",
        "name_en": "n",
    }
    sent |= {f"{name}-{count}_FORMS": 0 for name in PARTS for count in ("TOTAL", "INITIAL")}
    sent |= {"variants-TOTAL_FORMS": 1, "variants-INITIAL_FORMS": 1, "variants-0-id": variant.pk,
             "variants-0-product": product.pk,
             "variants-0-sku": variant.sku, "variants-0-price_0": "20", "variants-0-price_1": "EUR",
             "variants-0-is_active": "on", "options-TOTAL_FORMS": 1, "options-INITIAL_FORMS": 1,
             "options-0-id": option.pk, "options-0-product": product.pk, "options-0-position": 1,
             "options-0-name_en": option.name_en}  # fmt: skip
    return sent


@pytest.mark.parametrize("role", roles.ALL)
def test_staff_and_sellers_without_rows_of_their_own_open_every_page_they_may(
    role: str, first: World, rights: None
) -> None:
    user = User.objects.create_user(f"{role.split(' ')[0]}@example.com", is_staff=True)
    user.groups.add(accounts._group(role))
    client = Client()
    client.force_login(user)
    opened = set()

    for model, table in walker.tables().items():
        prefix = f"/admin/{table.opts.app_label}/{table.opts.model_name}/"
        for address in (
            prefix,
            f"{prefix}add/",
            f"{prefix}{first.rows[model].pk}/change/",
            f"{prefix}{first.rows[model].pk}/history/",
        ):
            answer = client.get(address)
            assert answer.status_code in (200, 302, 403, 404), (
                address
            )  # a row of the desk is not found, others lead away
            opened |= {model} if answer.status_code == 200 else set()

    assert client.get("/admin/").status_code == 200
    assert opened - {Category} if role != roles.SELLER else opened == {Category}  # without a seller: the tree alone


def test_somebody_on_the_staff_without_a_role_meets_nothing(first: World, rights: None) -> None:
    user = User.objects.create_user("nobody@example.com", is_staff=True)

    assert walker.walk(signed_in(user), first, only="get") == []


def test_a_member_of_a_seller_stays_confined_when_they_have_a_role_as_well(first: World, rival: World) -> None:
    accounts.give_role(user=rival.member, role=roles.COMPLIANCE)
    accounts.give_role(user=rival.member, role=roles.OPERATIONS)
    user = User.objects.get(pk=rival.member.pk)

    assert walker.walk(signed_in(user), first, only="post") == []


def test_an_administrator_opens_every_page(first: World, admin_client: Client) -> None:
    for model, table in walker.tables().items():
        prefix = f"/admin/{table.opts.app_label}/{table.opts.model_name}/"
        row = first.rows[model]
        for address in (prefix, f"{prefix}?q=zinn", f"{prefix}{row.pk}/change/", f"{prefix}{row.pk}/history/"):
            answer = admin_client.get(address)
            assert answer.status_code == 200, address
        assert admin_client.get(f"{prefix}add/").status_code in (200, 403)
        assert admin_client.get(f"{prefix}{row.pk}/delete/").status_code in (200, 403)
    assert admin_client.get("/admin/").status_code == 200


def test_scopes_follow_their_path_to_the_seller(first: World) -> None:
    variant = first.rows[Variant]

    assert of_seller("seller").covers(variant, first.member)
    assert of_seller("product__seller").covers(variant, first.member)
    assert of_seller("pk").covers(first.seller, first.member)
