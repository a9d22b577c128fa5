"""Listings are screened: what is found becomes flags with countries, and what changes is looked at again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from catalog.models import (
    Attribute,
    Category,
    CategoryAttribute,
    EconomicOperator,
    MarketHold,
    PriceChange,
    Product,
    ProductAttributes,
    ProductFacts,
    ProductImage,
    Variant,
)
from catalog.selectors import usual_prices
from catalog.services import screening
from catalog.services.attributes import keep_answers
from compliance import selectors as compliance
from compliance.models import Flag, FlagEvent, GoodsRestriction, Notice, Registration
from compliance.services import ask_for_recheck, release_flag, save_rule, uphold_flag
from compliance.services.rechecks import SELLER
from marketplace.kernel import clock
from tests.support import cast as casting
from tests.support.cast import TODAY, Cast

pytestmark = pytest.mark.django_db
FRENCH_TEXTILES = {"kind": "epr", "country": "FR", "stream": "textiles"}


def product_of(variant: Variant) -> Product:
    return Product.objects.get(pk=variant.product_id)


def rules_of(variant: Variant) -> dict[str, tuple[str, list[str]]]:
    """The flags that stand on a listing, with severity and countries."""
    flags = compliance.open_flags_on(product_of(variant))
    return {flag.rule: (flag.severity, flag.countries) for flag in flags}


def held_in(variant: Variant) -> list[str]:
    return product_of(variant).held_in


def screen() -> screening.Screened:
    return screening.screen_waiting()


@pytest.fixture
def calm(shop: Cast) -> Cast:
    """Nothing waits, and nothing is to be found."""
    for product in Product.objects.all():
        ProductImage.objects.create(product=product, file="products/kite.webp")
    casting.fill_shelves()
    screen()
    assert list(Flag.objects.values_list("rule", "params")) == []
    return shop


# What is found ------------------------------------------------------------------------------------------------


def test_goods_of_which_all_is_known_have_no_flag_and_are_on_sale_everywhere(calm: Cast) -> None:
    Product.objects.update(is_unscreened=True, held_in=[""], screened_at=None)

    done = screen()

    assert (done.listings, done.opened, done.moved) == (3, 0, 3)
    assert list(Product.objects.values_list("held_in", "is_unscreened")) == [([], False)] * 3
    assert product_of(calm.tshirt).marks == ["packaging", "textile"]
    assert product_of(calm.tshirt).placements.count() == 1


def test_a_missing_number_holds_the_listing_in_its_country_alone(calm: Cast) -> None:
    Registration.objects.filter(seller=calm.shenzhen, **FRENCH_TEXTILES).delete()
    ask_for_recheck(topic=SELLER, keys=[calm.shenzhen.pk])

    screen()

    assert rules_of(calm.tshirt) == {"epr_missing:textiles-block": ("block", ["FR"])}
    assert (held_in(calm.tshirt), held_in(calm.mug), held_in(calm.notebook)) == (["FR"], [], [])
    assert list(product_of(calm.tshirt).placements.values_list("held_in", flat=True)) == [["FR"]]
    flag = Flag.objects.get()
    assert (flag.seller, flag.subject_label) == (calm.shenzhen, "Kite T-shirt")
    assert flag.due_at == flag.opened_at + timedelta(days=2)
    assert flag.evidence["hs_code"] == "610910"
    assert "epr DE textiles" not in flag.evidence["registrations"]
    assert "epr FR packaging" in flag.evidence["registrations"]
    assert list(MarketHold.objects.values_list("product", "countries", "flag")) == [
        (calm.tshirt.product_id, ["FR"], flag.pk)
    ]


def test_a_mended_listing_is_let_go_by_itself_with_a_trace(calm: Cast) -> None:
    numbers = Registration.objects.filter(seller=calm.shenzhen, **FRENCH_TEXTILES)
    numbers.update(state="claimed")
    ask_for_recheck(topic=SELLER, keys=[calm.shenzhen.pk])
    screen()
    assert held_in(calm.tshirt) == ["FR"]

    numbers.update(state="valid")
    ask_for_recheck(topic=SELLER, keys=[calm.shenzhen.pk])
    screen()

    assert held_in(calm.tshirt) == []
    flag = Flag.objects.get()
    assert flag.status == "mended"
    assert list(flag.events.values_list("kind", flat=True)) == ["opened", "mended"]
    assert not MarketHold.objects.exists()


def test_screening_twice_changes_nothing(calm: Cast) -> None:
    Registration.objects.filter(seller=calm.shenzhen, **FRENCH_TEXTILES).delete()
    ask_for_recheck(topic=SELLER, keys=[calm.shenzhen.pk])
    screen()
    before = list(Flag.objects.values()), FlagEvent.objects.count(), list(MarketHold.objects.values())
    Product.objects.update(is_unscreened=True)

    done = screen()

    assert (done.listings, done.opened, done.changed, done.mended, done.moved) == (3, 0, 0, 0, 0)
    assert (list(Flag.objects.values()), FlagEvent.objects.count(), list(MarketHold.objects.values())) == before


def test_what_gpsr_asks_for_is_asked_for_in_the_union_alone(calm: Cast) -> None:
    ProductFacts.objects.filter(product=calm.mug.product_id).update(manufacturer=None, responsible_person=None)

    screen()

    found = rules_of(calm.mug)
    assert found["manufacturer_missing:GPSR-MANUFACTURER-EU"][0] == "block"
    countries = set(held_in(calm.mug))
    assert {"DE", "FR", "PL"} <= countries
    assert countries.isdisjoint({"US", "JP", "CH", "GB"})


def test_a_listing_without_facts_says_so(calm: Cast) -> None:
    ProductFacts.objects.filter(product=calm.mug.product_id).delete()

    screen()

    assert set(rules_of(calm.mug)) >= {
        "manufacturer_missing:GPSR-MANUFACTURER-EU",
        "warnings_unsaid:GPSR-WARNINGS-SAID-EU",
    }


def test_a_code_of_a_chapter_where_goods_of_the_category_never_are_is_looked_at(calm: Cast) -> None:
    bags = Category.objects.get(pk=calm.mug.product.category_id).add_child(slug="bags", name_en="Bags")
    Product.objects.filter(pk=calm.mug.product_id).update(category=bags, hs_code="950300")
    Product.objects.filter(pk=calm.tshirt.product_id).update(category=bags, hs_code="420292")

    screen()

    assert "hs_code_contradictory" in rules_of(calm.mug)
    assert rules_of(calm.tshirt) == {}


# What changes -------------------------------------------------------------------------------------------------


def other_name(goods: Cast) -> None:
    Product.objects.filter(pk=goods.mug.product_id).update(name_ja="凧のマグカップ")


def other_price(goods: Cast) -> None:
    Variant.objects.filter(pk=goods.mug.pk).update(price=Decimal("1"))


def another_variant(goods: Cast) -> None:
    casting.another_choice(goods.mug, "Size", "small", "large", "99", 3)


def variant_gone(goods: Cast) -> None:
    another_variant(goods)
    screen()
    Variant.objects.exclude(pk=goods.mug.pk).filter(product=goods.mug.product_id).delete()


def other_facts(goods: Cast) -> None:
    ProductFacts.objects.filter(product=goods.mug.product_id).update(is_liquid=True)


def other_operator(goods: Cast) -> None:
    facts = ProductFacts.objects.get(product=goods.mug.product_id)
    EconomicOperator.objects.filter(pk=facts.manufacturer_id).update(electronic_address="")


def last_picture(goods: Cast) -> None:
    Product.objects.filter(pk=goods.mug.product_id).update(card_image="")


def a_complaint(goods: Cast) -> None:
    Notice.objects.create(
        number="N-1", token="t", subject=product_of(goods.mug), subject_label="Mug", address="https://shop.example/",
        ground=Notice.Ground.COUNTERFEIT, explanation="It is our mark.", language="en", due_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [other_name, other_price, another_variant, variant_gone, other_facts, other_operator, last_picture, a_complaint],
)
def test_every_change_that_matters_asks_for_a_screening(calm: Cast, change: Any) -> None:
    change(calm)

    waiting = set(Product.objects.filter(is_unscreened=True).values_list("pk", flat=True))

    assert calm.mug.product_id in waiting
    assert calm.notebook.product_id not in waiting


def test_what_screening_does_not_look_at_asks_for_none(calm: Cast) -> None:
    Product.objects.update(popularity=7, updated_at=clock.now())
    Variant.objects.update(position=3, gtin="")
    calm.mug.stock_levels.update(on_hand=1)
    casting.fill_shelves()

    assert not Product.objects.filter(is_unscreened=True).exists()


def test_a_complaint_about_rights_is_seen_and_put_aside_when_the_notice_is_decided(calm: Cast) -> None:
    a_complaint(calm)
    screen()
    assert rules_of(calm.mug) == {"rights_complaint": ("review", [])}
    assert held_in(calm.mug) == []

    Notice.objects.update(state="rejected", decided_by=calm.officer, answer="No.", decided_at=clock.now())
    screen()

    assert rules_of(calm.mug) == {}


def test_a_price_before_that_never_was_is_found_from_the_price_history(calm: Cast) -> None:
    Variant.objects.filter(pk=calm.mug.pk).update(price=Decimal("100"))
    Variant.objects.filter(pk=calm.mug.pk).update(price=Decimal("90"), compare_at=Decimal("154"))

    screen()

    (flag,) = compliance.open_flags_on(product_of(calm.mug))
    assert (flag.rule, flag.severity) == ("price_before_misleading:OMNIBUS-EU", "review")
    assert (flag.params["said"], flag.params["lowest"], flag.params["currency"]) == ("154", "100", "CNY")


@pytest.mark.parametrize(
    ("days", "lowest"),
    [
        ([(60, "120"), (40, "80"), (31, "110"), (0, "90")], "110"),  # 80 was over when the thirty days began
        ([(60, "120"), (31, "80"), (29, "110"), (0, "90")], "80"),  # 80 held when they began
        ([(60, "120"), (20, "80"), (10, "110"), (0, "90")], "80"),
        ([(31, "90")], "90"),  # never another price
        ([(29, "90")], None),
    ],
)
def test_the_lowest_price_of_the_thirty_days_before(
    calm: Cast, days: list[tuple[int, str]], lowest: str | None
) -> None:
    from catalog.selectors.usual_prices import lowest_before

    moment = clock.now()
    PriceChange.objects.all().delete()
    Variant.objects.filter(pk=calm.mug.pk).update(price=Decimal("90"), compare_at=Decimal("154"))
    PriceChange.objects.all().delete()
    for ago, price in days:
        PriceChange.objects.create(
            variant=calm.mug, price=price, price_currency="CNY", changed_at=moment - timedelta(days=ago)
        )

    found = lowest_before([calm.mug.product_id], moment)

    assert found == {calm.mug.pk: None if lowest is None else Decimal(lowest)}


def test_a_changed_rule_touches_what_it_names_alone(calm: Cast) -> None:
    rule = GoodsRestriction(
        code="MUGS-JP", family="MUGS-JP", name="No mugs", action="block", hs_prefixes="6911", destination="JP",
        effective_from=TODAY, source="Gazette", confidence="official", last_reviewed=TODAY,
    )  # fmt: skip
    save_rule(rule=rule, actor=calm.officer, reason="Japan wants no mugs.")

    done = screen()

    assert done.listings == 1
    assert rules_of(calm.mug) == {"restricted_goods:MUGS-JP": ("block", ["JP"])}
    assert held_in(calm.mug) == ["JP"]

    rule.hs_prefixes = "4820"
    save_rule(rule=rule, actor=calm.officer, reason="Notebooks, not mugs.")
    done = screen()

    assert done.listings == 2
    assert (held_in(calm.mug), held_in(calm.notebook)) == ([], ["JP"])


def test_the_day_makes_a_rule_begin_and_end(calm: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    GoodsRestriction.objects.create(
        code="MUGS-JP", family="MUGS-JP", name="No mugs", action="block", hs_prefixes="6911", destination="JP",
        effective_from=TODAY + timedelta(days=3), effective_to=TODAY + timedelta(days=5), source="Gazette",
        confidence="official", last_reviewed=TODAY,
    )  # fmt: skip
    seen = {}
    for day in range(8):
        monkeypatch.setattr(clock, "today", lambda day=day: TODAY + timedelta(days=day))
        done = screen()
        seen[day] = (done.listings, held_in(calm.mug))

    assert seen == {
        0: (0, []), 1: (0, []), 2: (0, []), 3: (1, ["JP"]), 4: (0, ["JP"]), 5: (0, ["JP"]), 6: (1, []), 7: (0, []),
    }  # fmt: skip


def test_a_registration_that_expires_over_night_is_noticed(calm: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    Registration.objects.filter(seller=calm.shenzhen, **FRENCH_TEXTILES).update(expires_on=TODAY)
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=1))

    screen()

    assert rules_of(calm.tshirt) == {"epr_expired:textiles-block": ("block", ["FR"])}
    assert held_in(calm.tshirt) == ["FR"]


def test_each_listing_is_looked_at_once_a_month(calm: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    Product.objects.filter(pk=calm.mug.product_id).update(screened_at=clock.now() - timedelta(days=31))
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=1))

    assert screen().listings == 1


def test_a_new_destination_has_everything_screened_for_it(calm: Cast) -> None:
    from catalog.models import ScreeningRound

    ScreeningRound.objects.update(destinations=["DE"])

    assert screen().listings == 3
    assert len(ScreeningRound.objects.get().destinations) > 20


def test_what_is_said_in_a_text_answer_is_read_too(calm: Cast) -> None:
    product = product_of(calm.mug)
    Attribute.objects.create(code="glaze", kind="text", name_en="Glaze")
    Attribute.objects.create(code="dishwasher", kind="boolean", name_en="Dishwasher safe")
    for attribute in Attribute.objects.all():
        CategoryAttribute.objects.create(category=product.category, attribute=attribute)
    keep_answers(product=product, typed={"glaze": {"en": "A glaze of iron"}, "dishwasher": "yes"})
    assert (screen().listings, rules_of(calm.mug)) == (1, {})

    keep_answers(product=product, typed={"glaze": {"en": "A glaze of iron"}, "dishwasher": "no"})
    assert screen().listings == 0  # a word of the house says nothing new
    keep_answers(product=product, typed={"glaze": {"en": "A glaze that cures arthritis"}, "dishwasher": "no"})
    assert screen().listings == 1
    assert {rule.partition(":")[0] for rule in rules_of(calm.mug)} == {"claim_medical"}
    ProductAttributes.objects.filter(product=product).delete()
    assert (screen().listings, rules_of(calm.mug)) == (1, {})


# Decisions ----------------------------------------------------------------------------------------------------


def test_a_released_flag_lets_the_listing_go_and_is_not_raised_again(calm: Cast) -> None:
    casting.forbid("691110", "JP", document="permit")
    Product.objects.filter(pk=calm.mug.product_id).update(is_unscreened=True)
    screen()
    assert held_in(calm.mug) == ["JP"]

    release_flag(flag=Flag.objects.get(), actor=calm.officer, reason="Not what the rule means.")
    screen()

    assert held_in(calm.mug) == []
    Product.objects.update(is_unscreened=True)
    screen()
    assert list(Flag.objects.values_list("status", flat=True)) == ["released"]
    assert held_in(calm.mug) == []


def test_a_listing_that_was_let_go_as_one_thing_is_held_again_when_it_becomes_another(calm: Cast) -> None:
    casting.forbid("691110", "JP", document="permit")
    Product.objects.filter(pk=calm.mug.product_id).update(is_unscreened=True)
    screen()
    release_flag(flag=Flag.objects.get(), actor=calm.officer, reason="A toy, and no weapon.")
    screen()
    assert held_in(calm.mug) == []

    Product.objects.filter(pk=calm.mug.product_id).update(name_en="Revolver", name_de="Revolver")
    screen()

    assert held_in(calm.mug) == ["JP"]
    assert list(Flag.objects.order_by("pk").values_list("status", flat=True)) == ["released", "open"]


def test_a_listing_off_sale_has_no_flags_but_those_that_an_officer_upheld(calm: Cast) -> None:
    casting.forbid("691110", "JP")
    Registration.objects.filter(seller=calm.shenzhen, country="FR", stream="packaging").delete()
    Product.objects.filter(pk=calm.mug.product_id).update(is_unscreened=True)
    screen()
    uphold_flag(flag=Flag.objects.get(rule__startswith="restricted"), actor=calm.officer, reason="It stands.")

    Product.objects.filter(pk=calm.mug.product_id).update(status="draft")
    screen()

    states = dict(Flag.objects.values_list("rule", "status"))
    assert states == {"restricted_goods:TEST-BAN": "upheld", "epr_missing:packaging-block": "mended"}
    assert held_in(calm.mug) == ["", "JP"]
    assert product_of(calm.mug).screened_at is None


def test_a_category_with_few_listings_is_compared_with_the_one_above(calm: Cast) -> None:
    usual_prices.forget()
    above = calm.mug.product.category
    few, more = (above.add_child(slug=slug, name=slug) for slug in ("few", "more"))
    below = few.add_child(slug="below", name="below")
    for number in range(20):
        casting.listing(calm.shenzhen, f"Kite {number}", "100", {calm.shenzhen_warehouse: 1}, hs_code="691110")
    Product.objects.filter(slug__startswith="kite-").update(category=more)
    Product.objects.filter(pk=calm.mug.product_id).update(category=below)
    Variant.objects.filter(pk=calm.mug.pk).update(price=Money("12", "CNY").amount)
    casting.fill_shelves()

    screen()

    assert set(rules_of(calm.mug)) == {"price_under_declared"}
    ranges = usual_prices.usual_prices([below.pk, few.pk, more.pk])
    assert ranges[below.pk] == ranges[few.pk] is not None
    with CaptureQueriesContext(connection) as asked:
        usual_prices.usual_prices([below.pk, more.pk, above.pk])
    assert len(asked) == 0
    usual_prices.forget()


def test_the_price_of_a_listing_far_below_its_category_is_looked_at(calm: Cast) -> None:
    for number in range(20):
        casting.listing(calm.shenzhen, f"Kite {number}", "100", {calm.shenzhen_warehouse: 1}, hs_code="691110")
    casting.fill_shelves()
    Variant.objects.filter(pk=calm.mug.pk).update(price=Money("12", "CNY").amount)
    usual_prices.forget()
    casting.fill_shelves()

    screen()
    usual_prices.forget()

    assert set(rules_of(calm.mug)) == {"price_under_declared"}
