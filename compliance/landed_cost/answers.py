"""An assessment as JSON for other programs: money as strings, warnings as sentences in the active language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from compliance.landed_cost.assessment import ESTIMATE, UNKNOWN, AssessedLine, Assessment, ThresholdResult
from compliance.rules.rows import RuleRef
from compliance.words.explain import warning_text

_AMOUNTS = ("goods", "shipping", "insurance", "customs_value", "duty", "tax", "fees")


def written(assessment: Assessment) -> dict[str, Any]:
    """The answer that `manage.py landed_cost` prints. Percentages are strings, None where nobody knows the rate.

    `status` is one of three words. Where a figure is known to nobody it is "estimate", and `complete` is false.
    """
    is_known = assessment.status != UNKNOWN
    return {
        "status": assessment.status if is_known else ESTIMATE,
        "complete": is_known,
        "collected": assessment.collected,
        "regimes": list(assessment.regimes),
        **{name: str(getattr(assessment, name).amount) for name in _AMOUNTS},
        "fee_lines": [
            {"code": fee.code, "name": fee.name, "amount": str(fee.amount.amount), "tax": str(fee.tax.amount)}
            for fee in assessment.fee_lines
        ],
        "total": str(assessment.total.amount),
        "due_at_checkout": str(assessment.due_at_checkout.amount),
        "due_on_delivery": str(assessment.due_on_delivery.amount),
        "currency": assessment.currency,
        "threshold": None if assessment.threshold is None else _threshold(assessment.threshold),
        "items_declared": assessment.items_declared,
        "lines": [_line(line) for line in assessment.lines],
        "rules": [_rule(rule) for rule in assessment.rules],
        "warnings": [{"code": warning.code, "message": warning_text(warning)} for warning in assessment.warnings],
    }


def _line(line: AssessedLine) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "regime": line.regime,
        "scheme": line.scheme,
        "customs_value": str(line.customs_value.amount),
        "duty_rate_pct": _pct(line.duty_rate_pct),
        "duty": str(line.duty.amount),
        "tax_rate_pct": _pct(line.tax_rate_pct),
        "tax": str(line.tax.amount),
        "rules": list(dict.fromkeys(line.duty_rules + line.tax_rules)),
    }


def _rule(rule: RuleRef) -> dict[str, Any]:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "source": rule.source,
        "effective_from": rule.effective_from.isoformat(),
        "status": rule.status,
        "last_reviewed": rule.last_reviewed.isoformat(),
    }


def _threshold(result: ThresholdResult) -> dict[str, Any]:
    return {
        "value": _plain(result.value),
        "currency": result.currency,
        "limit": _plain(result.limit),
        "test": result.test,
        "basis": result.basis,
        "scope": result.scope,
        "passed": result.passed,
    }


def _pct(rate: Decimal | None) -> str | None:
    return None if rate is None else _plain(rate)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
