"""What sellers and the house tell around the goods: pages of brands, collections, and first pages for markets."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from catalog.models.products import Product

IN_ORDER = Q(from_on=None) | Q(until_on=None) | Q(until_on__gte=F("from_on"))
IS_COUNTRY_OR_NONE = Q(made_in="") | Q(made_in__regex=r"^[A-Z]{2}$")


class Pictured(models.Model):
    """Something with one large picture in the default storage, "" while it has none."""

    picture = models.CharField(_("picture"), max_length=200, blank=True, db_default="", editable=False)
    picture_width = models.PositiveIntegerField(null=True, editable=False)
    picture_height = models.PositiveIntegerField(null=True, editable=False)
    picture_alt = models.CharField(
        _("description of the picture for those who do not see it"), max_length=300, blank=True
    )

    class Meta:
        abstract = True


class Shown(models.Model):
    """Something that shoppers meet once it is published, from one day to another, in some countries or in all."""

    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries"), default=list, db_default=[], blank=True
    )
    from_on = models.DateField(_("shown from"), null=True, blank=True)
    until_on = models.DateField(_("shown until"), null=True, blank=True)
    is_published = models.BooleanField(_("published"), default=False, db_default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_default=0)

    class Meta:
        abstract = True


class BrandPage(Pictured):
    """What the page of a seller's brand tells besides tagline and story: how the goods are made, and where."""

    seller = models.OneToOneField(Seller, models.CASCADE, related_name="brand_page", verbose_name=_("seller"))
    craft = models.TextField(_("how it is made"), blank=True)
    made_in = models.CharField(_("made in"), max_length=2, blank=True, db_default="")
    made_at = models.CharField(_("place where it is made"), max_length=200, blank=True)
    video = models.CharField(_("film"), max_length=200, blank=True, db_default="", editable=False)

    class Meta:
        verbose_name = _("page of a brand")
        verbose_name_plural = _("pages of brands")
        ordering = ("seller__name",)
        constraints = [models.CheckConstraint(condition=IS_COUNTRY_OR_NONE, name="brand_is_made_in_a_country")]

    def __str__(self) -> str:
        return str(self.seller)

    def get_absolute_url(self) -> str:
        return reverse("brand", args=[self.seller.slug])


class Collection(Pictured, Shown):
    """Products chosen and put in order by the house, or by a seller from their own; `body` is safe HTML."""

    seller = models.ForeignKey(
        Seller, models.CASCADE, null=True, blank=True, related_name="collections", verbose_name=_("seller")
    )
    slug = models.SlugField(_("address in the shop"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    intro = models.CharField(_("introduction"), max_length=400, blank=True)
    body = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ("position", "id")
        constraints = [models.CheckConstraint(condition=IN_ORDER, name="collection_ends_after_it_begins")]

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return reverse("collection", args=[self.slug])


class CollectionEntry(models.Model):
    """A product in a collection, with a few words on why it is there."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="entries", verbose_name=_("collection"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("product in a collection")
        verbose_name_plural = _("products in collections")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["collection", "product"], name="product_is_in_a_collection_once")
        ]

    def __str__(self) -> str:
        return f"{self.collection} · {self.product}"


class LandingPage(Pictured, Shown):
    """What shoppers of some countries meet first on the first page, in place of the house's own words.

    Without countries it is for all that no other page names; with a language for its readers alone. `text` is safe
    HTML below the collections.
    """

    name = models.CharField(_("name among the staff"), max_length=120)
    language = models.CharField(_("language"), max_length=10, blank=True, db_default="")
    title = models.CharField(_("title"), max_length=120)
    lead = models.CharField(_("introduction"), max_length=400, blank=True)
    button = models.CharField(_("words on the button"), max_length=60, blank=True)
    button_address = models.CharField(
        _("the button leads to"),
        max_length=200,
        blank=True,
        db_default="",
        help_text=_("The address in the shop without the language, such as /category/tea/."),
    )
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("first page for a market")
        verbose_name_plural = _("first pages for markets")
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(condition=IN_ORDER, name="landing_page_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(button_address="") | Q(button_address__regex=r"^/[a-z0-9]"),
                name="landing_page_leads_into_the_shop",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LandingCollection(models.Model):
    """A collection on a first page for a market."""

    page = models.ForeignKey(LandingPage, models.CASCADE, related_name="collections", verbose_name=_("page"))
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="+", verbose_name=_("collection"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("collection on a first page")
        verbose_name_plural = _("collections on first pages")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["page", "collection"], name="collection_is_on_a_first_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.page} · {self.collection}"
