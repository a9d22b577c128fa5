"""Makes the sizes of pictures that wait for them: by workers, outside of transactions, the same result however often."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from catalog.models import ProductImage
from catalog.services import listings, pictures
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable
from payments.selectors import fx_table

log = structlog.get_logger(__name__)
BATCH = 20
MOST_ATTEMPTS = 5
_LEASE = timedelta(minutes=5)
State, Sizes = ProductImage.State, ProductImage.Sizes
_WAITING = Q(state=State.READY, sizes=Sizes.WAITING) | Q(state=State.QUEUED) & ~Q(original="")


def make_due(moment: datetime) -> int:
    """Makes the sizes of each picture that is due at `moment`, at most twenty; how many were due."""
    taken = _taken(moment)
    for image in taken:
        _make(image)
    return len(taken)


def _taken(moment: datetime) -> list[ProductImage]:
    """The pictures that are due, put off for the time of the attempt so that no other worker has them too."""
    with transaction.atomic():
        due = ProductImage.objects.select_for_update(skip_locked=True).filter(_WAITING, due_at__lte=moment)
        images = list(due.order_by("due_at")[:BATCH])
        keys = [image.pk for image in images]
        ProductImage.objects.filter(pk__in=keys).update(due_at=moment + _LEASE, attempts=F("attempts") + 1)
    return images


def _make(image: ProductImage) -> None:
    try:
        make(image, _content_of(image))
    except (Refused, Unavailable) as error:
        _put_off(image, error)


def _content_of(image: ProductImage) -> bytes:
    """The original; of a picture that has come without one, what is shown of it."""
    try:
        if image.original:
            return pictures.original(image.original)
        with default_storage.open(image.file) as file:
            return bytes(file.read())
    except OSError as error:
        raise Refused("picture_gone", _("The file of this picture is gone. Please send it again.")) from error


def make(image: ProductImage, content: bytes, original: str = "") -> None:
    """The picture is ready with all its sizes, and lists show them. `original` is where the content is kept, when it
    wasn't before.

    A focus that was moved meanwhile leaves the picture waiting. Raises `Refused` and `Unavailable` as
    `pictures.develop` does.
    """
    stored = pictures.prepare(content, (image.focus_x, image.focus_y))
    same = ProductImage.objects.filter(
        pk=image.pk, focus_x=image.focus_x, focus_y=image.focus_y, original=image.original, file=image.file
    )
    with transaction.atomic():
        made = same.update(
            state=State.READY, sizes=Sizes.MADE, file=stored.name, width=stored.width, height=stored.height,
            original=original or image.original, attempts=0, last_error="",
        )  # fmt: skip
        if made:
            listings.refresh_listings(product_ids=[image.product_id], fx=fx_table(clock.today()), search=False)


def _put_off(image: ProductImage, error: Exception) -> None:
    """Tries again after a growing pause; what can't be opened, or never can be made, is given up with its reason."""
    attempts = image.attempts + 1
    values: dict[str, object] = {"due_at": clock.now() + timedelta(minutes=2**attempts), "last_error": str(error)[:300]}
    if isinstance(error, Refused) or attempts >= MOST_ATTEMPTS:
        values |= {"sizes": Sizes.FAILED} if image.state == State.READY else {"state": State.FAILED}
    ProductImage.objects.filter(pk=image.pk, original=image.original, file=image.file).update(**values)
    log.warning("picture not made", picture=image.pk, error=str(error))


def try_again(*, picture_ids: Iterable[int]) -> int:
    """Puts pictures that were given up back into the queue; how many."""
    given_up = ProductImage.objects.filter(pk__in=list(picture_ids))
    fresh = {"attempts": 0, "due_at": clock.now(), "last_error": ""}
    fetched = given_up.filter(state=State.FAILED).exclude(source_url="", original="")
    return (
        fetched.update(state=State.QUEUED, **fresh)
        + given_up.filter(state=State.READY, sizes=Sizes.FAILED).update(sizes=Sizes.WAITING, **fresh)
    )  # fmt: skip
