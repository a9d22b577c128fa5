"""The frozen quote, the order made from it, its parts by seller and warehouse, and its payments."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from accounts.models import Seller
from catalog.models import Variant
from logistics.models import Warehouse
from marketplace.kernel.address import PostalAddress
from orders.models.carts import Cart
from payments.models import Payment


def new_token() -> str:
    """An unguessable word for an address that only its holder knows."""
    return secrets.token_urlsafe(24)


class Quote(models.Model):
    """The delivered price of a cart to an address, frozen until `expires_at`: every figure, rate and rule used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cart = models.ForeignKey(Cart, models.SET_NULL, null=True, related_name="quotes")
    fingerprint = models.CharField(max_length=64)
    body = models.JSONField(_("figures"))
    total = MoneyField(_("total"), max_digits=19, decimal_places=4, default_currency=None)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    expires_at = models.DateTimeField(_("holds until"))

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        indexes = [models.Index(fields=["cart", "fingerprint", "-expires_at"], name="quotes_of_a_cart")]

    def __str__(self) -> str:
        return str(self.id)


class Order(models.Model):
    """A purchase as it was agreed: names, prices, address and rules are copies that nothing changes later."""

    class Status(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
        PAID = "paid", _("Paid")
        SHIPPED = "shipped", _("On its way")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("number"), max_length=20, unique=True)
    key = models.UUIDField(
        unique=True, editable=False, help_text=_("Names one act of ordering, however often it is sent.")
    )
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="orders", verbose_name=_("user")
    )
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="order", verbose_name=_("quote"))
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=10)
    country = models.CharField(_("country"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3)
    address = models.JSONField(_("address"))
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.AWAITING_PAYMENT)
    goods = MoneyField(_("goods"), max_digits=19, decimal_places=4, default_currency=None)
    shipping = MoneyField(_("shipping"), max_digits=19, decimal_places=4, default_currency=None)
    duty = MoneyField(_("customs duty"), max_digits=19, decimal_places=4, default_currency=None)
    tax = MoneyField(_("tax"), max_digits=19, decimal_places=4, default_currency=None)
    fees = MoneyField(_("fees"), max_digits=19, decimal_places=4, default_currency=None)
    total = MoneyField(_("total"), max_digits=19, decimal_places=4, default_currency=None)
    placed_at = models.DateTimeField(_("placed at"), default=timezone.now)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    pay_until = models.DateTimeField(_("to be paid until"))
    # Digests of who holds the stock of an unpaid order (orders.services.holds); empty once it is paid, or a day old.
    holders = ArrayField(models.CharField(max_length=26), default=list, db_default=[], blank=True, editable=False)
    # The payment that was started along with the order, for those who hold the very order that was just placed.
    first_payment: Payment | None = None

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-placed_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    total=models.F("goods")
                    + models.F("shipping")
                    + models.F("duty")
                    + models.F("tax")
                    + models.F("fees")
                ),
                name="order_total_is_the_sum_of_its_parts",
            ),
            models.CheckConstraint(
                condition=models.Q(paid_at__isnull=False) | models.Q(status__in=["awaiting_payment", "cancelled"]),
                name="order_is_paid_before_it_moves",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-placed_at"], name="orders_of_a_user"),
            models.Index(fields=["pay_until"], condition=models.Q(status="awaiting_payment"), name="orders_to_be_paid"),
            GinIndex(fields=["holders"], condition=~models.Q(holders=[]), name="unpaid_orders_by_holder"),
            models.Index(fields=["placed_at"], condition=~models.Q(holders=[]), name="orders_with_holders"),
            models.Index(fields=["paid_at"], condition=models.Q(paid_at__isnull=False), name="orders_by_payment"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.token])

    @property
    def postal_address(self) -> PostalAddress:
        """Where the order goes."""
        return PostalAddress.from_dict(self.address)


class SellerOrder(models.Model):
    """The part of an order that one seller sends from one warehouse: one consignment with its own landed cost."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="seller_orders", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("position"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="orders", verbose_name=_("seller"))
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    service_code = models.CharField(_("shipping service"), max_length=40)
    consignment = models.JSONField(_("consignment"))
    assessment = models.JSONField(_("landed cost"))
    goods = MoneyField(_("goods"), max_digits=19, decimal_places=4, default_currency=None)
    total = MoneyField(_("total"), max_digits=19, decimal_places=4, default_currency=None)

    class Meta:
        verbose_name = _("seller's order")
        verbose_name_plural = _("sellers' orders")
        ordering = ("order", "position")
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="part_of_an_order_once")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The printed reference: the order's number and the part."""
        return f"{self.order.number}-{self.position}"


class OrderLine(models.Model):
    """One line as it was bought.

    `made_of` is what was known of the goods then, for reports to registers of producers; None where nothing was.
    `consists_of` are the parts of a bundle, each as {"sku", "name", "quantity"}. `ready_on` is the day before which
    it can't be sent, None for what lies in stock.
    """

    seller_order = models.ForeignKey(
        SellerOrder, models.CASCADE, related_name="lines", verbose_name=_("seller's order")
    )
    variant = models.ForeignKey(Variant, models.SET_NULL, null=True, related_name="+", verbose_name=_("variant"))
    sku = models.CharField(_("SKU"), max_length=120)
    name = models.CharField(_("name"), max_length=255)
    choices = models.CharField(_("choices"), max_length=300, blank=True)
    product_slug = models.CharField(max_length=120, blank=True)
    image = models.CharField(max_length=200, blank=True)
    customs_description = models.CharField(_("description for customs"), max_length=200, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    origin = models.CharField(_("country of origin"), max_length=2, blank=True)
    weight_grams = models.PositiveIntegerField(_("weight in grams"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = MoneyField(_("unit price"), max_digits=19, decimal_places=4, default_currency=None)
    seller_price = MoneyField(_("seller's price"), max_digits=19, decimal_places=4, default_currency=None)
    made_of = models.JSONField(_("what it is made of"), null=True, blank=True, editable=False)
    consists_of = models.JSONField(_("what it consists of"), null=True, blank=True, editable=False)
    ready_on = models.DateField(_("ready on"), null=True, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ("id",)
        constraints = [models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_quantity_is_positive")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"


class OrderPayment(models.Model):
    """Ties a payment to the order that it pays."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="order_payments", verbose_name=_("order"))
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="+", verbose_name=_("payment"))

    class Meta:
        verbose_name = _("order's payment")
        verbose_name_plural = _("orders' payments")

    def __str__(self) -> str:
        return str(self.payment)
