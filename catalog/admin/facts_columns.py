"""The facts of a listing as columns of its table, out and in."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields

from catalog.admin.pair_rows import PairsField, PairsWidget
from catalog.models import EconomicOperator, Product, ProductFacts
from compliance.rules.marks import SAID

_YES: Final = frozenset({"1", "yes", "true", "y"})
_NO: Final = frozenset({"0", "no", "false", "n"})
_TEXTS: Final = ("model_identifier", "cites_species", "energy_label", "battery")
_NUMBERS: Final = ("age_from", "batteries", "battery_grams", "length_mm", "width_mm", "height_mm", "battery_watt_hours")
_PAIRS: Final = {"materials": Decimal(100), "packaging_grams": None}
_OPERATORS: Final = {
    "manufacturer": EconomicOperator.Role.MANUFACTURER,
    "responsible_person": EconomicOperator.Role.RESPONSIBLE,
}
COLUMNS: Final = (*_TEXTS, *SAID, *_NUMBERS, *_PAIRS, *_OPERATORS, "has_no_warnings")


class FactColumn(fields.Field):  # type: ignore[misc]
    """One fact. What came in is kept on the listing until it is saved, by the name of the column."""

    def __init__(self, name: str) -> None:
        super().__init__(f"facts__{name}", name)
        self.name = name

    def get_value(self, instance: Product) -> Any:
        changed = instance.__dict__.get("_facts", {})
        if self.name in changed:
            return changed[self.name]
        facts = facts_of(instance)
        return None if facts is None else getattr(facts, self.name)

    def export(self, instance: Product, **kwargs: Any) -> str:
        return _shown(self.get_value(instance))

    def clean(self, row: Any, **kwargs: Any) -> Any:
        return _read(self.name, str("" if row[self.name] is None else row[self.name]).strip())

    def save(self, instance: Product, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        value = self.clean(row)
        if self.name in _OPERATORS:
            value = _operator(instance, self.name, value)
        if value != self.get_value(instance):
            instance.__dict__.setdefault("_facts", {})[self.name] = value


def facts_of(product: Product) -> ProductFacts | None:
    """The facts of a listing, None where nothing was said yet."""
    try:
        return product.facts if product.pk else None  # type: ignore[no-any-return, attr-defined]
    except ProductFacts.DoesNotExist:
        return None


def save_facts(product: Product) -> None:
    """Writes what came in. Raises `ValidationError` for what the database would not take."""
    changed = product.__dict__.pop("_facts", {})
    if not changed:
        return
    facts = facts_of(product) or ProductFacts(product=product)
    for name, value in changed.items():
        setattr(facts, name, value)
    facts.full_clean(exclude=["product"])
    facts.save()


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {number}" for name, number in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, EconomicOperator):
        return value.name
    return "" if value is None else format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _read(name: str, text: str) -> Any:
    """The value of a cell. Raises `ValidationError` with a sentence."""
    if name in _PAIRS:
        return _pairs(name, text)
    if name in _NUMBERS:
        return _number(name, text)
    if name in SAID or name == "has_no_warnings":
        word = text.lower()
        if word and word not in _YES | _NO:
            raise ValidationError({name: _("Write yes or no, not “%(text)s”.") % {"text": text}})
        return (word in _YES) if word or name == "has_no_warnings" else None
    return text


def _number(name: str, text: str) -> Any:
    if not text:
        return None
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    is_whole = number.is_finite() and (name == "battery_watt_hours" or number == number.to_integral_value())
    if not is_whole or not 0 <= number < 10**6:
        raise ValidationError({name: _("“%(text)s” is not a number.") % {"text": text}})
    return number if name == "battery_watt_hours" else int(number)


def _pairs(name: str, text: str) -> dict[str, str]:
    """Names and numbers such as "cotton 95; elastane 5"."""
    rows = [tuple(part.strip().rpartition(" ")[::2]) for part in text.split(";") if part.strip()]
    field = PairsField(
        most=_PAIRS[name], too_much=_("The materials come to more than 100 percent."),
        widget=PairsWidget(name_label="", number_label=""),
    )  # fmt: skip
    try:
        return field.clean(rows)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from error


def _operator(product: Product, name: str, text: str) -> EconomicOperator | None:
    """The seller's own manufacturer or responsible person of that name."""
    if not text:
        return None
    found = EconomicOperator.objects.filter(seller=product.seller_id, role=_OPERATORS[name], name=text).first()
    if found is None:
        message = _("There is no “%(key)s” among the choices for %(name)s.")
        label = ProductFacts._meta.get_field(name).verbose_name
        raise ValidationError({name: message % {"key": text, "name": label}})
    return found
