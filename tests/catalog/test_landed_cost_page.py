"""The page "What will it cost to my door?": exact answers, shared addresses, mistakes, and no need of scripts."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from catalog.models import Product
from catalog.selectors.prices import Prices
from compliance import selectors as compliance
from compliance.models import HSCode, TaxRate
from marketplace.devtools.bench.counting import counted
from tests.support.cast import TODAY, Cast, forget_laws, make_restless

pytestmark = pytest.mark.django_db

PAGE = "/en/landed-cost/"
TSHIRTS = {
    "ship_from": "CN", "country": "DE", "currency": "EUR", "shipping": "8", "1-description": "cotton T-shirt",
    "1-hs_code": "6109.10", "1-origin": "CN", "1-price": "20", "1-quantity": "2",
}  # fmt: skip
MUG = {"2-description": "porcelain mug", "2-hs_code": "691110", "2-origin": "CN", "2-price": "15"}
LANGUAGES = ["en", "zh-hans", "ja", "ar", "de", "fr", "es"]


def ask(query: dict[str, str], page: str = PAGE, status: int = 200, **options: Any) -> Any:
    answer = Client().get(page, query, **options)
    assert answer.status_code == status, words(answer)
    return answer


def words(answer: Any) -> str:
    """What a reader reads of the page's main part, with single blanks."""
    main = answer.content.decode()
    main = main[main.find("<main") : main.find("</main>")] if "<main" in main else main
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def figures(answer: Any) -> dict[str, str]:
    """The amounts behind the hooks."""
    found = re.findall(r'data-testid="quote-(\w+)">(.*?)</td>', answer.content.decode())
    return {name: re.sub(r"<[^>]*>", "", amount) for name, amount in found}


def value(answer: Any, name: str) -> str:
    """What stands in a field of the form."""
    fields = re.findall(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', answer.content.decode())
    return unescape(re.search(r'value="([^"]*)"', fields[0])[1]) if fields and "value=" in fields[0] else ""


# Answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "total", "duty", "tax"),
    [
        ({}, "€60.69", "€3.00", "€9.69"),  # 19 % of 40.00 + 8.00 + 3.00
        (MUG, "€82.11", "€6.00", "€13.11"),  # two kinds of goods: 19 % of 55.00 + 8.00 + 6.00
        # Over EUR 150: 12 % of 200.00 + 10.00, and 19 % of 235.20.
        ({"1-price": "50", "1-quantity": "4", "shipping": "10"}, "€279.89", "€25.20", "€44.69"),
        ({"on": "2026-03-01"}, "€57.12", "€0.00", "€9.12"),  # the relief that ended in June 2026
        ({"on": "2028-08-01"}, "€63.97", "€5.76", "€10.21"),  # the tariff that comes back in July 2028
        ({"1-price": "19,90"}, "€60.45", "€3.00", "€9.65"),  # 19 % of 39.80 + 8.00 + 3.00 is 9.652
    ],
)
def test_the_figures_are_those_of_the_law(shop: Cast, changes: dict[str, str], total: str, duty: str, tax: str) -> None:
    shown = figures(ask(TSHIRTS | changes))

    assert (shown["total"], shown["duty"], shown["tax"], shown["fees"]) == (total, duty, tax, "€0.00")


def test_an_answer_says_who_collects_which_limit_was_tested_and_which_rules_hold(shop: Cast) -> None:
    text = words(ask(TSHIRTS))

    assert "€60.69 to your door" in text
    assert "This price is final. Paid now with your order. Nothing is left to pay at the door." in text
    assert "€40.00 is not more than the limit of €150.00, so the rules for small parcels hold." in text
    assert "What counts is the price of the goods alone. The whole parcel is looked at together." in text
    assert "Rules for parcels (European Union)" in text and "EU-LV-3EUR · In force · last reviewed on" in text
    assert "Tax rate (Germany)" in text and "DE-TAX-STANDARD-2021" in text
    assert "in force since July 1, 2026" in text


def test_what_is_over_the_limit_goes_by_the_tariff_and_by_post_the_carrier_collects(shop: Cast) -> None:
    text = words(ask(TSHIRTS | {"1-price": "50", "1-quantity": "4", "shipping": "10", "channel": "post"}))

    assert "€200.00 is more than the limit of €150.00, so the general rules hold." in text
    assert "The carrier collects €69.89 on delivery." in text  # 25.20 + 44.69
    assert "To pay now €210.00 To pay on delivery €69.89" in text


