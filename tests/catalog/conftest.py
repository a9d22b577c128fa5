"""The shop of the tests of whole pages, for those of the catalogue that look at pages too."""

from tests.marketplace.conftest import laws, shop

__all__ = ["laws", "shop"]
