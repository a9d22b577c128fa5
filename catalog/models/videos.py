"""Videos of listings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product, ProductImage


class ProductVideo(models.Model):
    """A video of a product: `file` in the default storage, without the place it was filmed at; `original` in the
    private one as it came. `poster` stands in for it until it is played, else the product's first picture does.
    `captions` is a WebVTT file in the default storage, in `captions_language`.
    """

    class Kind(models.TextChoices):
        MP4 = "video/mp4", "MP4"
        WEBM = "video/webm", "WebM"

    product = models.ForeignKey(Product, models.CASCADE, related_name="videos", verbose_name=_("product"))
    position = models.PositiveSmallIntegerField(_("position"), default=1, db_default=1)
    title = models.CharField(_("what it shows"), max_length=200, blank=True)
    file = models.CharField(_("file"), max_length=200, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, editable=False)
    original = models.CharField(max_length=120, editable=False)
    size_bytes = models.PositiveIntegerField(_("size in bytes"), editable=False)
    poster = models.ForeignKey(
        ProductImage,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture before it plays"),
    )
    captions = models.CharField(_("captions"), max_length=200, blank=True, editable=False)
    captions_language = models.CharField(
        _("language of the captions"), max_length=10, choices=settings.LANGUAGES, blank=True
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["product", "file"], name="video_is_shown_once"),
            models.CheckConstraint(
                condition=models.Q(captions="") | ~models.Q(captions_language=""), name="captions_have_a_language"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.file
