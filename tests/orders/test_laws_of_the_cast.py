"""The laws of the tests hold in the process as well, whatever it has seen in the test before."""

from __future__ import annotations

import pytest

from compliance import selectors as compliance
from logistics import selectors as logistics
from payments import selectors as payments
from tests.support import cast as casting
from tests.support.cast import TODAY, Laws

pytestmark = pytest.mark.django_db


def test_a_process_that_has_just_seen_a_shop_without_laws_knows_them(laws: Laws) -> None:
    casting.forget_laws()
    assert (logistics.destinations(), payments.fx_table(TODAY).rates, compliance.rule_book(TODAY).size) == (
        set(),
        {},
        0,
    )

    laws.enact()
    casting.remember_laws()

    assert "DE" in logistics.destinations()
    assert payments.fx_table(TODAY).rates["USD"] > 1
    assert compliance.rule_book(TODAY).size > 100
