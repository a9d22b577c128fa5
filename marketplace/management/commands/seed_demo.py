"""Fills the shop with the demo catalogue and accounts. Run again, it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import services as accounts
from accounts.models import Seller
from catalog.services import listings, screening, search_terms, search_words
from marketplace import (
    demo_attributes,
    demo_editorial,
    demo_facts,
    demo_offers,
    demo_orders,
    demo_parcels,
    demo_prices,
    demo_registrations,
    demo_reviews,
    demo_verification,
    demo_videos,
    demo_wishes,
)
from marketplace.demo_catalogue import DemoCatalogue
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from orders.services import scoring
from payments.selectors import fx_table


class Command(BaseCommand):
    help = "Fills the shop with the demo catalogue and its accounts; run again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        products = DemoCatalogue().write()
        demo_videos.write()
        demo_offers.write(clock.today())
        demo_attributes.write()
        listings.refresh_listings(product_ids=products, fx=fx_table(clock.today()))
        listings.refresh_facets()
        search_words.load_synonyms()
        accounts.sync_roles(ROLE_RIGHTS)
        accounts.ensure_demo_accounts(list(Seller.objects.order_by("slug")))
        demo_verification.write()
        demo_facts.write()
        demo_editorial.write()
        demo_registrations.write(clock.today())
        demo_orders.write()
        demo_parcels.write(clock.today())
        demo_reviews.write()
        demo_prices.write()
        listings.refresh_listings(product_ids=products, fx=fx_table(clock.today()), search=False)
        scoring.count_scores(clock.today())
        demo_wishes.write()
        screening.screen_waiting(seconds=float("inf"), is_patient=True)
        search_terms.refresh_terms()
        self.stdout.write(f"{len(products)} products of {Seller.objects.count()} sellers are in the shop.")
