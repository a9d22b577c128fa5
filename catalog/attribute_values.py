"""What an attribute takes for an answer: pure rules, the same for a form, a file and the demo.

The answer to a text is {language: text}, to a number its decimal text in the unit of the attribute ("0.9"), to a choice
or a colour the list of the codes chosen, to a yes or no True or False. None says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from catalog.units import HIGHEST
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _
from marketplace.kernel.typed_numbers import with_point

LONGEST: Final = 200
MOST_CHOSEN: Final = 12
_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Asked:
    """An attribute as it is asked of goods; `choices` are the names by their codes, in the active language."""

    code: str
    name: str
    kind: str
    unit: str = ""
    is_required: bool = False
    is_filter: bool = False
    steps: tuple[Decimal, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)


def cleaned(asked: Asked, typed: Any) -> Any:
    """The answer that was typed, None for nothing. Raises `Refused`: "not_a_number", "too_long", "unknown_choice"."""
    if asked.kind == "text":
        return _text(typed)
    if asked.kind == "number":
        return _number(typed)
    if asked.kind == "boolean":
        return {"yes": True, "no": False, True: True, False: False}.get(typed)
    return _chosen(asked, typed)


def _text(typed: Any) -> dict[str, str] | None:
    by_language = {"en": typed} if isinstance(typed, str) else typed or {}
    said = {code: " ".join(str(text or "").split()) for code, text in by_language.items()}
    if any(len(text) > LONGEST for text in said.values()):
        message = _("The text has more than %(count)d characters.") % {"count": LONGEST}
        raise Refused("too_long", message)
    return {code: text for code, text in said.items() if text} or None


def _number(typed: Any) -> str | None:
    text = str(typed if typed is not None else "").strip()
    if not text:
        return None
    try:
        number = Decimal(with_point(text))
    except InvalidOperation:
        raise Refused("not_a_number", _("“%(text)s” is not a number.") % {"text": text[:40]}) from None
    if not number.is_finite() or not 0 <= number < HIGHEST:
        raise Refused("not_a_number", _("“%(text)s” is not a number from zero on.") % {"text": text[:40]})
    return format(number.quantize(_PLACES).normalize(), "f")


def _chosen(asked: Asked, typed: Any) -> list[str] | None:
    codes = [typed] if isinstance(typed, str) else list(typed or ())
    codes = list(dict.fromkeys(code for code in codes if code))
    for code in codes:
        if code not in asked.choices:
            raise Refused("unknown_choice", _("“%(text)s” is not among the choices.") % {"text": str(code)[:60]})
    if len(codes) > MOST_CHOSEN:
        raise Refused("too_many", _("Choose %(count)d at most.") % {"count": MOST_CHOSEN})
    return codes or None


def tokens(asked: Asked, answer: Any) -> list[str]:
    """The filters that goods with the answer stand under, such as "material:cotton"; none for what is no filter."""
    if not asked.is_filter or answer is None or asked.kind == "text":
        return []
    if asked.kind == "boolean":
        return [f"{asked.code}:{'yes' if answer else 'no'}"]
    if asked.kind == "number":
        return [f"{asked.code}:{_range(Decimal(answer), asked.steps) or answer}"]
    return [f"{asked.code}:{code}" for code in answer]


def _range(number: Decimal, steps: Sequence[Decimal]) -> str:
    """The range that a number is in, such as "250-500", "0-100" or "1000-"; empty without ranges."""
    if not steps:
        return ""
    below = [step for step in steps if step <= number]
    above = [step for step in steps if step > number]
    low, high = (
        format(each.normalize(), "f") for each in (max(below, default=Decimal(0)), min(above, default=Decimal(0)))
    )
    return f"{low}-{high}" if above else f"{low}-"
