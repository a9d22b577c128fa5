"""Keeps what listings answer, and the filters that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import attribute_cells, attribute_values
from catalog.attribute_values import Asked
from catalog.models import Attribute, Product, ProductAttributes
from catalog.selectors.attributes import asked, asked_of
from marketplace.kernel.errors import Refused

_BATCH: Final = 1000


@transaction.atomic
def keep_answers(*, product: Product, typed: Mapping[str, Any]) -> bool:
    """The answers of `typed`, by the codes of the attributes, are the listing's; whether anything is new.

    What is asked of its category and not in `typed` stays; what is no longer asked of it goes. Raises `Refused` with the
    code of the attribute for its field: "not_asked", and those of `attribute_values.cleaned`.
    """
    questions = {one.code: one for one in asked_of(product.category)}
    for code in typed:
        if code not in questions:
            raise Refused(
                "not_asked", _("Goods of this category have no attribute “%(code)s”.") % {"code": code[:40]}, field=code
            )
    held = ProductAttributes.objects.select_for_update().filter(product=product).first()
    before = held.given if held else {}
    given = {}
    for code, one in questions.items():
        answer = _cleaned(one, typed[code]) if code in typed else before.get(code)
        if answer is not None:
            given[code] = answer
    tokens = sorted(
        {token for code, answer in given.items() for token in attribute_values.tokens(questions[code], answer)}
    )
    if (held.given, held.tokens) == (given, tokens) if held else not given:
        return False
    ProductAttributes.objects.update_or_create(product=product, defaults={"given": given, "tokens": tokens})
    return True


def _cleaned(one: Asked, typed: Any) -> Any:
    try:
        return attribute_values.cleaned(one, typed)
    except Refused as refusal:
        raise Refused(refusal.code, refusal.message, field=one.code) from None


def change_answers(*, changes: Mapping[int, Mapping[str, Any]], questions: Mapping[str, Asked]) -> None:
    """Listings, by their keys, answer what `changes` says, and otherwise what they did. Two queries, none for no changes.

    The answers are those of `attribute_cells.read` to the `questions`, by their codes. Call inside a transaction.
    """
    if not any(changes.values()):
        return
    locked = ProductAttributes.objects.select_for_update().filter(pk__in=list(changes)).order_by("pk")
    held = {row.pk: row for row in locked}
    rows = []
    for key, answers in sorted(changes.items()):
        before = held.get(key) or ProductAttributes(product_id=key)
        given = attribute_cells.merged(before.given, answers)
        others = [token for token in before.tokens if token.partition(":")[0] not in answers]
        own = [token for code in answers for token in attribute_values.tokens(questions[code], given.get(code))]
        tokens = sorted({*others, *own})
        if (given, tokens) != (before.given, before.tokens):
            rows.append(ProductAttributes(product_id=key, given=given, tokens=tokens))
    ProductAttributes.objects.bulk_create(
        rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["product"], update_fields=["given", "tokens"]
    )


def refresh_tokens(*, attribute: Attribute) -> int:
    """The filters of all listings that answer `attribute` follow what it is now; how many listings changed."""
    question = asked(attribute, {})
    rows = ProductAttributes.objects.order_by("pk")
    mine, changed, last = rows.filter(given__has_key=attribute.code), 0, 0
    while batch := list(mine.filter(pk__gt=last)[:_BATCH]):
        new = []
        for row in batch:
            others = [token for token in row.tokens if token.partition(":")[0] != attribute.code]
            tokens = sorted({*others, *attribute_values.tokens(question, row.given[attribute.code])})
            if tokens != row.tokens:
                row.tokens = tokens
                new.append(row)
        ProductAttributes.objects.bulk_update(new, ["tokens"])
        changed, last = changed + len(new), batch[-1].pk
    return changed
