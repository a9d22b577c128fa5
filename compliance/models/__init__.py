"""The tables of compliance: the rule book, goods, flags."""

from compliance.models.flags import Flag, FlagEvent, Severity
from compliance.models.goods import GoodsRestriction, HSCode
from compliance.models.history import RuleChange
from compliance.models.rates import AdditionalDuty, DutyRate, Exemption, Fee, TaxRate
from compliance.models.rules import Confidence, GroupMember, Regime, RuleRow, Status, Territory

RULE_MODELS: dict[str, type[RuleRow]] = {
    "regimes": Regime,
    "tax_rates": TaxRate,
    "duty_rates": DutyRate,
    "additional_duties": AdditionalDuty,
    "fees": Fee,
    "exemptions": Exemption,
    "group_members": GroupMember,
    "territories": Territory,
    "restrictions": GoodsRestriction,
}

__all__ = [
    "RULE_MODELS",
    "AdditionalDuty",
    "Confidence",
    "DutyRate",
    "Exemption",
    "Fee",
    "Flag",
    "FlagEvent",
    "GoodsRestriction",
    "GroupMember",
    "HSCode",
    "Regime",
    "RuleChange",
    "RuleRow",
    "Severity",
    "Status",
    "TaxRate",
    "Territory",
]
