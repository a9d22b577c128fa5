"""Collections, brand pages and first pages for markets: who meets what, at which cost, and who may keep it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, transaction
from django.test import Client
from PIL import Image

from accounts import services as accounts
from accounts.models import Seller, User
from catalog.models import BrandPage, Collection, CollectionEntry, LandingCollection, LandingPage, Product
from catalog.selectors import editorial
from marketplace.devtools.bench.counting import counted
from marketplace.roles import ROLE_RIGHTS
from tests.catalog.test_videos import mp4, track
from tests.support.cast import Cast, fill_shelves, listing

pytestmark = pytest.mark.django_db


def collection(*products: Product, **fields: Any) -> Collection:
    values = {"slug": "picnic", "title_en": "A picnic", "title_de": "Ein Picknick", "is_published": True} | fields
    made = Collection.objects.create(**values)
    CollectionEntry.objects.bulk_create(
        CollectionEntry(collection=made, product=product, position=place, note_en=f"No. {place}")
        for place, product in enumerate(products, start=1)
    )
    editorial.forget()
    return made


@pytest.fixture
def picnic(shop: Cast) -> Collection:
    """The house's collection of notebook and mug, in this order."""
    return collection(shop.notebook.product, shop.mug.product)


def shown(path: str) -> list[str]:
    return [card.slug for card, _note in Client().get(path).context["entries"]]


def tiles(path: str) -> list[tuple[str, int]]:
    editorial.forget()
    return [(tile.title, tile.count) for tile in Client().get(path).context["tiles"]]


# Collections ----------------------------------------------------------------------------------------------------


def test_a_collection_shows_its_products_in_its_order_with_their_notes(picnic: Collection) -> None:
    answer = Client().get("/de/collection/picnic/")

    body = answer.content.decode()
    assert shown("/de/collection/picnic/") == ["morning-notebook", "kite-mug"]
    assert "Ein Picknick" in body
    assert body.index("No. 1") < body.index("No. 2")
    assert tiles("/de/") == [("Ein Picknick", 2)]


def test_held_listings_closed_sellers_and_drafts_do_not_show(shop: Cast) -> None:
    collection(shop.tshirt.product, shop.mug.product, shop.notebook.product)
    Product.objects.filter(slug="kite-mug").update(held_in=["DE"])
    Product.objects.filter(slug="kite-t-shirt").update(status=Product.Status.DRAFT)

    assert shown("/de/collection/picnic/") == ["morning-notebook"]
    assert shown("/ja/collection/picnic/") == ["kite-mug", "morning-notebook"]
    assert (tiles("/de/"), tiles("/ja/")) == ([("Ein Picknick", 1)], [("A picnic", 2)])

    Seller.objects.filter(slug="asagiri").update(status=Seller.Status.SUSPENDED)

    assert shown("/de/collection/picnic/") == []
    assert tiles("/de/") == []


@pytest.mark.parametrize(
    ("fields", "german", "japanese"),
    [
        ({"countries": ["JP"]}, 404, 200),
        ({"is_published": False}, 404, 404),
        ({"from_on": date(2026, 11, 23)}, 404, 404),
        ({"until_on": date(2026, 11, 21)}, 404, 404),
        ({"from_on": date(2026, 11, 22), "until_on": date(2026, 11, 22)}, 200, 200),
    ],
)
def test_a_collection_is_met_in_its_markets_on_its_days(
    shop: Cast, fields: dict[str, Any], german: int, japanese: int
) -> None:
    collection(shop.mug.product, **fields)

    for language, status in (("de", german), ("ja", japanese)):
        assert Client().get(f"/{language}/collection/picnic/").status_code == status
        assert bool(tiles(f"/{language}/")) == (status == 200)


