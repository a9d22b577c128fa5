"""Pages of which nobody learns but those who may meet them: a rival, a shopper and who has a leaked address find nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.contrib.admin import site
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern

View = Callable[..., HttpResponse]


class HiddenRows:
    """A row that is another's is not found, as one that isn't there; the admin would lead away with a message."""

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        raise Http404


def hidden(addresses: list[URLPattern]) -> list[URLPattern]:
    """The same addresses, not found by whoever is signed in and has no business in the admin.

    Somebody who is not signed in is asked to do so, as anywhere in the admin.
    """
    for address in addresses:
        address.callback = _for_the_admin_alone(address.callback)
    return addresses


def _for_the_admin_alone(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not site.has_permission(request):
            raise Http404
        return view(request, *args, **kwargs)

    return answer
