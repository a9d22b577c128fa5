"""An assessment in the reader's words: what is charged, by which rule, who collects it and when.

Texts are in the active language; amounts, percentages, days and places are written as its readers write them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from compliance.landed_cost.assessment import (
    BLOCKED,
    NOBODY,
    ON_DELIVERY,
    UNKNOWN,
    AssessedLine,
    Assessment,
    AssessmentWarning,
    FeeLine,
)
from compliance.screening import Finding
from compliance.words.findings import FINDINGS, MENDING, STREAMS
from compliance.words.laws import law_name
from compliance.words.warnings import FOR_EXPERTS, WARNINGS
from marketplace.kernel.money import format_money
from marketplace.kernel.numbers import share, written
from marketplace.kernel.places import place_name

_STATUSES: dict[str, str | Promise] = {
    "quoted": _("This price is final."),
    "estimate": _("This price is reckoned with the higher of several possible rates."),
    "unknown": _("Duty and tax are not known in advance."),
    "blocked": _("These goods can't be sent there."),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One translated sentence, a stable code for tests and styles, and the rules it speaks of."""

    code: str
    text: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sentences of an assessment, in the order in which they are read."""

    status: Sentence
    duty: tuple[Sentence, ...]
    tax: tuple[Sentence, ...]
    fees: tuple[Sentence, ...]
    collection: Sentence
    warnings: tuple[Sentence, ...]


def explain(assessment: Assessment, *, for_experts: bool = False) -> Explanation:
    """The sentences for an assessment in the active language.

    Sellers and staff also read how sure the figures are; a shopper, to whom the price is a promise, does not.
    """
    return Explanation(
        status=Sentence(assessment.status, str(_STATUSES[assessment.status])),
        duty=_duty(assessment),
        tax=_tax(assessment),
        fees=tuple(_fee(line) for line in assessment.fee_lines),
        collection=_collection(assessment),
        warnings=tuple(
            Sentence(warning.code, warning_text(warning))
            for warning in assessment.warnings
            if for_experts or warning.code not in FOR_EXPERTS
        ),
    )


def warning_text(warning: AssessmentWarning) -> str:
    """A warning as a sentence; a code without a text is shown as it is."""
    return _filled(WARNINGS.get(warning.code, warning.code), warning.params)


def finding_text(finding: Finding) -> str:
    """A finding of the screening as a sentence for the seller."""
    return finding_sentence(finding.check, finding.params)


def finding_sentence(rule: str, params: Mapping[str, str]) -> str:
    """The sentence for a flag with this rule and these details."""
    check = rule.partition(":")[0]
    return _filled(FINDINGS.get(check, check), params)


def mending_sentence(rule: str, params: Mapping[str, str]) -> str:
    """What the seller does so that the flag with this rule closes by itself; empty for a check that is no more."""
    check = rule.partition(":")[0]
    return _filled(MENDING.get(check, ""), params)


def percent_text(pct: Decimal) -> str:
    """19 as "19 %", with the decimals that the rate has."""
    return share(pct)


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").replace("-", "_"))


def _money(money: Money) -> str:
    return format_money(money, get_language() or "en")


def _day(day: date) -> str:
    return format_date(day, "long", locale=_locale())


class _Words(dict[str, str]):
    """The words of a sentence; one that an old flag doesn't have is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def _filled(text: str | Promise, params: Mapping[str, str]) -> str:
    words = _Words(params)
    for key, shown in _SHOWN.items():
        if words.get(key):
            words[key] = shown(words[key])
    return str(text) % words


def _number(text: str) -> str:
    """A figure as its readers write it; what is no figure stays."""
    try:
        return written(Decimal(text))
    except InvalidOperation:
        return text


def _listed(codes: str, name: Callable[[str], str]) -> str:
    return format_list([name(code) for code in codes.split()], locale=_locale())


def _language(code: str) -> str:
    return str(_locale().languages.get(code, code))


# How the words of a finding or a warning are written for their reader.
_SHOWN: dict[str, Callable[[str], str]] = {
    "country": lambda place: gettext(place_name(place)),
    "countries": lambda codes: _listed(codes, place_name),
    "origin": lambda code: gettext(place_name(code)),
    "place": place_name,
    "language": _language,
    **dict.fromkeys(("grams", "high", "limit", "low", "lowest", "price", "said", "usual"), _number),
    "languages": lambda codes: _listed(codes, _language),
    "stream": lambda code: str(STREAMS.get(code, code)),
    "date": lambda day: _day(date.fromisoformat(day)),
    "law": law_name,
    "name": gettext,
}


def _duty(assessment: Assessment) -> tuple[Sentence, ...]:
    if assessment.status == BLOCKED:
        return ()
    if not assessment.is_import:
        text = gettext("No customs duty: the goods are already inside the customs territory.")
        return (Sentence("duty_domestic", text, assessment.regimes),)
    sentences = [_flat(assessment)] if assessment.flat_duty is not None else []
    for pct, lines in _by_rate(assessment, "duty_rate_pct").items():
        if pct is not None:
            sentences.append(_rate_of_duty(assessment, pct, lines))
    if any(line.duty_rate_pct is None and line.tax_rate_pct is None for line in assessment.lines):
        sentences.append(Sentence("duty_unknown", gettext("Customs duty: not known in advance.")))
    return tuple(sentences)


