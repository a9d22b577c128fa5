"""The shop as its visitors meet it: laws, the standing cast, filled shelves, a browser without a past."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from catalog.selectors import editorial, goods_codes, navigation, sellers, synonyms
from marketplace.kernel import clock
from tests.support import cast as casting
from tests.support.cast import TODAY, Cast


@pytest.fixture
def shop(cast_on_filled_shelves: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """The cast's goods on their shelves, on the day of the cast."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    editorial.forget()
    goods_codes.forget()
    navigation.forget()
    sellers.forget()
    synonyms.forget()
    yield cast_on_filled_shelves
    editorial.forget()
    casting.forget_laws()
    navigation.forget()
    sellers.forget()
    synonyms.forget()


@pytest.fixture
def german(shop: Cast) -> Client:
    """A browser that asks for German."""
    return Client(headers={"accept-language": "de-DE,de;q=0.9"})
