"""The demo's listings say all that the law asks for: after their screening they are on sale as before, but for one number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as shop
from django.db.models import Count
from pytest_django import Settings

from accounts import services as accounts
from accounts.models import Seller
from catalog.models import (
    BrandPage,
    Collection,
    CollectionEntry,
    EconomicOperator,
    GlossaryTerm,
    LandingCollection,
    LandingPage,
    PriceChange,
    Product,
    ProductDocument,
    ProductFacts,
    TextState,
    TraceEvent,
)
from catalog.selectors.tracing import chains
from catalog.services import listings, screening
from compliance.models import EvidenceDocument, Flag
from marketplace import demo_editorial, demo_facts, demo_offers, demo_registrations
from marketplace.demo_catalogue import DemoCatalogue
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from payments.selectors import fx_table
from tests.support import cast as casting

pytestmark = pytest.mark.django_db
CODES = [code for code, _name in shop.LANGUAGES]


@pytest.fixture
def demo(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    """The demo as it is filled, up to its screening."""
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path
    casting.forget_laws()
    casting.load_laws()
    casting.forget_laws()
    keys = DemoCatalogue().write()
    listings.refresh_listings(product_ids=keys, fx=fx_table(clock.today()))
    accounts.sync_roles(ROLE_RIGHTS)
    accounts.ensure_demo_accounts(list(Seller.objects.order_by("slug")))
    demo_facts.write()
    demo_editorial.write()
    demo_registrations.write(clock.today())
    yield
    casting.forget_laws()


def rows() -> list[Any]:
    models = (EconomicOperator, ProductFacts, ProductDocument, EvidenceDocument, PriceChange, BrandPage, Collection,
              CollectionEntry, LandingPage, LandingCollection, TraceEvent, TextState, GlossaryTerm)  # fmt: skip
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_everything_is_on_sale_everywhere_but_what_lacks_a_number_in_france(demo: None) -> None:
    screening.screen_waiting()

    held = dict(Product.objects.exclude(held_in=[]).values_list("slug", "held_in"))
    assert held == {slug: ["FR"] for slug in ("lamu-canvas-shoes", "pwani-rope-basket", "savanna-check-blanket")}
    assert Product.objects.filter(placements__isnull=False).distinct().count() == 68
    odd = TextState.objects.exclude(state="reviewed").order_by()
    assert dict(odd.values_list("state").annotate(n=Count("pk"))) == {"draft": 6, "stale": 6}
    assert TextState.objects.exclude(proposal="").count() == 3
    assert set(Flag.objects.values_list("severity", flat=True)) == {"block", "notice"}
    assert set(Flag.objects.filter(severity="block").values_list("rule", flat=True)) == {"epr_missing:textiles-block"}


def test_writing_again_changes_nothing(demo: None) -> None:
    screening.screen_waiting()
    before = rows()

    demo_facts.write()
    demo_editorial.write()

    assert rows() == before
    assert not Product.objects.filter(is_unscreened=True).exists()
    held = {product.slug: verdict.holds for product, _batch, verdict in chains()}
    assert held == {"kiln-lane-mug": True, "nyeri-hill-coffee": True}


def test_what_is_told_around_the_goods_is_there_in_seven_languages() -> None:
    told = json.loads((demo_editorial.FOLDER / "data" / "editorial.json").read_text("utf-8"))
    texts = list(_texts(told))

    assert len(texts) == 40
    assert [text for text in texts if sorted(text) != sorted(CODES) or not all(text.values())] == []


def _texts(value: Any) -> Iterator[dict[str, str]]:
    """Every text by language, however deep it stands."""
    if isinstance(value, dict) and "en" in value:
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def test_every_listing_has_facts_and_every_text_is_there_in_seven_languages() -> None:
    told = json.loads((demo_facts.DATA / "facts.json").read_text("utf-8"))
    texts = json.loads((demo_facts.DATA / "safety_texts.json").read_text("utf-8"))

    told["products"] |= demo_offers.told()["facts"]
    assert set(told["products"]) == {row["slug"] for row in DemoCatalogue().data["products"]}
    for kind in ("warnings", "instructions"):
        used = {key for facts in told["products"].values() for key in facts.get(kind, ())}
        assert used == set(texts[kind])
        assert all(set(text) == set(CODES) and all(text.values()) for text in texts[kind].values())
