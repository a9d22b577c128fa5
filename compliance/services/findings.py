"""What a screening found becomes flags: opened, changed, mended by themselves; for one subject or for many at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, models, transaction

from accounts.models import Seller, User
from compliance import fingerprints, selectors
from compliance.deadlines import due_at
from compliance.models import Flag, FlagEvent
from compliance.screening import Finding
from compliance.services import approvals
from compliance.services.rechecks import SELLER, ask_for_recheck
from compliance.services.steps import AUTOMATIC
from marketplace.kernel.clock import now
from marketplace.kernel.copying import copy_rows, new_keys

_CHANGEABLE: Final = ("severity", "params", "legal_reference", "countries", "fingerprint")
_BATCH: Final = 500
_EVENTS: Final = """
INSERT INTO compliance_flagevent (flag_id, kind, actor_id, actor_label, reason, params, at)
SELECT id, %(kind)s, %(actor)s, %(label)s, '', params, %(moment)s FROM compliance_flag WHERE id = ANY(%(flags)s) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """A subject that was looked at: its key, what was found, and how flags on it are labelled.

    `evidence` are the facts as they were seen, to be shown; `facts` those on which a decision rests, so that a flag is
    raised again when they change. `is_off`: it is not on offer, so nothing was looked for; what an officer upheld on it
    then stays.
    """

    key: object
    findings: Sequence[Finding]
    seller_id: int | None = None
    label: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many flags were opened, changed and mended."""

    opened: int = 0
    changed: int = 0
    mended: int = 0

    def __bool__(self) -> bool:
        return bool(self.opened or self.changed or self.mended)


def record_findings(
    *,
    subject: models.Model,
    findings: Iterable[Finding],
    actor: User | None = None,
    seller: Seller | None = None,
    label: str = "",
    checks: Collection[str] | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> list[Flag]:
    """The flags that stand on `subject` after a screening; see `record_all`. `label` names the subject in the queue."""
    looked = Looked(subject.pk, tuple(findings), seller.pk if seller else None, label or str(subject), evidence or {})
    with transaction.atomic():
        recorded = record_all(model=type(subject), looked=[looked], actor=actor, checks=checks)
        if recorded and isinstance(subject, Seller):
            ask_for_recheck(topic=SELLER, keys=[subject.pk])
        return list(selectors.open_flags_on(subject))


def record_all(
    *,
    model: type[models.Model],
    looked: Sequence[Looked],
    actor: User | None = None,
    checks: Collection[str] | None = None,
) -> Recorded:
    """The flags on many subjects of one kind say what was found; the same findings twice change nothing.

    Findings of one rule make one flag that names every SKU. A finding without a flag opens one, unless an officer
    released or waived it on the same facts and for the same countries; a flag whose finding is gone is mended. `checks`
    are the checks that were made (None: all of them); flags of others stay as they are. The flags are locked until the
    caller's transaction ends, in the order of their keys. A handful of queries, however many subjects there are.
    """
    kind = ContentType.objects.get_for_model(model)
    with transaction.atomic():
        held = _held(kind, [str(each.key) for each in looked])
        work = _Work(kind, actor, checks)
        for each in looked:
            work.compare(each, held.get(str(each.key), ()))
        return work.write()


def _held(kind: ContentType, keys: Sequence[str]) -> Mapping[str, list[Flag]]:
    """The flags that stand or were decided, by the key of their subject, each of them locked."""
    found: defaultdict[str, list[Flag]] = defaultdict(list)
    flags = Flag.objects.filter(content_type=kind, object_id__in=keys).exclude(status=Flag.Status.MENDED)
    for flag in flags.select_for_update().order_by("pk"):
        found[flag.object_id].append(flag)
    return found


class _Work:
    """What has to be written: gathered subject by subject, then written in sets."""

    def __init__(self, kind: ContentType, actor: User | None, checks: Collection[str] | None) -> None:
        self.kind, self.actor, self.checks, self.moment = kind, actor, checks, now()
        self.opened: list[dict[str, Any]] = []
        self.changed: list[Flag] = []
        self.mended: list[Flag] = []
        self.renewed: list[tuple[Flag, str]] = []

    def compare(self, looked: Looked, held: Sequence[Flag]) -> None:
        """Notes what differs between what was found and the flags that there are."""
        wanted = _merged(looked.findings)
        live = {flag.rule: flag for flag in held if flag.is_live}
        decided = [flag for flag in held if not flag.is_live]
        for flag in held:
            if flag.rule not in wanted and self._was_checked(flag):
                self._miss(flag, looked)
        for rule, finding in wanted.items():
            facts = _facts(rule, finding, looked)
            if rule in live:
                self._compare(live[rule], facts, looked)
            elif not any(self._is_decided(flag, rule, facts, looked) for flag in decided):
                self.opened.append(self._flag(looked, rule, facts))

    def _compare(self, flag: Flag, facts: Mapping[str, Any], looked: Looked) -> None:
        changed = {name for name, value in facts.items() if getattr(flag, name) != value}
        if changed == {"fingerprint"} and _is_as_before(flag, facts, looked):
            self._renew(flag, facts)
        elif changed:
            self._change(flag, facts, looked)

    def _was_checked(self, flag: Flag) -> bool:
        return self.checks is None or flag.rule.partition(":")[0] in self.checks

    def _miss(self, flag: Flag, looked: Looked) -> None:
        """What was found before is not there any more. A name on a list of sanctions stays for two officers to decide."""
        if not selectors.ends_by_itself(flag):
            fingerprint = fingerprints.of_absence(flag.rule, looked.evidence)
            if flag.is_live and flag.fingerprint != fingerprint:
                self._change(flag, {"severity": flag.severity, "fingerprint": fingerprint}, looked)
        elif flag.status != Flag.Status.RELEASED and not (looked.is_off and flag.status not in Flag.UNDECIDED):
            self.mended.append(flag)

    def _is_decided(self, flag: Flag, rule: str, facts: Mapping[str, Any], looked: Looked) -> bool:
        """Whether an officer let the same facts pass before, for all of the countries that are concerned now."""
        if flag.countries and not (facts["countries"] and set(facts["countries"]) <= set(flag.countries)):
            return False
        if flag.rule == rule and _is_as_before(flag, facts, looked):
            self._renew(flag, facts)
        return flag.rule == rule and flag.fingerprint == facts["fingerprint"]

    def _renew(self, flag: Flag, facts: Mapping[str, Any]) -> None:
        """The flag has the fingerprint that is made today, and what is proposed on it still rests on the same facts."""
        self.renewed.append((flag, fingerprints.facts_of(flag)))
        flag.fingerprint = facts["fingerprint"]

    def _flag(self, looked: Looked, rule: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a new flag: to make thousands of models takes longer than to check their listings."""
        return {
            "content_type_id": self.kind.pk,
            "object_id": str(looked.key),
            "subject_label": looked.label[:200],
            "seller_id": looked.seller_id,
            "rule": rule,
            "evidence": looked.evidence,
            "opened_at": self.moment,
            "due_at": due_at(facts["severity"], self.moment),
            **facts,
        }

    def _change(self, flag: Flag, facts: Mapping[str, Any], looked: Looked) -> None:
        if flag.severity != facts["severity"]:
            flag.due_at = due_at(facts["severity"], self.moment)
        for name, value in facts.items():
            setattr(flag, name, value)
        flag.evidence = dict(looked.evidence)
        self.changed.append(flag)

    def write(self) -> Recorded:
        """Writes flags and their events in sets."""
        opened = self._open()
        changed, mended = ([flag.pk for flag in flags] for flags in (self.changed, self.mended))
        if changed:
            Flag.objects.bulk_update(self.changed, [*_CHANGEABLE, "evidence", "due_at"], batch_size=_BATCH)
        if self.renewed:
            Flag.objects.bulk_update([flag for flag, _ in self.renewed], ["fingerprint"], batch_size=_BATCH)
            approvals.renew(self.renewed)
        if mended:
            Flag.objects.filter(pk__in=mended).update(
                status=Flag.Status.MENDED, closed_at=self.moment, waived_until=None
            )
            approvals.end(mended, self.moment)
        self._note(FlagEvent.Kind.OPENED, opened)
        self._note(FlagEvent.Kind.CHANGED, changed)
        self._note(FlagEvent.Kind.MENDED, mended)
        return Recorded(len(opened), len(changed), len(mended))

    def _open(self) -> list[int]:
        """The keys of the flags that were really opened; others stood already, from a screening at the same moment."""
        keys = new_keys(Flag, len(self.opened))
        try:
            with transaction.atomic():
                copy_rows(Flag, [
                    {"id": key, **flag, "params": json.dumps(flag["params"]), "evidence": json.dumps(flag["evidence"])}
                    for key, flag in zip(keys, self.opened, strict=True)
                ])  # fmt: skip
                return keys
        except IntegrityError:
            return [key for flag in self.opened if (key := _open_alone(flag))]

    def _note(self, kind: FlagEvent.Kind, flags: Sequence[int]) -> None:
        if not flags:
            return
        label = str(self.actor)[:150] if self.actor else AUTOMATIC
        with connection.cursor() as cursor:
            cursor.execute(_EVENTS, {"kind": kind, "actor": self.actor.pk if self.actor else None, "label": label,
                                     "moment": self.moment, "flags": list(flags)})  # fmt: skip


def _open_alone(flag: Mapping[str, Any]) -> int | None:
    try:
        with transaction.atomic():
            return Flag.objects.create(**flag).pk
    except IntegrityError:
        return None


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


def _facts(rule: str, finding: Finding, looked: Looked) -> dict[str, Any]:
    params = dict(finding.params)
    return {
        "severity": finding.severity,
        "params": params,
        "legal_reference": finding.legal_reference[:400],
        "countries": sorted(finding.countries),
        "fingerprint": fingerprints.of_finding(rule, finding.severity, params, looked.facts),
    }


def _is_as_before(flag: Flag, facts: Mapping[str, Any], looked: Looked) -> bool:
    """Whether a flag with a fingerprint of the earlier kind was raised on these facts, as far as it tells them.

    Its details, how grave it is and, where they were kept, the facts beside it are those of now.
    """
    if not fingerprints.is_of_earlier_kind(flag.fingerprint, flag.rule, facts["params"]):
        return False
    kept = [name for name in looked.facts if name != "texts"]  # of these, no more than some were kept
    same = not flag.evidence or all(flag.evidence.get(name) == looked.evidence.get(name) for name in kept)
    return same and flag.severity == facts["severity"]
