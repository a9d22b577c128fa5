"""Listings as screening sees them: everything that a check looks at, for many of them in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef

from catalog.models import Category, Product, ProductAttributes, ProductDocument, ProductFacts, TextState, Variant
from catalog.selectors.usual_prices import PriceRange, lowest_before, usual_prices
from catalog.traits import traits_of
from compliance.classification.contradiction import expected_prefixes
from compliance.models import Notice
from compliance.rules.marks import SAID, marks_of
from compliance.screening import ListingFacts
from compliance.screening.facts import Operator, PriceFacts
from compliance.selectors import registrations_that_count, registrations_that_lapsed
from marketplace.kernel.fx import FxTable, MissingRate

_LANGUAGES: Final = tuple((code, code.replace("-", "_")) for code, _name in settings.LANGUAGES)
_TEXTS: Final = tuple(f"{field}_{suffix}" for field in ("name", "summary", "description") for _, suffix in _LANGUAGES)
_SAID: Final = ("name", "postal_address", "country", "electronic_address")
_OWN: Final = (
    "id", "seller_id", "category_id", "status", "handle", "hs_code", "origin", "customs_description", "lithium",
    "card_image", "seller__home_country", "seller__status",
)  # fmt: skip
_FACTS: Final = (
    "materials", "battery", "battery_watt_hours", "batteries", *SAID, "cites_species", "age_from", "packaging_grams",
    "length_mm", "width_mm", "height_mm", "energy_label", "model_identifier", "has_no_warnings",
    *(f"warnings_{suffix}" for _, suffix in _LANGUAGES),
)  # fmt: skip
_OPERATORS: Final = ("manufacturer", "responsible_person")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A listing as screening sees it; one that is not on offer has nothing to be found."""

    id: int
    seller_id: int
    label: str
    is_on_offer: bool
    facts: ListingFacts

    @property
    def marks(self) -> frozenset[str]:
        """What the goods are, as the rules name it."""
        facts = self.facts
        return marks_of(facts.traits, facts.battery, facts.lithium, bool(facts.cites_species))


def listings_seen(product_ids: Sequence[int], *, on: date, moment: datetime, fx: FxTable) -> list[Seen]:
    """The listings in the order of their keys, with the registrations and documents that count on the day `on`."""
    rows = list(Product.objects.filter(pk__in=product_ids).order_by("pk").values(*_OWN, *_TEXTS))
    around = _Around(rows, on, moment, fx)
    return [_seen(row, around) for row in rows]


class _Around:
    """What is known of the listings in other tables."""

    def __init__(self, rows: Sequence[Row], on: date, moment: datetime, fx: FxTable) -> None:
        keys = [row["id"] for row in rows]
        categories = {row["category_id"] for row in rows}
        sellers = {row["seller_id"] for row in rows}
        self.fx = fx
        self.variants = _grouped(
            Variant.objects.filter(product__in=keys, is_active=True)
            .order_by("product", "position", "pk")
            .values("id", "product_id", "sku", "price", "price_currency", "compare_at", "weight_grams")
        )
        self.lowest = lowest_before(keys, moment)
        self.usual = usual_prices(categories)
        self.facts = {row["product_id"]: row for row in _facts_of(keys)}
        self.documents = documents_of(keys)
        self.answers = _answers_of(keys)
        self.complaints = _complaints_about(keys)
        self.prefixes = _prefixes_of(categories)
        self.counting = registrations_that_count(sellers, on)
        self.lapsed = registrations_that_lapsed(sellers, on)


def _seen(row: Row, around: _Around) -> Seen:
    label = next(filter(None, (row[f"name_{suffix}"] for _code, suffix in _LANGUAGES)), row["handle"])
    is_on_offer = row["status"] == Product.Status.LIVE
    return Seen(row["id"], row["seller_id"], label, is_on_offer, _facts(row, label, around))


def _facts(row: Row, label: str, around: _Around) -> ListingFacts:
    known = around.facts.get(row["id"])
    variants = around.variants.get(row["id"], ())
    said: Row = known or {}
    return ListingFacts(
        sku=next((one["sku"] for one in variants if one["sku"]), row["handle"]),
        hs_code=row["hs_code"],
        origin=row["origin"],
        weight_grams=_weight(variants),
        lithium=row["lithium"],
        description=row["customs_description"] or label,
        traits=traits_of(row["hs_code"], known, lithium=row["lithium"]),
        registrations=around.counting.get(row["seller_id"], frozenset()),
        lapsed=around.lapsed.get(row["seller_id"], frozenset()),
        texts=_texts(row, around.answers.get(row["id"], {})),
        has_picture=bool(row["card_image"]),
        documents=around.documents.get(row["id"], frozenset()),
        expected_prefixes=around.prefixes.get(row["category_id"], frozenset()),
        prices=_prices(variants, around, around.usual.get(row["category_id"])),
        complaints=around.complaints.get(row["id"], 0),
        seller_country=row["seller__home_country"],
        seller_status=row["seller__status"],
        **(goods_facts(said) if known else {}),
    )


