"""Before a rule is saved, an officer sees which prices it would change and by how much; nothing is written."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog.models import Product
from catalog.selectors.prices import Prices
from compliance import selectors as compliance
from compliance.models import RULE_MODELS, GoodsRestriction, Regime, RuleChange, TaxRate
from marketplace import rule_preview
from marketplace.kernel.region import Region
from marketplace.roles import ROLE_RIGHTS
from marketplace.rule_preview import Preview, preview, typed_row
from tests.support.cast import TODAY, Cast, fill_shelves

pytestmark = pytest.mark.django_db
GERMAN = "DE-TAX-STANDARD-2021"
NEW_YEAR = date(2027, 1, 1)
FORM = {
    "country": "DE", "region": "", "category": "standard", "pct": "21", "warning": "", "code": "DE-TAX-STANDARD-2027",
    "effective_from": "2027-01-01", "effective_to": "", "status": "scheduled", "confidence": "official",
    "source": "Bundesgesetzblatt 2026 I", "change_reason": "",
}  # fmt: skip


@pytest.fixture
def vera(shop: Cast) -> Client:
    """A compliance officer at her desk."""
    return as_role(roles.COMPLIANCE)


def as_role(role: str) -> Client:
    accounts.sync_roles(ROLE_RIGHTS)
    user = User.objects.create_user(f"{role.split(' ')[0]}@example.com", full_name="Somebody")
    accounts.give_role(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def german_rate(**changes: Any) -> TaxRate:
    row = TaxRate.objects.get(code=GERMAN)
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def looked_at(row: Any) -> Preview:
    return preview(typed_row(row, TODAY), TODAY, "en")


def cents(found: Preview) -> dict[str, tuple[str, str]]:
    """For each listing that changes the price before and after."""
    return {
        f"{shift.listing.slug} {shift.destination}": tuple(
            str(total.amount) if total is not None else status
            for total, status in zip(shift.totals, shift.statuses, strict=True)
        )
        for shift in found.shifts
    }  # type: ignore[return-value]


def snapshot() -> dict[str, list[Any]]:
    """Every column of every rule, and the history of them all."""
    rows = {name: list(model._default_manager.order_by("pk").values()) for name, model in RULE_MODELS.items()}
    return rows | {"history": list(RuleChange.objects.order_by("pk").values("pk"))}


# Goods, freight and EUR 3.00 of duty are taxed: (20.00 + 4.59 + 3.00) × 1.19 = 32.83, × 1.21 = 33.38;
# (10.00 + 3.09 + 3.00) × 1.19 = 19.15, × 1.21 = 19.47; (8.00 + 4.09 + 3.00) × 1.19 = 17.96, × 1.21 = 18.26.
GERMAN_SHIFTS = {
    "kite-mug DE": ("32.83", "33.38"),
    "kite-t-shirt DE": ("19.15", "19.47"),
    "morning-notebook DE": ("17.96", "18.26"),
}


def test_a_higher_german_rate_changes_german_prices_by_its_cents_and_nothing_else(shop: Cast) -> None:
    before = snapshot()

    found = looked_at(german_rate(pct=Decimal("21.00"), effective_from=NEW_YEAR))

    assert (found.on, found.destinations, found.listings, found.on_sale) == (NEW_YEAR, ("DE",), 3, 3)
    assert cents(found) == GERMAN_SHIFTS
    assert list(cents(found)) == ["kite-mug DE", "kite-t-shirt DE", "morning-notebook DE"]  # by their percentages
    assert [round(percent, 2) for percent in found.rises] == [Decimal("1.67"), Decimal("1.67"), Decimal("1.68")]
    assert (found.falls, found.without_figure) == ([], 0)
    (total,) = found.sums
    assert (total.count, str(total.before.amount), str(total.after.amount)) == (3, "69.94", "71.11")
    assert snapshot() == before


def test_the_pages_of_the_shop_do_not_notice(shop: Cast) -> None:
    book, region = compliance.rule_book(TODAY), Region("en", "DE", "EUR")
    goods = [listing.goods for listing in rule_preview.most_popular(10, "en")]
    shown = Prices.today().delivered(goods, region)

    looked_at(german_rate(pct=Decimal("50")))

    assert compliance.rule_book(TODAY) is book
    assert Prices.today().delivered(goods, region) == shown


def test_a_row_of_a_union_concerns_its_members(shop: Cast) -> None:
    flat = Regime.objects.get(code="EU-LV-3EUR")
    flat.duty_amount = Decimal("4")

    found = looked_at(flat)

    assert {"DE", "FR"} <= set(found.destinations)
    assert not {"US", "JP", "CH", "GB"} & set(found.destinations)
    assert cents(found)["kite-mug DE"] == ("32.83", "34.02")  # one euro more and 19 % on it


def test_a_ban_everywhere_takes_prices_away(shop: Cast) -> None:
    ban = GoodsRestriction(
        code="MUGS", family="MUGS", name="Mugs", action="block", hs_prefixes="6911", effective_from=TODAY,
        source="Gazette", confidence="official",
    )  # fmt: skip

    found = looked_at(ban)

    assert {shift.listing.slug for shift in found.shifts} == {"kite-mug"}
    assert cents(found)["kite-mug DE"] == ("32.83", "blocked")
    assert (found.without_figure, found.rises, found.sums) == (len(found.shifts), [], [])
    assert not GoodsRestriction.objects.filter(code="MUGS").exists()


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"pct": Decimal(21)}, TODAY),
        ({"pct": Decimal(21), "effective_from": NEW_YEAR}, NEW_YEAR),
        ({"effective_to": date(2026, 12, 31)}, NEW_YEAR),
        ({"effective_to": date(2026, 11, 1)}, TODAY),
        ({"source": "Another page of the gazette"}, TODAY),
        ({"status": "pending_unverified"}, TODAY),
    ],
)
def test_the_day_is_the_first_on_which_the_law_would_differ(shop: Cast, changes: dict[str, Any], day: date) -> None:
    assert typed_row(german_rate(**changes), TODAY).effect_day(TODAY) == day


def test_a_row_that_ends_without_another_leaves_prices_unknown(shop: Cast) -> None:
    found = looked_at(german_rate(effective_to=date(2026, 12, 31)))

    assert cents(found)["kite-mug DE"] == ("32.83", "unknown")


def test_a_row_put_off_leaves_a_hole_and_a_new_one_does_not(shop: Cast) -> None:
    put_off, new = german_rate(effective_from=NEW_YEAR), german_rate(effective_from=NEW_YEAR, pk=None)

    assert typed_row(put_off, TODAY).leaves_a_hole(TODAY)
    assert not typed_row(new, TODAY).leaves_a_hole(TODAY)


def test_only_the_most_popular_are_looked_at(shop: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    Product.objects.filter(slug="kite-t-shirt").update(popularity=9)
    fill_shelves()
    monkeypatch.setattr(rule_preview, "MOST_PRICES", 1)

    found = looked_at(german_rate(pct=Decimal(21)))

    assert (found.listings, found.on_sale, list(cents(found))) == (1, 3, ["kite-t-shirt DE"])


def test_looking_costs_the_same_queries_however_many_prices_there_are(shop: Cast) -> None:
    looked_at(german_rate())

    with CaptureQueriesContext(connection) as few:
        looked_at(german_rate(pct=Decimal(21)))
    with CaptureQueriesContext(connection) as many:
        looked_at(Regime.objects.get(code="EU-LV-3EUR"))

    assert len(few) == len(many) <= len(RULE_MODELS) + 8


# Through the door ---------------------------------------------------------------------------------------------

CHANGE, ADD = "/admin/compliance/taxrate/{}/change/", "/admin/compliance/taxrate/add/"
LOOK, LOOK_AT = "/admin/compliance/taxrate/preview/", "/admin/compliance/taxrate/{}/preview/"


def test_the_forms_of_every_table_have_a_button_that_saves_nothing(vera: Client) -> None:
    for model in RULE_MODELS.values():
        name, row = model._meta.model_name, model._default_manager.first()
        pages = {f"/admin/compliance/{name}/add/": f"/admin/compliance/{name}/preview/"}
        if row is not None:
            pages[f"/admin/compliance/{name}/{row.pk}/change/"] = f"/admin/compliance/{name}/{row.pk}/preview/"
        for page, address in pages.items():
            text = vera.get(page).content.decode()
            assert f'formaction="{address}"' in text, page
            assert "Show what would change" in text


def test_an_officer_sees_the_cents_above_the_form_with_what_was_typed(vera: Client) -> None:
    old = TaxRate.objects.get(code=GERMAN)
    TaxRate.objects.filter(pk=old.pk).update(effective_to=date(2026, 12, 31))
    before = snapshot()

    answer = vera.post(LOOK, FORM)

    text = answer.content.decode()
    found = answer.context["preview"]["found"]
    assert answer.status_code == 200
    # Without the new row nobody knows the rate of the new year.
    assert {before for before, _after in cents(found).values()} == {"unknown"}
    assert cents(found)["kite-mug DE"][1] == "33.38"
    assert 'value="DE-TAX-STANDARD-2027"' in text
    assert f'name="_save" formaction="{ADD}"' in " ".join(text.split())
    assert "Say why" not in text
    assert snapshot() == before


def test_the_form_of_a_row_shows_what_the_row_would_change(vera: Client) -> None:
    row = german_rate()
    before = snapshot()

    answer = vera.post(LOOK_AT.format(row.pk), FORM | {"code": GERMAN, "effective_from": "2021-01-01"})

    text = " ".join(answer.content.decode().split())
    assert cents(answer.context["preview"]["found"]) == GERMAN_SHIFTS
    assert "3 prices at the door change on" in text
    assert "the 3 most popular of 3 listings on sale" in text
    assert "No more than 15,000 prices" in text
    assert f'formaction="{CHANGE.format(row.pk)}"' in text
    assert snapshot() == before


def test_rows_that_rule_on_the_same_days_are_named(vera: Client) -> None:
    answer = vera.post(LOOK, FORM)

    text = unescape(answer.content.decode())
    assert "preview" not in answer.context
    assert "Another row already rules on some of these days." in text
    assert f"{GERMAN} rules on the same until further notice. Let it end on Dec. 31, 2026" in text
    assert not TaxRate.objects.filter(code=FORM["code"]).exists()


def test_what_can_not_be_a_rule_is_shown_with_its_faults(vera: Client) -> None:
    answer = vera.post(LOOK, FORM | {"pct": "many", "source": "", "category": "toys"})

    assert answer.status_code == 200
    assert {"pct", "source"} == set(answer.context["adminform"].form.errors)
    assert 'value="many"' in answer.content.decode()


def test_all_changes_come_as_a_file_without_formulas(vera: Client, shop: Cast) -> None:
    Product.objects.filter(slug="kite-mug").update(name_en='=HYPERLINK("http://evil.example")')
    sent = FORM | {"code": GERMAN, "effective_from": "2021-01-01", "pct": "10"}

    answer = vera.post(LOOK_AT.format(german_rate().pk) + "?as=csv", sent)

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="change-taxrate-2026-11-22.csv"'
    assert [row["name"] for row in rows if row["address"] == "kite-mug"] == ['\'=HYPERLINK("http://evil.example")']
    (shirt,) = [row for row in rows if row["address"] == "kite-t-shirt"]
    assert shirt == {
        "listing": str(shop.tshirt.product_id), "address": "kite-t-shirt", "name": "Kite T-shirt", "seller": "Paper Kite",
        "destination": "DE", "currency": "EUR", "before": "19.15", "after": "17.70", "difference": "-1.45",
        "percent": "-7.57", "status_before": "quoted", "status_after": "quoted",
    }  # fmt: skip


def test_after_looking_the_same_form_saves(vera: Client) -> None:
    row = german_rate()
    sent = FORM | {"code": GERMAN, "effective_from": "2021-01-01"}
    vera.post(LOOK_AT.format(row.pk), sent)

    assert vera.post(CHANGE.format(row.pk), sent | {"_save": ""}).status_code == 200  # a reason is missing
    assert german_rate().pct == 19
    assert vera.post(CHANGE.format(row.pk), sent | {"_save": "", "change_reason": "Gazette"}).status_code == 302
    assert german_rate().pct == 21


def test_a_page_asked_for_without_a_form_leads_to_the_form(vera: Client) -> None:
    assert vera.get(LOOK).headers["Location"] == ADD
    assert vera.get(LOOK_AT.format(german_rate().pk)).headers["Location"] == CHANGE.format(german_rate().pk)
    for nowhere in (LOOK_AT.format(999999), "/admin/compliance/flag/preview/", "/admin/compliance/hscode/1/preview/"):
        assert vera.post(nowhere, FORM).status_code == 404, nowhere


@pytest.mark.parametrize("role", [roles.OPERATIONS, roles.FINANCE, roles.SUPPORT, roles.TRANSLATOR])
def test_others_of_the_staff_are_refused(shop: Cast, role: str) -> None:
    client = as_role(role)

    for address in (LOOK, LOOK_AT.format(german_rate().pk)):
        assert client.post(address, FORM).status_code in (403, 404)


def test_sellers_and_strangers_are_refused(shop: Cast) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    member = User.objects.get(email="paper-kite@sellers.example")
    accounts.give_role(user=member, role=roles.COMPLIANCE)  # who acts for a seller stays confined to it
    client = Client()
    client.force_login(User.objects.get(pk=member.pk))

    for address in (LOOK, LOOK_AT.format(german_rate().pk)):
        assert client.post(address, FORM).status_code in (403, 404)
        assert Client().post(address, FORM).status_code == 302  # to the sign-in page


def test_dates_far_off_are_no_harm(vera: Client) -> None:
    far = FORM | {"effective_from": "9999-12-31", "code": "FAR", "category": "far"}

    assert vera.post(LOOK, far).status_code == 200
    ends = FORM | {"code": GERMAN, "effective_from": "2021-01-01", "effective_to": "9999-12-31", "pct": "19"}
    answer = vera.post(LOOK_AT.format(german_rate().pk), ends)
    assert answer.context["preview"]["found"].on == TODAY
