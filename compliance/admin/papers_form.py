"""What a seller's member fills in about the seller: one form in sections, owners as rows, nothing required until it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField, formset_factory
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounts.admin_fields import country_choices, country_name
from compliance import selectors
from compliance.models import EvidenceDocument, SellerVerification, TaxRate
from compliance.services.papers import DOCUMENTS, MOST_OWNERS, OF_PAPERS, OF_SELLER, OwnerFacts, Told
from compliance.traders.papers import CERTIFICATE
from compliance.uploads import ACCEPT, MOST_BYTES
from compliance.words.traders import certificate_text

COMPANY, PERSON = "company", "person"


def _text(label: Any, length: int, help_text: Any = "", **attrs: str) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs=attrs)
    return forms.CharField(label=label, max_length=length, required=False, widget=widget, help_text=help_text)


def _country(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=lambda: [("", "—"), *country_choices()], widget=UnfoldAdminSelectWidget
    )


def _day(label: Any) -> forms.DateField:
    widget = UnfoldAdminTextInputWidget(attrs={"type": "date", "autocomplete": "off"})
    message = gettext_lazy("Enter a date, such as 1980-05-31.")
    return forms.DateField(label=label, required=False, widget=widget, error_messages={"invalid": message})


def _file(label: Any) -> forms.FileField:
    return forms.FileField(
        label=label, required=False, allow_empty_file=True, max_length=250,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPT}),
    )  # fmt: skip


class PapersForm(forms.Form):
    """Everything but the owners. Files that are fit to be kept are kept even when another field has a mistake."""

    is_person = forms.ChoiceField(
        label=gettext_lazy("Who sells?"), widget=UnfoldAdminRadioSelectWidget,
        choices=[(COMPANY, gettext_lazy("A company")), (PERSON, gettext_lazy("A person in business on their own"))],
    )  # fmt: skip
    legal_name = _text(
        gettext_lazy("Legal name"), 200, gettext_lazy("As it stands in the register, or your own full name.")
    )
    street_address = _text(gettext_lazy("Street address"), 200, autocomplete="street-address")
    postal_code = _text(gettext_lazy("Postal code"), 20, autocomplete="postal-code")
    city = _text(gettext_lazy("City"), 120)
    country_area = _text(gettext_lazy("Region"), 120)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address for buyers and authorities"), required=False,
        widget=UnfoldAdminEmailInputWidget(attrs={"dir": "ltr", "autocomplete": "email"}),
    )  # fmt: skip
    phone = _text(gettext_lazy("Telephone"), 32, type="tel", dir="ltr", autocomplete="tel")
    person_name = _text(
        gettext_lazy("Full name"), 150, gettext_lazy("You, or the person who may sign for the company.")
    )
    birth_date = _day(gettext_lazy("Date of birth"))
    identity_document = _file(gettext_lazy("Passport or identity card"))
    trade_register = _text(gettext_lazy("Trade register"), 120)
    register_number = _text(gettext_lazy("Number in the register"), 60, dir="ltr")
    register_document = _file(gettext_lazy("Extract of the register"))
    tax_country = _country(gettext_lazy("Country of the tax number"))
    tax_number = _text(gettext_lazy("Tax number"), 40, dir="ltr")
    bank_holder = _text(gettext_lazy("Holder of the account"), 150)
    bank_country = _country(gettext_lazy("Country of the bank"))
    bank_account = _text(gettext_lazy("IBAN or account number"), 60, dir="ltr", autocomplete="off", spellcheck="false")
    bank_document = _file(gettext_lazy("Proof of the account"))
    wants_to_sell_in = forms.MultipleChoiceField(
        label=gettext_lazy("Where do you want to sell?"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    certifies = forms.BooleanField(label=gettext_lazy("I sign this for the seller."), required=False,
                                   widget=UnfoldBooleanWidget)  # fmt: skip

    def __init__(self, verification: SellerVerification, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial=_initial(verification))
        self.fields["wants_to_sell_in"].choices = country_choices(_countries())  # type: ignore[attr-defined]
        self.say_what_is_kept(verification)

    def say_what_is_kept(self, verification: SellerVerification) -> None:
        """Tells beside the fields which files and which account there are."""
        if shown := selectors.masked_account(verification):
            words = {"number": shown}
            self["bank_account"].help_text = _("Kept: %(number)s. Leave it empty to keep it.") % words
        for name in DOCUMENTS:
            self[name].help_text = _about(getattr(verification, name))

    def sections(self) -> Iterator[Section]:
        """The fields in their sections."""
        for section in SECTIONS:
            yield Section(section.id, section.title, section.note, tuple(self[name] for name in section.names))

    def told(self, documents: Mapping[str, EvidenceDocument], owners: list[OwnerFacts] | None) -> Told:
        """What was filled in, as the service takes it; call when the form is valid."""
        values = {name: self.cleaned_data[name] for name in (*OF_SELLER, *OF_PAPERS)}
        values["is_person"] = values["is_person"] == PERSON
        return Told(
            values, self.cleaned_data["bank_account"], documents, owners, certifies=self.cleaned_data["certifies"]
        )


def _initial(verification: SellerVerification) -> dict[str, Any]:
    seller = verification.seller
    values = {name: getattr(seller, name) for name in OF_SELLER}
    values |= {name: getattr(verification, name) for name in OF_PAPERS}
    return values | {
        "is_person": PERSON if verification.is_person else COMPANY,
        "birth_date": verification.birth_date.isoformat() if verification.birth_date else "",
        "certifies": verification.self_certified_version == CERTIFICATE,
    }


def _countries() -> list[str]:
    """The countries that the rule book knows; Northern Ireland is part of one."""
    return sorted(set(TaxRate.objects.order_by().values_list("country", flat=True).distinct()) - {"XI"})


def _about(document: EvidenceDocument | None) -> str:
    size = {"size": MOST_BYTES // 1024**2}
    if document is None:
        return _("PDF, JPEG, PNG or WebP, at most %(size)s MB.") % size
    words = {"name": document.name, "day": date_format(document.uploaded_at, "DATE_FORMAT")}
    return _("Kept: %(name)s, sent on %(day)s. Choose another file to replace it.") % words


# Sections ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form; `fields` in their order."""

    id: str
    title: Any
    note: Any
    fields: tuple[BoundField, ...] = ()
    names: tuple[str, ...] = ()


