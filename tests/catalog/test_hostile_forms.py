"""Forms of the admin that are sent with what no browser sends: refused with a sentence, and soon."""

from __future__ import annotations

import pytest

from accounts.admin_scope import MOST_NEW_ROWS
from catalog.models import ScheduledPrice
from tests.catalog.admin_stage import Stage
from tests.support.opened_pages import OpenedPage

pytestmark = pytest.mark.django_db
NO_KEYS = ["²", "NaN", "9999-12-31", "-1", "9" * 20, "9" * 5000, "'\"%s{}{{x}}%(a)s"]


@pytest.mark.parametrize("key", NO_KEYS)
@pytest.mark.parametrize("field", ["variant", "category", "products"])
def test_what_is_no_key_is_no_choice(field: str, key: str, on_stage: Stage) -> None:
    answer = on_stage.client.post("/admin/catalog/scheduledprice/add/", {"name": "Sale", field: key})

    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert not ScheduledPrice.objects.exists()


@pytest.mark.parametrize("page", NO_KEYS)
def test_a_page_that_there_is_not_is_the_first_one(page: str, on_stage: Stage) -> None:
    address = f"/admin/catalog/variant/{on_stage.mug.pk}/change/"

    assert on_stage.client.get(address, {"price_changes-page": page}).status_code == 200


def test_a_form_is_no_longer_than_what_it_is_about(on_stage: Stage) -> None:
    """A formset builds, checks and shows as many rows as it is told of: two thousand of them took a minute."""
    address = f"/admin/catalog/variant/{on_stage.mug.pk}/change/"
    opened = OpenedPage(on_stage.client, address, "variant_form")

    answer = opened.send(**{"market_prices-TOTAL_FORMS": "99999999"})

    lengths = {part.formset.prefix: len(part.formset.forms) for part in answer.context["inline_admin_formsets"]}
    assert lengths["market_prices"] == MOST_NEW_ROWS
    assert "Please submit at most" in answer.content.decode()
