"""The letters about who may sell: invitations, and what became of a seller's papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Seller
from compliance.models import Letter, SellerInvitation, StatementOfReasons, VerificationEvent
from compliance.services.letter_shape import Words
from compliance.traders.invitations import token_of
from compliance.words.statements import SELLER_DECIDED, statement_text
from compliance.words.traders import step_reason

State = Seller.Status

# What a step says to the seller: title and paragraph, by the states before and after it.
_STEPS: Final[Mapping[tuple[str, str], tuple[Any, Any]]] = {
    (State.INVITED, State.ONBOARDING): (
        gettext_lazy("Welcome, %(seller)s"),
        gettext_lazy(
            "You have accepted the invitation. Tell us who you are, and send it for review when it is complete."
        ),
    ),
    (State.INVITED, State.REFUSED): (
        gettext_lazy("The invitation to sell as %(seller)s was taken back"),
        gettext_lazy("The link in our letter does not lead in any more."),
    ),
    (State.ONBOARDING, State.IN_REVIEW): (
        gettext_lazy("We have received the papers of %(seller)s"),
        gettext_lazy("An officer looks at them and decides. You get a letter as soon as that is done."),
    ),
    (State.IN_REVIEW, State.ONBOARDING): (
        gettext_lazy("The papers of %(seller)s are open again"),
        gettext_lazy("Please complete them and send them for review once more."),
    ),
    (State.IN_REVIEW, State.APPROVED): (
        gettext_lazy("%(seller)s may sell"),
        gettext_lazy("Your papers were approved. Your listings are shown as soon as they meet the rules of a country."),
    ),
    (State.APPROVED, State.SUSPENDED): (
        gettext_lazy("%(seller)s may not sell for the time being"),
        gettext_lazy("An officer has suspended you. Your listings are not shown until the reason is gone."),
    ),
    (State.SUSPENDED, State.APPROVED): (
        gettext_lazy("%(seller)s may sell again"),
        gettext_lazy("The suspension has ended. Your listings are shown again where they meet the rules."),
    ),
    (State.REFUSED, State.ONBOARDING): (
        gettext_lazy("The papers of %(seller)s are open again"),
        gettext_lazy("You may try once more. Please complete the papers and send them for review."),
    ),
}
_REFUSED: Final = (
    gettext_lazy("%(seller)s cannot sell here"),
    gettext_lazy(
        "An officer has refused your papers. They are erased when the time for which the law keeps them is over."
    ),
)


def _seller_state(letter: Letter) -> Words:
    event = VerificationEvent.objects.select_related("verification__seller").get(pk=letter.params["event"])
    seller = event.verification.seller
    title, text = _STEPS.get((event.before, event.after), _REFUSED)
    stated = StatementOfReasons.objects.filter(flag__rule=f"{SELLER_DECIDED}:{event.pk}").select_related("flag").first()
    if stated is not None:
        return Words(
            title % {"seller": seller.name}, (str(text), _("This is the statement of reasons.")),
            reverse("admin:compliance_flag_change", args=[stated.flag_id]), _("See what to do"), (statement_text(stated),),
            (
                _(
                    "If you think that the decision is wrong, appeal on the page below: an officer who did not take it will"
                    " decide, free of charge. You may also turn to a certified body for out-of-court settlement or to a court."
                ),
            ),
        )  # fmt: skip
    is_officers_word = step_reason(event.reason) == event.reason
    ending: tuple[str, ...] = ()
    if event.after in (State.REFUSED, State.SUSPENDED) and event.before != State.INVITED:
        ending = (
            _(
                "If you think that the decision is wrong, answer this letter: an officer who did not take it looks at it"
                " again, free of charge. You may also turn to a certified body for out-of-court settlement or to a court."
            ),
        )
    return Words(
        title % {"seller": seller.name}, (str(text),), _page(event), _("See the papers"),
        (event.reason,) if is_officers_word else (), ending,
    )  # fmt: skip


def _page(event: VerificationEvent) -> str:
    return reverse("admin:compliance_sellerverification_change", args=[event.verification_id])


def _seller_invited(letter: Letter) -> Words | None:
    invitation = SellerInvitation.objects.select_related("seller").get(pk=letter.params["invitation"])
    if invitation.accepted_at is not None or invitation.nonce != letter.params["nonce"]:
        return None
    return Words(
        _("Sell on Sampan as %(seller)s") % {"seller": invitation.seller.name},
        (
            _("You are invited to sell to shoppers abroad, in their language and with the full price to their door."),
            _("The link below is for you alone. It can be used once, until %(day)s.")
            % {"day": date_format(invitation.expires_at, "DATE_FORMAT")},
        ),
        reverse("seller_invitation", args=[token_of(invitation.pk, invitation.nonce)]),
        _("Accept the invitation"),
        ending=(_("If you did not expect this letter, do nothing: the link ends by itself."),),
    )


KINDS: Final[Mapping[str, Callable[[Letter], Words | None]]] = {
    "seller_state": _seller_state,
    "seller_invited": _seller_invited,
}
