"""The wish list: a guest's in a cookie, a member's in the account, what became cheaper, and the link for others."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from moneyed import Money

from accounts import services as accounts
from accounts.selectors import personal_data
from catalog import wish_cookie
from catalog.models import BundlePart, Product, Variant, Wish, WishList
from catalog.selectors.wishes import Wished
from catalog.services import wishes
from marketplace.devtools.bench.counting import counted
from marketplace.kernel.errors import Refused
from orders.models import CartLine
from tests.support.cast import Cast, another_choice, fill_shelves, listing

pytestmark = pytest.mark.django_db
PAGE = "/en/account/wishes/"


@pytest.fixture
def visitor(shop: Cast) -> Client:
    """A browser of somebody in Germany who reads English."""
    client = Client()
    client.cookies[settings.REGION_COOKIE_NAME] = "DE.EUR"
    return client


@pytest.fixture
def member(visitor: Client, shop: Cast) -> Client:
    """The same browser, signed in."""
    visitor.force_login(shop.german)
    return visitor


def wish(client: Client, variant: Variant, verb: str = "wish") -> None:
    answer = client.post("/en/pick/", {verb: variant.product_id, "variant": variant.pk})
    assert answer.status_code == 302


def names(client: Client) -> list[str]:
    return [entry.card.name for entry in client.get(PAGE).context["page"].entries]


def test_a_guest_keeps_wishes_without_a_row_and_a_member_in_the_account(visitor: Client, shop: Cast) -> None:
    wish(visitor, shop.mug)
    wish(visitor, shop.notebook)
    wish(visitor, shop.mug)

    assert names(visitor) == ["Morning notebook", "Kite mug"]
    assert WishList.objects.count() == 0
    visitor.force_login(shop.german)
    assert names(visitor) == ["Morning notebook", "Kite mug"]
    assert visitor.cookies[wish_cookie.COOKIE].value == ""
    assert WishList.objects.get().user == shop.german
    wish(visitor, shop.mug, "unwish")
    assert names(visitor) == ["Morning notebook"]


def test_lists_that_become_one_keep_what_was_noted_first_and_say_what_found_no_room(
    visitor: Client, shop: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = Wished(shop.mug.product_id, None, Decimal(150), "CNY", datetime(2026, 1, 2, tzinfo=UTC))
    wishes.add(user=shop.german, wished=early)
    for variant in (shop.mug, shop.notebook, shop.tshirt):
        wish(visitor, variant)
    visitor.force_login(shop.german)
    monkeypatch.setattr(wishes, "MOST", 2)

    page = visitor.get(PAGE).content.decode()

    assert "When you signed in there was no room for 1 product." in page
    assert [(w.product_id, w.seen_price) for w in Wish.objects.order_by("added_at")] == [
        (shop.mug.product_id, Money(150, "CNY")), (shop.notebook.product_id, Money(1320, "JPY")),
    ]  # fmt: skip
    assert "no room" not in visitor.get(PAGE).content.decode()


def test_what_became_cheaper_is_said_in_the_readers_currency(member: Client, shop: Cast) -> None:
    wish(member, shop.mug)
    wish(member, shop.notebook)
    Variant.objects.filter(pk=shop.mug.pk).update(price=Decimal(77))
    Variant.objects.filter(pk=shop.notebook.pk).update(price=Decimal(1400))
    fill_shelves()

    entries = {entry.card.name: entry.less for entry in member.get(PAGE).context["page"].entries}

    assert entries == {"Kite mug": Money(10, "EUR"), "Morning notebook": None}
    assert "less than when you put it here" in member.get(PAGE).content.decode()


def test_a_wish_moves_to_the_cart_in_the_variant_that_was_in_view(member: Client, shop: Cast) -> None:
    large = another_choice(shop.tshirt, "Size", "Small", "Large", "84.70", 50)
    wish(member, large)

    choices = member.get(PAGE).context["page"].entries[0].choices
    answer = member.post("/en/cart/from-wishes/", {"variant": choices[0][0]}, follow=True)

    assert choices == ((large.pk, "Large · €11.00"), (shop.tshirt.pk, "Small · €10.00"))
    assert "The product has been moved to your cart." in answer.content.decode()
    assert [line.variant for line in CartLine.objects.all()] == [large]
    assert Wish.objects.count() == 0


def test_a_guests_wish_moves_to_the_cart_and_what_is_sold_out_stays(visitor: Client, shop: Cast) -> None:
    wish(visitor, shop.mug)
    wish(visitor, shop.notebook)
    shop.notebook.stock_levels.update(on_hand=0)

    visitor.post("/en/cart/from-wishes/", {"variant": shop.mug.pk})
    refused = visitor.post("/en/cart/from-wishes/", {"variant": shop.notebook.pk}, follow=True).content.decode()

    assert "This item is sold out." in refused
    assert names(visitor) == ["Morning notebook"]


def test_a_set_moves_to_the_cart_while_its_parts_are_there(visitor: Client, shop: Cast) -> None:
    parts = listing(shop.shenzhen, "Kite set", "200.00", {}), listing(shop.shenzhen, "Kite bowl", "20.00", {})
    for bundle, part, pieces in ((parts[0], shop.mug, 2), (parts[1], shop.tshirt, 51)):
        BundlePart.objects.create(bundle=bundle, part=part, quantity=pieces)
        wish(visitor, bundle)
        visitor.post("/en/pick/", {"compare": bundle.product_id})
    fill_shelves()

    wished = {entry.card.slug: entry.choices for entry in visitor.get(PAGE).context["page"].entries}
    compared = {column.card.slug: column.choices for column in visitor.get("/en/compare/").context["page"].columns}
    visitor.post("/en/cart/from-wishes/", {"variant": parts[0].pk})
    Product.objects.filter(pk=shop.mug.product_id).update(held_in=["DE"])

    assert wished == compared == {"kite-set": ((parts[0].pk, ""),), "kite-bowl": ()}
    assert [line.variant for line in CartLine.objects.all()] == [parts[0]]
    assert [column.choices for column in visitor.get("/en/compare/").context["page"].columns] == [(), ()]


def test_what_is_held_or_gone_is_named_and_not_shown(member: Client, shop: Cast) -> None:
    wish(member, shop.mug)
    wish(member, shop.notebook)
    Product.objects.filter(pk=shop.mug.product_id).update(held_in=["DE"])
    Product.objects.filter(pk=shop.notebook.product_id).update(status=Product.Status.ARCHIVED)

    page = member.get(PAGE).content.decode()

    assert "Kite mug is not sold to your country, so it is not shown here." in page
    assert "Morning notebook is not on sale any more." in page
    assert "product-card" not in page and "wish-line" not in page
    with pytest.raises(Refused, match="not on sale"):
        wishes.wish_for(product_id=shop.mug.product_id, variant_id=None, country="DE")


def test_a_list_is_shared_without_a_name_unless_its_owner_shows_it(member: Client, shop: Cast) -> None:
    wish(member, shop.mug)
    member.post(f"{PAGE}share/")
    token = WishList.objects.get().share_token
    assert token is not None and len(token) == 32
    friend = Client()

    nameless = friend.get(f"/en/wishes/{token}/")
    member.post(f"{PAGE}share/", {"shows_name": "on"})
    named = friend.get(f"/en/wishes/{token}/").content.decode()
    member.post(f"{PAGE}share/", {"withdraw": "1"})

    text = nameless.content.decode()
    assert [card.name for card in nameless.context["cards"]] == ["Kite mug"]
    assert "Greta" not in text and "greta@" not in text
    assert '<meta name="robots" content="noindex, nofollow">' in text
    assert "What Greta Lindholz wishes for" in named and "greta@" not in named
    assert friend.get(f"/en/wishes/{token}/").status_code == 404
    member.post(f"{PAGE}share/")
    assert WishList.objects.get().share_token not in (None, token)


def test_only_members_share_and_not_without_end(visitor: Client, shop: Cast, settings: object) -> None:
    wish(visitor, shop.mug)
    assert visitor.post(f"{PAGE}share/").status_code == 302
    assert WishList.objects.count() == 0
    visitor.force_login(shop.german)
    settings.ACCOUNT_RATE_LIMITS = {"share_wishes": "1/h/user", "pick": "1/m/ip"}  # type: ignore[attr-defined]

    visitor.post(f"{PAGE}share/", {"shows_name": "on"})
    answer = visitor.post(f"{PAGE}share/", {"withdraw": "1"}, follow=True).content.decode()

    assert "Please wait an hour." in answer
    assert WishList.objects.get().share_token
    wish(visitor, shop.notebook)
    wish(visitor, shop.tshirt)
    assert set(Wish.objects.values_list("product__slug", flat=True)) == {"kite-mug", "morning-notebook"}


def test_copy_and_erasure_of_an_account_include_the_list(member: Client, shop: Cast) -> None:
    wish(member, shop.mug)

    copy = personal_data(shop.german)["wish_list"]
    accounts.erase(user=shop.german)

    assert (copy["is_shared"], copy["shows_name"]) == (False, False)
    assert [(row["product"], row["article"], row["price"], row["currency"]) for row in copy["wishes"]] == [
        ("kite-mug", "KITE-MUG", "154", "CNY")
    ]
    assert WishList.objects.count() == 0 and Wish.objects.count() == 0


def test_the_buttons_of_a_products_page_show_how_they_stand(member: Client, shop: Cast) -> None:
    address = "/en/product/kite-mug/"
    assert 'name="wish"' in member.get(address).content.decode()

    answer = member.post("/en/pick/", {"wish": shop.mug.product_id, "variant": shop.mug.pk},
                         headers={"hx-request": "true", "hx-target": "picks"}).content.decode()  # fmt: skip

    assert 'name="unwish"' in answer and 'id="toast"' in answer
    assert 'name="unwish"' in member.get(address).content.decode()


def test_the_page_asks_as_often_for_one_as_for_three(member: Client, shop: Cast) -> None:
    wish(member, shop.mug)
    member.get(PAGE)
    with counted() as one:
        member.get(PAGE)
    wish(member, shop.notebook)
    wish(member, shop.tshirt)
    member.get(PAGE)

    with counted() as three:
        member.get(PAGE)

    assert one.queries == three.queries


def test_only_who_may_wish_for_something_is_told_where_the_wishes_are(visitor: Client, shop: Cast) -> None:
    keys = "/en/account/wishes/keys/"
    before = visitor.get("/en/").content.decode()

    wish(visitor, shop.mug)

    assert "data-picks" not in before
    assert f'data-picks="{keys}"' in visitor.get("/en/").content.decode()
    answer = visitor.get(keys)
    assert answer.json() == {"wished": [shop.mug.product_id], "compared": []}
    assert "private" in answer["Cache-Control"] and "no-store" in answer["Cache-Control"]
    visitor.force_login(shop.german)
    wish(visitor, shop.notebook)
    with counted() as counts:
        told = visitor.get(keys).json()
    assert told == {"wished": sorted([shop.mug.product_id, shop.notebook.product_id]), "compared": []}
    assert counts.queries <= 4
