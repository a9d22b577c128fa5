"""The filters of the queue that an officer keeps under a name."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from compliance import selectors
from compliance.models import SavedView
from marketplace.kernel.errors import Refused

MOST_VIEWS: Final = 20


def save_view(*, actor: User, name: str, query: str) -> SavedView:
    """The officer finds the filters again under the name; one of the same name is replaced.

    Raises `Refused`: "not_allowed", "name_missing", "name_too_long", "view_too_long", "too_many_views".
    """
    if not selectors.may_review(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    name = name.strip()
    if not name:
        raise Refused("name_missing", _("Give the view a name."), field="name")
    if len(name) > 60:
        raise Refused("name_too_long", _("A name has at most 60 characters."), field="name")
    if len(query) > 500:
        raise Refused("view_too_long", _("These filters are too long to be saved."))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)  # one view after the other, so that they can be counted
        kept = SavedView.objects.filter(user=actor)
        if not kept.filter(name=name).exists() and kept.count() >= MOST_VIEWS:
            message = _("You already keep %(count)s views. Delete one to save another.") % {"count": MOST_VIEWS}
            raise Refused("too_many_views", message)
        view, _made = SavedView.objects.update_or_create(user=actor, name=name, defaults={"query": query})
    return view


def delete_view(*, actor: User, key: int) -> None:
    """The officer's view is gone; one of somebody else, or none, changes nothing."""
    SavedView.objects.filter(user=actor, pk=key).delete()
