"""What may be done to flags, sellers' papers and rules. One module for each subject."""

from compliance.services.appeals import decide_appeal, lodge_appeal
from compliance.services.approvals import confirm_decision, reject_decision, withdraw_decision
from compliance.services.decisions import (
    MOST_AT_ONCE,
    decide_flags,
    escalate_flag,
    give_back_flag,
    release_flag,
    suspend_seller,
    take_flag,
    uphold_flag,
    waive_flag,
)
from compliance.services.dialogue import answer_flag, ask_seller
from compliance.services.documents import keep_document, open_document
from compliance.services.exports import export_for_authority
from compliance.services.findings import record_findings
from compliance.services.notices import NoticeFacts, act_on_notice, reject_notice, take_in_notice
from compliance.services.rechecks import ask_for_recheck, take_rechecks
from compliance.services.registrations import (
    Claim,
    claim_registration,
    end_registration,
    reject_registration,
    verify_registration,
)
from compliance.services.rule_changes import mark_reviewed, save_rule
from compliance.services.sanctions import keep_recipient, screen_seller, screen_sellers
from compliance.services.verification import decide_seller, set_seller_state, verification_of
from compliance.services.views import delete_view, save_view

__all__ = [
    "MOST_AT_ONCE",
    "Claim",
    "NoticeFacts",
    "act_on_notice",
    "answer_flag",
    "ask_for_recheck",
    "ask_seller",
    "claim_registration",
    "confirm_decision",
    "decide_appeal",
    "decide_flags",
    "decide_seller",
    "delete_view",
    "end_registration",
    "escalate_flag",
    "export_for_authority",
    "give_back_flag",
    "keep_document",
    "keep_recipient",
    "lodge_appeal",
    "mark_reviewed",
    "open_document",
    "record_findings",
    "reject_decision",
    "reject_notice",
    "reject_registration",
    "release_flag",
    "save_rule",
    "save_view",
    "screen_seller",
    "screen_sellers",
    "set_seller_state",
    "suspend_seller",
    "take_flag",
    "take_in_notice",
    "take_rechecks",
    "uphold_flag",
    "verification_of",
    "verify_registration",
    "waive_flag",
    "withdraw_decision",
]
