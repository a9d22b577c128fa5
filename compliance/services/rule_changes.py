"""Single rules changed or read again by an officer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from compliance.models import RULE_MODELS, RuleRow
from compliance.rules import version as rule_version
from compliance.rules.history import signed
from compliance.rules.reach import SCREENED_BY
from compliance.services.rechecks import RULE, ask_for_recheck
from marketplace.kernel.clock import today
from marketplace.kernel.errors import Refused


def save_rule(*, rule: RuleRow, actor: User, reason: str) -> None:
    """A rule changed by hand, live everywhere within seconds; a later load of the files leaves it alone.

    The listings that it concerns, or did before, are looked at again.

    Raises `Refused` without a reason, and `ValidationError` for a row that can't stand.
    """
    reason = _given(reason, _("Say why the rule is changed."))
    rule.is_edited = True
    rule.reviewer = str(actor)[:150]
    rule.last_reviewed = today()
    rule.reviewed_on, rule.reviewed_by = None, ""
    rule.note = f"{rule.note}\n{today().isoformat()} {actor}: {reason}".strip()
    with signed(str(actor), actor=actor, reason=reason):
        rule.full_clean()
        rule.save()
        rule_version.change()
        if any(isinstance(rule, RULE_MODELS[table]) for table in SCREENED_BY):
            ask_for_recheck(topic=RULE, keys=[rule.code])


def mark_reviewed(*, rules: Iterable[RuleRow], actor: User, reason: str) -> int:
    """The officer has read the rows again today and found them right; returns how many there were.

    What the rows say stays as it is, and so does who owns them: a later load of the rule files may still change
    them, which ends the review, and leaves the day of it alone otherwise. The reason is in the history of each row.
    Raises `Refused`: "reason_missing", "not_allowed".
    """
    reason = _given(reason, _("Say what you compared the rules with."))
    tables: dict[type[RuleRow], set[int]] = {}
    for rule in rules:
        tables.setdefault(type(rule), set()).add(rule.pk)
    if not all(actor.has_perm(f"compliance.change_{model._meta.model_name}") for model in tables):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    with signed(str(actor), actor=actor, reason=reason):
        marked = sum(_mark(model, tables[model], actor) for model in RULE_MODELS.values() if model in tables)
        rule_version.change()
    return marked


def _mark(model: type[RuleRow], keys: set[int], actor: User) -> int:
    rows = model._default_manager.filter(pk__in=keys)
    list(rows.order_by("pk").select_for_update().values_list("pk"))
    return rows.update(reviewed_on=today(), reviewed_by=str(actor)[:150])


def _given(reason: str, refusal: Any) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", refusal, field="reason")
    return reason
