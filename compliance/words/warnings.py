"""The sentences for warnings of an assessment, by their codes.

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
    "regime_estimated": _(
        "The rules of %(country)s for such parcels are known to us only in part, so these figures are an estimate."
    ),
    "tax_category_unknown": _(
        "We know no kind of goods called “%(category)s”. We reckon with the standard rate of tax."
    ),
    "scheme_unknown": _("We know no tax scheme called “%(scheme)s”, so it counts for nothing here."),
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
    "reverse_charge": _("No tax is charged: the business that buys accounts for it under its own tax number."),
    "personal_customs_number": _("Customs ask the buyer for a personal customs number before they release the parcel."),
    "positive_list_not_checked": _(
        "Only goods on the list of cross-border e-commerce may be imported this way. We reckon as if these were on it."
    ),
    "state_rate_may_be_lower": _("Some states charge less. We reckon with the higher rate."),
    "weight_missing": _("The weight of these goods is missing, so a charge by weight is not known in advance."),
    "earlier_purchases_unknown": _(
        "%(country)s counts what a buyer has had sent before. We reckon as if this were the first parcel."
    ),
    "near_threshold": _(
        "The value is so near to the limit of %(limit)s %(currency)s that a change of the exchange rate may carry it"
        " over before customs look at the parcel."
    ),
    "splitting_costs_more": _("Sent in separate parcels, duty, tax and fees would come to %(amount)s more."),
    "splitting_costs_less": _("Sent in separate parcels, duty, tax and fees would come to %(amount)s less."),
    "rule_unverified": _("Not yet checked against an official source: %(rules)s."),
    "rule_stale": _("The rule %(rule)s was last reviewed on %(date)s, too long ago to rely on."),
    "rate_stale": _("The exchange rate for %(currency)s is that of %(date)s, too old to rely on."),
    "blocked": _("These goods can't be sent there: %(name)s."),
}

# How sure the figures are: for sellers and staff, not for a shopper to whom the price is a promise.
FOR_EXPERTS = frozenset(
    {"rule_unverified", "rule_stale", "rate_stale", "near_threshold", "splitting_costs_more", "splitting_costs_less"}
)
