"""The standing cast of a purchase: who buys, who sells, what lies in which warehouse, and the laws that hold.

Rules, freight and exchange rates are loaded once for a process by the services that load them in the shop, and
copied into each test that asks for them. The rates are round, so that every figure can be reckoned by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import override
from moneyed import Money

from accounts import services as accounts
from accounts.models import Seller, SellerMember, User
from catalog.models import (
    Category,
    EconomicOperator,
    Option,
    OptionValue,
    Product,
    ProductFacts,
    StockLevel,
    Variant,
)
from catalog.selectors.price_terms import forget_endings
from catalog.services import listings
from compliance import selectors as compliance
from compliance.models import RULE_MODELS, DutyRate, GoodsRestriction, Registration, TaxRate
from compliance.rules import version as rule_version
from compliance.rules.files import read_table
from compliance.rules.loading import load_rules
from compliance.selectors.rules import _books as books
from logistics import selectors as logistics
from logistics import tariff_files
from logistics.models import DefaultWeight, ShippingRate, ShippingService, TariffVersion, Warehouse, Zone, ZoneCountry
from logistics.selectors import _memory as tariff_memory
from marketplace.kernel import clock
from marketplace.kernel.address import PostalAddress
from payments import selectors as payments
from payments.models import CurrencyRisk, ExchangeRate
from payments.rates import RateFact
from payments.selectors import _memory as payments_memory
from tests.support.rows import copy_in, copy_out
from tests.support.scenes import Scene

TODAY = date(2026, 11, 22)  # the day on which the cast goes shopping
RATED_ON = date(2026, 11, 20)
RATES = {
    "USD": "1.10", "GBP": "0.88", "JPY": "165", "CNY": "7.70", "CHF": "0.95", "NOK": "11.00", "SEK": "11.00",
    "DKK": "7.50", "PLN": "4.25", "CAD": "1.50", "AUD": "1.65", "NZD": "1.80", "SGD": "1.50", "KRW": "1500",
    "MXN": "20.00", "BRL": "6.00", "AED": "4.00", "SAR": "4.10", "KWD": "0.34", "KES": "140", "RON": "5.00",
}  # fmt: skip
GERMAN_ADDRESS = PostalAddress(
    "Greta Lindholz", "Aachener Straße 12", "Köln", "DE", postal_code="50667", phone="+4922112345678"
)
AMERICAN_ADDRESS = PostalAddress(
    "Alma Reyes", "350 Mission Street", "San Francisco", "US", postal_code="94105", country_area="CA"
)

_MODELS = (*RULE_MODELS.values(), Zone, ZoneCountry, ShippingService, ShippingRate, DefaultWeight, TariffVersion,
           ExchangeRate)  # fmt: skip


# Laws, freight, rates ---------------------------------------------------------------------------------------


class Laws:
    """The rows of rules, freight and rates, kept as the database hands them out.

    Of the large tables only what concerns the places of these tests, for the sake of their speed.
    """

    def __init__(self) -> None:
        """Loads everything once and takes it back; needs a database."""
        with transaction.atomic():
            load_laws()
            ShippingRate.objects.exclude(origin_country__in=("CN", "JP", "DE", "FR", "US")).delete()
            DutyRate.objects.exclude(destination__in=("EU", "US", "JP", "CH")).delete()
            TaxRate.objects.exclude(country__in=("DE", "FR", "JP", "CH", "US")).delete()
            self._rows = {model._meta.db_table: copy_out(model._meta.db_table) for model in _MODELS}
            transaction.set_rollback(True)
        forget_laws()

    def enact(self) -> None:
        """The rows are in the database of the running test; no trigger fires a second time."""
        copy_in(self._rows)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), _MODELS):
                cursor.execute(statement)


@cache
def laws() -> Laws:
    """Those of this process."""
    return Laws()


def load_laws() -> None:
    """Rules and freight of the shop, and the round rates of the cast, as fresh on their day as on the present one."""
    assert load_rules().refused == []
    tariff_files.load(tariff_files.DATA)
    ExchangeRate.objects.record([*rate_facts(), *rate_facts(datetime.now(UTC).date())])


def rate_facts(on: date = RATED_ON, **changes: str) -> Iterator[RateFact]:
    """The rates of the cast, units for one euro, as published on a day."""
    for currency, rate in (RATES | changes).items():
        yield RateFact("Bank of the tests", "EUR", currency, on, Decimal(rate))


def forbid(hs_prefixes: str, country: str, document: str = "") -> GoodsRestriction:
    """From now on the goods may not be sent to the country, or not without a document."""
    return GoodsRestriction.objects.create(
        code="TEST-BAN", family="TEST-BAN", name="Goods of the tests", action=GoodsRestriction.Action.BLOCK,
        hs_prefixes=hs_prefixes, destination=country, effective_from=date(2026, 1, 1), source="Gazette of the tests",
        confidence="official", last_reviewed=TODAY, document=document,
    )  # fmt: skip


def make_restless(**levels: str) -> None:
    """Currencies get their level; the larger value at risk is 0.6 % for a day and 2.2 % for fourteen."""
    for currency, level in levels.items():
        CurrencyRisk.objects.create(
            currency=currency, on=TODAY, rated_on=RATED_ON, rate=1, level=level, assessed_at=clock.now(),
            var_1=Decimal("0.5"), var_14=Decimal("1.9"), historical_1=Decimal("0.6"), historical_14=Decimal("2.2"),
        )  # fmt: skip
    forget_laws()


def forget_laws() -> None:
    """The next question reads the database."""
    compliance.forget_rule_books()
    forget_endings()
    logistics.forget_tariff()
    payments.forget_rates()


class Known:
    """What a process knows once it has looked up the laws of the day, to begin each test with."""

    def __init__(self) -> None:
        """Looks them up in the database of the moment."""
        forget_laws()
        self._book, self._tariff = compliance.rule_book(TODAY), logistics.tariff()
        self._rates = payments.fx_table(TODAY), payments.known_risks(TODAY)
        self._version = payments_memory.version
        forget_laws()

    def __deepcopy__(self, memo: dict[int, Any]) -> Known:
        return self

    def recall(self) -> None:
        """The process knows them, and nothing that a test before has seen; the next question asks if they stand."""
        forget_laws()
        book = copy(self._book)
        book.version = rule_version.current()
        books[TODAY] = book
        tariff_memory.tariff = self._tariff
        payments_memory.days, payments_memory.version = {TODAY: self._rates}, self._version


# People and sellers -----------------------------------------------------------------------------------------


def person(email: str, full_name: str, language: str = "en", **fields: Any) -> User:
    """Somebody with an account and without a password; tests sign them in by force."""
    return User.objects.create_user(email, full_name=full_name, language=language, **fields)


def officer() -> User:
    """A compliance officer."""
    user = person("vera@sampan.example", "Vera Lindqvist", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="review_flags"))
    return User.objects.get(pk=user.pk)


def seller(slug: str, name: str, country: str, currency: str, **fields: Any) -> Seller:
    """An approved seller with one member."""
    values = {"legal_name": f"{name} Ltd", "status": Seller.Status.APPROVED, "city": "Harbour", **fields}
    made = Seller.objects.create(slug=slug, name=name, home_country=country, settlement_currency=currency, **values)
    accounts.add_member(user=person(f"{slug}@sellers.example", name), seller=made, role=SellerMember.Role.OWNER)
    return made


# Goods ------------------------------------------------------------------------------------------------------


def warehouse(of: Seller, country: str = "", **fields: Any) -> Warehouse:
    """A warehouse of the seller, at home unless a country is given."""
    country = country or of.home_country
    values = {"name": f"{of.name} {country}", "city": "Harbour", "street_address": "Quay 1", "postal_code": "10000"}
    code = f"{of.slug}-{country.lower()}-{Warehouse.objects.count() + 1}"
    return Warehouse.objects.create(seller=of, code=code, country=country, **(values | fields))


def listing(of: Seller, name: str, price: str, stock: Mapping[Warehouse, int], **fields: Any) -> Variant:
    """A live product with one variant, screened and found well; `price` is in the seller's currency.

    Other fields are the product's.
    """
    shelf = Category.objects.filter(slug="everything").first()
    shelf = shelf or Category.add_root(
        slug="everything", name_en="Everything", name_de="Alles", name_ar="كل شيء", name_zh_hans="全部商品"
    )
    grams = fields.pop("weight_grams", 200)
    slug = slugify(name)
    values = {"hs_code": "482010", "origin": of.home_country, "customs_description": name, "name_en": name} | fields
    product = Product.objects.create(
        seller=of, category=shelf, slug=slug, handle=slug, status=Product.Status.LIVE, **values
    )
    variant = Variant.objects.create(
        product=product, seller=of, sku=slug.upper()[:20], price=Money(price, of.settlement_currency),
        weight_grams=grams,
    )  # fmt: skip
    put(variant, stock)
    tell_all(product)
    found_well(product)
    return variant


def tell_all(product: Product, **facts: Any) -> ProductFacts:
    """The facts of a listing with which nothing is to be found on it; some may be otherwise."""
    seller = product.seller
    maker, person = (
        EconomicOperator.objects.get_or_create(
            seller=seller, role=role, name=name, country=country,
            defaults={"postal_address": "Quay 1, 10000 Harbour", "electronic_address": f"safety@{seller.slug}.example"},
        )[0]
        for role, name, country in (
            ("manufacturer", seller.legal_name, seller.home_country), ("responsible", "Kontor Sicher GmbH", "DE"),
        )
    )  # fmt: skip
    values = {"manufacturer": maker, "responsible_person": person, "has_no_warnings": True, "battery": "none"}
    values |= {"model_identifier": product.handle[:120], "packaging_grams": {"paper": "40"}}
    return ProductFacts.objects.create(product=product, **(values | facts))


def found_well(*products: Product) -> None:
    """The listings were screened, and nothing was found on them."""
    Product.objects.filter(pk__in=[product.pk for product in products]).update(
        held_in=[], is_unscreened=False, screened_at=clock.now()
    )


def register_everywhere(*sellers: Seller) -> None:
    """The sellers are in every register of producers that the rules know."""
    schemes = sorted({(row["country"], row["stream"]) for row in read_table("epr_schemes")[0]})
    Registration.objects.bulk_create(
        Registration(
            seller=seller, kind=Registration.Kind.EPR, country=country, stream=stream, number=f"{country}-{stream}",
            state=Registration.State.VALID,
        )
        for seller in sellers for country, stream in schemes
    )  # fmt: skip


def another_choice(variant: Variant, option: str, first: str, second: str, price: str, stock: int) -> Variant:
    """A second variant of the same product; both now differ in one option."""
    made = Option.objects.create(product=variant.product, position=1, name_en=option)
    values = [OptionValue.objects.create(option=made, position=n, code=code, name_en=code)
              for n, code in enumerate((first, second))]  # fmt: skip
    Variant.objects.filter(pk=variant.pk).update(value1=values[0])
    other = Variant.objects.create(
        product=variant.product, seller=variant.seller, sku=f"{variant.sku}-2", value1=values[1],
        price=Money(price, variant.price.currency), weight_grams=variant.weight_grams,
    )  # fmt: skip
    put(other, {variant.stock_levels.get().warehouse: stock})
    return other


def put(variant: Variant, stock: Mapping[Warehouse, int]) -> None:
    """Lays pieces into warehouses."""
    StockLevel.objects.bulk_create(
        StockLevel(variant=variant, warehouse=place, on_hand=pieces) for place, pieces in stock.items()
    )


def fill_shelves() -> None:
    """Cards, shelves and search know the listings."""
    listings.refresh_listings(product_ids=list(Product.objects.values_list("pk", flat=True)),
                              fx=payments.fx_table(TODAY))  # fmt: skip
    listings.refresh_facets()


@dataclass(slots=True)
class Cast:
    """Everybody and everything. T-shirt EUR 10.00 and mug EUR 20.00 lie in Shenzhen, the notebook EUR 8.00 in Osaka."""

    german: User
    japanese: User
    officer: User
    shenzhen: Seller
    rival: Seller
    shenzhen_warehouse: Warehouse
    osaka_warehouse: Warehouse
    tshirt: Variant
    mug: Variant
    notebook: Variant


def assemble() -> Cast:
    """The cast and their goods, fifty pieces of each."""
    shenzhen = seller("paper-kite", "Paper Kite", "CN", "CNY", legal_name="Shenzhen Paper Kite Ltd", city="Shenzhen")
    rival = seller("asagiri", "Asagiri", "JP", "JPY", legal_name="Asagiri KK", city="Osaka")
    south = warehouse(shenzhen, city="Shenzhen", street_address="1 Keji Road", postal_code="518057")
    osaka = warehouse(rival, city="Osaka", street_address="2-1 Umeda", postal_code="530-0001")
    register_everywhere(shenzhen, rival)
    return Cast(
        german=person("greta@example.com", "Greta Lindholz", "de"),
        japanese=person("yu@example.com", "森川 悠", "ja"),
        officer=officer(),
        shenzhen=shenzhen,
        rival=rival,
        shenzhen_warehouse=south,
        osaka_warehouse=osaka,
        tshirt=listing(
            shenzhen, "Kite T-shirt", "77.00", {south: 50}, hs_code="610910", weight_grams=180,
            customs_description="knitted T-shirt of cotton", name_de="T-Shirt mit Drachen", name_ar="تيشيرت الطائرة الورقية",
            name_zh_hans="风筝T恤",
        ),
        mug=listing(
            shenzhen, "Kite mug", "154.00", {south: 50}, hs_code="691110", weight_grams=350,
            customs_description="porcelain mug with handle", name_de="Becher mit Drachen", name_ar="كوب الطائرة الورقية",
            name_zh_hans="风筝马克杯",
        ),
        notebook=listing(
            rival, "Morning notebook", "1320", {osaka: 50}, hs_code="482010", weight_grams=190,
            customs_description="notebook, thread-sewn, 128 pages", name_de="Notizbuch Morgen", name_ar="دفتر الصباح",
            name_zh_hans="晨光笔记本",
        ),
    )  # fmt: skip


def _on_the_day(*, with_shelves: bool) -> tuple[Cast, Known]:
    with pytest.MonkeyPatch.context() as patch, override("en"):
        patch.setattr(clock, "today", lambda: TODAY)
        forget_laws()
        laws().enact()
        made = assemble()
        if with_shelves:
            fill_shelves()
        return made, Known()


STANDING = Scene("cast_of_the_day", lambda: _on_the_day(with_shelves=False))
FILLED = Scene("cast_on_filled_shelves", lambda: _on_the_day(with_shelves=True))
