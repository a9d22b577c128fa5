"""The translations of the demo count as reviewed, but for some that show what else becomes of them, and a glossary."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from accounts import demo_cast
from accounts.models import User
from catalog.models import GlossaryTerm, Product, TextState
from catalog.selectors.texts import digest
from marketplace.kernel import clock

DATA: Final = settings.BASE_DIR / "demo" / "data"
State = TextState.State
Key = tuple[int, str, str]
"""A text: the key of its listing, the language, the field."""


def write(folder: Path = DATA) -> None:
    """The states of the texts of the demo; needs its listings. The same files, the same rows."""
    told = json.loads((folder / "translations.json").read_text("utf-8"))
    files = (("facts.json", "products"), ("offers.json", "facts"))
    slugs = [slug for name, part in files for slug in json.loads((folder / name).read_text("utf-8"))[part]]
    listed = dict(Product.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    translator = User.objects.filter(email=f"translator@{demo_cast.DOMAIN}").first()
    drafts = {(listed[slug], language, field) for slug, language, field in told["unreviewed"]}
    with transaction.atomic():
        new = _review(listed.values(), drafts, translator)
        for slug, *text, was in told["outdated"]:
            if (listed[slug], *text) in new:
                _texts(listed[slug], *text).update(state=State.STALE, source_digest=digest(was))
        for slug, language, field, text, origin in told["proposals"]:
            if (listed[slug], language, field) in new:
                _texts(listed[slug], language, field).update(proposal=text, origin=origin, changed_at=clock.now())
    _glossary(folder / "glossary.csv")


def _review(listed: Any, drafts: set[Key], translator: User | None) -> set[Key]:
    """What the demo has just written counts as reviewed; which texts those are.

    What a seller of the demo writes, the demo writes over anyway; what a translator has reviewed stays as it is.
    """
    rows = TextState.objects.filter(product__in=list(listed), state=State.DRAFT, origin=TextState.Origin.SELLER)
    found = {(product, language, field): key
             for key, product, language, field in rows.values_list("pk", "product", "language", "field")}  # fmt: skip
    new = found.keys() - drafts
    TextState.objects.filter(pk__in=[found[text] for text in new]).update(
        state=State.REVIEWED, origin=TextState.Origin.PERSON, author=translator
    )
    return new


def _texts(product_id: int, language: str, field: str) -> Any:
    return TextState.objects.filter(product=product_id, language=language, field=field)


def _glossary(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        terms = [
            GlossaryTerm(term=row["term"], language=code, target=row[code], note=row["note"])
            for row in csv.DictReader(file)
            for code, _name in settings.LANGUAGES
            if code != settings.LANGUAGE_CODE
        ]
    GlossaryTerm.objects.bulk_create(terms, ignore_conflicts=True)
