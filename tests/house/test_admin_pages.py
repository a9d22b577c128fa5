"""The admin's pages that belong to no table, its looks, and what each role finds on its desk."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, SellerMember, User
from catalog.models import Category, Product
from marketplace.devtools import unfold_css
from marketplace.roles import ROLE_RIGHTS
from orders.models import Order
from tests.house.admin_world import SECRET, World, fill, make_seller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_that_stands")]


@pytest.fixture
def world(db: None) -> World:
    accounts.sync_roles(ROLE_RIGHTS)
    return fill(make_seller(SECRET), Category.objects.add_root({"slug": "all", "name_en": "All"}))


def as_role(role: str) -> Client:
    user = User.objects.create_user(f"{role.split(' ')[0]}@example.com", full_name="Somebody")
    accounts.give_role(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def side_bar(client: Client) -> list[str]:
    text = client.get("/admin/").content.decode()
    bar = text[text.index('id="nav-sidebar-apps"') :]
    return re.findall(r"</span>([^<]+)</a></li>", bar[: bar.index("</div></div>")])


def test_the_secret_address_of_an_order_is_shown_to_nobody(world: World, admin_client: Client) -> None:
    kind = ContentType.objects.get_for_model(Order).pk
    address = f"/admin/r/{kind}/{world.rows[Order].pk}/"

    for client in (as_role(roles.SUPPORT), as_role(roles.OPERATIONS), admin_client):
        assert client.get(address).status_code == 404


def test_the_shops_page_of_a_listing_is_a_step_away_for_those_who_may_see_it(world: World) -> None:
    kind, product = ContentType.objects.get_for_model(Product).pk, world.rows[Product]
    client = Client()
    client.force_login(world.member)

    assert client.get(f"/admin/r/{kind}/{product.pk}/").headers["Location"].endswith(f"/product/{product.slug}/")
    assert as_role(roles.FINANCE).get(f"/admin/r/{kind}/{product.pk}/").status_code == 404
    for broken in ("x/1", f"{kind}/x", "999999/1", f"{kind}/999999"):
        assert client.get(f"/admin/r/{broken}/").status_code == 404


def test_passwords_and_search_are_not_the_admins(world: World) -> None:
    client = Client()
    client.force_login(world.member)

    assert client.get("/admin/password_change/").headers["Location"].endswith("/account/password/change/")
    assert client.get("/admin/search/?s=zinn&page=x").status_code == 404


@pytest.mark.parametrize(
    ("role", "found", "absent"),
    [
        (roles.COMPLIANCE, {"Flags", "Tax rates", "Products"}, {"Payments", "Accounts", "Imports"}),
        (roles.OPERATIONS, {"Shipments", "Customs declarations", "Background steps"}, {"Flags", "Refunds", "Accounts"}),
        (roles.FINANCE, {"Payments", "Refunds", "Exchange rates"}, {"Shipments", "Flags", "Products"}),
        (roles.SUPPORT, {"Orders", "Accounts", "Shipments"}, {"Flags", "Products", "Refunds"}),
        (roles.TRANSLATOR, {"Products", "Categories", "Sellers"}, {"Orders", "Stock", "Payments"}),
    ],
)
def test_the_side_bar_holds_what_a_role_may_open(role: str, found: set[str], absent: set[str], world: World) -> None:
    shown = set(side_bar(as_role(role)))

    assert found <= shown
    assert not absent & shown


def test_a_sellers_desk_shows_their_own_figures(world: World) -> None:
    client, rival = Client(), make_seller("Rival")
    client.force_login(world.member)
    stranger = Client()
    stranger.force_login(rival.member)

    assert {"Products", "Stock", "Imports", "To be sent", "Flags"} <= set(side_bar(client))
    assert not {"Orders", "Shipments", "Payments", "Accounts"} & set(side_bar(client))
    figures = {str(card.label): card.figure for shelf in _shelves(client) for card in shelf.cards}
    assert (figures["On sale"], figures["On its way"], figures["To be reviewed"]) == (1, 1, 1)
    theirs = [card for shelf in _shelves(stranger) for card in shelf.cards if card.figure]
    assert {card.address for card in theirs} == {"/admin/onboarding/"}  # what they themselves still have to do


def _shelves(client: Client) -> list[Any]:
    return client.get("/admin/").context["shelves"]  # type: ignore[no-any-return]


def test_the_desk_costs_one_query_for_each_table(
    world: World, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = time.monotonic()  # what is kept for seconds must not run out between two requests on a busy machine
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    admin_client.get("/admin/")

    with CaptureQueriesContext(connection) as queries:
        admin_client.get("/admin/")

    assert len(queries) <= 17


def test_pages_load_nothing_from_elsewhere(world: World, admin_client: Client) -> None:
    product = world.rows[Product]
    for address in ("/admin/", "/admin/catalog/product/", f"/admin/catalog/product/{product.pk}/change/"):
        text = admin_client.get(address).content.decode()

        assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == [], address
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == [], address
        assert "javascript:" not in text


def test_the_interface_is_right_to_left_in_arabic(world: World, admin_client: Client) -> None:
    answer = admin_client.get("/admin/catalog/product/", headers={"Accept-Language": "ar"})

    assert 'dir="rtl"' in answer.content.decode()


def test_the_rewritten_style_sheet_is_that_of_the_installed_version() -> None:
    assert unfold_css.main(["--check"]) == 0
    sheet, count = unfold_css.logical(".a{margin-left:1px;left:0}.b{border-top-right-radius:2px;text-align:left}")
    assert count == 4
    assert sheet.startswith(
        ".a{margin-inline-start:1px;inset-inline-start:0}.b{border-start-end-radius:2px;text-align:start}"
    )


def test_an_administrator_gives_and_takes_roles(world: World, admin_client: Client) -> None:
    user = User.objects.create_user("nadia@example.com", full_name="Nadia")
    page = f"/admin/accounts/user/{user.pk}/change/"
    parts = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    sent = {"full_name": "Nadia", "language": "en", "is_active": "on"} | parts

    assert admin_client.post(page, sent | {"staff_roles": [roles.COMPLIANCE]}).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.role_names, user.is_staff) == ({roles.COMPLIANCE}, True)

    admin_client.post(page, sent)
    user = User.objects.get(pk=user.pk)
    assert (user.role_names, user.is_staff) == (frozenset(), False)
    assert as_role(roles.SUPPORT).post(page, sent | {"staff_roles": [roles.FINANCE]}).status_code == 403


def test_members_of_a_seller_come_and_go_but_the_last_owner_stays(world: World, admin_client: Client) -> None:
    editor = User.objects.create_user("mei@example.com")
    sent = {"user": editor.pk, "seller": world.seller.pk, "role": "editor"}

    admin_client.post("/admin/accounts/sellermember/add/", sent)
    assert User.objects.get(pk=editor.pk).is_staff

    owner = world.rows[SellerMember]
    answer = admin_client.post(f"/admin/accounts/sellermember/{owner.pk}/delete/", {"post": "yes"}, follow=True)
    assert "Name another owner first." in answer.content.decode()
    assert SellerMember.objects.filter(pk=owner.pk).exists()


def test_nobody_changes_the_state_of_a_seller_on_its_page(world: World, admin_client: Client) -> None:
    seller = world.seller
    sent = {"name": seller.name, "legal_name": "Zinnober AG", "slug": seller.slug, "home_country": "DE",
            "settlement_currency": "EUR", "status": Seller.Status.SUSPENDED,
            "members-TOTAL_FORMS": 0, "members-INITIAL_FORMS": 0}  # fmt: skip

    answer = admin_client.post(f"/admin/accounts/seller/{seller.pk}/change/", sent)

    seller.refresh_from_db()
    assert (answer.status_code, seller.legal_name, seller.status) == (302, "Zinnober AG", Seller.Status.APPROVED)


def test_a_sellers_verified_address_is_changed_with_the_papers_alone(world: World) -> None:
    client = Client()
    client.force_login(world.member)
    before = Seller.objects.filter(pk=world.seller.pk).values().get()

    client.post(
        f"/admin/accounts/seller/{world.seller.pk}/change/", {"street_address": "Elsewhere 1", "email": "x@y.example"}
    )

    assert Seller.objects.filter(pk=world.seller.pk).values().get() == before
