"""The pages of a purchase as a shopper without JavaScript uses them: forms are read, filled in and sent."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse
from django.test import Client

from catalog.models import Variant
from marketplace.kernel.address import PostalAddress
from tests.support.cast import GERMAN_ADDRESS


def from_country(client: Client, country: str = "DE", currency: str = "EUR") -> Client:
    """A shopper who chose a country and a currency."""
    client.cookies["region"] = f"{country}.{currency}"
    return client


def put_in(client: Client, *goods: tuple[Variant, int], language: str = "de") -> None:
    """The shopper puts goods into the cart."""
    for variant, quantity in goods:
        answer = client.post(f"/{language}/cart/add/", {"variant": variant.pk, "quantity": quantity})
        assert answer.status_code == 302, answer.content


def hidden(page: HttpResponse, name: str) -> str:
    """What stands in a hidden field; an empty string when it is not there."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page.content.decode())
    return unescape(found[1]) if found else ""


def filled(address: PostalAddress = GERMAN_ADDRESS, **changes: str) -> dict[str, str]:
    """The fields of the checkout as typed; names in `changes` with two underscores stand for a hyphen."""
    typed = {f"address-{name}": value for name, value in address.as_dict().items() if value}
    fields = {"email": "greta@example.com", "terms": "on", "action": "refresh", **typed}
    return fields | {name.replace("__", "-"): value for name, value in changes.items()}


def priced(client: Client, fields: dict[str, str], *, language: str = "de") -> dict[str, str]:
    """The fields with the key of the page and the total that it shows for them, ready to be sent."""
    page = client.post(f"/{language}/checkout/", fields | {"action": "refresh"})
    assert page.status_code == 200, page.content.decode()
    shown = {name: hidden(page, name) for name in ("key", "shown_total")}
    assert all(shown.values()), shown
    return fields | shown | {"action": "place"}


def place(client: Client, fields: dict[str, str] | None = None, *, language: str = "de") -> HttpResponse:
    """The answer to the last button of the checkout."""
    return client.post(f"/{language}/checkout/", priced(client, fields or filled(), language=language))
