"""The checks as a list of them names them: a few words each."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

CHECKS: dict[str, str | Promise] = {
    "hs_code_missing": pgettext_lazy("check", "Customs code missing"),
    "hs_code_malformed": pgettext_lazy("check", "Customs code malformed"),
    "hs_code_contradictory": pgettext_lazy("check", "Customs code against category"),
    "origin_unknown": pgettext_lazy("check", "Origin unknown"),
    "description_vague": pgettext_lazy("check", "Customs description vague"),
    "weight_unknown": pgettext_lazy("check", "Weight unknown"),
    "weight_impossible": pgettext_lazy("check", "Weight impossible"),
    "size_impossible": pgettext_lazy("check", "Size impossible"),
    "packaging_impossible": pgettext_lazy("check", "Weight of packaging impossible"),
    "restricted_goods": pgettext_lazy("check", "Restricted goods"),
    "restricted_destination": pgettext_lazy("check", "Restricted destination"),
    "lithium_battery": pgettext_lazy("check", "Lithium battery"),
    "battery_unsaid": pgettext_lazy("check", "Battery not described"),
    "protected_species": pgettext_lazy("check", "Protected species"),
    "excise_goods": pgettext_lazy("check", "Excise goods"),
    "age_limit": pgettext_lazy("check", "Age limit"),
    "sanctioned_goods": pgettext_lazy("check", "Goods under sanctions"),
    "epr_missing": pgettext_lazy("check", "Producer registration missing"),
    "epr_expired": pgettext_lazy("check", "Producer registration expired"),
    "manufacturer_missing": pgettext_lazy("check", "Manufacturer missing"),
    "responsible_person_missing": pgettext_lazy("check", "Responsible person missing"),
    "identification_missing": pgettext_lazy("check", "Picture or type missing"),
    "warnings_unsaid": pgettext_lazy("check", "Warnings not given"),
    "warnings_untranslated": pgettext_lazy("check", "Warnings not translated"),
    "warnings_to_enclose": pgettext_lazy("check", "Warnings to be enclosed"),
    "declaration_missing": pgettext_lazy("check", "Declaration of conformity missing"),
    "safety_certificate_missing": pgettext_lazy("check", "Safety certificate missing"),
    "energy_label_missing": pgettext_lazy("check", "Energy label missing"),
    "age_grading_missing": pgettext_lazy("check", "Age grading missing"),
    "claim_environmental": pgettext_lazy("check", "Green claim"),
    "claim_medical": pgettext_lazy("check", "Medical claim"),
    "price_under_declared": pgettext_lazy("check", "Price under-declared"),
    "price_before_misleading": pgettext_lazy("check", "Price before the reduction"),
    "rights_complaint": pgettext_lazy("check", "Complaint about rights"),
    "seller_not_approved": pgettext_lazy("check", "Seller not approved"),
    "party_place": pgettext_lazy("check", "Recipient in a restricted place"),
    "party_unnamed": pgettext_lazy("check", "Recipient without a name"),
    "party_listed": pgettext_lazy("check", "Recipient on a sanctions list"),
    "seller_place": pgettext_lazy("check", "Seller in a restricted place"),
    "seller_party_listed": pgettext_lazy("check", "Seller or owner on a sanctions list"),
    "verification_incomplete": pgettext_lazy("check", "Seller's details incomplete"),
    "registration_expiring": pgettext_lazy("check", "Registration about to end"),
    "threshold_reached": pgettext_lazy("check", "Threshold of a law reached"),
    "notice_upheld": pgettext_lazy("check", "Notice found right"),
    "seller_decided": pgettext_lazy("check", "Decision on who may sell"),
}


def check_name(check: str) -> str:
    """The name of a check, by its id or by the rule of a flag; one that is not known here by its id in plain words."""
    name = check.partition(":")[0]
    return str(CHECKS.get(name, name.replace("_", " ")))


DETAILS: dict[str, str | Promise] = {
    "sku": pgettext_lazy("detail", "Article number"),
    "hs_code": pgettext_lazy("detail", "Customs code"),
    "origin": pgettext_lazy("detail", "Origin"),
    "description": pgettext_lazy("detail", "Description"),
    "grams": pgettext_lazy("detail", "Grams"),
    "name": pgettext_lazy("detail", "Rule"),
    "country": pgettext_lazy("detail", "Country"),
    "countries": pgettext_lazy("detail", "Countries"),
    "region": pgettext_lazy("detail", "Region"),
    "stream": pgettext_lazy("detail", "Stream of waste"),
    "schemes": pgettext_lazy("detail", "Registers"),
    "languages": pgettext_lazy("detail", "Languages"),
    "language": pgettext_lazy("detail", "Language"),
    "phrases": pgettext_lazy("detail", "Words"),
    "price": pgettext_lazy("detail", "Price"),
    "said": pgettext_lazy("detail", "Price before, as it is said"),
    "lowest": pgettext_lazy("detail", "Lowest price of 30 days"),
    "usual": pgettext_lazy("detail", "Usual price"),
    "currency": pgettext_lazy("detail", "Currency"),
    "party": pgettext_lazy("detail", "Name"),
    "listed": pgettext_lazy("detail", "Name in the list"),
    "list": pgettext_lazy("detail", "List"),
    "reference": pgettext_lazy("detail", "Entry"),
    "likeness": pgettext_lazy("detail", "Likeness"),
    "seller": pgettext_lazy("detail", "Seller"),
    "place": pgettext_lazy("detail", "Market"),
    "age": pgettext_lazy("detail", "Age"),
    "count": pgettext_lazy("detail", "Count"),
    "date": pgettext_lazy("detail", "Date"),
    "size": pgettext_lazy("detail", "Size"),
    "un_number": pgettext_lazy("detail", "UN number"),
    "weight_grams": pgettext_lazy("detail", "Weight in grams"),
    "size_mm": pgettext_lazy("detail", "Size in millimetres"),
    "traits": pgettext_lazy("detail", "What the goods are"),
    "materials": pgettext_lazy("detail", "Materials"),
    "packaging_grams": pgettext_lazy("detail", "Packaging in grams"),
    "battery": pgettext_lazy("detail", "Battery"),
    "batteries": pgettext_lazy("detail", "Number of batteries"),
    "battery_watt_hours": pgettext_lazy("detail", "Watt-hours"),
    "age_from": pgettext_lazy("detail", "From the age of"),
    "cites_species": pgettext_lazy("detail", "Protected species"),
    "energy_label": pgettext_lazy("detail", "Energy label"),
    "model_identifier": pgettext_lazy("detail", "Type or model"),
    "documents": pgettext_lazy("detail", "Documents"),
    "warnings": pgettext_lazy("detail", "Warnings in"),
    "registrations": pgettext_lazy("detail", "Registrations that count"),
    "manufacturer": pgettext_lazy("detail", "Manufacturer"),
    "responsible_person": pgettext_lazy("detail", "Responsible person"),
    "prices": pgettext_lazy("detail", "Prices"),
    "texts": pgettext_lazy("detail", "Texts"),
    "complaints": pgettext_lazy("detail", "Complaints about rights"),
    "seller_country": pgettext_lazy("detail", "Country of the seller"),
    "facts": pgettext_lazy("detail", "Facts"),
    "law": pgettext_lazy("detail", "Law"),
    "period": pgettext_lazy("detail", "Period"),
}


def detail_name(key: str) -> str:
    """The name of a detail of a finding; one that is not known here by its key in plain words."""
    return str(DETAILS.get(key, key.replace("_", " ")))
