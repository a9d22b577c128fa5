"""The shop of the tests of whole pages, for those of the catalogue that look at pages too, and a seller in the admin."""

from __future__ import annotations

import pytest

from tests.catalog.admin_stage import STAGE, Stage
from tests.marketplace.conftest import shop
from tests.support import cast

__all__ = ["shop"]


@pytest.fixture
def seller_on_stage(db: None) -> Stage:
    """A seller with goods, signed in. A scene of its own."""
    cast.forget_laws()
    return STAGE.take()


@pytest.fixture
def on_stage(seller_on_stage: Stage) -> Stage:
    """The same, where a file adds nothing to it."""
    return seller_on_stage
