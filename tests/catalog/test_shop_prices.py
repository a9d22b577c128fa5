"""A seller's price in the shopper's currency, with what is added for the risk of the exchange rate: any amount, any pair."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

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
