"""What people who bought a product say of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models.products import Product


class Review(models.Model):
    """The review of a product by somebody to whom it was delivered; one by each person, and one of each purchase.

    `purchase` is the number of the order and `bought` the choices in words; `email` is where the author hears of a
    decision. `by_notice`: a notice to the takedown desk has hidden it. What is published counts for the rating of the
    product. Written by `catalog.services.reviews` alone.
    """

    class State(models.TextChoices):
        PUBLISHED = "published", pgettext_lazy("state of a review", "Published")
        WAITING = "waiting", pgettext_lazy("state of a review", "Waits for a look")
        HIDDEN = "hidden", pgettext_lazy("state of a review", "Hidden")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of a review", "Taken back")

    class Reason(models.TextChoices):
        INSULT = "insult", _("It insults or threatens somebody.")
        PRIVATE = "private", _("It says how to reach somebody, or something else that is private.")
        ADVERT = "advert", _("It advertises something else.")
        OFF_TOPIC = "off_topic", _("It is not about the product or its delivery.")
        UNLAWFUL = "unlawful", _("It breaks the law.")

    product = models.ForeignKey(Product, models.CASCADE, related_name="reviews", verbose_name=_("product"))
    purchase = models.CharField(_("number of the order"), max_length=20)
    bought = models.CharField(_("choices"), max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    signed = models.CharField(_("signed by"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    stars = models.PositiveSmallIntegerField(_("stars"))
    title = models.CharField(pgettext_lazy("what a buyer says", "heading"), max_length=120, blank=True)
    text = models.TextField(pgettext_lazy("what a buyer says", "review"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PUBLISHED)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, blank=True)
    by_notice = models.BooleanField(default=False, editable=False)
    note = models.CharField(_("words to the author"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.TextField(_("answer of the seller"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("what a buyer says", "review")
        verbose_name_plural = _("reviews")
        ordering: ClassVar[list[str]] = ["-written_at", "-id"]
        permissions: ClassVar[list[tuple[str, str]]] = [("decide_reviews", "Can publish and hide reviews")]
        constraints = [
            models.UniqueConstraint(fields=["product", "purchase"], name="reviewed_once_for_a_purchase"),
            models.UniqueConstraint(
                fields=["product", "author"], condition=models.Q(author__isnull=False), name="reviewed_once_by_a_person"
            ),
            models.CheckConstraint(condition=models.Q(stars__range=(1, 5)), name="one_to_five_stars"),
            models.CheckConstraint(
                condition=~models.Q(state="hidden") | ~models.Q(reason=""), name="hidden_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "-written_at", "-id"], condition=models.Q(state="published"),
                name="reviews_of_a_product",
            ),
            models.Index(fields=["written_at"], condition=models.Q(state="waiting"), name="reviews_to_look_at"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.stars} ★ #{self.pk}"
