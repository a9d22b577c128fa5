"""A seller's price in the shopper's currency, with what is added for the risk of the exchange rate: any amount, any pair."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from catalog.price_endings import Band, Endings
from catalog.price_terms import PLAIN, MarketAmount, PriceTerms, Tier
from catalog.selectors.prices import Goods, Prices
from compliance.rules.book import RuleBook
from logistics.tariff import Tariff
from marketplace.kernel.money import quantum
from tests.compliance.cases import FX, TODAY

CURRENCIES = ["EUR", "USD", "CNY", "JPY", "KWD", "BRL"]
percentages = st.decimals(min_value=0, max_value=20, places=4)


@dataclass(frozen=True)
class Risk:
    """What is known of a currency."""

    level: str
    worst_1: Decimal | None
    worst_14: Decimal | None


def prices_with(risks: dict[str, Risk]) -> Prices:
    return Prices(FX, risks, RuleBook(TODAY, {}), Tariff("1", {}, {}, frozenset(), {}, {"": 500}), TODAY)


@given(
    units=st.integers(0, 10**8),
    source=st.sampled_from(CURRENCIES),
    target=st.sampled_from(CURRENCIES),
    risks=st.dictionaries(
        st.sampled_from(CURRENCIES),
        st.builds(Risk, st.sampled_from(["green", "amber", "red"]), st.none() | percentages, st.none() | percentages),
    ),
)
def test_the_price_is_the_converted_one_and_a_buffer_that_is_never_negative(
    units: int, source: str, target: str, risks: dict[str, Risk]
) -> None:
    prices, price = prices_with(risks), Money(units * quantum(source), source)

    amount, buffer = prices.shop_price(price, target)

    converted = FX.convert(price, target)
    added = prices.terms(source, target).buffer(converted)
    assert buffer is None or buffer.amount > 0
    assert added.amount >= 0 and amount == converted + added
    assert (buffer or Money(0, target)) == added
    assert amount.amount == amount.amount.quantize(quantum(target))
    levels = {risks[code].level for code in (source, target) if code in risks and code != "EUR"}
    if source == target or not levels & {"amber", "red"}:
        assert buffer is None


@given(percent=percentages, quantity=st.integers(1, 99))
def test_a_line_says_what_of_its_price_was_added(percent: Decimal, quantity: int) -> None:
    prices = prices_with({"CNY": Risk("red", Decimal(0), percent)})
    goods = Goods("MUG", Money("154.00", "CNY"), "mug", "691110", "CN", 350, "standard", False, ("CN",))

    line = prices.line(goods, quantity, "EUR")

    assert (line.unit_price, line.buffer) == prices.shop_price(goods.price, "EUR")
    assert line.value == line.unit_price * quantity


# Terms --------------------------------------------------------------------------------------------------------

ENDINGS = Endings({"EUR": [Band(Decimal(0), Decimal(1), Decimal("0.90"), Decimal("0.40"))]})
TERMS = PriceTerms(
    markets=(MarketAmount("", Money("24.50", "USD")), MarketAmount("CH", Money("21.00", "EUR"))),
    tiers=(Tier(10, Decimal("73.50")),), has_native_endings=True,
)  # fmt: skip
HUNDRED_AND_FIFTY_FOUR = Money("154.00", "CNY")


def priced(country: str, currency: str, quantity: int = 1, terms: PriceTerms = TERMS) -> tuple[Money, Money]:
    prices = replace(prices_with({}), endings=ENDINGS)
    found = prices.price_for(HUNDRED_AND_FIFTY_FOUR, terms, country, currency, quantity)
    return found.amount, found.asked


def test_a_country_comes_before_a_currency_and_both_before_the_converted_price() -> None:
    """CNY 154.00 are EUR 20.72 at the rate of the cases; only that is rounded, to 20.90."""
    assert priced("US", "USD") == (Money("24.50", "USD"), Money("24.50", "USD"))
    assert priced("CH", "USD") == (FX.convert(Money("21.00", "EUR"), "USD"), Money("21.00", "EUR"))
    assert priced("CH", "EUR") == (Money("21.00", "EUR"), Money("21.00", "EUR"))
    assert priced("DE", "EUR") == (Money("20.90", "EUR"), HUNDRED_AND_FIFTY_FOUR)
    assert priced("DE", "EUR", terms=PLAIN) == (FX.convert(HUNDRED_AND_FIFTY_FOUR, "EUR"), HUNDRED_AND_FIFTY_FOUR)
    assert priced("CN", "CNY") == (HUNDRED_AND_FIFTY_FOUR, HUNDRED_AND_FIFTY_FOUR)


def test_pieces_make_every_price_cheaper_in_the_same_proportion() -> None:
    assert priced("DE", "EUR", 9) == priced("DE", "EUR")
    assert priced("DE", "EUR", 10) == (Money("9.90", "EUR"), Money("73.50", "CNY"))  # from 9.89
    assert priced("US", "USD", 10) == (Money("11.69", "USD"), Money("11.69", "USD"))
    assert priced("CH", "EUR", 10) == (Money("10.02", "EUR"), Money("10.02", "EUR"))


@given(
    units=st.integers(1, 10**7), percent=percentages, quantity=st.integers(1, 99), steps=st.integers(1, 500),
    below=st.integers(0, 500),
)  # fmt: skip
def test_a_native_price_keeps_the_buffer_and_is_never_more_than_its_step_lower(
    units: int, percent: Decimal, quantity: int, steps: int, below: int
) -> None:
    band = Band(Decimal(0), Decimal(steps) / 100, Decimal(0), Decimal(min(below, steps)) / 100)
    prices = replace(prices_with({"CNY": Risk("red", Decimal(0), percent)}), endings=Endings({"EUR": [band]}))
    price = Money(units * quantum("CNY"), "CNY")

    native = prices.price_for(price, PriceTerms(has_native_endings=True), "DE", "EUR", quantity)

    plain = prices.shop_price(price, "EUR")
    assert native.buffer == plain.buffer
    assert native.amount.amount >= plain.amount.amount - band.most_below
    assert native.asked == price
