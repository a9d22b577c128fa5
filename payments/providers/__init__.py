"""The providers that the setting PAYMENT_PROVIDERS names, found by their slug."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from marketplace.kernel.errors import Refused
from payments.providers.base import Provider


@lru_cache(maxsize=8)
def _load(paths: tuple[str, ...]) -> dict[str, Provider]:
    loaded: list[Provider] = [import_string(path)() for path in paths]
    return {provider.slug: provider for provider in loaded}


def default() -> Provider:
    """The provider that is offered first. Raises `Refused("unknown_provider")` when there is none."""
    return next(iter(available()), None) or get("")


def available() -> tuple[Provider, ...]:
    """Every provider, in the order of the setting; the first is offered first."""
    return tuple(_load(tuple(settings.PAYMENT_PROVIDERS)).values())


def get(slug: str) -> Provider:
    """The provider with this slug. Raises `Refused("unknown_provider")`."""
    try:
        return _load(tuple(settings.PAYMENT_PROVIDERS))[slug]
    except KeyError:
        raise Refused("unknown_provider", _("This way of paying is not available.")) from None
