"""A seller's listing at the doors of all countries: exact figures, order, files, and who may look."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog.models import Variant
from logistics import selectors as logistics
from marketplace.devtools.bench.counting import counted
from marketplace.roles import ROLE_RIGHTS
from tests.support import cast as casting
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def address(variant: Variant) -> str:
    return f"/admin/catalog/product/{variant.product_id}/door-prices/"


def plain(money: Any) -> str:
    """An amount in euros as a bare number."""
    assert money.currency.code == "EUR"
    return f"{money.amount:.2f}"


def member_of(seller: Any) -> Client:
    client = Client()
    client.force_login(User.objects.get(memberships__seller=seller))
    return client


@pytest.fixture
def own(shop: Cast) -> Client:
    """A member of the Shenzhen seller, signed in."""
    accounts.sync_roles(ROLE_RIGHTS)
    return member_of(shop.shenzhen)


def rows(client: Client, variant: Variant, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{address(variant)}?{query}")
    assert answer.status_code == 200
    return {row.code: row for row in answer.context["rows"]}


def table(client: Client, variant: Variant, query: str = "") -> list[list[str]]:
    answer = client.get(f"{address(variant)}?format=csv&{query}")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="door-prices-')
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_destination_has_its_figures_in_two_currencies(own: Client, shop: Cast) -> None:
    found = rows(own, shop.mug, "cost=100")

    assert set(found) == logistics.destinations()
    germany = found["DE"]
    # CNY 154.00 is EUR 20.00; 350 g by post USD 5.05 is 4.59; 19 % of 20.00 + 4.59 + 3.00 is 5.24.
    figures = [germany.goods, germany.shipping, germany.duty, germany.tax, germany.fees, germany.total]
    assert [plain(money) for money in figures] == ["20.00", "4.59", "3.00", "5.24", "0.00", "32.83"]
    assert str(germany.total_home.amount) == "252.79"  # 32.83 × 7.70 is 252.791
    assert str(germany.added_pct) == "64.2"  # 12.83 of 20.00 is 64.15 %
    assert (str(germany.margin.amount), str(germany.margin_pct)) == ("54.0000", "35.1")  # 54 of 154
    assert (germany.status_text, germany.collects) == ("Final", "The shop, with the order")


def test_a_shopper_there_sees_the_same_price(own: Client, shop: Cast) -> None:
    found = rows(own, shop.mug)

    for country, language in (("DE", "de-DE"), ("US", "en-US"), ("JP", "ja-JP")):
        page = Client(headers={"accept-language": language}).get("/en/product/kite-mug/")
        landed = page.context["landed"]
        assert page.context["region"].country == country
        assert found[country].goods == landed["goods"]
        assert found[country].total == (landed["total"] if landed["complete"] else None)
        assert found[country].status == landed["status"]


def test_what_is_added_for_the_exchange_rate_is_named(own: Client, shop: Cast) -> None:
    casting.make_restless(CNY="red")

    germany = rows(own, shop.mug, "cost=100")["DE"]

    # 2.2 % of EUR 20.00 are 0.44; 19 % of 20.44 + 4.59 + 3.00 are 5.33. The margin is of the seller's own price.
    figures = [germany.goods, germany.buffer, germany.shipping, germany.duty, germany.tax, germany.total]
    assert [plain(money) for money in figures] == ["20.44", "0.44", "4.59", "3.00", "5.33", "33.36"]
    assert str(germany.margin.amount) == "54.0000"
    line = next(line for line in table(own, shop.mug) if line[1] == "DE")
    assert line[7:11] == ["33.36", "20.44", "0.44", "4.59"]


def test_what_is_blocked_unknown_or_not_served_says_why(own: Client, shop: Cast) -> None:
    casting.forbid("691110", "FR")
    casting.forget_laws()
    found = rows(own, shop.mug, "cost=100")

    assert (found["FR"].status, found["FR"].total, found["FR"].margin) == ("blocked", None, None)
    assert found["FR"].reason == "These goods can't be sent there: Goods of the tests."
    assert (found["KE"].status, found["KE"].duty, str(found["KE"].goods.amount)) == ("unknown", None, "2800.00")
    assert "We have no customs rules for Kenya." in found["KE"].reason

    Variant.objects.filter(pk=shop.mug.pk).update(weight_grams=900_000)
    assert {row.status for row in rows(own, shop.mug).values()} == {"no_service"}
    assert rows(own, shop.mug)["DE"].reason == "None of our services takes it there."


def test_the_table_is_narrowed_and_put_in_order(own: Client, shop: Cast) -> None:
    unknown = rows(own, shop.mug, "status=unknown")
    by_total = list(rows(own, shop.mug, "sort=total").values())
    by_name = [row.name for row in rows(own, shop.mug).values()]

    assert {row.status for row in unknown.values()} == {"unknown"}
    totals = [row.total_home.amount for row in by_total if row.total_home is not None]
    assert totals == sorted(totals) and len(totals) > 5
    assert all(row.total_home is None for row in by_total[len(totals) :])
    assert by_name[:3] == ["Åland Islands", "Albania", "Algeria"]


@pytest.mark.parametrize("cost", ["-5", "abc", "1.000", "NaN", "9" * 30])
def test_a_cost_that_cannot_be_is_refused_and_the_table_stays(own: Client, shop: Cast, cost: str) -> None:
    answer = own.get(address(shop.mug), {"cost": cost, "status": "nonsense", "variant": "x", "format": "csv"})

    assert answer.status_code == 200
    assert "text/html" in answer.headers["Content-Type"]
    assert answer.context["form"].errors.keys() == {"cost", "status", "variant"}
    assert len(answer.context["rows"]) == len(logistics.destinations())
    assert {row.margin for row in answer.context["rows"]} == {None}


def test_a_loss_is_shown_as_one(own: Client, shop: Cast) -> None:
    answer = own.get(address(shop.mug), {"cost": "200"})

    assert answer.context["margin"]["is_loss"]
    assert "-CN¥46.00" in answer.content.decode()


def test_each_variant_has_its_own_prices(own: Client, shop: Cast) -> None:
    large = casting.another_choice(shop.tshirt, "Size", "Small", "Large", "84.70", 50)

    found = rows(own, large, f"variant={large.pk}")

    assert plain(found["DE"].goods) == "11.00"
    assert plain(rows(own, large)["DE"].goods) == "10.00"
    assert plain(rows(own, large, "variant=999999999")["DE"].goods) == "10.00"


def test_the_table_is_taken_home_as_csv_without_formulas(own: Client, shop: Cast) -> None:
    Variant.objects.filter(pk=shop.mug.pk).update(sku="=1+1")
    shop.mug.product.name_en = "=HYPERLINK(1)"
    shop.mug.product.save()

    title, head, *body = table(own, shop.mug, "cost=200")

    assert title == ["'=HYPERLINK(1) · =1+1", "2026-11-22"]
    assert head == [
        "Country", "Country code", "Sent from", "Status", "Reason", "Who collects", "Currency", "At the door", "Goods",
        "of which reserve for the exchange rate", "Shipping", "Customs duty", "Tax", "Fees", "On top in percent",
        "At the door in CNY", "Margin in CNY", "Margin in percent",
    ]  # fmt: skip
    germany = next(row for row in body if row[1] == "DE")
    assert germany == [
        "Germany", "DE", "China", "Final", "", "The shop, with the order", "EUR", "32.83", "20.00", "", "4.59", "3.00",
        "5.24", "0.00", "64.2", "252.79", "-46.00", "-29.9",
    ]  # fmt: skip
    assert len(body) == len(logistics.destinations())
    assert len(table(own, shop.mug, "status=quoted")) < len(body)


def test_the_table_is_taken_home_as_a_workbook_with_numbers(own: Client, shop: Cast) -> None:
    Variant.objects.filter(pk=shop.mug.pk).update(sku="@SUM(1)")
    shop.mug.product.name_en = "+1"
    shop.mug.product.save()

    answer = own.get(address(shop.mug), {"format": "xlsx"})

    sheet = load_workbook(io.BytesIO(answer.content)).active
    lines = list(sheet.values)
    germany = next(row for row in lines if row[1] == "DE")
    assert lines[0][0] == "'+1 · @SUM(1)"
    assert (germany[0], germany[7], germany[14]) == ("Germany", 32.83, 64.2)
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_rival_and_a_stranger_meet_nothing(own: Client, shop: Cast) -> None:
    rival = member_of(shop.rival)

    assert rival.get(address(shop.mug)).status_code == 404
    assert rival.get(address(shop.mug), {"format": "csv"}).status_code == 404
    assert rival.get(address(shop.notebook)).status_code == 200
    assert own.get("/admin/catalog/product/999999/door-prices/").status_code == 404
    assert own.get("/admin/catalog/product/x/door-prices/").status_code == 404
    assert Client().get(address(shop.mug)).status_code == 302
    assert own.post(address(shop.mug)).status_code == 405


@pytest.mark.parametrize(("role", "status"), [(roles.COMPLIANCE, 200), (roles.FINANCE, 404)])
def test_the_staff_look_as_far_as_they_may_see_listings(own: Client, shop: Cast, role: str, status: int) -> None:
    user = casting.person("somebody@example.com", "Somebody")
    accounts.give_role(user=user, role=role)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))

    assert client.get(address(shop.mug)).status_code == status
    assert client.get(address(shop.notebook)).status_code == status


def test_the_page_of_the_listing_leads_there(own: Client, shop: Cast) -> None:
    page = own.get(f"/admin/catalog/product/{shop.mug.product_id}/change/").content.decode()

    assert f'href="{address(shop.mug)}"' in page
    assert f'href="/admin/catalog/product/{shop.mug.product_id}/change/"' in own.get(address(shop.mug)).content.decode()


def test_a_listing_without_variants_says_so(own: Client, shop: Cast) -> None:
    shop.mug.stock_levels.all().delete()
    Variant.objects.filter(pk=shop.mug.pk).delete()

    assert "This listing has no variant yet." in own.get(address(shop.mug)).content.decode()


def test_all_destinations_cost_eleven_queries_at_most(own: Client, shop: Cast) -> None:
    own.get(address(shop.mug))

    with counted() as counts:
        own.get(address(shop.mug), {"cost": "5"})

    assert counts.queries <= 11
