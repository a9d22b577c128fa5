"""What is filled in about a registration: a member or an officer enters a number, an officer decides on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.admin_fields import country_choices
from accounts.models import Seller
from compliance.models import EPRScheme, EvidenceDocument
from compliance.registrations import KINDS, Kind
from compliance.registrations.kinds import ANYWHERE, EORI_AREA, MEMBER_STATE, MEMBER_STATES, NORTHERN_IRELAND, REGISTER
from compliance.uploads import ACCEPT, MOST_BYTES
from compliance.words.findings import STREAMS
from marketplace.kernel.places import place_name

VERIFY, REJECT, END = "verify", "reject", "end"


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = UnfoldAdminTextInputWidget(attrs={"type": "date", "autocomplete": "off"})
    message = gettext_lazy("Enter a date, such as 2027-05-31.")
    return forms.DateField(
        label=label, required=False, widget=widget, error_messages={"invalid": message}, help_text=help_text
    )


def _file(label: Any) -> forms.FileField:
    return forms.FileField(
        label=label, required=False, allow_empty_file=True, max_length=250,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPT}),
    )  # fmt: skip


class ClaimForm(forms.Form):
    """A number of one kind. What the kind has not is not asked."""

    seller: Any = forms.ModelChoiceField(
        label=gettext_lazy("Seller"), queryset=Seller.objects.none(), widget=UnfoldAdminSelectWidget
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False, widget=UnfoldAdminSelectWidget)
    stream = forms.ChoiceField(
        label=gettext_lazy("Goods"), required=False, widget=UnfoldAdminSelectWidget,
        choices=lambda: [("", "—"), *sorted(STREAMS.items(), key=lambda pair: str(pair[1]))],
    )  # fmt: skip
    number = forms.CharField(
        label=gettext_lazy("Number"), max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the number.")},
    )  # fmt: skip
    valid_from = _day(gettext_lazy("Valid from"))
    expires_on = _day(gettext_lazy("Last day"), gettext_lazy("Leave it empty where the number has no end."))
    document = _file(gettext_lazy("Proof"))
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, kind: Kind, sellers: Iterable[Seller], data: Any = None, files: Any = None, **options: Any
    ) -> None:
        super().__init__(data, files, **options)
        choices: Any = self.fields["seller"]
        choices.queryset = Seller.objects.filter(pk__in=[seller.pk for seller in sellers])
        if len(choices.queryset) == 1:
            choices.initial = choices.queryset[0].pk
            choices.widget = forms.HiddenInput()
        if kind.has_country or kind.place == ANYWHERE:
            self.fields["country"].choices = [("", "—"), *countries_of(kind)]  # type: ignore[attr-defined]
            self.fields["country"].required = kind.has_country
        else:
            del self.fields["country"]
        if kind.place == REGISTER:
            self.fields["stream"].required = True
        else:
            del self.fields["stream"]
        size = {"size": MOST_BYTES // 1024**2}
        self.fields["document"].help_text = _("PDF, JPEG, PNG or WebP, at most %(size)s MB.") % size

    def show_kept(self, document: EvidenceDocument) -> None:
        """Says that the proof is kept, and sends it along with the next attempt."""
        data: Any = self.data
        self.data = data.copy()
        self.data["kept"] = str(document.pk)  # type: ignore[index]
        words = {"name": document.name}
        self["document"].help_text = _("Kept: %(name)s. Choose another file to replace it.") % words


class DecideForm(forms.Form):
    """What an officer decides on a number, and why; a member ends a number with it."""

    decision = forms.ChoiceField(choices=[(name, name) for name in (VERIFY, REJECT, END)])
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=400, required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("It is kept with the number, and the seller reads it."),
    )  # fmt: skip
    expires_on = _day(gettext_lazy("Last day"), gettext_lazy("Leave it empty to keep what was told."))
    document = _file(gettext_lazy("Proof that you have seen"))


def countries_of(kind: Kind) -> list[tuple[str, Any]]:
    """The countries in which there are numbers of a kind, by name in the active language."""
    codes: dict[str, Iterable[str]] = {
        MEMBER_STATE: [*MEMBER_STATES, NORTHERN_IRELAND],
        EORI_AREA: [*MEMBER_STATES, "GB", NORTHERN_IRELAND],
    }
    if kind.place == REGISTER:
        return country_choices(sorted(set(EPRScheme.objects.order_by().values_list("country", flat=True))))
    if kind.place == ANYWHERE:
        return list(country_choices())
    named = [(code, place_name(code)) for code in codes[kind.place]]
    return sorted(named, key=lambda pair: str(pair[1]))


KIND_ORDER: Final = tuple(KINDS.values())