SECTIONS: Final = (
    Section(
        "business", gettext_lazy("The business"),
        gettext_lazy("Buyers and authorities read this beside your listings."),
        names=("is_person", "legal_name", "street_address", "postal_code", "city", "country_area", "email", "phone"),
    ),
    Section(
        "person", gettext_lazy("The person in charge"), gettext_lazy("Officers of the marketplace alone see this."),
        names=("person_name", "birth_date", "identity_document"),
    ),
    Section(
        "register", gettext_lazy("Register and tax"),
        gettext_lazy("The register is for companies, and for people whose business is registered."),
        names=("trade_register", "register_number", "register_document", "tax_country", "tax_number"),
    ),
    Section(
        "bank", gettext_lazy("Bank account"),
        gettext_lazy("What you earn is sent there. The number is kept encrypted, and nobody is shown all of it."),
        names=("bank_holder", "bank_country", "bank_account", "bank_document"),
    ),
    Section(
        "markets", gettext_lazy("Countries to sell in"),
        gettext_lazy("From this follows which registrations you need. You can change it at any time."),
        names=("wants_to_sell_in",),
    ),
)  # fmt: skip

_SECTION_OF: Final = {name: section.id for section in SECTIONS for name in section.names} | {
    "country": "business", "owners": "owners", "certificate": "certificate",
}  # fmt: skip


def section_of(missing: str) -> str:
    """The section in which something that is missing is filled in."""
    return _SECTION_OF[missing]


def certificate() -> str:
    """The text that is signed today."""
    return certificate_text(CERTIFICATE)


# Owners -----------------------------------------------------------------------------------------------------


class OwnerForm(forms.Form):
    """One owner; a row without a name is none."""

    name = _text(gettext_lazy("Full name"), 150)
    birth_date = _day(gettext_lazy("Date of birth"))
    country = _country(gettext_lazy("Country"))
    share_percent = forms.DecimalField(
        label=gettext_lazy("Share in percent"), required=False, min_value=0, max_value=100, decimal_places=2,
        max_digits=5, localize=True, widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "dir": "ltr"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if any(data.get(name) for name in ("birth_date", "share_percent")) and not data.get("name"):
            self.add_error("name", gettext_lazy("Enter the name."))
        if data.get("name") and not data.get("country") and "country" not in self.errors:
            self.add_error("country", gettext_lazy("Choose the country."))
        return data

    def facts(self) -> OwnerFacts | None:
        """The owner, None for an empty row."""
        data = self.cleaned_data
        if not data.get("name"):
            return None
        return OwnerFacts(data["name"], data["country"], data["birth_date"], data["share_percent"])


_Owners: Any = formset_factory(OwnerForm, extra=0, max_num=MOST_OWNERS, absolute_max=MOST_OWNERS)


def owners_formset(verification: SellerVerification, data: Any = None, *, more: int = 0) -> Any:
    """The rows of owners: those that are kept and one to fill in, or those that were sent and `more` empty ones."""
    if data is not None:
        data = data.copy()
        count = data.get("owners-TOTAL_FORMS", "0")
        total = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0
        data["owners-TOTAL_FORMS"], data["owners-INITIAL_FORMS"] = str(min(total + more, MOST_OWNERS)), "0"
        return _Owners(data, prefix="owners")
    held = [
        {
            "name": owner.name, "country": owner.country, "share_percent": owner.share_percent,
            "birth_date": owner.birth_date.isoformat() if owner.birth_date else "",
        }
        for owner in verification.owners.all()
    ]  # fmt: skip
    formset = _Owners(prefix="owners", initial=[*held, {}])
    return formset


def shown_value(name: str, verification: SellerVerification) -> str:
    """A value as it is read where nothing can be filled in."""
    holder: Any = verification.seller if name in OF_SELLER else verification
    value = getattr(holder, name)
    if name in ("bank_country", "tax_country"):
        return country_name(value)
    if name == "wants_to_sell_in":
        return ", ".join(country_name(code) for code in value) or "—"
    if name == "birth_date":
        return date_format(value, "DATE_FORMAT") if value else "—"
    if name == "is_person":
        return _("A person in business on their own") if value else _("A company")
    return str(value) if value else "—"
