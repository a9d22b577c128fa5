"""What members would like to have, and the link by which they let others see it. Nobody of the shop reads it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from catalog.models.products import Product, Variant


class WishList(models.Model):
    """The one wish list of a member. Whoever knows `share_token` may look at it; None while it is shared with nobody."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="wish_list", verbose_name=_("user")
    )
    share_token = models.CharField(max_length=43, null=True, blank=True, unique=True)
    shows_name = models.BooleanField(_("shows the name"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("wish list")
        verbose_name_plural = _("wish lists")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share_token=None) | models.Q(("share_token__regex", r"^[A-Za-z0-9_-]{32,43}$")),
                name="link_of_a_wish_list_is_unguessable",
            )
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class Wish(models.Model):
    """A product on a wish list, and the variant that was in view, if any.

    `seen_price` is what it cost then, in the seller's currency, so that exchange rates make no price fall.
    """

    wish_list = models.ForeignKey(WishList, models.CASCADE, related_name="wishes")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    variant = models.ForeignKey(
        Variant, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("variant")
    )
    seen_price = MoneyField(
        _("price when last seen"), max_digits=19, decimal_places=4, null=True, default_currency=None
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ("-added_at", "-id")
        constraints = [models.UniqueConstraint(fields=["wish_list", "product"], name="product_is_on_a_wish_list_once")]

    def __str__(self) -> str:
        return str(self.product_id)
