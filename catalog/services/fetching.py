"""Fetches the pictures that imports have queued: from public addresses only, a few tries, never in a request.

What went wrong is kept in English and said in the language of whoever reads it.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from urllib.parse import urljoin

import requests
import structlog
import urllib3
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _
from requests import exceptions

from catalog.models import ProductImage
from catalog.services import pictures, public_web, renditions
from marketplace.kernel import answers, clock
from marketplace.kernel.errors import Refused, Unavailable

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 8
_BATCH = 40
_LEASE = timedelta(minutes=10)
_TIMEOUT = (4, 10)
MOST_SECONDS = 60
_MOST_HOPS = 3
_NOTHING, _CLOSED = _("There is nothing at this address."), _("The address does not let us have the picture.")
_STATUSES = {401: _CLOSED, 403: _CLOSED, 404: _NOTHING, 410: _NOTHING}
_NO_ADDRESS = (exceptions.MissingSchema, exceptions.InvalidSchema, exceptions.InvalidURL)


def fetch_due(moment: datetime) -> int:
    """Tries each picture that is due at `moment`, at most forty; the number fetched."""
    fetched = 0
    for image in _taken(moment):
        if _fetch(image):
            fetched += 1
    return fetched


def _taken(moment: datetime) -> list[ProductImage]:
    """The pictures that are due, put off for the time of the attempt so that no other worker has them too."""
    with transaction.atomic():
        due = ProductImage.objects.select_for_update(skip_locked=True).filter(
            state=ProductImage.State.QUEUED, original="", due_at__lte=moment
        )
        images = list(due.order_by("due_at")[:_BATCH])
        ProductImage.objects.filter(pk__in=[image.pk for image in images]).update(
            due_at=moment + _LEASE, attempts=F("attempts") + 1
        )
    return images


def _fetch(image: ProductImage) -> bool:
    try:
        content = download(image.source_url)
        renditions.make(image, content, pictures.keep_original(content))
    except (Unavailable, Refused) as error:
        _put_off(image, error)
        return False
    return True


def _put_off(image: ProductImage, error: Exception) -> None:
    """Tries again after a growing pause; what is not a picture, or never comes, is given up."""
    attempts = image.attempts + 1
    final = isinstance(error, Refused) or attempts >= MOST_ATTEMPTS
    ProductImage.objects.filter(pk=image.pk).update(
        state=ProductImage.State.FAILED if final else ProductImage.State.QUEUED,
        due_at=clock.now() + timedelta(minutes=2**attempts),
        last_error=str(error)[:300],
    )


def download(url: str) -> bytes:
    """The content behind a public web address, at most 15 MB.

    Follows three redirects at most and looks at each address anew. Raises `Refused("not_public")` for what is no
    address on the public internet, `Refused("picture_too_large")`, and `Unavailable` when it does not answer in time.
    """
    deadline = time.monotonic() + MOST_SECONDS
    with public_web.session() as session:
        for _hop in range(_MOST_HOPS + 1):
            try:
                with session.get(url, timeout=_TIMEOUT, stream=True, allow_redirects=False) as response:
                    if response.is_redirect:
                        url = urljoin(url, response.headers["Location"])
                        continue
                    if response.status_code != 200:
                        raise Unavailable(_STATUSES.get(response.status_code, _("The address answered with an error.")))
                    return answers.content_of(response, most_bytes=pictures.MOST_BYTES, deadline=deadline)
            except _NO_ADDRESS as error:
                raise Refused("not_public", _("This is not a web address.")) from error
            except answers.TooLarge as error:
                raise pictures.too_many_bytes() from error
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                raise Unavailable(_("The address does not answer.")) from error
    raise Unavailable(_("The address leads in circles."))
