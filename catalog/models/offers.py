"""What a bundle consists of, how reliably a seller sends, and which offer of an article stands for which in lists."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from catalog.models.products import Product, Variant

_OF_ONE_SELLER = """
    IF (SELECT seller_id FROM catalog_variant WHERE id = NEW.bundle_id)
        IS DISTINCT FROM (SELECT seller_id FROM catalog_variant WHERE id = NEW.part_id) THEN
        RAISE EXCEPTION 'a bundle has parts of its own seller' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM catalog_bundlepart WHERE bundle_id = NEW.part_id OR part_id = NEW.bundle_id) THEN
        RAISE EXCEPTION 'a bundle is no part of a bundle' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class BundlePart(models.Model):
    """So many pieces of another variant of the same seller are in one piece of a bundle.

    A variant with parts is a bundle: it has no stock of its own and takes that of its parts. The database refuses
    parts of another seller and bundles inside of bundles.
    """

    bundle = models.ForeignKey(Variant, models.CASCADE, related_name="parts", verbose_name=_("bundle"))
    part = models.ForeignKey(Variant, models.PROTECT, related_name="in_bundles", verbose_name=_("part"))
    quantity = models.PositiveSmallIntegerField(_("pieces"), default=1)

    class Meta:
        verbose_name = _("part of a bundle")
        verbose_name_plural = _("parts of bundles")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["bundle", "part"], name="part_is_in_a_bundle_once"),
            models.CheckConstraint(condition=models.Q(quantity__range=(1, 99)), name="bundle_has_pieces_of_its_parts"),
            models.CheckConstraint(condition=~models.Q(bundle=models.F("part")), name="bundle_is_not_in_itself"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="parts_are_of_one_seller",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_OF_ONE_SELLER,
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.part}"


class SellerScore(models.Model):
    """How many of a seller's lately due parcels left in time, as the nightly count found it.

    `score` is from 0 to 100, None for a new seller (`catalog.scores`); `parcels` were counted, `in_time` left by
    their day, `cancelled` never left.
    """

    seller = models.OneToOneField(Seller, models.CASCADE, related_name="score", verbose_name=_("seller"))
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    parcels = models.PositiveIntegerField(_("parcels counted"), default=0)
    in_time = models.PositiveIntegerField(_("sent in time"), default=0)
    cancelled = models.PositiveIntegerField(_("cancelled"), default=0)
    computed_at = models.DateTimeField(_("counted at"), default=timezone.now)

    class Meta:
        verbose_name = _("seller's score")
        verbose_name_plural = _("sellers' scores")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__range=(0, 100)), name="score_is_up_to_a_hundred"
            ),
            models.CheckConstraint(
                condition=models.Q(parcels__gte=models.F("in_time") + models.F("cancelled")),
                name="parcels_are_counted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id}: {self.score}"


class Lead(models.Model):
    """In the `countries` the listing `product` gives way to `leader` in lists: both have the same articles, and the offers
    of the other seller are the better ones there (`catalog.leading`).

    `offered_in` are those of the countries in which what gives way can be bought too. A worker writes the rows.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="leads")
    leader = models.ForeignKey(Product, models.CASCADE, related_name="leads_before")
    countries = ArrayField(models.CharField(max_length=2))
    offered_in = ArrayField(models.CharField(max_length=2), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "leader"], name="a_listing_gives_way_to_another_once"),
            models.CheckConstraint(
                condition=~models.Q(product=models.F("leader")), name="no_listing_gives_way_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} < {self.leader_id}"


class OfferChange(models.Model):
    """A listing of which an offer has changed, so that its place among those of the same article is to be found anew.

    Rows are only added, so nobody waits for another, and taken by a worker. With `is_stale` its card has changed too. The
    listing may be gone.
    """

    product_id = models.BigIntegerField()
    is_stale = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return str(self.product_id)
