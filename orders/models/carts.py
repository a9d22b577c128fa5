"""What a shopper means to buy."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from catalog.models import Variant
from compliance.models import BuyerNumber


class Cart(models.Model):
    """The cart of a member, or of a guest who holds its token in a cookie."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="cart", verbose_name=_("user")
    )
    buyer_number = models.ForeignKey(
        BuyerNumber,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax number of the business"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")

    def __str__(self) -> str:
        return str(self.token)


class CartLine(models.Model):
    """A number of pieces of one variant; `seen_price` is what it cost when the shopper last looked."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", verbose_name=_("variant"))
    quantity = models.PositiveIntegerField(_("quantity"))
    seen_price = MoneyField(_("price when last seen"), max_digits=19, decimal_places=4, default_currency=None)
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        ordering = ("added_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="variant_is_in_a_cart_once"),
            models.CheckConstraint(condition=models.Q(quantity__range=(1, 99)), name="cart_quantity_is_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"
