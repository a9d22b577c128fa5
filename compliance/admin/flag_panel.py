"""Everything about one flag, for the panel beside the queue and for the page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override

from accounts.address_rules import lines
from accounts.admin_fields import latin
from compliance import selectors
from compliance.admin import flag_looks as looks
from compliance.admin.flag_forms import AnswerForm, AppealDecisionForm, AppealForm, AskForm, DecisionForm, VerdictForm
from compliance.fingerprints import facts_of, state_of
from compliance.models import Appeal, Flag, FlagApproval, FlagMessage, Severity, StatementOfReasons
from compliance.services.appeals import deciders
from compliance.services.approvals import REFUSED_AT_THE_DOOR
from compliance.words.checks import check_name, detail_name
from compliance.words.explain import finding_sentence, mending_sentence
from compliance.words.questions import QUESTIONS, question_text
from compliance.words.statements import duration_text
from marketplace.kernel import clock
from marketplace.kernel.address import PostalAddress

OFFICERS_FORMS = {"decide": DecisionForm, "ask": AskForm, "verdict": VerdictForm, "appeal_decision": AppealDecisionForm}
_NOTHING = (None, "", [], {})
SELLERS_FORMS = {"answer": AnswerForm, "appeal": AppealForm}
# Where a seller mends what a check found, when it is not on the subject itself: a table of the admin.
_MENDED_AT = {
    "epr_missing": "compliance_registration", "epr_expired": "compliance_registration",
    "registration_expiring": "compliance_registration", "verification_incomplete": "compliance_sellerverification",
    "seller_not_approved": "compliance_sellerverification", "seller_place": "compliance_sellerverification",
    "seller_party_listed": "compliance_sellerverification",
}  # fmt: skip


def flag_context(request: HttpRequest, flag: Flag, *, bound: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What panel and page show of a flag; `bound` are forms with mistakes, by the step they belong to."""
    viewer: Any = request.user
    reviews, moment = selectors.may_review(viewer), clock.now()
    context: dict[str, Any] = {
        "flag": flag,
        "reviews": reviews,
        "finding": finding_sentence(flag.rule, flag.params),
        "mending": mending_sentence(flag.rule, flag.params),
        "mended_at": _mended_at(flag),
        "check": check_name(flag.rule),
        "places": looks.places_of(flag),
        "holds": selectors.holds(flag),
        "severity_colour": looks.SEVERITIES[Severity(flag.severity)],
        "status_colour": looks.STATUSES[Flag.Status(flag.status)],
        "due": looks.due_text(flag, moment),
        "is_late": looks.is_late(flag, moment),
        "subject_address": looks.subject_address(flag),
        "events": looks.shown_events(selectors.events_of(flag, viewer), reviews),
        "messages_of_flag": [_message(each, reviews) for each in flag.messages.select_related("author", "document")],
        "statements": _statements(flag),
        "appeals": list(flag.appeals.select_related("author", "document", "decided_by")),
    }
    return context | (_for_officer(viewer, flag, context) if reviews else _for_seller(viewer, flag, context)) | {
        "forms": _forms(OFFICERS_FORMS if reviews else SELLERS_FORMS, bound or {})
    }  # fmt: skip


def _statements(flag: Flag) -> list[StatementOfReasons]:
    """The statements on the flag, each with how long its restriction holds."""
    statements = list(flag.statements.select_related("notice", "flag"))
    for statement in statements:
        statement.duration = duration_text(statement)  # type: ignore[attr-defined]
    return statements


def _forms(classes: Mapping[str, Any], bound: Mapping[str, Any]) -> dict[str, Any]:
    return {name: bound.get(name) or form(auto_id=f"{name}_%s") for name, form in classes.items()}


# Officers ---------------------------------------------------------------------------------------------------


