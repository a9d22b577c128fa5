"""The shop of the tests of whole pages, for those of the catalogue that look at pages too, and a seller in the admin."""

from __future__ import annotations

import pytest

from tests.catalog.admin_stage import Stage, stage
from tests.marketplace.conftest import laws, shop

__all__ = ["laws", "shop"]


@pytest.fixture
def on_stage(db: None) -> Stage:
    """A seller with goods, signed in."""
    return stage()