def test_the_page_of_a_collection_costs_two_queries_whatever_is_in_it(picnic: Collection, shop: Cast) -> None:
    client, path = Client(), "/de/collection/picnic/"
    client.get(path)
    with counted() as few:
        client.get(path)
    more = [listing(shop.shenzhen, f"{n} kite", "12.00", {shop.shenzhen_warehouse: 5}).product for n in range(12)]
    fill_shelves()
    CollectionEntry.objects.bulk_create(CollectionEntry(collection=picnic, product=one, position=9) for one in more)

    with counted() as many:
        assert len(client.get(path).context["entries"]) == 14

    assert (few.queries, many.queries) == (2, 2)


def test_the_first_page_asks_for_collections_and_markets_once_a_minute(picnic: Collection) -> None:
    client = Client()
    with counted() as cold:
        client.get("/de/")
    with counted() as warm:
        client.get("/de/")
    editorial.forget()
    with counted() as once:
        client.get("/de/")

    assert once.queries - warm.queries == 2
    assert warm.queries == 2
    assert cold.queries >= once.queries


# Brands ---------------------------------------------------------------------------------------------------------


def test_the_page_of_a_brand_tells_how_and_where_and_links_its_own_collections(shop: Cast) -> None:
    BrandPage.objects.create(
        seller=shop.shenzhen, craft_en="Cut by hand", craft_de="Von Hand geschnitten", made_in="CN", made_at_en="Lane 4"
    )
    collection(shop.mug.product, shop.notebook.product, seller=shop.shenzhen)
    client = Client()

    body = client.get("/de/brand/paper-kite/").content.decode()
    with counted() as counts:
        client.get("/de/brand/paper-kite/")

    assert "Von Hand geschnitten" in body
    assert "Lane 4" in body
    assert "<br>China" in body, body[body.index("craft-place") :][:300]
    assert tiles("/de/brand/paper-kite/") == [("Ein Picknick", 1)]  # the notebook is another seller's
    assert tiles("/de/brand/asagiri/") == []
    assert tiles("/de/") == []
    assert shown("/de/collection/picnic/") == ["kite-mug"]
    assert counts.queries == 3  # the seller, the cards, the collections


# First pages ----------------------------------------------------------------------------------------------------


def landing(**fields: Any) -> LandingPage:
    values = {"name": "Test", "title_en": "To your door", "is_published": True} | fields
    made = LandingPage.objects.create(**values)
    editorial.forget()
    return made


def headline(path: str, client: Client | None = None) -> str:
    found = (client or Client()).get(path).context["landing"]
    return found.title if found else ""


def test_shoppers_of_a_market_meet_its_own_page_while_it_is_in_force(picnic: Collection) -> None:
    for_all = landing(title_en="For all", position=1)
    page = landing(countries=["JP", "DE"], title_ja="玄関まで", button_en="Go", button_address="/collection/picnic/")
    LandingCollection.objects.create(page=page, collection=picnic)
    editorial.forget()

    body = Client().get("/de/").content.decode()

    assert [headline(f"/{code}/") for code in ("de", "ja", "fr")] == ["To your door", "玄関まで", "For all"]
    assert 'href="/de/collection/picnic/">Go</a>' in body
    assert "Ein Picknick" in body

    landing(countries=["DE"], language="de", title_en="In German alone")
    assert headline("/de/") == "In German alone"
    assert headline("/de/", Client(headers={"accept-language": "de-JP"})) == "To your door"

    LandingPage.objects.exclude(pk=for_all.pk).update(until_on=date(2026, 11, 21))
    LandingPage.objects.filter(pk=for_all.pk).update(is_published=False)
    editorial.forget()
    assert headline("/de/") == ""
    assert 'data-testid="landing"' not in Client().get("/de/").content.decode()


