"""The tables of compliance: the rule book, goods, flags."""

from compliance.models.buyers import BuyerNumber
from compliance.models.dialogue import Appeal, FlagApproval, FlagMessage, SavedView
from compliance.models.evidence import DocumentView, EvidenceDocument
from compliance.models.flags import Flag, FlagEvent, Severity
from compliance.models.goods import GoodsRestriction, HSCode
from compliance.models.history import RuleChange
from compliance.models.letters import Letter
from compliance.models.notices import AuthorityExport, Notice, Recheck, StatementOfReasons, TrustedFlagger
from compliance.models.obligations import (
    EPRScheme,
    ForbiddenClaim,
    ProductRule,
    SellerStanding,
    SellerThreshold,
)
from compliance.models.rates import AdditionalDuty, DutyRate, Exemption, Fee, TaxRate
from compliance.models.registrations import Registration, RegistrationEvent, RegistrationReminder
from compliance.models.reports import Report, ReportLine, ReportMessage, ReportRule, SellerLine, VolumeLine
from compliance.models.rules import Confidence, GroupMember, Regime, RuleRow, Status, Territory
from compliance.models.traders import (
    BeneficialOwner,
    SanctionedName,
    SanctionedParty,
    SanctionsLoad,
    SellerInvitation,
    SellerVerification,
    VerificationEvent,
)

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
    "epr_schemes": EPRScheme,
    "product_rules": ProductRule,
    "forbidden_claims": ForbiddenClaim,
    "seller_thresholds": SellerThreshold,
    "report_rules": ReportRule,
}

__all__ = [
    "RULE_MODELS",
    "AdditionalDuty",
    "Appeal",
    "AuthorityExport",
    "BeneficialOwner",
    "BuyerNumber",
    "Confidence",
    "DocumentView",
    "DutyRate",
    "EPRScheme",
    "EvidenceDocument",
    "Exemption",
    "Fee",
    "Flag",
    "FlagApproval",
    "FlagEvent",
    "FlagMessage",
    "ForbiddenClaim",
    "GoodsRestriction",
    "GroupMember",
    "HSCode",
    "Letter",
    "Notice",
    "ProductRule",
    "Recheck",
    "Regime",
    "Registration",
    "RegistrationEvent",
    "RegistrationReminder",
    "Report",
    "ReportLine",
    "ReportMessage",
    "ReportRule",
    "RuleChange",
    "RuleRow",
    "SanctionedName",
    "SanctionedParty",
    "SanctionsLoad",
    "SavedView",
    "SellerInvitation",
    "SellerLine",
    "SellerStanding",
    "SellerThreshold",
    "SellerVerification",
    "Severity",
    "StatementOfReasons",
    "Status",
    "TaxRate",
    "Territory",
    "TrustedFlagger",
    "VerificationEvent",
    "VolumeLine",
]