def _for_officer(viewer: Any, flag: Flag, context: dict[str, Any]) -> dict[str, Any]:
    approval = flag.approvals.filter(verdict=FlagApproval.Verdict.WAITING).select_related("proposed_by").first()
    appeal = next((each for each in context["appeals"] if each.state == Appeal.State.OPEN), None)
    is_others = flag.status in {Flag.Status.TAKEN, Flag.Status.ASKED} and flag.officer_id not in {None, viewer.pk}
    is_free = approval is None and appeal is None
    undecided = flag.status in Flag.UNDECIDED
    return {
        "evidence": _evidence(flag),
        "rules": [(rule, _rule_address(rule.table, rule.pk)) for rule in selectors.rules_behind(flag)],
        "others": _others(flag),
        "approval": approval if flag.is_live else None,
        "appeal": appeal,
        "appeal_document": looks.document_address(appeal.document) if appeal else "",
        "seen": state_of(flag),
        "needs_second": selectors.needs_second_officer(flag),
        "refused_at_the_door": REFUSED_AT_THE_DOOR,
        "facts_changed": approval is not None and approval.fingerprint != facts_of(flag),
        "offences": selectors.offences(flag.seller, clock.now()).count() if flag.seller else 0,
        "can": {
            "take": flag.status == Flag.Status.OPEN and is_free,
            "decide": flag.is_live and is_free and not is_others,
            "let_go": not selectors.is_refused_at_the_door(flag),
            "uphold": undecided,
            "escalate": undecided and approval is None,
            "give_back": undecided and flag.officer_id == viewer.pk,
            "suspend": flag.seller_id is not None,
            "ask": undecided and is_free and not is_others and flag.seller_id is not None,
            "verdict": approval is not None and approval.proposed_by_id != viewer.pk,
            "withdraw": approval is not None and approval.proposed_by_id == viewer.pk,
            "appeal": appeal is not None and approval is None and viewer.pk not in deciders(flag),
        },
    }


def _evidence(flag: Flag) -> list[tuple[str, Any]]:
    """The details of the finding and the facts as they were seen; lists and tables within them in one line each."""
    facts = {**flag.params, **flag.evidence}
    return [(detail_name(name), latin(_shown(name, value))) for name, value in facts.items() if value not in _NOTHING]


def _shown(name: str, value: Any) -> str:
    if name == "address":  # of a recipient: as it is written on a parcel
        return ", ".join(lines(PostalAddress.from_dict(value), get_language() or settings.LANGUAGE_CODE))
    return _in_a_line(value)


def _in_a_line(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_in_a_line(part)}" for name, part in value.items() if part not in _NOTHING)
    if isinstance(value, list | tuple):
        return ", ".join(_in_a_line(part) for part in value)
    return str(value)


def _others(flag: Flag) -> list[tuple[Flag, str]]:
    """Other flags that stand on the same subject, ten at most, each with the name of its check."""
    same = Flag.objects.filter(content_type=flag.content_type_id, object_id=flag.object_id, status__in=Flag.LIVE)
    return [(other, check_name(other.rule)) for other in same.exclude(pk=flag.pk).order_by("pk")[:10]]


def _rule_address(table: str, key: int) -> str:
    try:
        return reverse(f"admin:compliance_{table}_change", args=[key])
    except NoReverseMatch:
        return ""


# Sellers ----------------------------------------------------------------------------------------------------


def _for_seller(viewer: Any, flag: Flag, context: dict[str, Any]) -> dict[str, Any]:
    is_open = any(each.state == Appeal.State.OPEN for each in context["appeals"])
    return {
        "can": {"answer": flag.is_live, "appeal": context["holds"] and not is_open},
        "is_asked": flag.status == Flag.Status.ASKED,
        "appeal_is_open": is_open,
    }


def _mended_at(flag: Flag) -> str:
    """The page on which a seller mends it: a table of their papers, or the subject's own page."""
    table = _MENDED_AT.get(flag.rule.partition(":")[0])
    if table is not None:
        try:
            return reverse(f"admin:{table}_changelist")
        except NoReverseMatch:
            return ""
    return looks.subject_address(flag)


# Both -------------------------------------------------------------------------------------------------------


def _message(message: FlagMessage, reviews: bool) -> dict[str, Any]:
    """A message for the page; an officer reads a question of ours in their own language, too."""
    is_ours, language = message.side == FlagMessage.Side.OFFICER, get_language() or "en"
    meant = ""
    if reviews and message.template in QUESTIONS and message.language != language:
        with override(language):
            meant = question_text(message.template)
    return {
        "by": message.author if reviews or not is_ours else message.get_side_display(),
        "side": message.side,
        "at": message.at,
        "body": message.body,
        "language": message.language,
        "meant": meant,
        "document": message.document,
        "document_address": looks.document_address(message.document) if reviews else "",
    }
