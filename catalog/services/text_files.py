"""Takes in the texts of a translator's file: each is checked by itself, and what does not fit is left out with the reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.feeds.texts import SentText
from catalog.models import Product
from catalog.selectors.texts import Text, texts_of
from catalog.services import translating
from catalog.services.translating import Written
from marketplace.kernel.errors import Refused
from marketplace.kernel.signs import printable


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A text that was not taken: its line or place in the file, its name, and a sentence."""

    line: int
    name: str
    reason: str


@dataclass(slots=True)
class Taken:
    """What became of a file. `changed` are the listings that have a new text."""

    new: int = 0
    same: int = 0
    empty: int = 0
    changed: list[int] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def take_in(*, texts: list[SentText], listings: QuerySet[Any], is_reviewed: bool, actor: User) -> Taken:
    """The translations are drafts, or in the shop as reviewed. `listings` are those that the actor may change.

    Empty translations are passed over. Raises `Refused("may_not_review")` and writes nothing.
    """
    if is_reviewed and not actor.has_perm(translating.REVIEW):
        raise Refused("may_not_review", _("Only translators can mark texts as reviewed."), field="is_reviewed")
    taken = Taken()
    keys = {int(key) for one in texts if (key := one.name.partition(":")[0]).isdecimal() and len(key) < 19}
    products = {
        product.pk: product for product in Product.objects.filter(pk__in=listings.filter(pk__in=keys).values("pk"))
    }
    groups: defaultdict[tuple[int, str], list[SentText]] = defaultdict(list)
    for one in texts:
        key = one.name.partition(":")[0]
        if one.language not in dict(settings.LANGUAGES):
            taken.left_out.append(LeftOut(one.line, one.name, _("The shop has no texts in this language.")))
        elif not key.isdecimal() or len(key) > 18 or int(key) not in products:
            taken.left_out.append(LeftOut(one.line, one.name, _("There is no such text among your listings.")))
        elif not one.target.strip():
            taken.empty += 1
        else:
            groups[int(key), one.language].append(one)
    for (key_, language), some in sorted(groups.items()):
        _take(products[key_], language, some, is_reviewed, actor, taken)
    taken.left_out.sort(key=lambda each: each.line)
    return taken


def _take(
    product: Product, language: str, some: list[SentText], is_reviewed: bool, actor: User, taken: Taken
) -> None:  # fmt: skip
    known = {text.field: text for text in texts_of([product.pk], language)}
    fitting: dict[str, SentText] = {}
    for one in some:
        name = one.name.partition(":")[2]
        if reason := _fault(known.get(name), one):
            taken.left_out.append(LeftOut(one.line, one.name, reason))
        elif translating.is_left_alone(known[name], Written(one.target, known[name].digest, one.seen)):
            taken.same += 1
        else:
            fitting[name] = one
    texts = {name: Written(one.target, known[name].digest) for name, one in fitting.items()}
    try:
        new = translating.save_texts(
            product=product, language=language, texts=texts, is_reviewed=is_reviewed, actor=actor,
            origin=translating.Origin.IMPORT,
        )  # fmt: skip
    except Refused as refusal:
        taken.left_out += [LeftOut(one.line, one.name, str(refusal.message)) for one in fitting.values()]
        return
    taken.new += new
    taken.same += len(texts) - new
    if new:
        taken.changed.append(product.pk)


def _fault(text: Text | None, one: SentText) -> str:
    """Why a text can't be taken; "" when it can."""
    if text is None:
        return _("There is no such text among your listings.")
    if _squeezed(one.source) != _squeezed(text.source):
        return _("The text that was translated has changed since. Please take a new file home.")
    if translating.is_written_twice(text, Written(one.target, text.digest, one.seen)):
        return _("Somebody else has translated this text since. Please take a new file home.")
    if code := translating.broken_codes(text.source, one.target):
        return _("The tag or placeholder %(code)s has to stay, as often as in the source.") % {"code": code}
    if text.limit and len(one.target.strip()) > text.limit:
        return _("The text may have %(most)s characters at most.") % {"most": text.limit}
    return ""


def _squeezed(text: str) -> str:
    return " ".join(printable(text).split())
