"""Listings: the product, what one chooses on it, what is bought, its pictures, its price history."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djmoney.models.fields import MoneyField

from accounts.models import Seller
from catalog.availability import LONGEST_LEAD
from catalog.models import recorded, text_triggers, unscreened
from catalog.models.categories import Category
from catalog.trade_numbers import DROPPED


def everywhere() -> list[str]:
    """Where a listing is held that nobody has looked at yet: in all countries."""
    return [""]


class Product(models.Model):
    """A listing of one seller.

    `held_in` are the countries in which nobody meets it, "" for all of them: so it is until the first screening, and
    then as the rows of `MarketHold` say. `is_unscreened`: what screening looks at has changed. `marks` are what the
    goods are, as the last screening saw them.

    The `card_…` columns and `sort_price` (in the base currency of the exchange rates) repeat what lists show of
    the variants, so that a list reads one narrow row; `catalog.services.refresh_listings` keeps them.

    `ratings` are how many people gave 1 to 5 stars, empty for nobody, and `rating_rank` what follows for the order of
    lists (`catalog.ratings`).

    `led_in` are the countries in which another seller's offer of the article leads, or "" and those in which none does.
    `more_offers` says how many other sellers have it where this one leads, by country, "" for all others. Both are None for
    what nobody else has (`Lead`).

    `source_language` is the one that the seller writes in; texts in the others are translations (`TextState`).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("On sale")
        ARCHIVED = "archived", _("Archived")

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="products", verbose_name=_("seller"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="products", verbose_name=_("category"))
    slug = models.SlugField(_("address in the shop"), max_length=120, unique=True)
    handle = models.CharField(_("the seller's own key"), max_length=255)
    brand_name = models.CharField(_("brand"), max_length=120, blank=True)
    source_language = models.CharField(
        _("language of the listing"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=255)
    summary = models.CharField(_("summary"), max_length=400, blank=True)
    description = models.TextField(_("description"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    origin = models.CharField(_("country of origin"), max_length=2, blank=True)
    customs_description = models.CharField(_("description for customs"), max_length=200, blank=True)
    tax_category = models.CharField(_("tax category"), max_length=20, default="standard")
    lithium = models.BooleanField(_("contains a lithium battery"), default=False)
    popularity = models.IntegerField(_("popularity"), default=0)
    published_at = models.DateTimeField(_("published at"), default=timezone.now)
    source_digest = models.CharField(max_length=64, blank=True, editable=False)
    held_in = ArrayField(
        models.CharField(max_length=2, blank=True), default=everywhere, db_default=[""], editable=False
    )
    marks = ArrayField(models.CharField(max_length=20), default=list, db_default=[], editable=False)
    is_unscreened = models.BooleanField(default=True, db_default=True, editable=False)
    screened_at = models.DateTimeField(_("screened at"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    card_price = MoneyField(
        _("lowest price"), max_digits=19, decimal_places=4, null=True, default_currency=None, editable=False
    )
    card_compare_at = models.DecimalField(max_digits=19, decimal_places=4, null=True, editable=False)
    card_terms = models.JSONField(null=True, editable=False)
    card_weight_grams = models.PositiveIntegerField(null=True, editable=False)
    card_ship_from = ArrayField(models.CharField(max_length=2), default=list, editable=False)
    card_image = models.CharField(max_length=200, blank=True, editable=False)
    in_stock = models.BooleanField(_("in stock"), default=False, editable=False)
    sort_price = models.DecimalField(max_digits=19, decimal_places=4, null=True, editable=False)
    ratings = ArrayField(models.PositiveIntegerField(), default=list, db_default=[], editable=False)
    rating_rank = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    led_in = ArrayField(models.CharField(max_length=2, blank=True), null=True, blank=True, editable=False)
    more_offers = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "handle"], name="handle_is_unique_for_its_seller"),
            models.CheckConstraint(
                condition=models.Q(hs_code="") | models.Q(hs_code__regex=r"^\d{6,10}$"), name="hs_code_is_digits"
            ),
            models.CheckConstraint(
                condition=models.Q(origin="") | models.Q(origin__regex=r"^[A-Z]{2}$"), name="origin_is_a_country"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-popularity", "-id"], name="products_by_popularity"),
            models.Index(fields=["seller", "-id"], name="products_of_a_seller"),
            models.Index(
                fields=["id"], include=["seller", "origin", "in_stock", "brand_name"], name="products_by_choice"
            ),
            models.Index(
                fields=["origin", "seller"],
                include=["id", "in_stock", "brand_name", "sort_price"],
                condition=models.Q(status="live"),
                name="on_sale_by_origin_and_seller",
            ),
            models.Index(
                fields=["brand_name", "seller"],
                include=["id", "in_stock", "origin", "sort_price"],
                condition=models.Q(status="live") & ~models.Q(brand_name=""),
                name="on_sale_by_brand_and_seller",
            ),
            models.Index(
                models.F("screened_at").asc(nulls_first=True),
                "id",
                condition=models.Q(is_unscreened=True),
                name="products_to_screen",
            ),
        ]
        triggers = [*unscreened.OF_PRODUCTS, *recorded.OF_PRODUCTS, *text_triggers.OF_PRODUCTS]

    def __str__(self) -> str:
        return self.name or self.handle

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.slug])

    def in_own_language(self, field: str) -> str:
        """What a translated field says in the language that the seller writes in."""
        return getattr(self, f"{field}_{self.source_language.replace('-', '_')}") or ""


class Option(models.Model):
    """What a shopper chooses on a product, such as the colour; at most three on one product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["product", "position"], name="option_position_is_unique"),
            models.CheckConstraint(condition=models.Q(position__range=(1, 3)), name="at_most_three_options"),
        ]
        triggers = text_triggers.OF_OPTIONS

    def __str__(self) -> str:
        return self.name


class OptionValue(models.Model):
    """One of the choices of an option; `code` is its name in the source language."""

    option = models.ForeignKey(Option, models.CASCADE, related_name="values")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    code = models.CharField(_("code"), max_length=255)
    name = models.CharField(_("name"), max_length=255)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["option", "code"], name="choice_is_unique_for_its_option")]
        triggers = text_triggers.OF_VALUES

    def __str__(self) -> str:
        return self.name


# What was said in another currency is not a price in this one.
_FORGET_OLD_CURRENCY = """
    DELETE FROM catalog_pricetier WHERE variant_id = NEW.id;
    DELETE FROM catalog_marketpricechange WHERE market_price_id IN (
        SELECT id FROM catalog_marketprice
        WHERE variant_id = NEW.id AND country = '' AND price_currency = NEW.price_currency);
    DELETE FROM catalog_marketprice WHERE variant_id = NEW.id AND country = '' AND price_currency = NEW.price_currency;
    UPDATE catalog_scheduledpriceitem i SET is_open = false FROM catalog_scheduledprice s
    WHERE i.schedule_id = s.id AND i.variant_id = NEW.id AND i.is_open
        AND (i.applied_at IS NOT NULL OR s.price IS NOT NULL);
    RETURN NULL;
"""


def _without(pattern: str, column: str) -> models.Func:
    """A column without what the pattern matches, as `catalog.selectors.search` writes it."""
    pieces = (models.F(column), models.Value(pattern), models.Value(""), models.Value("g"))
    return models.Func(*pieces, function="regexp_replace")


class Variant(models.Model):
    """What is bought: one combination of choices, with its price in the seller's currency.

    `weight_grams` is None when unknown. A database trigger writes each price into `PriceChange`.
    What is made to order (`lead_days`) or not out yet (`available_on`) can be bought without stock, up to
    `order_limit` pieces at a time. At `low_stock_at` pieces and fewer it runs low.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants", verbose_name=_("product"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", editable=False)
    sku = models.CharField(_("SKU"), max_length=120, blank=True)
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    value1 = models.ForeignKey(
        OptionValue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("first choice")
    )
    value2 = models.ForeignKey(
        OptionValue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("second choice")
    )
    value3 = models.ForeignKey(
        OptionValue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("third choice")
    )
    price = MoneyField(_("price"), max_digits=19, decimal_places=4, default_currency=None)
    compare_at = models.DecimalField(_("price before"), max_digits=19, decimal_places=4, null=True, blank=True)
    weight_grams = models.PositiveIntegerField(_("weight in grams"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("on sale"), default=True)
    lead_days = models.PositiveSmallIntegerField(
        _("made to order within days"), null=True, blank=True,
        help_text=_("How long it takes to make one when none is in stock. Empty: it is sold from stock only."),
    )  # fmt: skip
    available_on = models.DateField(
        _("pre-order until"), null=True, blank=True,
        help_text=_("The day from which it can be sent. Until then it can be bought ahead."),
    )  # fmt: skip
    order_limit = models.PositiveIntegerField(
        _("most pieces on order"), null=True, blank=True,
        help_text=_("So many pieces can be bought without stock at a time. Empty: any number."),
    )  # fmt: skip
    low_stock_at = models.PositiveIntegerField(
        _("runs low at"), null=True, blank=True,
        help_text=_("With so many pieces left or fewer, shoppers see how many there are and you get a mail."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "value1", "value2", "value3"],
                nulls_distinct=False,
                name="variant_is_one_combination",
            ),
            models.UniqueConstraint(
                fields=["seller", "sku"], condition=~models.Q(sku=""), name="sku_is_unique_for_its_seller"
            ),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="price_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(compare_at=None) | models.Q(compare_at__gt=models.F("price")),
                name="price_before_is_higher",
            ),
            models.CheckConstraint(
                condition=models.Q(lead_days=None) | models.Q(lead_days__range=(1, LONGEST_LEAD), available_on=None),
                name="made_to_order_or_pre_ordered",
            ),
        ]
        indexes = [
            models.Index(Lower(_without("[^[:alnum:]]+", "sku")), name="variants_by_sku", condition=~models.Q(sku="")),
            models.Index(_without(DROPPED, "gtin"), name="variants_by_gtin", condition=~models.Q(gtin="")),
        ]
        triggers = [
            *recorded.recorders("catalog_pricechange", "variant_id"),
            pgtrigger.Trigger(
                name="forget_old_currency",
                operation=pgtrigger.UpdateOf("price_currency"),
                when=pgtrigger.After,
                condition=pgtrigger.Condition("OLD.price_currency IS DISTINCT FROM NEW.price_currency"),
                func=_FORGET_OLD_CURRENCY,
            ),
            *unscreened.OF_VARIANTS,
        ]

    def __str__(self) -> str:
        return self.sku or f"#{self.pk}"

    @property
    def choices(self) -> list[OptionValue]:
        """The choices that it is made of, in the order of the options; their rows are read unless they were selected."""
        return [value for value in (self.value1, self.value2, self.value3) if value is not None]


