"""The files that listings are written into."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any, Final
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from catalog.exports import own
from catalog.exports.listings import bundles_last
from catalog.exports.markets import Market, Offer, offers
from catalog.feeds.choices import SECTION, further_attribute
from catalog.models import Product
from catalog.selectors.prices import Prices
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import minor_digits
from marketplace.kernel.signs import printable
from marketplace.kernel.spreadsheet import harmless

_LONGEST_CELL: Final = 32_767  # of a workbook
_GOOGLE: Final = "http://base.google.com/ns/1.0"
_BARE: Final = AttributesImpl({})
_FARTHEST: Final = timedelta(days=365)  # that a pre-order may lie ahead for Google
_FACEBOOK: Final = ("id", "title", "description", "availability", "condition", "price", "sale_price", "sale_price_effective_date",
                    "link", "image_link",
                    "additional_image_link", "brand", "gtin", "item_group_id", "color", "size", "material", "pattern",
                    "additional_variant_attribute", "product_type", "origin_country",
                    "shipping", "custom_label_0")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """How many listings or offers are in a file, and how many are not because they have no picture."""

    written: int
    without_picture: int = 0


Write = Callable[[IO[bytes], QuerySet[Product], Market, Prices], Count]


@dataclass(frozen=True, slots=True)
class Written:
    """A format: what people read for it, its type and ending, and what writes it and counts what it wrote.

    Writing raises `Refused` for what the format can't hold.
    """

    label: Any
    content_type: str
    ending: str
    write: Write


def amount(money: Money) -> str:
    """An amount with its currency, as feeds write it: "19.90 EUR"."""
    code = money.currency.code
    return f"{money.amount:.{minor_digits(code)}f} {code}"


def write_csv(stream: IO[bytes], products: QuerySet[Product], market: Market, prices: Prices) -> Count:
    """The sellers' own table. UTF-8 with a mark, so that Excel knows it."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.DictWriter(text, own.columns(products), restval="", extrasaction="ignore")
    table.writeheader()
    count = 0
    for product in bundles_last(products):
        table.writerows(own.rows(product))
        count += 1
    text.detach()
    return Count(count)


