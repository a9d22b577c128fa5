"""The letters about registrations and thresholds: what was found of a number, that one ends, what a law asks for now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Seller
from compliance import selectors
from compliance.models import Letter, Registration, RegistrationEvent, SellerStanding, SellerThreshold
from compliance.services.letter_shape import Words
from compliance.words.laws import law_name
from compliance.words.registrations import STEPS, registration_reason, registration_title
from compliance.words.thresholds import consequence_text, needed_words
from marketplace.kernel import clock

State = Registration.State


def _registration_step(letter: Letter) -> Words:
    event = RegistrationEvent.objects.select_related("registration__seller").get(pk=letter.params["event"])
    registration = event.registration
    what = {"number": registration.number, "what": _title(registration)}
    if event.after == State.VALID:
        title = _("Your number is valid: %(what)s") % what
        text = _("%(number)s counts from now on. Your listings are looked at again by themselves.") % what
    elif event.after == State.UPCOMING and registration.valid_from is not None:
        what["day"] = date_format(registration.valid_from, "DATE_FORMAT")
        title = _("Your number is valid: %(what)s") % what
        text = _("%(number)s counts from %(day)s on. Until then a number that you had before goes on counting.") % what
    else:
        title = _("Your number does not count: %(what)s") % what
        text = _("%(number)s does not count. Correct it, or enter another one with its proof.") % what
    is_ours = event.reason in STEPS
    paragraphs = (registration_reason(event.reason), text) if is_ours else (text,)
    quotes = () if is_ours else (event.reason,)
    return Words(title, paragraphs, registration_page(registration), _("See the number"), quotes)


def _registration_ends(letter: Letter) -> Words | None:
    registration = Registration.objects.select_related("seller").get(pk=letter.params["registration"])
    last = date.fromisoformat(letter.params["last"])
    if registration.state != State.VALID or registration.expires_on != last:
        return None  # renewed or ended meanwhile
    left = (last - clock.today()).days
    what = {"what": _title(registration), "number": registration.number, "day": date_format(last, "DATE_FORMAT")}
    if left < 0:
        title = _("Over since %(day)s: %(what)s") % what
        text = _("%(number)s does not count any more. Listings that need it are held where it held.") % what
    else:
        title = ngettext("Ends in %(left)d day: %(what)s", "Ends in %(left)d days: %(what)s", left)
        title %= what | {"left": left}
        text = _("%(number)s counts until %(day)s. After that, listings that need it are held where it held.") % what
    more = _("Renew it, and enter the new last day with the proof. The old number counts until the new one is checked.")
    return Words(title, (text, more), registration_page(registration), _("Renew it"))


def _threshold_reached(letter: Letter) -> Words | None:
    code, period = letter.params["code"], letter.params["period"]
    seller = Seller.objects.get(pk=letter.params["seller"])
    threshold = SellerThreshold.objects.filter(code=code).first()
    standing = SellerStanding.objects.filter(seller=seller, code=code, period=period).first()
    if threshold is None or standing is None or standing.reached_on is None:
        return None  # left again meanwhile
    due = date.fromisoformat(letter.params["due"])
    words = {"seller": seller.name, "day": date_format(due, "DATE_FORMAT")}
    lacking = needed_words(selectors.lacking_data(seller, threshold.needs))
    if lacking and due < clock.today():
        text = _("These data were due on %(day)s. Please enter them at once:") % words
    elif lacking:
        text = _("We still need these data from you by %(day)s:") % words
    else:
        text = _("We have the data that the law asks for. Please look whether they are still right.")
    return Words(
        _("A threshold was reached: %(law)s") % {"law": law_name(threshold.law)},
        (_("%(seller)s has sold so much that a law applies to it.") % words, consequence_text(threshold), text),
        reverse("admin:compliance_sellerverification_changelist"), _("Enter the data"), tuple(lacking),
    )  # fmt: skip


def registration_page(registration: Registration) -> str:
    """The address of the page of a registration in the admin, without the host."""
    return reverse("admin:compliance_registration_change", args=[registration.pk])


def _title(registration: Registration) -> str:
    return registration_title(registration.kind, registration.country, registration.stream)


KINDS: Final[Mapping[str, Callable[[Letter], Words | None]]] = {
    "registration_step": _registration_step,
    "registration_ends": _registration_ends,
    "threshold_reached": _threshold_reached,
}
