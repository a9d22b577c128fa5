"""Writes translations: drafts that wait, texts that were reviewed, and what a machine proposes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from catalog.markup import clean_html, is_markup, paragraphs
from catalog.models import Option, OptionValue, Product, ProductFacts, ProductImage, TextState
from catalog.selectors.texts import Text, digest, texts_of
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.signs import printable, seen

Origin, State = TextState.Origin, TextState.State
REVIEW: Final = "catalog.review_texts"
_ROWS: Final[Mapping[str, tuple[type[Any], str, str]]] = {
    "option": (Option, "name", "product"), "choice": (OptionValue, "name", "option__product"),
    "picture": (ProductImage, "alt", "product"),
}  # fmt: skip
_TAG: Final = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_PLACEHOLDER: Final = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{\{?\s*[a-z_][a-z0-9_]*\s*\}?\}")


@dataclass(frozen=True, slots=True)
class Written:
    """A translation as somebody typed it, beside the digests of the source and of the translation that they saw.

    Without `seen_digest` they saw none.
    """

    text: str
    source_digest: str
    seen_digest: str = ""


@contextmanager
def texts_from(origin: str) -> Iterator[None]:
    """Texts written inside come from `origin`; needs a transaction, and holds until its end at the latest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sampan.text_origin', %s, true)", [origin])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sampan.text_origin', '', true)")


def check_language(product: Product, language: str) -> None:
    """Raises `Refused`: "unknown_language" for one that the shop does not have, "own_language" for the listing's own."""
    if language not in dict(settings.LANGUAGES):
        raise Refused("unknown_language", _("The shop has no texts in this language."), field="language")
    if language == product.source_language:
        message = _("The listing is written in this language, so there is nothing to translate.")
        raise Refused("own_language", message, field="language")


def save_texts(
    *, product: Product, language: str, texts: Mapping[str, Written], is_reviewed: bool, actor: User,
    origin: str = Origin.PERSON,
) -> int:  # fmt: skip
    """The translations are kept as drafts that no shopper sees, or are in the shop as reviewed; how many are new.

    A draft that is empty takes the proposal away; a reviewed text that is empty takes the translation out of the shop.
    A text that was left as it was seen stays what somebody else has made of it meanwhile. The caller refreshes what
    lists and search show of the listing. Raises `Refused` and writes nothing, `field` names the text: "may_not_review",
    "unknown_text", "source_changed", "changed_meanwhile", "too_long", and those of `check_language`.
    """
    if is_reviewed and not actor.has_perm(REVIEW):
        raise Refused("may_not_review", _("Only translators can mark texts as reviewed."))
    check_language(product, language)
    with transaction.atomic():
        _lock(product)
        known = {text.field: text for text in texts_of([product.pk], language)}
        wanted = {
            field: _checked(known, field, written)
            for field, written in texts.items()
            if not is_left_alone(known.get(field), written)
        }
        if is_reviewed:
            return _put_into_shop(product, language, known, wanted, actor, origin)
        return sum(_propose(known[field], language, text, actor, origin) for field, text in wanted.items())


def is_left_alone(text: Text | None, written: Written) -> bool:
    """Whether somebody else has changed a translation that the writer saw and left as it was."""
    if text is None or written.seen_digest in ("", digest(text.newest)):
        return False
    return digest(_tidy(text, written.text)) == written.seen_digest


def is_written_twice(text: Text, written: Written) -> bool:
    """Whether somebody else has written another translation since the writer saw it, who has changed it as well."""
    is_other = written.seen_digest not in ("", digest(text.newest)) and not is_left_alone(text, written)
    return is_other and _tidy(text, written.text) != text.newest


def propose(*, product: Product, language: str, texts: Mapping[str, Written], actor: User | None) -> int:
    """What a machine made of the texts waits for a person; how many do. A source that has changed since is left out.

    So is a text that a person or the seller has written or proposed meanwhile.
    """
    with transaction.atomic():
        _lock(product)
        known = {text.field: text for text in texts_of([product.pk], language)}
        done = 0
        for field, written in texts.items():
            now = known.get(field)
            if now is not None and now.digest == written.source_digest and wants_machine(now):
                done += _propose(now, language, _tidy(now, written.text), actor, Origin.MACHINE)
        return done


def wants_machine(text: Text) -> bool:
    """Whether a machine may propose something: nothing waits, and the text is missing or out of date."""
    return not text.proposal and text.state in (State.MISSING, State.STALE)


def mark_reviewed(*, product: Product, language: str, actor: User, fields: Mapping[str, str]) -> int:
    """The texts as they are count as reviewed; `fields` are their names with the digest of the source that was seen."""
    known = {text.field: text for text in texts_of([product.pk], language)}
    texts = {field: Written(known[field].newest, seen) for field, seen in fields.items() if field in known}
    return save_texts(product=product, language=language, texts=texts, is_reviewed=True, actor=actor)


