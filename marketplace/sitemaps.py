"""Sitemaps by language: every page of the catalogue with its other languages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Seller
from catalog.models import Category, Collection, Product
from marketplace.context import hreflang
from marketplace.kernel import clock


class LanguageSitemap(Sitemap):  # type: ignore[type-arg]
    """The pages of one kind in one language, each with links to the others."""

    limit = 5000

    def __init__(self, language: str) -> None:
        self.language = language

    @property
    def protocol(self) -> str:  # type: ignore[override]
        return settings.SITE_URL.partition(":")[0]

    def path(self, item: Any) -> str:
        """The address of `item` in the active language."""
        return str(item.get_absolute_url())

    def location(self, item: Any) -> str:
        with override(self.language):
            return self.path(item)

    def get_domain(self, site: object = None) -> str:
        return settings.SITE_URL.partition("://")[2]

    def _urls(self, page: int | str, protocol: str, domain: str) -> list[dict[str, Any]]:
        urls = super()._urls(page, protocol, domain)
        for url in urls:
            rest = url["location"].removeprefix(settings.SITE_URL).lstrip("/").partition("/")[2]
            url["alternates"] = [
                {"location": f"{settings.SITE_URL}/{code}/{rest}", "lang_code": hreflang(code)}
                for code, _name in settings.LANGUAGES
            ]
        return urls


class Products(LanguageSitemap):
    def items(self) -> QuerySet[Product]:
        listed = Product.objects.filter(status=Product.Status.LIVE, seller__status=Seller.Status.APPROVED)
        return listed.only("id", "slug", "updated_at").order_by("id")

    def lastmod(self, item: Product) -> Any:
        return item.updated_at


class Categories(LanguageSitemap):
    def items(self) -> QuerySet[Category]:
        return Category.objects.filter(Q(taxonomy_id="") | Q(facets__total__gt=0)).order_by("path")


class Brands(LanguageSitemap):
    def items(self) -> QuerySet[Seller]:
        return Seller.objects.filter(status=Seller.Status.APPROVED).order_by("slug")


class Collections(LanguageSitemap):
    def items(self) -> QuerySet[Collection]:
        """What shoppers of every country meet at present."""
        is_open = Q(from_on=None) | Q(from_on__lte=clock.today())
        lasts = Q(until_on=None) | Q(until_on__gte=clock.today())
        whose = Q(seller=None) | Q(seller__status=Seller.Status.APPROVED)
        return Collection.objects.filter(is_open, lasts, whose, is_published=True, countries=[]).order_by("slug")


class Pages(LanguageSitemap):
    def items(self) -> list[str]:
        return ["home", "how_prices_work", "landed_cost"]

    def path(self, item: str) -> str:
        return reverse(item)


_KINDS = {"products": Products, "categories": Categories, "brands": Brands, "collections": Collections, "pages": Pages}
SITEMAPS = {f"{name}-{code}": kind(code) for name, kind in _KINDS.items() for code, _name in settings.LANGUAGES}
