"""The demo's sellers are registered for all that they sell, but for one number whose lack can be seen in France."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts import services as accounts
from accounts.models import Seller
from catalog.models import Product
from catalog.selectors.listing_facts import listings_seen
from compliance import selectors as compliance
from compliance.models import EPRScheme, Recheck, Registration, RegistrationEvent
from compliance.registrations import Scheme, checked
from compliance.screening import screen_listing
from logistics.selectors import destinations
from marketplace import demo_registrations
from marketplace.demo_catalogue import DemoCatalogue
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from payments.selectors import fx_table
from tests.support import cast as casting

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(db: None, settings: Settings) -> Iterator[None]:
    """The catalogue and the people of the demo, with all rules and freight."""
    settings.DEMO = True
    casting.forget_laws()
    casting.load_laws()
    casting.forget_laws()
    DemoCatalogue().write()
    accounts.sync_roles(ROLE_RIGHTS)
    accounts.ensure_demo_accounts(list(Seller.objects.order_by("slug")))
    Recheck.objects.all().delete()
    yield
    casting.forget_laws()


def test_every_number_has_the_shape_of_its_kind_and_writing_again_changes_nothing(demo: None) -> None:
    made = demo_registrations.write(clock.today())

    numbers = list(Registration.objects.all())
    assert len(numbers) == made > 100
    schemes = {
        (row.country, row.stream): Scheme(row.number_pattern, row.check_digit) for row in EPRScheme.objects.all()
    }
    for number in numbers:
        assert (
            checked(number.kind, number.country, number.number, schemes.get((number.country, number.stream)))
            == number.number
        )
    assert RegistrationEvent.objects.count() == 2 * made
    assert {row.topic for row in Recheck.objects.all()} == {"seller"}

    assert demo_registrations.write(clock.today()) == 0
    assert Registration.objects.count() == made


def test_what_a_visitor_changed_is_not_put_back(demo: None) -> None:
    demo_registrations.write(clock.today())
    Registration.objects.filter(seller__slug="asamori", country="DE").update(state="ended")

    assert demo_registrations.write(clock.today()) == 0


def test_the_demo_lacks_one_number_alone(demo: None) -> None:
    demo_registrations.write(clock.today())
    today = clock.today()
    keys = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    book, places = compliance.rule_book(today), tuple(sorted(destinations()))
    seen = listings_seen(keys, on=today, moment=clock.now(), fx=fx_table(today))

    found = [
        (each.seller_id, finding.params["stream"], finding.countries, finding.severity)
        for each in seen
        for finding in screen_listing(each.facts, places, book)
        if finding.check.startswith("epr_")
    ]

    upepo = Seller.objects.get(slug="upepo")
    assert len(seen) > 60
    assert set(found) == {(upepo.pk, "textiles", ("FR",), "block")}
    assert len(found) == 3
