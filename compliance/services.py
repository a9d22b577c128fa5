"""Writes: flags from findings, what officers make of them, and single rules changed by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller, User
from compliance import selectors
from compliance.models import RULE_MODELS, Flag, FlagEvent, RuleRow
from compliance.rules import version as rule_version
from compliance.rules.history import signed
from compliance.screening import Finding
from marketplace.kernel.clock import now, today
from marketplace.kernel.errors import Refused

_AUTOMATIC = "screening"


def record_findings(
    *,
    subject: models.Model,
    findings: Iterable[Finding],
    actor: User | None = None,
    seller: Seller | None = None,
    label: str = "",
    checks: Collection[str] | None = None,
) -> list[Flag]:
    """The flags that stand on `subject` after a screening; the same findings twice change nothing.

    Findings of one rule make one flag that names every SKU. A finding without a flag opens one, unless an officer
    released it on the same facts; a flag whose finding is gone is mended. `checks` are the checks that were made
    (None: all of them); flags of others stay as they are.
    `seller` may then see the flags, `label` names the subject in the queue.
    """
    wanted = _merged(findings)
    with transaction.atomic():
        held = list(selectors.flags_on(subject).select_for_update().order_by("pk"))
        live = {flag.rule: flag for flag in held if flag.is_live}
        released = {(flag.rule, flag.fingerprint) for flag in held if flag.status == Flag.Status.RELEASED}
        for rule, flag in live.items():
            if rule not in wanted and (checks is None or rule.partition(":")[0] in checks):
                _step(flag, FlagEvent.Kind.MENDED, actor, status=Flag.Status.MENDED, closed_at=now())
        for rule, finding in wanted.items():
            fingerprint = _fingerprint(rule, finding.params)
            if rule in live:
                _update(live[rule], finding, fingerprint, actor)
            elif (rule, fingerprint) not in released:
                flag = _flag_on(subject, finding, seller, label)
                flag.rule, flag.fingerprint = rule, fingerprint
                _open(flag, actor)
        return list(selectors.open_flags_on(subject))


def take_flag(*, flag: Flag, actor: User) -> Flag:
    """The officer works on the flag; nobody else may decide it. Raises `Refused`."""
    with transaction.atomic():
        flag = _locked(flag, actor)
        if flag.status == Flag.Status.TAKEN and flag.officer_id == actor.pk:
            return flag
        if flag.status != Flag.Status.OPEN:
            raise Refused("flag_not_open", _("This flag has been taken or decided meanwhile."))
        return _step(flag, FlagEvent.Kind.TAKEN, actor, status=Flag.Status.TAKEN, officer=actor)


def give_back_flag(*, flag: Flag, actor: User, reason: str) -> Flag:
    """The flag is open again for any officer. Raises `Refused`."""
    with transaction.atomic():
        flag = _own(flag, actor, reason)
        return _step(flag, FlagEvent.Kind.GIVEN_BACK, actor, reason, status=Flag.Status.OPEN, officer=None)


def release_flag(*, flag: Flag, actor: User, reason: str) -> Flag:
    """The officer found nothing wrong: the flag is not raised again on the same facts. Raises `Refused`."""
    return _decide(flag, actor, reason, Flag.Status.RELEASED, FlagEvent.Kind.RELEASED)


def uphold_flag(*, flag: Flag, actor: User, reason: str) -> Flag:
    """The officer confirms the finding: it blocks its subject until it is mended. Raises `Refused`."""
    return _decide(flag, actor, reason, Flag.Status.UPHELD, FlagEvent.Kind.UPHELD)


def save_rule(*, rule: RuleRow, actor: User, reason: str) -> None:
    """A rule changed by hand, live everywhere within seconds; a later load of the files leaves it alone.

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


def _merged(findings: Iterable[Finding]) -> dict[str, Finding]:
    wanted: dict[str, Finding] = {}
    for finding in findings:
        rule = _rule_of(finding)
        held = wanted.get(rule)
        if held is not None and "sku" in finding.params and "sku" in held.params:
            skus = sorted({*held.params["sku"].split(", "), finding.params["sku"]})
            finding = replace(held, params={**held.params, "sku": ", ".join(skus)})
        wanted[rule] = finding
    return wanted


def _rule_of(finding: Finding) -> str:
    return f"{finding.check}:{finding.rule}" if finding.rule else finding.check


def _fingerprint(rule: str, params: Mapping[str, str]) -> str:
    text = json.dumps([rule, dict(params)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _facts(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "params": dict(finding.params),
        "legal_reference": finding.legal_reference[:400],
    }


def _flag_on(subject: models.Model, finding: Finding, seller: Seller | None, label: str) -> Flag:
    return Flag(
        content_type=ContentType.objects.get_for_model(subject),
        object_id=str(subject.pk),
        subject_label=(label or str(subject))[:200],
        seller=seller,
        opened_at=now(),
        **_facts(finding),
    )


def _open(flag: Flag, actor: User | None) -> None:
    try:
        with transaction.atomic():
            flag.save()
    except IntegrityError:
        return  # another screening of the same subject raised it at the same moment
    _record(flag, FlagEvent.Kind.OPENED, actor, "")


def _update(flag: Flag, finding: Finding, fingerprint: str, actor: User | None) -> None:
    facts = _facts(finding) | {"fingerprint": fingerprint}
    if any(getattr(flag, name) != value for name, value in facts.items()):
        _step(flag, FlagEvent.Kind.CHANGED, actor, **facts)


def _decide(flag: Flag, actor: User, reason: str, status: Flag.Status, kind: FlagEvent.Kind) -> Flag:
    with transaction.atomic():
        flag = _own(flag, actor, reason)
        return _step(flag, kind, actor, reason, status=status, reason=reason.strip(), officer=actor, closed_at=now())


def _locked(flag: Flag, actor: User) -> Flag:
    if not selectors.may_review(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    return Flag.objects.select_for_update(of=("self",)).get(pk=flag.pk)


def _own(flag: Flag, actor: User, reason: str) -> Flag:
    flag = _locked(flag, actor)
    if not reason.strip():
        raise Refused("reason_missing", _("Give a reason for your decision."), field="reason")
    if flag.status == Flag.Status.TAKEN and flag.officer_id != actor.pk:
        raise Refused("flag_taken", _("Another officer works on this flag."))
    if flag.status not in {Flag.Status.OPEN, Flag.Status.TAKEN}:
        raise Refused("flag_not_open", _("This flag has been taken or decided meanwhile."))
    return flag


def _step(flag: Flag, kind: FlagEvent.Kind, actor: User | None, why: str = "", **changes: Any) -> Flag:
    for name, value in changes.items():
        setattr(flag, name, value)
    flag.save(update_fields=list(changes))
    _record(flag, kind, actor, why)
    return flag


def _record(flag: Flag, kind: FlagEvent.Kind, actor: User | None, reason: str) -> None:
    FlagEvent.objects.create(
        flag=flag,
        kind=kind,
        actor=actor,
        actor_label=str(actor)[:150] if actor else _AUTOMATIC,
        reason=reason.strip(),
        params=flag.params,
        at=now(),
    )
