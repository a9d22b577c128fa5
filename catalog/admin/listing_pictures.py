"""A listing's page in the admin for its pictures: several are added at once, put in order, and tried again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from accounts.admin_scope import only_translates
from catalog import tasks
from catalog.admin.listing_page import ListingPage
from catalog.admin.listing_parts import picture_cell
from catalog.admin.picture_parts import state_of, texts_of
from catalog.models import Product, ProductImage
from catalog.services import picture_order, pictures, renditions
from marketplace.kernel.errors import Refused
from marketplace.kernel.typed_numbers import whole_number

_STEPS = {"earlier": -1, "later": 1}


class ListingPictures(ListingPage):
    """For the admin of listings: a button on the page of a listing, and the page behind it."""

    @action(description=_("Pictures"), url_path="pictures", icon="photo_library")
    def pictures(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The pictures of the listing with what is to be done to them; 404 for whoever may not meet the listing."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        product = self.listing(request, object_id)
        may_change = self.has_change_permission(request, product) and not only_translates(request.user)  # type: ignore[attr-defined]
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            self._do(request, product)
            return HttpResponseRedirect(request.get_full_path())
        images = product.images.select_related("value")
        rows = [
            {"image": image, "picture": picture_cell(image.file, image.alt, 64), "state": state_of(image),
             "texts": texts_of(image), "is_failed": _is_given_up(image),
             "address": reverse("admin:catalog_productimage_change", args=[image.pk])}
            for image in images
        ]  # fmt: skip
        context = {"rows": rows, "may_change": may_change, "most": picture_order.MOST}
        return self.listing_page(request, product, "admin/catalog/product/pictures.html", _("Pictures"), context)

    def _do(self, request: HttpRequest, product: Product) -> None:
        """What a button of the page asks for."""
        asked, _sign, text = request.POST.get("do", "").partition(":")
        key = whole_number(text)
        if asked == "add":
            self._add(request, product, request.FILES.getlist("files"))
        elif key is not None and asked in _STEPS:
            picture_order.move_picture(product=product, picture_id=key, steps=_STEPS[asked])
        elif key is not None and asked == "again":
            mine = product.images.filter(pk=key).values_list("pk", flat=True)
            renditions.try_again(picture_ids=mine)
            tasks.make_pictures_soon()

    def _add(self, request: HttpRequest, product: Product, files: Sequence[UploadedFile[Any]]) -> None:
        originals = []
        for file in files[: picture_order.MOST]:
            try:
                if (file.size or 0) > pictures.MOST_BYTES:
                    raise pictures.too_many_bytes()
                originals.append(pictures.keep_original(file.read(), called=file.name or ""))
            except Refused as refusal:
                said = {"name": file.name, "reason": refusal.message}
                messages.error(request, _("“%(name)s” was not taken: %(reason)s") % said)
        try:
            added = len(picture_order.add_pictures(product=product, originals=originals))
        except Refused as refusal:
            messages.error(request, refusal.message)
            return
        tasks.make_pictures_soon()
        text = ngettext("%(count)d picture is being prepared.", "%(count)d pictures are being prepared.", added)
        if added:
            messages.success(request, text % {"count": added})
        elif not files:
            messages.info(request, _("Choose the pictures first."))


def _is_given_up(image: ProductImage) -> bool:
    return image.state == ProductImage.State.FAILED or image.sizes == ProductImage.Sizes.FAILED