def write_xlsx(stream: IO[bytes], products: QuerySet[Product], market: Market, prices: Prices) -> Count:
    """The sellers' own table as a workbook; every cell is text. Raises `Refused("text_too_long")`."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("listings")
    names = own.columns(products)
    sheet.append(names)
    count = 0
    for product in bundles_last(products):
        for row in own.rows(product):
            sheet.append([_cell(row.get(name, ""), product) for name in names])
        count += 1
    book.save(stream)
    return Count(count)


def _cell(text: str, product: Product) -> str:
    """`text` without what no workbook holds."""
    held = printable(text)
    if len(held) > _LONGEST_CELL:
        message = _("“%(listing)s” has a text that is longer than a cell of Excel can be. Please take the CSV file.")
        raise Refused("text_too_long", message % {"listing": product.name or product.handle}, field="format")
    return held


def write_google(stream: IO[bytes], products: QuerySet[Product], market: Market, prices: Prices) -> Count:
    """A feed for Google Merchant Center: RSS 2.0 with shipping, and with what is due on import as its own label.

    Google takes nothing without a picture, and has no column for import charges; `custom_label_0` has the price that lands at the door.
    Lengths, moments and words are those of its product data specification.
    """
    found = offers(products, market, prices)
    xml = XMLGenerator(stream, "utf-8")
    xml.startDocument()
    xml.startElement("rss", AttributesImpl({"version": "2.0", "xmlns:g": _GOOGLE}))
    xml.startElement("channel", _BARE)
    for name, text in (("title", "Sampan"), ("link", settings.SITE_URL), ("description", market.region.country),
                       ("language", market.region.language)):  # fmt: skip
        _element(xml, name, text)
    count = without_picture = 0
    for offer in found:
        if not offer.image:
            without_picture += 1
            continue
        xml.startElement("item", _BARE)
        for name, value in _google(offer, market, prices.on):
            _element(xml, f"g:{name}", value) if isinstance(value, str) else _parts(xml, f"g:{name}", value)
        xml.endElement("item")
        count += 1
    xml.endElement("channel")
    xml.endElement("rss")
    xml.endDocument()
    return Count(count, without_picture)


def _element(xml: XMLGenerator, name: str, text: str) -> None:
    xml.startElement(name, _BARE)
    xml.characters(printable(text))
    xml.endElement(name)


def _parts(xml: XMLGenerator, name: str, parts: Mapping[str, str]) -> None:
    xml.startElement(name, _BARE)
    for part, text in parts.items():
        _element(xml, f"g:{part}", text)
    xml.endElement(name)


def _google(offer: Offer, market: Market, on: date) -> Iterator[tuple[str, str | Mapping[str, str]]]:
    fewest, most = offer.days
    is_far = offer.ready_on is not None and offer.ready_on > on + _FARTHEST
    ready_at = f"{offer.ready_on}T00:00Z" if offer.ready_on and not is_far else ""
    is_pack = len(offer.parts) == 1 and offer.parts[0] > 1
    shipping = {"country": market.region.country, "service": offer.service, "price": amount(offer.shipping),
                "min_transit_time": str(fewest), "max_transit_time": str(most)}  # fmt: skip
    pairs: Iterable[tuple[str, str | Mapping[str, str]]] = [
        ("id", offer.id), ("title", offer.title(150)), ("description", offer.description), ("link", offer.link),
        ("image_link", offer.image), *(("additional_image_link", url) for url in offer.more_images),
        ("availability", "out_of_stock" if is_far else offer.availability), ("availability_date", ready_at),
        ("condition", "new"), ("is_bundle", "yes" if len(offer.parts) > 1 else ""),
        ("multipack", str(offer.parts[0]) if is_pack else ""),
        ("price", amount(offer.price)), ("sale_price", amount(offer.reduced) if offer.reduced else ""),
        ("sale_price_effective_date", _sale(offer)),
        ("brand", offer.brand[:70]), ("gtin", offer.gtin), ("identifier_exists", "" if offer.gtin else "no"),
        ("item_group_id", offer.group), ("product_type", offer.category),
        *((name, choice[:100]) for name, choice in offer.choices.items()),
        *(("product_detail", {"section_name": SECTION, "attribute_name": name[:140], "attribute_value": choice[:1000]})
          for name, choice in offer.details),
        ("shipping_weight", f"{offer.weight_grams} g" if offer.weight_grams else ""),
        ("shipping", shipping), ("custom_label_0", amount(offer.landed) if offer.landed else ""),
    ]  # fmt: skip
    return ((name, value) for name, value in pairs if value)


def write_facebook(stream: IO[bytes], products: QuerySet[Product], market: Market, prices: Prices) -> Count:
    """A catalogue for Facebook and Instagram: CSV in UTF-8, with nothing in it that has no picture."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    table = csv.DictWriter(text, _FACEBOOK)
    table.writeheader()
    count = without_picture = 0
    for offer in offers(products, market, prices):
        if not offer.image:
            without_picture += 1
            continue
        table.writerow({name: harmless(value) for name, value in _facebook(offer, market).items()})
        count += 1
    text.detach()
    return Count(count, without_picture)


_OF_FACEBOOK: Final = {"in_stock": "in stock", "out_of_stock": "out of stock", "preorder": "preorder",
                       "backorder": "available for order"}  # fmt: skip


def _sale(offer: Offer) -> str:
    """From when to when the reduced price holds (ISO 8601), of a sale that was scheduled."""
    return "/".join(f"{moment:%Y-%m-%dT%H:%M%z}" for moment in offer.sale or ())


def _facebook(offer: Offer, market: Market) -> dict[str, str]:
    return {
        "id": offer.id, "title": offer.title(200), "description": offer.description,
        "availability": _OF_FACEBOOK[offer.availability], "condition": "new",
        "price": amount(offer.price), "sale_price": amount(offer.reduced) if offer.reduced else "",
        "sale_price_effective_date": _sale(offer),
        "link": offer.link, "image_link": offer.image, "additional_image_link": ",".join(offer.more_images),
        "brand": offer.brand[:100], "gtin": offer.gtin, "item_group_id": offer.group,
        **{name: choice[:200] for name, choice in offer.choices.items()},
        "additional_variant_attribute": further_attribute(offer.details),
        "product_type": offer.category, "origin_country": offer.origin,
        "shipping": f"{market.region.country}::{offer.service}:{amount(offer.shipping)}",
        "custom_label_0": amount(offer.landed) if offer.landed else "",
    }  # fmt: skip


FORMATS: Final[Mapping[str, Written]] = {
    "csv": Written(_("Our own table (CSV)"), "text/csv; charset=utf-8", "csv", write_csv),
    "xlsx": Written(
        _("Our own table (Excel)"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        write_xlsx,
    ),
    "google": Written(
        _("Feed for Google Merchant Center (XML)"), "application/xml; charset=utf-8", "xml", write_google
    ),
    "facebook": Written(_("Catalogue for Facebook (CSV)"), "text/csv; charset=utf-8", "csv", write_facebook),
}
