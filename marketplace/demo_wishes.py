"""What the shoppers of the demo wish for: one of the goods has become cheaper since."""

from __future__ import annotations

from datetime import timedelta

from accounts.demo_cast import DOMAIN
from accounts.models import User
from catalog.models import Variant, Wish
from catalog.selectors.wishes import Wished
from catalog.services import wishes
from marketplace.kernel import clock

WISHES = {
    f"shopper-de@{DOMAIN}": ("hum-over-ear-headphones", "tide-thread-notebook", "nyeri-hill-coffee"),
    f"shopper-ja@{DOMAIN}": ("kiln-lane-mug", "hum-over-ear-headphones"),
}
_DAYS = 9


def write() -> None:
    """Their lists hold these goods as of nine days ago, at the price before where there is one. Idempotent."""
    for email, slugs in WISHES.items():
        user = User.objects.filter(email=email).first()
        if user is None or Wish.objects.filter(wish_list__user=user).exists():
            continue
        for place, slug in enumerate(slugs):
            variant = Variant.objects.filter(product__slug=slug, is_active=True).first()
            if variant is not None:
                at = clock.now() - timedelta(days=_DAYS, minutes=place)
                price, currency = variant.compare_at or variant.price.amount, variant.price.currency.code
                wishes.add(user=user, wished=Wished(variant.product_id, variant.pk, price, currency, at))