@pytest.mark.parametrize(("day", "written"), [("2026-11-21", "Nov. 21, 2026"), ("2027-03-01", "March 1, 2027")])
def test_another_day_has_its_law_and_today_s_freight(shop: Cast, day: str, written: str) -> None:
    freight = "Shipping costs what it costs today, whatever the day of the law."

    other = words(ask({"product": "kite-mug", "country": "DE", "on": day}))
    own = words(ask({"product": "kite-mug", "country": "DE"}))
    said = words(ask(TSHIRTS | {"on": day}))  # the reader said what shipping costs

    assert re.search(rf"By the law of {written} ?\.", other) and freight in other
    assert "By the law of" not in own and freight not in own
    assert "By the law of" in said and freight not in said


def test_goods_of_the_shop_have_what_is_added_for_the_exchange_rate(shop: Cast) -> None:
    make_restless(CNY="red")

    answer = ask({"product": "kite-mug", "country": "DE", "currency": "EUR", "quantity": "2"})
    by_hand = ask(TSHIRTS)

    assert (figures(answer)["goods"], figures(answer)["buffer"]) == ("€40.88", "€0.88")
    assert "buffer" not in figures(by_hand)


def test_separate_parcels_are_compared(shop: Cast) -> None:
    two = {"shipping": "0", "1-price": "100", "1-quantity": "1"}

    text = words(ask(TSHIRTS | two | MUG | {"2-price": "100"}))

    # Together 24.00 duty and 42.56 tax; each alone 3.00 and 19.57.
    assert "Sent in separate parcels, duty, tax and fees would come to €21.42 less." in text


def test_articles_are_shown_one_by_one_and_empty_ones_are_left_out(shop: Cast) -> None:
    answer = ask(TSHIRTS | MUG | {"3-description": "", "3-quantity": "1", "3-kind": "standard", "3-price": ""})

    rows = answer.context["answer"]["articles"]
    assert [(row["name"], str(row["duty"].amount), row["tax_rate"]) for row in rows] == [
        ("cotton T-shirt", "3.00", "19%"),
        ("porcelain mug", "3.00", "19%"),
    ]


def test_what_nobody_knows_is_not_guessed(shop: Cast) -> None:
    answer = ask(TSHIRTS | {"country": "KE"})

    assert figures(answer) == {"goods": "€40.00", "shipping": "€8.00", "total": "€48.00"}
    text = words(answer)
    assert "€48.00 plus import charges" in text
    assert "We have no customs rules for Kenya." in text
    assert "To pay on delivery not known in advance" in text


def test_goods_that_may_not_go_there_say_why_and_by_which_rule(shop: Cast) -> None:
    answer = ask(TSHIRTS | {"1-hs_code": "220820", "1-description": "brandy"})

    assert figures(answer) == {}
    text = words(answer)
    assert "These goods can't be sent there: Alcohol." in text
    assert "Restriction for every country HMRC guidance" in text
    assert "to your door" not in text.replace("cost to my door", "")


def test_without_a_cost_of_shipping_our_cheapest_service_is_taken(shop: Cast) -> None:
    answer = ask(TSHIRTS | {"shipping": "", "1-weight": "180"})

    # 360 g by economy post: USD 5.05 at 1.10 is EUR 4.59; 19 % of 40.00 + 4.59 + 3.00 is 9.04.
    assert (figures(answer)["shipping"], figures(answer)["total"]) == ("€4.59", "€56.63")
    assert "the cheapest of our services for 360 g: 12 to 25 days." in words(answer)


