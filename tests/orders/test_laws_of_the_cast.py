"""A test of the cast begins with the cast and the laws, whatever the process has seen in the test before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from moneyed import Money

from catalog.models import Variant
from compliance import selectors as compliance
from compliance.models import TaxRate
from logistics import selectors as logistics
from payments import selectors as payments
from payments.models import ExchangeRate
from tests.support import cast as casting
from tests.support.cast import TODAY, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("cast")]


@pytest.mark.parametrize("turn", [1, 2])
def test_nothing_of_the_test_before_is_left(turn: int, cast: Cast, law_may_change: Callable[[], None]) -> None:
    assert connection.settings_dict["NAME"].startswith("cast_of_the_day_")
    assert (cast.tshirt.price, Variant.objects.get(pk=cast.tshirt.pk).price) == (Money(77, "CNY"), Money(77, "CNY"))
    size = compliance.rule_book(TODAY).size
    assert "DE" in logistics.destinations()
    assert payments.fx_table(TODAY).rates["USD"] == casting.Decimal("1.10")
    assert size > 100

    cast.tshirt.price = Money(1, "CNY")
    cast.tshirt.save()
    TaxRate.objects.all().delete()
    ExchangeRate.objects.record(casting.rate_facts(TODAY, USD="9"))
    law_may_change()

    assert compliance.rule_book(TODAY).size < size
    assert payments.fx_table(TODAY).rates["USD"] == casting.Decimal("9")


def test_other_tests_know_nothing_of_the_cast() -> None:
    casting.forget_laws()

    assert connection.settings_dict["NAME"].startswith("test_")
    assert not Variant.objects.exists()
    assert (logistics.destinations(), payments.fx_table(TODAY).rates, compliance.rule_book(TODAY).size) == (
        set(),
        {},
        0,
    )
