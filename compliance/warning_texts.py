"""The sentences for warnings of an assessment and for findings of the screening, by their codes.

Every code has one whole sentence; the placeholders are the keys of its `params`.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WARNINGS: dict[str, str | Promise] = {
    "no_rules": _(
        "We have no customs rules for %(country)s. The carrier collects duty and tax on delivery, and we don't guess"
        " how much."
    ),
    "no_domestic_rules": _("We have no tax rules for sales inside %(country)s."),
    "hs_missing": _("These goods have no customs code yet, so their duty is not known in advance."),
    "duty_rate_unknown": _("The duty of %(country)s on goods with customs code %(hs_code)s is not known to us."),
    "duty_not_a_percentage": _(
        "The duty on goods with customs code %(hs_code)s is not a percentage (%(rate)s), so it is not known in advance."
    ),
    "duty_rate_range": _(
        "Customs code %(hs_code)s has rates from %(low)s %% to %(high)s %%. We reckon with the higher one."
    ),
    "origin_missing": _("The country of origin of these goods is missing, so their duty is not known in advance."),
    "additional_duty_unknown": _(
        "Whether %(name)s applies to goods with customs code %(hs_code)s from %(origin)s is not known to us, so their"
        " duty is not known in advance."
    ),
    "additional_duty_by_chapter": _(
        "%(name)s covers most goods like these (customs code %(hs_code)s) from %(origin)s. We reckon with the full"
        " rate."
    ),
    "tax_rate_unknown": _("The tax rate of %(country)s for these goods is not known to us."),
    "region_missing": _(
        "Tax in %(country)s depends on the region. Until the address is known we reckon with the highest rate."
    ),
    "state_sales_tax_excluded": _("Sales tax of the state or city of delivery is not included."),
    "provincial_tax_excluded": _("Provincial sales tax is not included."),
    "simplified_tariff_not_applied": _(
        "Customs may apply a simplified tariff to small parcels. We reckon with the general tariff."
    ),
    "flat_duty_in_tax_base": _("Value added tax is also charged on the flat customs duty."),
    "flat_duty_outside_tax_base": _("No value added tax is charged on the flat customs duty."),
    "consignment_over_limit": _(
        "The parcel is worth more than %(limit)s %(currency)s in all, so customs may look at it once more."
    ),
    "pending_rule": _("%(name)s: announced but not confirmed to be in force, and not included."),
    "carrier_fee_possible": _("The carrier may charge a fee of its own for collecting duty and tax."),
    "blocked": _("These goods can't be sent there: %(name)s."),
}

FINDINGS: dict[str, str | Promise] = {
    "hs_code_missing": _("%(sku)s has no customs code (HS). Give one of at least six digits."),
    "hs_code_malformed": _("%(hs_code)s is not a customs code (HS). It has six to ten digits."),
    "origin_unknown": _("%(sku)s has no country of origin that customs know."),
    "restricted_goods": _("%(sku)s falls under a rule: %(name)s."),
    "restricted_destination": _("Goods for %(country)s fall under a rule: %(name)s."),
    "description_vague": _(
        "“%(description)s” doesn't say what the goods are. Customs need a plain description such as “cotton T-shirt”."
    ),
    "weight_unknown": _("%(sku)s has no weight. Postage and customs data need it."),
    "weight_impossible": _("%(grams)s grams can't be the weight of one piece."),
    "party_place": _("%(country)s falls under a rule: %(name)s."),
    "party_unnamed": _("The name is missing."),
}