class PriceChange(models.Model):
    """A price that a variant had from a moment on. Append-only: written and guarded by database triggers."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="price_changes")
    price = models.DecimalField(_("price"), max_digits=19, decimal_places=4)
    price_currency = models.CharField(_("currency"), max_length=3)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ("-changed_at", "-id")
        indexes = [models.Index(fields=["variant", "-changed_at"], name="prices_of_a_variant")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.price} {self.price_currency}"


_PERCENT = [MaxValueValidator(100)]


class ProductImage(models.Model):
    """A picture of a product: `file` in the default storage once it is ready, while it is queued `source_url` or the
    `original`, which the private storage keeps as it came.

    A ready picture can be shown; `sizes` says whether its sizes are made (`marketplace.kernel.photos`). The cuts for
    lists keep `focus_x` and `focus_y` in view, in hundredths from the left and from the top.
    """

    class Sizes(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MADE = "made", pgettext_lazy("sizes of a picture", "Made")
        FAILED = "failed", _("Failed")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    product = models.ForeignKey(Product, models.CASCADE, related_name="images", verbose_name=_("product"))
    value = models.ForeignKey(
        OptionValue, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("shows the choice")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    file = models.CharField(_("file"), max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    alt = models.CharField(_("description for those who do not see it"), max_length=300, blank=True)
    source_url = models.URLField(_("address it comes from"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.READY)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    original = models.CharField(max_length=120, blank=True, default="", db_default="", editable=False)
    sizes = models.CharField(
        _("sizes"), max_length=8, choices=Sizes.choices, default=Sizes.WAITING, db_default="waiting", editable=False
    )
    focus_x = models.PositiveSmallIntegerField(
        _("focus from the left, in %"), validators=_PERCENT, default=50, db_default=50
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focus from the top, in %"), validators=_PERCENT, default=50, db_default=50
    )

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "source_url"], condition=~models.Q(source_url=""), name="picture_imported_once"
            ),
            models.CheckConstraint(
                condition=models.Q(focus_x__lte=100, focus_y__lte=100), name="focus_lies_in_the_picture"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="pictures_to_fetch"),
            models.Index(
                fields=["due_at"], condition=models.Q(sizes="waiting", state="ready"), name="pictures_to_make_sizes_of"
            ),
        ]
        triggers = text_triggers.OF_IMAGES

    def __str__(self) -> str:
        return self.alt or self.file or self.source_url
