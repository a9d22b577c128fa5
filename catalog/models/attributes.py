"""What goods of a category are asked: attributes with their choices, the sets of categories, the answers, size charts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Seller
from catalog.models import unscreened
from catalog.models.categories import Category
from catalog.models.products import Product
from catalog.units import unit_choices

CODE = r"^[a-z][a-z0-9_]{0,39}$"
CHOICE_CODE = r"^[a-z0-9][a-z0-9_]{0,59}$"
SWATCH = r"^#[0-9a-f]{6}$"


class Attribute(models.Model):
    """Something that is said of goods in the same way on every listing, such as the material or the capacity.

    A number is kept in `unit`. `steps` are the bounds of the ranges that a filter offers for it; without them it
    offers the numbers themselves. `taxonomy_id` names it in the taxonomy that it was imported from.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", pgettext_lazy("kind of attribute", "Number")
        CHOICE = "choice", _("Choice")
        COLOUR = "colour", _("Colour")
        BOOLEAN = "boolean", _("Yes or no")

    code = models.CharField(
        _("code"), max_length=40, unique=True,
        validators=[RegexValidator(CODE, _("Small letters, digits and underscores, a letter first."))],
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    unit = models.CharField(_("unit"), max_length=10, choices=unit_choices(), blank=True)
    steps = ArrayField(
        models.DecimalField(max_digits=14, decimal_places=4), default=list, blank=True, verbose_name=_("ranges")
    )
    is_filter = models.BooleanField(_("shown as a filter"), default=False)
    is_compared = models.BooleanField(_("shown when goods are compared"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    taxonomy_id = models.CharField(_("key in the taxonomy"), max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        ordering: ClassVar[tuple[str, ...]] = ("position", "code")
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=CODE), name="attribute_code_is_a_word"),
            models.CheckConstraint(
                condition=models.Q(kind="number") | models.Q(unit="", steps=[]), name="only_numbers_have_a_unit"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="text") | models.Q(is_filter=False), name="texts_are_no_filter"
            ),
            models.UniqueConstraint(
                fields=["taxonomy_id"], condition=~models.Q(taxonomy_id=""), name="attribute_imported_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class AttributeChoice(models.Model):
    """An answer to an attribute that is a choice or a colour; `swatch` is how a colour looks, as #rrggbb."""

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="choices", verbose_name=_("attribute"))
    code = models.CharField(
        _("code"), max_length=60, validators=[RegexValidator(CHOICE_CODE, _("Small letters, digits and underscores."))]
    )
    name = models.CharField(_("name"), max_length=120)
    swatch = models.CharField(
        _("colour"), max_length=7, blank=True,
        validators=[RegexValidator(SWATCH, _("Six digits of a colour, such as #3a5f8b."))],
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    taxonomy_id = models.CharField(_("key in the taxonomy"), max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering: ClassVar[tuple[str, ...]] = ("position", "code")
        constraints = [
            models.UniqueConstraint(fields=["attribute", "code"], name="answer_is_unique_for_its_attribute"),
            models.CheckConstraint(condition=models.Q(code__regex=CHOICE_CODE), name="answer_code_is_a_word"),
            models.CheckConstraint(
                condition=models.Q(swatch="") | models.Q(swatch__regex=SWATCH), name="swatch_is_a_colour"
            ),
            models.UniqueConstraint(
                fields=["taxonomy_id"], condition=~models.Q(taxonomy_id=""), name="answer_imported_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class CategoryAttribute(models.Model):
    """A category asks for an attribute, and so do all categories below it."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="own_attributes", verbose_name=_("category"))
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="sets", verbose_name=_("attribute"))
    is_required = models.BooleanField(_("required"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attribute of the category")
        verbose_name_plural = _("attributes of the category")
        ordering: ClassVar[tuple[str, ...]] = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["category", "attribute"], name="attribute_asked_for_once")]

    def __str__(self) -> str:
        return f"{self.category_id} · {self.attribute_id}"


def _type_of(column: str) -> models.Func:
    return models.Func(models.F(column), function="jsonb_typeof", output_field=models.CharField())


class ProductAttributes(models.Model):
    """What a listing answers, one narrow row: `given` by the code of the attribute, as `catalog.attribute_values` has it.

    `tokens` are those of the answers by which one filters, such as "material:cotton"; `catalog.services.attributes` alone
    writes both.
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="attributes")
    given = models.JSONField(_("answers"), default=dict, blank=True)
    tokens = ArrayField(models.CharField(max_length=101), default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("attributes of the listing")
        verbose_name_plural = _("attributes of the listings")
        indexes = [GinIndex(fields=["tokens"], name="listings_by_attribute", fastupdate=False)]
        constraints = [
            models.CheckConstraint(
                condition=Exact(_type_of("given"), models.Value("object")), name="answers_go_by_their_codes"
            )
        ]
        triggers = unscreened.OF_ANSWERS

    def __str__(self) -> str:
        return f"{self.product_id}"


class SizeChart(models.Model):
    """What the sizes of a category measure, of all sellers or of one: the nearest chart to a listing is shown.

    `sizes` are the sizes as variants name them; `labels` the same sizes in other systems, by `System`; `measures` their
    measures in millimetres, by `Measure`. Each list is as long as `sizes`; None stands for what is not known.
    """

    class System(models.TextChoices):
        EU = "EU", _("EU size")
        UK = "UK", _("UK size")
        US = "US", _("US size")
        JP = "JP", _("Japanese size")
        CN = "CN", _("Chinese size")

    class Measure(models.TextChoices):
        CHEST_WIDTH = "chest_width", _("Width across the chest")
        CHEST = "chest", _("Chest")
        WAIST = "waist", _("Waist")
        HIPS = "hips", _("Hips")
        LENGTH = "length", _("Length")
        SLEEVE = "sleeve", _("Sleeve")
        SHOULDER = "shoulder", _("Shoulder width")
        INSEAM = "inseam", _("Inside leg")
        FOOT = "foot", _("Length of the foot")
        RING = "ring", _("Inner circumference")

    category = models.ForeignKey(Category, models.CASCADE, related_name="size_charts", verbose_name=_("category"))
    seller = models.ForeignKey(
        Seller, models.CASCADE, null=True, blank=True, related_name="size_charts", verbose_name=_("seller"),
        help_text=_("Empty for all sellers of the category."),
    )  # fmt: skip
    sizes = ArrayField(models.CharField(max_length=20), verbose_name=pgettext_lazy("size chart", "sizes"))
    labels = models.JSONField(_("sizes in other systems"), default=dict, blank=True)
    measures = models.JSONField(_("measures in millimetres"), default=dict, blank=True)

    class Meta:
        verbose_name = _("size chart")
        verbose_name_plural = _("size charts")
        ordering: ClassVar[tuple[str, ...]] = ("category", "seller", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "seller"], nulls_distinct=False, name="one_size_chart_of_a_seller_in_a_category"
            ),
            models.CheckConstraint(condition=models.Q(sizes__len__range=(1, 20)), name="size_chart_has_sizes"),
        ]

    def __str__(self) -> str:
        return f"{self.category} · {', '.join(self.sizes)}"
