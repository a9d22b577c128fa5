"""What each check found, what the seller does about it, and the one sentence that a shopper reads, by the id of the check.

Sentences are whole; the placeholders are the keys of the finding's `params`.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FINDINGS: dict[str, str | Promise] = {
    "hs_code_missing": _("%(sku)s has no customs code (HS). Give one of at least six digits."),
    "hs_code_malformed": _(
        "%(hs_code)s is not a customs code. It has six, eight or ten digits, the first six as in the Harmonized System (HS)."
    ),
    "hs_code_contradictory": _("Customs code %(hs_code)s doesn't fit the category of %(sku)s."),
    "origin_unknown": _("%(sku)s has no country of origin that customs know."),
    "description_vague": _(
        "“%(description)s” doesn't say what the goods are. Customs need a plain description such as “cotton T-shirt”."
    ),
    "weight_unknown": _("%(sku)s has no weight. Postage and customs data need it."),
    "weight_impossible": _("%(grams)s grams can't be the weight of one piece."),
    "size_impossible": _("%(size)s mm can't be the size of %(sku)s."),
    "packaging_impossible": _("%(grams)s grams can't be the weight of the packaging of one piece of %(sku)s."),
    "restricted_goods": _("%(sku)s falls under a rule: %(name)s."),
    "lithium_battery": _("%(sku)s falls under a rule on lithium batteries: %(name)s."),
    "battery_unsaid": _("The kind, number and watt-hours of the lithium batteries in %(sku)s are not all known."),
    "protected_species": _("%(sku)s falls under a rule on protected species: %(name)s."),
    "excise_goods": _("%(sku)s falls under a rule on excise goods: %(name)s."),
    "age_limit": _("%(sku)s may be sold from the age of %(age)s only: %(name)s."),
    "sanctioned_goods": _("%(sku)s falls under sanctions: %(name)s."),
    "restricted_destination": _("Goods for %(country)s fall under a rule: %(name)s."),
    "epr_missing": _("No registration number for %(stream)s is known in: %(countries)s."),
    "epr_expired": _("The registration for %(stream)s no longer counts in: %(countries)s."),
    "manufacturer_missing": _("%(sku)s doesn't name its manufacturer with a postal and an electronic address."),
    "responsible_person_missing": _(
        "%(sku)s names neither a manufacturer nor a responsible person in this market (%(place)s) with postal and"
        " electronic address."
    ),
    "identification_missing": _("%(sku)s has no picture or no type by which the product can be told."),
    "warnings_unsaid": _("%(sku)s has no warnings, and nobody has said that it needs none."),
    "warnings_untranslated": _("The warnings of %(sku)s are missing, or nobody has reviewed them, in: %(languages)s."),
    "warnings_to_enclose": _("Shoppers also read %(languages)s, in which %(sku)s can't show its warnings here."),
    "declaration_missing": _("%(sku)s has no declaration of conformity."),
    "safety_certificate_missing": _("%(sku)s has no test report or certificate for children's products."),
    "energy_label_missing": _("%(sku)s has no number in the register of energy labels."),
    "age_grading_missing": _("%(sku)s doesn't say for which age the toy is made."),
    "claim_environmental": _("The text of %(sku)s in %(language)s makes a green claim without proof: %(phrases)s."),
    "claim_medical": _("The text of %(sku)s in %(language)s promises a cure: %(phrases)s."),
    "price_under_declared": _(
        "%(price)s %(currency)s is far below what such goods cost, which starts at %(usual)s %(currency)s. Customs may"
        " not believe it."
    ),
    "price_before_misleading": _(
        "The price before, %(said)s %(currency)s, is higher than the lowest of the last 30 days, %(lowest)s"
        " %(currency)s."
    ),
    "rights_complaint": _("Somebody says that %(sku)s infringes their rights. Complaints: %(count)s."),
    "seller_not_approved": _("%(sku)s isn't shown, because the seller isn't approved."),
    "party_place": _("%(country)s falls under a rule: %(name)s."),
    "party_unnamed": _("The name is missing."),
    "party_listed": _("%(party)s is like %(listed)s on a sanctions list: %(list)s, entry %(reference)s."),
    "seller_place": _("The seller or an owner is in %(country)s, which falls under a rule: %(name)s."),
    "seller_party_listed": _(
        "%(party)s, who sells or owns, is like %(listed)s on a sanctions list: %(list)s, entry %(reference)s."
    ),
    "verification_incomplete": _("Details of the seller %(seller)s are missing."),
    "registration_expiring": _("A registration of the seller in %(country)s ends on %(date)s."),
    "threshold_reached": _("The seller has reached the threshold of a law: %(law)s. Its data are due by %(date)s."),
    "notice_upheld": _("A notice about this was found to be right: %(facts)s"),  # decided by an officer, not by a check
    "seller_decided": _("An officer decided that the seller may not sell: %(facts)s"),  # so was this
}

MENDING: dict[str, str | Promise] = {
    "hs_code_missing": _("Choose a customs code on the page of the listing; the help beside the field suggests some."),
    "hs_code_malformed": _(
        "Choose a code from the list, and write it with six, eight or ten digits, without dots or spaces."
    ),
    "hs_code_contradictory": _(
        "Choose a code that fits, or the right category. If both are right, answer here and say what the goods are."
    ),
    "origin_unknown": _("Choose the country in which the goods were made."),
    "description_vague": _(
        "Write in a few words what the goods are and what they are made of, as for somebody who can't see them."
    ),
    "weight_unknown": _("Weigh one packed piece and enter the grams."),
    "weight_impossible": _("Weigh one packed piece and enter the grams, not kilograms and not the whole carton."),
    "size_impossible": _("Measure one packed piece and enter the three edges in millimetres, and check its weight."),
    "packaging_impossible": _("Enter the packaging of one piece in grams, by material."),
    "restricted_goods": _(
        "Read the rule. If the goods are not what it speaks of, correct their customs code and facts; if a document"
        " settles it, upload that on the listing. Otherwise don't offer them there."
    ),
    "lithium_battery": _(
        "Say the kind, number and watt-hours of the batteries, upload the UN 38.3 test summary, and send them by a way"
        " that the rule allows."
    ),
    "battery_unsaid": _("Enter the kind of battery, how many there are in one piece, and the watt-hours of one."),
    "protected_species": _(
        "Upload the permit for the species on the listing. If the goods contain no protected species, correct the"
        " materials and the customs code."
    ),
    "excise_goods": _("Don't offer these goods there. If they are not what the rule speaks of, correct their code."),
    "age_limit": _("Enter the age on the listing, and send it by a service that checks the age at the door."),
    "sanctioned_goods": _("Don't offer these goods there. If code or origin are wrong, correct them."),
    "restricted_destination": _("Don't offer goods there. Nothing on the listing can change it."),
    "epr_missing": _(
        "Register in the countries named, and enter each number with its proof under Registrations. A seller from"
        " abroad often needs a representative there."
    ),
    "epr_expired": _("Renew the registration, and enter the number with its proof under Registrations."),
    "manufacturer_missing": _("Enter name, postal address and e-mail or web address of the manufacturer."),
    "responsible_person_missing": _(
        "Enter a person or company established there who answers for the goods: importer, authorised representative or"
        " fulfilment service, with postal address and e-mail or web address."
    ),
    "identification_missing": _("Add a picture, and the type or model as it stands on the product."),
    "warnings_unsaid": _("Enter the warnings that stand on the product, or tick that it needs none."),
    "warnings_untranslated": _(
        "Enter the warnings in the languages named, as they stand on the product. They count once a translator has reviewed them."
    ),
    "warnings_to_enclose": _("Enclose the warnings in these languages with the goods, and say so here."),
    "declaration_missing": _("Upload the declaration of conformity of the manufacturer on the listing."),
    "safety_certificate_missing": _("Upload the test report or the certificate on the listing."),
    "energy_label_missing": _("Enter the number of the model in the register of energy labels (EPREL)."),
    "age_grading_missing": _("Enter from which age the toy is suitable, as it stands on the toy."),
    "claim_environmental": _(
        "Leave the words out, or say in the same place exactly what is better and by how much, and upload the proof."
    ),
    "claim_medical": _("Leave the words out: goods that are said to cure or prevent are medicines."),
    "price_under_declared": _("Check price and currency. If the price is right, answer here and say why it is so low."),
    "price_before_misleading": _("Take the price before away, or set it to the lowest price of the 30 days before."),
    "rights_complaint": _(
        "Read the complaint. Show that you may sell the goods, such as by an invoice or a licence, or take them down."
    ),
    "seller_not_approved": _("Finish the details on your checklist. The listing is shown once you are approved."),
    "party_place": _("Nothing can be sent there. The order is cancelled and paid back unless the address is wrong."),
    "party_unnamed": _("Ask the buyer for the name of the recipient."),
    "party_listed": _("Wait: two officers compare the name, the address and the birth date with the list."),
    "seller_place": _("If the address is wrong, correct it. Otherwise an officer decides."),
    "seller_party_listed": _(
        "Send a document with the birth date or the register number, so that it can be told apart."
    ),
    "verification_incomplete": _("Enter what your checklist still asks for."),
    "registration_expiring": _("Renew the registration, and enter its new last day with the proof."),
    "threshold_reached": _("Complete the data that your checklist asks for by that day. Nothing else has to be done."),
    "notice_upheld": _("Mend what the decision names, and answer here, or appeal against it."),
    "seller_decided": _("Mend what the decision names, and answer here, or appeal against it."),
}

_ASKED = _("The seller has yet to show that these goods meet a rule of your country.")
_KEPT_OUT = _("A rule of your country keeps these goods out.")
_LOOKED_AT = _("We are looking at this listing, and show it again once it is settled.")

# What a shopper reads never tells whose fault it is said to be: it may turn out to be nobody's.
SHOPPER: dict[str, str | Promise] = {
    **dict.fromkeys(("restricted_goods", "excise_goods", "protected_species", "sanctioned_goods"), _KEPT_OUT),
    "restricted_destination": _("We can't send anything to your country at the moment."),
    "lithium_battery": _("There is no way to send batteries like these to your country."),
    "age_limit": _("Your country asks for an age check that we can't offer for these goods."),
    **dict.fromkeys(
        ("epr_missing", "epr_expired", "manufacturer_missing", "responsible_person_missing", "identification_missing",
         "warnings_unsaid", "warnings_untranslated", "warnings_to_enclose", "declaration_missing",
         "safety_certificate_missing", "energy_label_missing", "age_grading_missing"),
        _ASKED,
    ),
}  # fmt: skip

STREAMS: dict[str, str | Promise] = {
    "packaging": pgettext_lazy("stream of waste", "packaging"),
    "weee": pgettext_lazy("stream of waste", "electrical equipment"),
    "battery": pgettext_lazy("stream of waste", "batteries"),
    "textiles": pgettext_lazy("stream of waste", "textiles and shoes"),
    "furniture": pgettext_lazy("stream of waste", "furniture"),
    "toys": pgettext_lazy("stream of waste", "toys"),
    "sport": pgettext_lazy("stream of waste", "sport and leisure goods"),
    "diy": pgettext_lazy("stream of waste", "tools and garden goods"),
    "paper": pgettext_lazy("stream of waste", "printed paper"),
}


def shopper_reason(check: str) -> str:
    """Why a listing is not sold in a shopper's country, in one neutral sentence; `check` is an id or a flag's rule."""
    return str(SHOPPER.get(check.partition(":")[0], _LOOKED_AT))