def goods_facts(said: Row) -> dict[str, Any]:
    """The fields of `ListingFacts` that follow from a row of `ProductFacts`."""
    edges = (said["length_mm"], said["width_mm"], said["height_mm"])
    return {
        "warnings": dict(_warnings(said)),
        "needs_no_warnings": said["has_no_warnings"],
        "materials": numbers_in(said["materials"]),
        "cites_species": said["cites_species"],
        "battery": said["battery"],
        "battery_watt_hours": said["battery_watt_hours"],
        "batteries": said["batteries"],
        "age_from": said["age_from"],
        "size_mm": None if None in edges else edges,
        "packaging_grams": numbers_in(said["packaging_grams"]),
        "energy_label": said["energy_label"],
        "model_identifier": said["model_identifier"],
        "manufacturer": Operator(*(said[f"manufacturer__{name}"] or "" for name in _SAID)),
        "responsible_person": Operator(*(said[f"responsible_person__{name}"] or "" for name in _SAID)),
    }


def _warnings(said: Row) -> Iterable[tuple[str, str]]:
    """The warnings that count, by language: those that the seller wrote, and translations that were reviewed."""
    counting = {said["product__source_language"], *said["reviewed"]}
    for code, suffix in _LANGUAGES:
        text = (said[f"warnings_{suffix}"] or "").strip()
        if text and code in counting:
            yield code, text


def facts_rows(product_ids: Collection[int]) -> dict[int, Row]:
    """The rows of `ProductFacts` as `goods_facts` and `traits_of` take them, by product. One query."""
    return {row["product_id"]: row for row in _facts_of(list(product_ids))}


def numbers_in(stated: Any) -> dict[str, Decimal]:
    """Names with their numbers as they are kept; what is no number is left out."""
    found = {}
    for name, value in stated.items() if isinstance(stated, Mapping) else ():
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            continue
        if number.is_finite():
            found[str(name)] = number
    return found


def _facts_of(keys: Sequence[int]) -> Iterable[Row]:
    operators = [f"{operator}__{name}" for operator in _OPERATORS for name in _SAID]
    reviewed = TextState.objects.filter(product=OuterRef("product"), field="warnings", state=TextState.State.REVIEWED)
    found = ProductFacts.objects.filter(product__in=keys).annotate(reviewed=ArraySubquery(reviewed.values("language")))
    rows: Iterable[Row] = found.values(
        "product_id", "product__source_language", "reviewed", *_FACTS, *operators
    )  # fmt: skip
    return rows


def documents_of(keys: Collection[int]) -> dict[int, frozenset[str]]:
    """The kinds of document behind each listing. One query."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    documents = ProductDocument.objects.filter(product__in=keys, document__deleted_at=None)
    for product_id, kind in documents.values_list("product_id", "document__kind"):
        found[product_id].add(kind)
    return {key: frozenset(kinds) for key, kinds in found.items()}


def _complaints_about(keys: Sequence[int]) -> dict[int, int]:
    """How many notices about somebody's rights wait for a decision."""
    open_ones = Notice.objects.filter(
        content_type=ContentType.objects.get_for_model(Product), object_id__in=[str(key) for key in keys],
        state=Notice.State.RECEIVED, ground=Notice.Ground.COUNTERFEIT,
    )  # fmt: skip
    return {int(key): count for key, count in open_ones.order_by().values_list("object_id").annotate(n=Count("pk"))}


def _prefixes_of(category_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """How the codes of goods of each category begin; empty where nobody knows."""
    paths = dict(Category.objects.filter(pk__in=category_ids).values_list("pk", "path"))
    above = {path[:end] for path in paths.values() for end in range(Category.steplen, len(path) + 1, Category.steplen)}
    slugs = dict(Category.objects.filter(path__in=above).values_list("path", "slug"))
    found = {}
    for key, path in paths.items():
        trail = [slugs[path[:end]] for end in range(len(path), 0, -Category.steplen)]
        found[key] = frozenset(expected_prefixes(trail))
    return found


def _weight(variants: Sequence[Row]) -> int | None:
    """The heaviest piece; None as long as that of one variant is not known."""
    weights = [one["weight_grams"] for one in variants]
    return max(weights) if weights and None not in weights else None


def _answers_of(keys: Sequence[int]) -> dict[int, Row]:
    """The answers to attributes, by product and by the code of the attribute."""
    return dict(ProductAttributes.objects.filter(pk__in=keys).values_list("pk", "given"))


def _texts(row: Row, answers: Row) -> dict[str, str]:
    """All that is said in each language: name, summary, description, and the answers that are texts."""
    found = {}
    for code, suffix in _LANGUAGES:
        said = [row[f"{field}_{suffix}"] or "" for field in ("name", "summary", "description")]
        said += [str(answer.get(code, "")) for answer in answers.values() if isinstance(answer, dict)]
        text = "\n".join(said).strip()
        if text:
            found[code] = text
    return found


def _prices(variants: Sequence[Row], around: _Around, usual: PriceRange | None) -> tuple[PriceFacts, ...]:
    """The prices of the variants, each different one once."""
    found: dict[PriceFacts, None] = {}
    for one in variants:
        currency = one["price_currency"]
        low = high = None
        if usual is not None:
            try:
                rate = around.fx.per_base(currency)
            except MissingRate:
                pass
            else:
                low, high = (round(amount * rate, 2) for amount in usual)
        lowest = around.lowest.get(one["id"])
        found[PriceFacts(currency, one["price"].normalize(), _plain(one["compare_at"]), lowest, low, high)] = None
    return tuple(found)


def _plain(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.normalize()


def _grouped(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["product_id"]].append(row)
    return dict(found)
