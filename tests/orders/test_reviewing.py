"""From the parcel that arrived to the stars on the card: who may review, what is shown, and what becomes of it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.selectors import personal_data
from catalog.models import Placement, Product, Review
from catalog.personal_records import Reviews
from catalog.selectors import navigation
from catalog.selectors.prices import Prices
from compliance.models import Letter
from orders.mail import send_delivered
from orders.models import Fulfilment, Order, OrderLine
from orders.services.reviewing import delivered
from tests.orders.buying import paid_order, said, work
from tests.orders.counterpart import Counterpart
from tests.orders.pages import from_country
from tests.support.cast import Cast, fill_shelves, person

TOLD = {"stars": "4", "title": "Gut", "text": "Fällt klein aus.", "language": "de", "signed": "Greta L."}


@pytest.fixture
def arrived(cast: Cast, outside: Counterpart) -> Order:
    """Two parcels, of which the one with the T-shirts has arrived."""
    order = paid_order(outside, (cast.tshirt, 2), (cast.notebook, 1))
    work()
    line = line_of(order, "TSHIRT")
    Fulfilment.objects.filter(seller_order=line.seller_order).update(status=Fulfilment.Status.DELIVERED)
    fill_shelves()
    navigation.forget()
    return order


def line_of(order: Order, name: str) -> OrderLine:
    lines = OrderLine.objects.filter(seller_order__order=order).select_related("seller_order", "variant__product")
    return next(line for line in lines if name.lower() in f"{line.sku} {line.name}".lower().replace("-", ""))


def address(order: Order, line: OrderLine, language: str = "de") -> str:
    return f"/{language}/order/{order.token}/review/{line.pk}/"


def links(client: Client, order: Order) -> list[str]:
    page = client.get(f"/de/order/{order.token}/").content.decode()
    return re.findall(r'href="([^"]+)" data-testid="review-link"', page)


def send(client: Client, order: Order, **changes: str) -> int:
    line = line_of(order, "TSHIRT")
    return client.post(address(order, line), TOLD | changes).status_code


def test_what_has_arrived_can_be_reviewed_from_the_page_of_the_order(client: Client, arrived: Order) -> None:
    line, other = line_of(arrived, "TSHIRT"), line_of(arrived, "notizbuch")

    assert links(client, arrived) == [address(arrived, line)]
    form = client.get(address(arrived, line)).content.decode()
    assert re.findall(r"\d Sterne?\b", form) == ["5 Sterne", "4 Sterne", "3 Sterne", "2 Sterne", "1 Stern"]
    assert client.get(address(arrived, other)).status_code == 404  # still on its way
    assert client.post(address(arrived, other), TOLD).status_code == 404
    assert client.get(f"/de/order/{'x' * 30}/review/{line.pk}/").status_code == 404
    assert Review.objects.count() == 0


def test_a_line_of_another_order_is_not_mine(client: Client, arrived: Order, cast: Cast, outside: Counterpart) -> None:
    foreign = paid_order(outside, (cast.tshirt, 1))
    Fulfilment.objects.filter(seller_order__order=foreign).update(status="delivered")

    assert delivered(arrived, line_of(foreign, "TSHIRT").pk) is None
    assert client.post(address(arrived, line_of(foreign, "TSHIRT")), TOLD).status_code == 404


def test_a_review_stands_on_the_product_its_card_and_in_its_data(client: Client, arrived: Order, cast: Cast) -> None:
    from_country(client)
    assert send(client, arrived) == 302
    product = cast.tshirt.product
    Prices.today().cards.clear()

    page = client.get(f"/de/product/{product.slug}/").content.decode()
    assert "Fällt klein aus." in page and "Greta L." in page and said("de", "Reviews") in page
    assert f'aria-label="{said("de", "%(average)s of 5 stars", average="4,0")}"' in page
    data = json.loads(re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)[0])
    assert data["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": "4.0", "reviewCount": 1, "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    assert data["review"][0]["reviewBody"] == "Fällt klein aus."
    card = client.get("/de/category/everything/").content.decode()
    assert re.search(r'class="card-rating">.*?<b>4,0</b>', card, re.DOTALL)
    product.refresh_from_db()
    assert (product.ratings, product.rating_rank) == ([0, 0, 0, 1, 0], 358)
    assert Placement.objects.filter(product=product, rating_rank=358).exists()
    everything = client.get(f"/de/product/{product.slug}/reviews/").content.decode()
    assert "Fällt klein aus." in everything
    assert "Fällt klein aus." in client.get(f"/ar/product/{product.slug}/reviews/?stars=4&language=de").content.decode()
    assert "Fällt klein aus." not in client.get(f"/ar/product/{product.slug}/reviews/?stars=5").content.decode()


def test_lists_come_in_the_order_of_ratings(client: Client, arrived: Order, cast: Cast) -> None:
    from_country(client)
    send(client, arrived)

    for path in ("/de/category/everything/?sort=rating", "/de/search/?q=drachen&sort=rating"):
        page = client.get(path).content.decode().partition('id="cards"')[2]
        assert re.findall(r'href="/\w+/product/([\w-]+)/"', page)[0] == cast.tshirt.product.slug


def test_the_same_buyer_changes_the_review_and_takes_it_back(client: Client, arrived: Order, cast: Cast) -> None:
    line = line_of(arrived, "TSHIRT")
    send(client, arrived)
    page = client.get(address(arrived, line)).content.decode()
    assert re.search(r'value="4"[^>]*checked', page) and "Fällt klein aus." in page

    send(client, arrived, stars="2", text="Nach dem Waschen noch kleiner.")
    review = Review.objects.get()
    assert (review.stars, review.changed_at is not None) == (2, True)
    cast.tshirt.product.refresh_from_db()
    assert cast.tshirt.product.ratings == [0, 1, 0, 0, 0]

    assert client.post(address(arrived, line), {"withdraw": "yes"}).status_code == 302
    review = Review.objects.get()
    assert (review.state, review.text, review.signed, review.email) == ("withdrawn", "", "", "")
    assert "noch kleiner" not in client.get(address(arrived, line)).content.decode()
    cast.tshirt.product.refresh_from_db()
    assert (cast.tshirt.product.ratings, cast.tshirt.product.rating_rank) == ([], 0)

    send(client, arrived, stars="2", title="", text="", signed="")  # no way around what was decided
    assert (Review.objects.get().state, Letter.objects.filter(kind="review_written").count()) == ("waiting", 1)


def test_who_buys_twice_has_one_review(client: Client, cast: Cast, outside: Counterpart) -> None:
    member = person("twice@example.test", "Two Times")
    for stars in ("5", "3"):
        order = paid_order(outside, (cast.tshirt, 1), user=member)
        work()
        Fulfilment.objects.filter(seller_order__order=order).update(status="delivered")
        assert send(client, order, stars=stars) == 302

    assert list(Review.objects.values_list("stars", flat=True)) == [3]


def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(client: Client, arrived: Order) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"stars": ""}, "Please choose one to five stars."), ({"stars": "6"}, ""), ({"text": "x" * 4001}, ""),
        ({"title": "x" * 121}, ""), ({"language": "xx"}, ""),
        ({"signed": "\u202eevil"}, "Please leave out characters that cannot be printed."),
    ]  # fmt: skip
    for changes, sentence in wrong:
        answer = client.post(address(arrived, line_of(arrived, "TSHIRT")), TOLD | changes)

        assert answer.status_code == 422, changes
        page = answer.content.decode()
        assert said("de", sentence) in page if sentence else True
        assert changes.get("title", "Gut") in page
    assert Review.objects.count() == 0


def test_markup_is_text(client: Client, arrived: Order, cast: Cast) -> None:
    send(client, arrived, text="<script>alert(1)</script>", title="</script><b>x", signed="<i>")

    page = client.get(f"/de/product/{cast.tshirt.product.slug}/").content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page and "<b>x" not in page
    assert "\\u003C/script\\u003E\\u003Cb\\u003Ex" in page


def test_what_says_how_to_reach_somebody_waits_for_a_look(client: Client, arrived: Order, cast: Cast) -> None:
    assert send(client, arrived, text="Siehe https://example.test") == 302

    assert Review.objects.get().state == "waiting"
    page = client.get(f"/de/product/{cast.tshirt.product.slug}/").content.decode()
    assert "Gut" not in page and Product.objects.get(pk=cast.tshirt.product_id).ratings == []
    form = client.get(address(arrived, line_of(arrived, "TSHIRT"))).content.decode()
    assert said("de", "We look at your review before it is shown.") in form


def test_nobodys_whole_name_is_proposed_as_a_signature(client: Client, arrived: Order) -> None:
    for name, signed in (("Greta Lindholz", "Greta L."), ("山田太郎", ""), ("Ana", "")):
        Order.objects.filter(pk=arrived.pk).update(address=arrived.address | {"name": name})

        page = client.get(address(arrived, line_of(arrived, "TSHIRT"))).content.decode()
        field = re.search(r'<input[^>]*name="signed"[^>]*>', page)
        assert field and (f'value="{signed}"' in field[0] if signed else "value=" not in field[0])


def test_what_stays_hidden_is_not_thanked_for(client: Client, arrived: Order) -> None:
    send(client, arrived)
    Review.objects.update(state="hidden", reason="insult")
    line = line_of(arrived, "TSHIRT")

    page = client.post(address(arrived, line), TOLD, follow=True).content.decode()
    assert Review.objects.get().state == "hidden"
    assert said("de", "Thank you. We look at your review before it is shown.") not in page
    assert 'data-testid="review-hidden"' in client.get(address(arrived, line)).content.decode()


@pytest.mark.parametrize("as_guest", [True, False])
def test_sellers_do_not_review_their_own_goods(
    client: Client, cast: Cast, outside: Counterpart, as_guest: bool
) -> None:
    member = User.objects.get(email="paper-kite@sellers.example")
    changes: dict[str, Any] = {"email": "Paper-Kite@sellers.example"} if as_guest else {"user": member}
    order = paid_order(outside, (cast.tshirt, 1), **changes)
    work()
    Fulfilment.objects.filter(seller_order__order=order).update(status="delivered")

    assert send(client, order, stars="5") == 422
    assert Review.objects.count() == 0


def test_the_members_of_the_seller_hear_of_it_once(client: Client, arrived: Order, cast: Cast) -> None:
    send(client, arrived)
    send(client, arrived, stars="5")

    letters = Letter.objects.filter(kind="review_written")
    assert [letter.params["stars"] for letter in letters] == [4]


def test_a_members_copy_has_it_and_the_erasure_leaves_the_stars(
    client: Client, cast: Cast, outside: Counterpart
) -> None:
    member = person("leaves@example.test", "Lea Ves")
    order = paid_order(outside, (cast.tshirt, 1), user=member)
    work()
    Fulfilment.objects.filter(seller_order__order=order).update(status="delivered")
    send(client, order)

    copy = personal_data(member)["reviews"]
    assert [(one["product"], one["order"], one["text"]) for one in copy] == [
        (cast.tshirt.product.slug, order.number, "Fällt klein aus.")
    ]
    Reviews().erase(User.objects.get(pk=member.pk))
    review = Review.objects.get()
    assert (review.author, review.email, review.signed, review.text, review.stars) == (None, "", "", "", 4)
    page = client.get(f"/de/product/{cast.tshirt.product.slug}/").content.decode()
    assert said("de", "Somebody who bought it") in page


def test_the_letter_of_the_arrival_asks_how_the_goods_are(arrived: Order, cast: Cast) -> None:
    send_delivered(Fulfilment.objects.filter(seller_order__order=arrived, status="delivered").get())
    assert said("de", "There you can also say how the goods are: it helps others to choose.") in mail.outbox[-1].body