def _flat(assessment: Assessment) -> Sentence:
    flat = assessment.flat_duty
    assert flat is not None
    rule = assessment.rule(flat.rule)
    words = {
        "amount": _money(flat.amount),
        "count": written(flat.count),
        "place": place_name(rule.jurisdiction) if rule else "",
        "date": _day(rule.effective_from) if rule else "",
    }
    if flat.per == "kg":
        text = gettext("Customs duty: %(amount)s × %(count)s kg (%(place)s, rule since %(date)s).")
    elif flat.per == "consignment":
        text = gettext("Customs duty: %(amount)s for the parcel (%(place)s, rule since %(date)s).")
    else:
        text = ngettext(
            "Customs duty: %(amount)s × %(count)s kind of goods (%(place)s, rule since %(date)s).",
            "Customs duty: %(amount)s × %(count)s kinds of goods (%(place)s, rule since %(date)s).",
            int(flat.count),
        )
    return Sentence("duty_flat", text % words, (flat.rule,))


def _by_rate(assessment: Assessment, name: str) -> dict[Decimal | None, list[AssessedLine]]:
    groups: dict[Decimal | None, list[AssessedLine]] = {}
    for line in assessment.lines:
        groups.setdefault(getattr(line, name), []).append(line)
    return groups


def _rate_of_duty(assessment: Assessment, pct: Decimal, lines: list[AssessedLine]) -> Sentence:
    rules = tuple(dict.fromkeys(code for line in lines for code in line.duty_rules))
    if pct == 0:
        threshold = assessment.threshold
        if threshold is not None and threshold.rule in {line.regime for line in lines}:
            text = gettext("No customs duty up to a limit of %(limit)s.")
            return Sentence("duty_relief", text % {"limit": _money(Money(threshold.limit, threshold.currency))}, rules)
        return Sentence("duty_free", gettext("No customs duty on these goods."), rules)
    value = Money(sum((line.customs_value.amount for line in lines), Decimal(0)), assessment.currency)
    duty = Money(sum((line.duty.amount for line in lines), Decimal(0)), assessment.currency)
    words = {"rate": percent_text(pct), "value": _money(value), "amount": _money(duty)}
    if assessment.deduction is not None:
        text = gettext("Customs duty: %(rate)s of %(value)s, less %(deduction)s, is %(amount)s.")
        return Sentence("duty_rate_less", text % (words | {"deduction": _money(assessment.deduction)}), rules)
    return Sentence("duty_rate", gettext("Customs duty: %(rate)s of %(value)s is %(amount)s.") % words, rules)


def _tax(assessment: Assessment) -> tuple[Sentence, ...]:
    if assessment.status == BLOCKED:
        return ()
    sentences = []
    for pct, lines in _by_rate(assessment, "tax_rate_pct").items():
        rules = tuple(dict.fromkeys(code for line in lines for code in line.tax_rules))
        if pct is None:
            sentences.append(Sentence("tax_unknown", gettext("Tax: not known in advance.")))
        elif pct == 0:
            sentences.append(Sentence("tax_free", gettext("No value added tax or import tax on these goods."), rules))
        else:
            tax = Money(sum((line.tax.amount for line in lines), Decimal(0)), assessment.currency)
            words = {"rate": percent_text(pct), "amount": _money(tax), "place": place_name(assessment.country)}
            text = gettext("Tax (%(place)s, %(rate)s): %(amount)s.")
            sentences.append(Sentence("tax_rate", text % words, rules))
    return tuple(sentences)


def _fee(line: FeeLine) -> Sentence:
    words = {"name": gettext(line.name), "amount": _money(line.amount), "tax": _money(line.tax)}
    if line.tax.amount:
        return Sentence("fee_taxed", gettext("%(name)s: %(amount)s, and %(tax)s tax on it.") % words, line.rules)
    return Sentence("fee", gettext("%(name)s: %(amount)s.") % words, line.rules)


def _collection(assessment: Assessment) -> Sentence:
    charges = assessment.duty.amount + assessment.tax.amount + assessment.fees.amount
    paid = Money(charges - assessment.due_on_delivery.amount, assessment.currency)
    due = assessment.due_on_delivery
    words = {"paid": _money(paid), "due": _money(due)}
    if assessment.status == BLOCKED:
        text, code = gettext("Nothing is charged: these goods can't be sent there."), "blocked"
    elif assessment.status == UNKNOWN and assessment.collected == NOBODY:
        code, text = "none_unknown", gettext("Nothing is collected on delivery.")
    elif assessment.status == UNKNOWN and paid.amount:
        code = "on_delivery_part_unknown"
        text = gettext("%(paid)s are paid now. The carrier collects the rest on delivery, an amount we can't foretell.")
    elif assessment.status == UNKNOWN:
        code = "on_delivery_unknown"
        text = gettext("The carrier collects duty and tax on delivery. We can't foretell how much, and don't guess.")
    elif assessment.collected == ON_DELIVERY and paid.amount:
        code = "on_delivery_part"
        text = gettext("%(paid)s are paid now, and the carrier collects %(due)s on delivery.")
    elif assessment.collected == ON_DELIVERY:
        code, text = "on_delivery", gettext("The carrier collects %(due)s on delivery.")
    elif charges:
        code, text = "checkout", gettext("Paid now with your order. Nothing is left to pay at the door.")
    else:
        code, text = "none", gettext("No duty, tax or fee is due. Nothing is left to pay at the door.")
    return Sentence(code, text % words)