def test_a_region_decides_where_tax_depends_on_it(shop: Cast) -> None:
    for region, pct in (("ON", 13), ("NS", 14)):
        TaxRate.objects.create(
            code=f"CA-TEST-{region}", country="CA", region=region, pct=pct, effective_from=date(2025, 4, 1),
            source="Gazette of the tests", confidence="official", last_reviewed=TODAY,
        )  # fmt: skip
    forget_laws()
    question = {"ship_from": "CA", "country": "CA", "currency": "CAD", "shipping": "10", "1-price": "100"}

    found = {region: figures(ask(question | {"region": region}))["total"] for region in ("CA-ON", "CA-NS", "")}

    assert found == {"CA-ON": "CA$124.30", "CA-NS": "CA$125.40", "": "CA$125.40"}  # unknown: the higher one
    assert figures(ask(question | {"region": "CA-ON", "country": "DE"}))  # a region of another country is not looked at


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_address_gives_the_same_answer_in_every_language(shop: Cast, language: str) -> None:
    answer = ask(TSHIRTS | {"1-price": "20,00"}, f"/{language}/landed-cost/")

    html = answer.content.decode()
    assert f'lang="{language}"' in html and html.count("<h1") == 1
    assert re.sub(r"[^\d]", "", figures(answer)["total"]) == "6069"
    assert f'<a href="/{"de" if language != "de" else "fr"}/landed-cost/?ship_from=CN' in html


# A product of the shop -------------------------------------------------------------------------------------------


def test_a_product_comes_with_its_facts_and_any_quantity(shop: Cast) -> None:
    answer = ask(
        {"product": "kite-mug", "variant": str(shop.mug.pk), "country": "DE", "currency": "EUR", "quantity": "2"}
    )

    # CNY 154 is EUR 20.00; 700 g by post USD 8.35 is 7.59; 19 % of 40.00 + 7.59 + 3.00 is 9.61.
    assert figures(answer) == {
        "goods": "€40.00", "shipping": "€7.59", "duty": "€3.00", "tax": "€9.61", "fees": "€0.00", "total": "€60.20",
    }  # fmt: skip
    assert "Kite mug" in words(answer)


def test_the_link_on_the_product_page_gives_its_very_price(shop: Cast) -> None:
    german = Client(headers={"accept-language": "de-DE"})
    html = german.get("/de/product/kite-mug/").content.decode()
    link = unescape(re.search(r'href="([^"]*)"[^>]*data-testid="landed-link"', html)[1])

    answer = german.get(link)

    assert link.startswith("/de/landed-cost/?product=kite-mug&variant=")
    shown = german.get("/de/product/kite-mug/").context["landed"]
    assert answer.context["answer"]["breakdown"]["total"] == shown["total"]


def test_the_goods_of_a_product_can_be_changed_by_hand(shop: Cast) -> None:
    answer = ask({"product": "kite-mug", "country": "DE", "currency": "EUR"})

    by_hand = ask(dict(parse_qsl(urlsplit(answer.context["by_hand_url"]).query)))

    assert figures(by_hand) == figures(answer)
    assert value(by_hand, "1-description") == "porcelain mug with handle"


@pytest.mark.parametrize("product", ["nothing-like-this", "kite-mug"])
def test_a_product_that_is_not_on_sale_is_said_to_be_so(shop: Cast, product: str) -> None:
    Product.objects.filter(slug="kite-mug").update(status="draft")

    answer = ask({"product": product}, status=422)

    assert "This product is not on sale at the moment. You can describe it yourself." in words(answer)


def test_where_no_service_goes_one_may_say_what_shipping_costs(shop: Cast) -> None:
    question = {"product": "kite-mug", "country": "KP", "currency": "EUR"}

    refused = ask(question, status=422)

    assert "None of our services takes this from China to North Korea." in words(refused)


# Mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"1-price": ""}, "Please enter a price."),
        ({"1-price": "-5"}, "Please enter an amount such as 20 or 19.90."),
        ({"1-price": "NaN"}, "Please enter an amount such as 20 or 19.90."),
        ({"1-price": "Infinity"}, "Please enter an amount such as 20 or 19.90."),
        ({"1-price": "1e400"}, "Please enter an amount such as 20 or 19.90."),
        ({"1-price": "1.000"}, "Please write thousands without a mark, such as 1000 or 1000.50."),
        ({"1-price": "9" * 20}, "This amount is too large."),
        ({"shipping": "-1"}, "Please enter an amount such as 20 or 19.90."),
        ({"1-quantity": "0"}, "Please enter at least 1."),
        ({"1-quantity": "2.5"}, "Please enter a whole number."),
        ({"1-quantity": "9" * 12}, "Please enter at most 1000000."),
        ({"1-weight": "-3"}, "Please enter at least 0."),
        ({"1-hs_code": "61"}, "An HS code has six to ten digits."),
        ({"1-hs_code": "cotton"}, "An HS code has six to ten digits."),
        ({"1-hs_code": "٦١٠٩١٠"}, "An HS code has six to ten digits."),
        ({"1-origin": "XX"}, "Please choose one from the list."),
        ({"1-kind": "gold"}, "Please choose one from the list."),
        ({"1-description": "x" * 1500}, "Ensure this value has at most 200 characters"),
        ({"1-description": "a\x01b"}, "Please leave out characters that cannot be printed."),
        ({"ship_from": ""}, "Please choose one from the list."),
        ({"country": "Germany"}, "Please choose one from the list."),
        ({"currency": "XAU"}, "Please choose one from the list."),
        ({"channel": "pigeon"}, "Please choose one from the list."),
        ({"on": "yesterday"}, "Please enter a day such as 2026-07-01."),
        ({"on": "2020-12-31"}, "Please choose a day from Jan. 1, 2021 to Nov. 22, 2028."),
        ({"on": "2030-01-01"}, "Please choose a day from Jan. 1, 2021 to Nov. 22, 2028."),
        ({"currency": "USD", "on": "2021-08-01"}, "We have no exchange rate for US Dollar on Aug. 1, 2021."),
        ({"postal_code": "9" * 99}, "Ensure this value has at most 20 characters"),
        ({"2-price": "x"}, "Please enter an amount such as 20 or 19.90."),
    ],
)
def test_a_mistake_is_answered_with_a_sentence_and_nothing_is_lost(
    shop: Cast, changes: dict[str, str], sentence: str
) -> None:
    answer = ask(TSHIRTS | changes, status=422)

    assert sentence in words(answer)
    assert figures(answer) == {}
    for name, typed in {"1-description": "cotton T-shirt", "shipping": "8", "1-price": "20"}.items():
        if name not in changes:
            assert value(answer, name) == typed
    for name, typed in changes.items():
        if value(answer, name) or "<input" not in name:
            assert value(answer, name) in (typed, "")


def test_what_was_typed_wrong_stands_in_its_field(shop: Cast) -> None:
    answer = ask(TSHIRTS | {"1-price": "20 o'clock", "1-quantity": "many", "1-weight": '"><script>'}, status=422)

    assert (value(answer, "1-price"), value(answer, "1-quantity")) == ("20 o'clock", "many")
    assert "<script>" not in answer.content.decode().partition("<main")[2]


DAMAGED = (
    "1-price=1&1-price=2", "9-price=3", "1-=", "take=1", "take=9:1", "find=0", "find=6", "find=x", "remove=7",
    "variant=1", "product=&variant=", "product=%01", "product=kite-mug&variant=99999999999999999999", "x=y",
    "add=1&1-price=-5", "product=kite-mug&quantity=0", "on=", "1-price=%F0%28%8C%28", "region=CA-ON", "region=-",
)  # fmt: skip


def test_no_address_breaks_the_page(shop: Cast) -> None:
    answers = {query: Client().get(f"{PAGE}?{query}") for query in DAMAGED}

    wrong = {query: answer.status_code for query, answer in answers.items() if answer.status_code not in (200, 422)}
    assert wrong == {}
    assert {answer.content.decode().count("<h1") for answer in answers.values()} == {1}


# Without scripts, and with them ----------------------------------------------------------------------------------


def test_an_unfilled_form_is_a_page_for_search_engines_and_an_answer_is_not(shop: Cast) -> None:
    bare, answered = ask({}).content.decode(), ask(TSHIRTS).content.decode()

    assert 'data-testid="landed-form"' in bare and 'data-testid="landed-answer"' not in bare
    assert 'name="robots"' not in bare
    assert '<meta name="robots" content="noindex">' in answered
    assert re.search(r'<form[^>]*method="get" action="/en/landed-cost/"', bare)