def broken_codes(source: str, target: str) -> str:
    """The first tag or placeholder of the source that is missing or too many in the target; "" for none."""
    for pattern in (_TAG, _PLACEHOLDER):
        before, after = ([_plain_tag(found) for found in pattern.finditer(text)] for text in (source, target))
        for code in dict.fromkeys([*before, *after]):
            if before.count(code) != after.count(code):
                return code
    return ""


def _plain_tag(found: re.Match[str]) -> str:
    text = found.group()
    return f"<{'/' if text.startswith('</') else ''}{found.group(1).lower()}>" if text.startswith("<") else text


# Inside a transaction -----------------------------------------------------------------------------------------


def _lock(product: Product) -> None:
    """Nobody else changes the texts of the listing until the end of the transaction."""
    locked = (
        Product.objects.filter(pk=product.pk), Option.objects.filter(product=product),
        OptionValue.objects.filter(option__product=product), ProductImage.objects.filter(product=product),
        ProductFacts.objects.filter(product=product), TextState.objects.filter(product=product),
    )  # fmt: skip
    for rows in locked:
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _checked(known: Mapping[str, Text], field: str, written: Written) -> str:
    text = known.get(field)
    if text is None:
        raise Refused("unknown_text", _("The listing has no such text any more."), field=field)
    if written.source_digest != text.digest:
        message = _("The text that you translated has changed meanwhile. Look at it again, then save.")
        raise Refused("source_changed", message, field=field)
    tidy = _tidy(text, written.text)
    if is_written_twice(text, written):
        message = _("Somebody else has written “%(text)s” meanwhile. If yours is to stay, save it again.")
        raise Refused("changed_meanwhile", message % {"text": Truncator(text.newest).chars(160)}, field=field)
    if text.limit and len(tidy) > text.limit:
        message = ngettext_lazy(
            "This text may have %(most)d character at most.", "This text may have %(most)d characters at most.", "most"
        )
        raise Refused("too_long", message % {"most": text.limit}, field=field)
    return tidy


def _tidy(text: Text, typed: str) -> str:
    """What is kept of a typed text: harmless HTML for a description, one line for a name."""
    typed = printable(typed.replace("\r\n", "\n")).strip()
    if text.is_markup:
        return clean_html(typed) if is_markup(typed) else paragraphs(typed)
    return typed if text.is_safety else " ".join(seen(typed).split())


def _propose(text: Text, language: str, proposal: str, actor: User | None, origin: str) -> int:
    """The proposal waits beside the text; whether it is another one than before."""
    if proposal == text.newest or (not proposal and not text.proposal):
        return 0
    if proposal == text.target:
        proposal = ""  # back to what is in the shop
    rows = TextState.objects.filter(product=text.product_id, field=text.field, language=language)
    if not proposal and not text.target:
        rows.delete()
        return 1
    values: dict[str, Any] = {"proposal": proposal, "origin": origin, "author": actor, "changed_at": clock.now()}
    if not text.target:
        values |= {"state": State.DRAFT, "source_digest": text.digest}
    if not rows.update(**values):
        TextState.objects.create(product_id=text.product_id, field=text.field, language=language, **values)
    return 1


def _put_into_shop(
    product: Product, language: str, known: Mapping[str, Text], wanted: Mapping[str, str], actor: User, origin: str
) -> int:
    new = 0
    own: dict[str, dict[str, str]] = {"product": {}, "facts": {}}
    for field, text in wanted.items():
        is_other = text != known[field].target
        new += is_other or known[field].state != State.REVIEWED
        if is_other and "-" in field:
            _write_row(product, field, language, text)
        elif is_other:
            own["facts" if known[field].is_safety else "product"][f"{field}_{language.replace('-', '_')}"] = text
    for rows, values in ((Product.objects.filter(pk=product.pk), own["product"]),
                         (ProductFacts.objects.filter(product=product), own["facts"])):  # fmt: skip
        if values:
            rows.update(**values)
    for field, text in wanted.items():
        rows_ = TextState.objects.filter(product=product, field=field, language=language)
        if text:
            said: dict[str, Any] = {
                "state": State.REVIEWED, "proposal": "", "origin": origin, "author": actor, "changed_at": clock.now(),
                "source_digest": known[field].digest,
            }  # fmt: skip
            same = rows_.filter(state=State.REVIEWED, proposal="", source_digest=known[field].digest)
            if not same.exists() and not rows_.update(**said):
                TextState.objects.create(product_id=product.pk, field=field, language=language, **said)
        else:
            rows_.delete()
    return new


def _write_row(product: Product, field: str, language: str, text: str) -> None:
    kind, _dash, key = field.partition("-")
    model, column, path = _ROWS[kind]
    model._default_manager.filter(**{path: product, "pk": key}).update(
        **{f"{column}_{language.replace('-', '_')}": text}
    )
