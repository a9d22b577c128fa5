"""What is done on a flag from its panel or page: each step a form of its own that is sent to an address of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from compliance import services
from compliance.admin.flag_forms import AnswerForm, AppealDecisionForm, AppealForm, AskForm, DecisionForm, VerdictForm
from compliance.models import Appeal, Flag, FlagApproval
from marketplace.kernel.errors import Refused

Do = Callable[[Flag, Any, Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its form, what it does (the sentence that says that it is done comes back), and who makes it.

    `goes_on`: the next flag of the queue opens afterwards. `fields` says which field of the form shows a refusal.
    """

    form: type[forms.Form]
    do: Do
    by_seller: bool = False
    goes_on: bool = True


def _take(flag: Flag, actor: Any, given: Mapping[str, Any]) -> str:
    services.take_flag(flag=flag, actor=actor)
    return ""


def _decide(flag: Flag, actor: Any, given: Mapping[str, Any]) -> str:
    decision, common = given["decision"], {"flag": flag, "actor": actor, "reason": given["reason"]}
    if decision in {"release", "uphold", "waive", "suspend"}:
        common["seen"] = given["seen"]
    if decision == "suspend":
        services.suspend_seller(**common)
        return _("The seller is suspended.")
    if decision == "waive":
        common["until"] = given["until"]
    decided = _DECISIONS[decision](**common)
    if decision in {"release", "waive"} and decided.is_live:
        return _("A second officer has to agree.")
    return _DONE[decision]()


_DECISIONS: Final[Mapping[str, Callable[..., Flag]]] = {
    "release": services.release_flag,
    "uphold": services.uphold_flag,
    "waive": services.waive_flag,
    "escalate": services.escalate_flag,
    "give_back": services.give_back_flag,
}
_DONE: Final[Mapping[str, Callable[[], str]]] = {
    "release": lambda: _("The flag was released."),
    "uphold": lambda: _("The flag was upheld."),
    "waive": lambda: _("The flag is waived."),
    "escalate": lambda: _("The flag is escalated."),
    "give_back": lambda: _("The flag is open again for any officer."),
}


def _ask(flag: Flag, actor: Any, given: Mapping[str, Any]) -> str:
    services.ask_seller(flag=flag, actor=actor, template=given["template"], words=given["words"])
    return _("The seller is asked.")


def _give_verdict(flag: Flag, actor: Any, given: Mapping[str, Any]) -> str:
    approval = flag.approvals.filter(verdict=FlagApproval.Verdict.WAITING).first()
    if approval is None or given["approval"] not in {None, approval.pk}:
        raise Refused("approval_over", _("This decision has been taken or withdrawn meanwhile."))
    if given["verdict"] == "confirm":
        services.confirm_decision(approval=approval, actor=actor, reason=given["reason"])
        return _("The decision is confirmed.")
    if given["verdict"] == "reject":
        services.reject_decision(approval=approval, actor=actor, reason=given["reason"])
        return _("The decision is rejected.")
    services.withdraw_decision(approval=approval, actor=actor)
    return _("The proposed decision is withdrawn.")


def _decide_appeal(flag: Flag, actor: Any, given: Mapping[str, Any]) -> str:
    appeal = flag.appeals.filter(state=Appeal.State.OPEN).first()
    if appeal is None:
        raise Refused("appeal_over", _("This appeal has been decided meanwhile."))
    reverse = given["verdict"] == "reverse"
    appeal = services.decide_appeal(appeal=appeal, actor=actor, answer=given["answer"], reverse=reverse)
    if appeal.state == Appeal.State.OPEN:
        return _("A second officer has to agree.")
    return _("The appeal is decided.")


def _answer(flag: Flag, actor: Any, given: Mapping[str, Any]) -> str:
    services.answer_flag(flag=flag, actor=actor, words=given["words"], upload=given["document"])
    return _("Your answer is sent.")


def _appeal(flag: Flag, actor: Any, given: Mapping[str, Any]) -> str:
    services.lodge_appeal(flag=flag, actor=actor, text=given["text"], upload=given["document"])
    return _("Your appeal is lodged. An officer who did not take the decision will answer it.")


STEPS: Final[Mapping[str, Step]] = {
    "take": Step(forms.Form, _take, goes_on=False),
    "decide": Step(DecisionForm, _decide),
    "ask": Step(AskForm, _ask),
    "verdict": Step(VerdictForm, _give_verdict),
    "appeal_decision": Step(AppealDecisionForm, _decide_appeal),
    "answer": Step(AnswerForm, _answer, by_seller=True),
    "appeal": Step(AppealForm, _appeal, by_seller=True),
}


def make_step(name: str, request: HttpRequest, flag: Flag) -> tuple[forms.Form, str | None]:
    """The form as it was sent, and the sentence that says that the step is made; None when the form has mistakes.

    What the services refuse stands in the form.
    """
    step = STEPS[name]
    form = step.form(request.POST, request.FILES, auto_id=f"{name}_%s")
    if not form.is_valid():
        return form, None
    try:
        return form, step.do(flag, request.user, form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
    return form, None