def test_another_article_is_added_and_taken_away_by_plain_buttons(shop: Cast) -> None:
    more = ask(TSHIRTS | {"1-price": "wrong", "add": "1"})

    assert [form.number for form in more.context["articles"]] == [1, 2]
    assert (value(more, "1-price"), value(more, "shipping")) == ("wrong", "8")  # as it was, and nothing is said of it
    assert "Please" not in words(more).partition("Add another article")[0].partition("The goods")[2]

    five = ask(TSHIRTS | {f"{number}-price": str(number) for number in range(1, 6)} | {"add": "1"})
    assert len(five.context["articles"]) == 5 and not five.context["can_add"]

    fewer = ask(TSHIRTS | MUG | {"remove": "1"})
    assert len(fewer.context["articles"]) == 1
    assert value(fewer, "1-description") == "porcelain mug"


def test_codes_are_proposed_for_words_and_taken_by_a_button(shop: Cast) -> None:
    for code, text in {
        "610910": "T-shirts, singlets and other vests; of cotton, knitted or crocheted",
        "620520": "Shirts; men's or boys', of cotton (not knitted or crocheted)",
        "691110": "Tableware and kitchenware; of porcelain or china",
    }.items():
        HSCode.objects.create(code=code, description=text, version="2022", source="Gazette of the tests")

    found = ask(TSHIRTS | {"1-hs_code": "", "find": "1", "1-description": "cotton T-shirts"})
    assert [heading.code for heading in found.context["codes"]] == ["610910", "620520"]
    assert '<button name="take" value="1:610910" autofocus>' in found.content.decode()

    taken = ask(TSHIRTS | {"1-hs_code": "", "take": "1:610910"})
    assert value(taken, "1-hs_code") == "610910"

    by_digits = ask({"find": "1", "1-hs_code": "69.11"})
    assert [heading.code for heading in by_digits.context["codes"]] == ["691110"]

    nothing = ask({"find": "1", "1-description": "zzzz"})
    assert "We found no code for these words." in words(nothing)


def test_words_of_other_languages_lead_to_codes_by_what_is_sold_under_them(shop: Cast) -> None:
    HSCode.objects.create(code="691110", description="Tableware; of porcelain", version="2022", source="Tests")

    found = ask({"find": "1", "1-description": "Becher"}, "/de/landed-cost/")

    assert [heading.code for heading in found.context["codes"]] == ["691110"]


def test_a_swap_brings_the_question_and_the_answer_alone(shop: Cast) -> None:
    part = ask(TSHIRTS, headers={"hx-request": "true", "hx-target": "reckoner"})
    codes = ask({"find": "2", "2-description": "mug"}, headers={"hx-request": "true", "hx-target": "codes-2"})

    assert part.content.decode().lstrip().startswith('<div id="reckoner"')
    assert 'id="answer" class="voyage-price" tabindex="-1" autofocus' in part.content.decode()
    assert "<form" not in codes.content.decode()
    assert "HX-Request" in part["Vary"]


# Around it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ({}, 1),
        (TSHIRTS, 1),
        (TSHIRTS | MUG | {"on": "2026-03-01"}, 1),
        ({"product": "kite-mug", "country": "US"}, 3),
        ({"find": "1", "1-description": "mug"}, 4),
    ],
)
def test_an_answer_costs_hardly_a_query(shop: Cast, query: dict[str, str], most: int) -> None:
    client = Client()
    client.get(PAGE, query)

    with counted() as counts:
        client.get(PAGE, query)

    assert counts.queries <= most


def test_questions_about_other_days_do_not_push_out_the_present_one(shop: Cast) -> None:
    today = Prices.today()

    for month in range(1, 10):
        Client().get("/en/product/kite-mug/")
        ask(TSHIRTS | {"on": f"2026-0{month}-01"})

    assert Prices.today() is today
    assert compliance.rule_book(TODAY) is today.rule_book


def test_the_page_is_found_from_the_footer_the_explanation_and_the_sitemap(shop: Cast, settings: Any) -> None:
    for path in ("/de/", "/de/how-prices-work/"):
        assert 'href="/de/landed-cost/"' in Client().get(path).content.decode()
    sitemap = Client().get("/sitemap-pages-de.xml").content.decode()
    assert f"<loc>{settings.SITE_URL}/de/landed-cost/</loc>" in sitemap
    assert f'hreflang="zh-Hans" href="{settings.SITE_URL}/zh-hans/landed-cost/"' in sitemap


def test_only_reading_is_possible(shop: Cast) -> None:
    assert Client().post(PAGE, TSHIRTS).status_code == 405
