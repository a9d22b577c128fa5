"""What machines read on the page of a product (schema.org): the goods with their offer and reviews, and the way to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from catalog.selectors.navigation import Branch
from catalog.selectors.product import Listed, Offer, Picture
from catalog.selectors.reviews import Shown
from marketplace.kernel.templatetags.ui import absolute, media

CONTEXT = "https://schema.org"


def goods(
    product: Listed, offer: Offer | None, pictures: Iterable[Picture], details: Iterable[tuple[str, Any, str]],
    reviews: Iterable[Shown], address: str,
) -> dict[str, Any]:  # fmt: skip
    """A `Product`; without what is not known of it. `address` is that of its page."""
    found = {
        "@context": CONTEXT,
        "@type": "Product",
        "name": product.name,
        "description": product.summary,
        "brand": {"@type": "Brand", "name": product.brand_name or product.seller.name},
        "image": [absolute(media(picture.file)) for picture in pictures],
        "additionalProperty": [
            {"@type": "PropertyValue", "propertyID": code, "name": label, "value": value}
            for label, value, code in details
        ],
        **_rated(product, reviews),
        "countryOfOrigin": product.origin,
        "sku": offer.sku if offer else "",
        "offers": _offer(product, offer, address) if offer else None,
    }
    return {name: value for name, value in found.items() if value}


def _rated(product: Listed, reviews: Iterable[Shown]) -> dict[str, Any]:
    if not product.rating:
        return {}
    return {
        "aggregateRating": {
            "@type": "AggregateRating", "ratingValue": product.rating.average, "reviewCount": product.rating.count,
            "bestRating": 5, "worstRating": 1,
        },
        "review": [
            {
                "@type": "Review",
                "reviewRating": {"@type": "Rating", "ratingValue": review.stars},
                "author": {"@type": "Person", "name": review.signed or "—"},
                "datePublished": review.written_at.date(),
                "inLanguage": review.language,
                "name": review.title,
                "reviewBody": review.text,
            }
            for review in reviews
        ],
    }  # fmt: skip


def _offer(product: Listed, offer: Offer, address: str) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "url": address,
        "price": offer.price,
        "priceCurrency": offer.price.currency.code,
        "availability": f"{CONTEXT}/{offer.terms.schema}",
        "seller": {"@type": "Organization", "name": product.seller.name},
    }


def way(trail: Sequence[Branch], name: str) -> dict[str, Any]:
    """The `BreadcrumbList` of the categories above what is called `name`."""
    steps = [{"name": branch.name, "item": absolute(branch.url)} for branch in trail] + [{"name": name}]
    items = [{"@type": "ListItem", "position": place, **step} for place, step in enumerate(steps, 1)]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}