def test_the_staff_see_a_page_before_its_shoppers_do(shop: Cast, admin_client: Client) -> None:
    page = landing(countries=["BR"], is_published=False)
    hidden = collection(shop.mug.product, is_published=False)

    preview = admin_client.get(f"/admin/catalog/landingpage/{page.pk}/preview/")

    assert headline(f"/de/?landing={page.pk}") == ""
    assert headline(preview.url, admin_client) == "To your door"
    assert admin_client.get(f"/de{hidden.get_absolute_url()[3:]}?preview=1").status_code == 200
    assert Client().get(f"/de{hidden.get_absolute_url()[3:]}?preview=1").status_code == 404


def test_the_database_refuses_ways_out_of_the_shop_and_ends_before_beginnings(db: None) -> None:
    for fields in (
        {"button_address": "//elsewhere.example"},
        {"from_on": date(2026, 2, 2), "until_on": date(2026, 2, 1)},
    ):
        with pytest.raises(Error), transaction.atomic():
            landing(**fields)

    assert not LandingPage.objects.exists()


# Keeping --------------------------------------------------------------------------------------------------------


def signed_in(shop: Cast, slug: str) -> Client:
    accounts.sync_roles(ROLE_RIGHTS)
    client = Client()
    client.force_login(User.objects.get(email=f"{slug}@sellers.example"))
    return client


def form(seller: Seller, *products: Product, **changes: Any) -> dict[str, Any]:
    sent = {"seller": seller.pk, "title_en": "Our favourites", "is_published": "on", "position": 0,
            "body_en": "One\n\nTwo<script>alert(1)</script>", "entries-TOTAL_FORMS": len(products),
            "entries-INITIAL_FORMS": 0}  # fmt: skip
    for place, product in enumerate(products):
        sent |= {f"entries-{place}-product": product.pk, f"entries-{place}-position": place}
    return sent | changes


def test_a_seller_keeps_collections_of_own_products_alone(shop: Cast) -> None:
    client, add = signed_in(shop, "paper-kite"), "/admin/catalog/collection/add/"
    mug, notebook = shop.mug.product, shop.notebook.product

    for refused in (form(shop.shenzhen, notebook), form(shop.rival, mug), form(shop.shenzhen, mug) | {"seller": ""}):
        assert client.post(add, refused).status_code == 200
    assert not Collection.objects.exists()

    assert client.post(add, form(shop.shenzhen, mug)).status_code == 302
    made = Collection.objects.get()
    assert (made.slug, made.seller, made.entries.get().product) == ("our-favourites", shop.shenzhen, mug)
    assert made.body_en == "One\n\nTwo"
    assert signed_in(shop, "asagiri").get(f"/admin/catalog/collection/{made.pk}/change/").status_code == 302


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(stream, "PNG")
    return stream.getvalue()


FILM = mp4()


@pytest.mark.parametrize(
    "film",
    [b"<script>alert(1)</script>", FILM[:-1], FILM + b"PK\3\4 and an archive behind it", mp4(track(b"soun", b"mp4a")),
     mp4(brand=b"qt  ")],
)  # fmt: skip
def test_a_brand_page_takes_a_picture_and_a_film_and_nothing_that_only_looks_like_one(shop: Cast, film: bytes) -> None:
    client, add = signed_in(shop, "paper-kite"), "/admin/catalog/brandpage/add/"
    sent = {"seller": shop.shenzhen.pk, "made_in": "CN", "craft_en": "By hand"}

    bad = {"film": SimpleUploadedFile("film.mp4", film), "upload": SimpleUploadedFile("p.png", b"<svg onload=x>")}
    assert client.post(add, sent | bad).status_code == 200
    assert not BrandPage.objects.exists()

    good = {"film": SimpleUploadedFile("film.mp4", FILM), "upload": SimpleUploadedFile("p.png", png())}
    assert client.post(add, sent | good).status_code == 302
    page = BrandPage.objects.get()
    body = Client().get("/en/brand/paper-kite/").content.decode()
    assert (page.picture_width, page.picture.endswith(".webp"), page.video.endswith(".mp4")) == (40, True, True)
    assert f'<source src="/media/{page.video}">' in body
