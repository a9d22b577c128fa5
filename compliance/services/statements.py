"""Statements of reasons (Regulation (EU) 2022/2065, article 17): made once when a restriction takes effect, and sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import CharField, Exists, Func, Model, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Seller, User
from compliance import selectors
from compliance.models import Flag, Notice, StatementOfReasons
from compliance.services import letters
from compliance.words.explain import finding_sentence
from compliance.words.statements import DECIDED
from marketplace.kernel.clock import now

LISTING: Final = ("catalog", "product")  # by its name alone: the catalogue stands above
_BATCH: Final = 500
Restriction = StatementOfReasons.Restriction


def state(
    flag: Flag, *, restriction: str = "", by_person: bool = False, reason: str = "", notice: Notice | None = None,
    is_sent: bool = True,
) -> StatementOfReasons | None:  # fmt: skip
    """The seller has a statement of the restriction that the flag brings, and a letter with it unless another says it.

    None when no statement is due: the flag holds no listing, belongs to no seller, or the restriction has been stated. A
    person's decision is always stated; where the restriction followed by itself before, it amends the statement of that.
    `restriction` is what the flag itself brings unless another is named, `reason` the officer's, that of the flag unless given.
    """
    if flag.seller is None or not (restriction or (selectors.holds(flag) and _is_on_listing(flag))):
        return None
    restriction = restriction or (Restriction.HELD if flag.countries else Restriction.REMOVED)
    if not by_person and _is_stated(flag, restriction):
        return None
    readers = selectors.members_of(flag.seller)
    statement = _made(flag, restriction, _language(readers), notice=notice, reason=reason or flag.reason)
    if by_person:
        statement.is_decided_by_person = True
        statement.amends = _of_the_check(flag) if restriction != Restriction.SUSPENDED else None
    statement.save()
    if is_sent:
        _send(flag.seller, readers, [statement])
    return statement


def state_apart(
    *, subject: Model, label: str, facts: str, ground: str, language: str, notice: Notice | None = None
) -> StatementOfReasons:
    """The statement of a decision on what belongs to no seller, such as a review: it is not shown any more.

    `facts` are in `language`. The caller tells the one concerned, who is named nowhere in it.
    """
    with override(language):
        ground = ground or _("The terms of this marketplace")
    return StatementOfReasons.objects.create(
        content_type=ContentType.objects.get_for_model(subject), object_id=str(subject.pk), subject_label=label[:200],
        restriction=Restriction.REMOVED, facts=facts, ground=ground[:400], is_automated=False, is_decided_by_person=True,
        notice=notice, language=language, at=now(),
    )  # fmt: skip


def _of_the_check(flag: Flag) -> StatementOfReasons | None:
    """The statement on what followed by itself, if no person has taken it up yet."""
    return flag.statements.filter(is_decided_by_person=False, amendment=None).order_by("-pk").first()


def state_new_restrictions() -> int:
    """Statements for the listings that screening holds and whose sellers have not been told why; the number made.

    A seller with many gets one letter. At most `_BATCH` at a time, the oldest first.
    """
    with transaction.atomic():
        flags = list(_unstated().select_for_update(of=("self",), skip_locked=True)[:_BATCH])
        by_seller: dict[Seller, list[Flag]] = {}
        for flag in flags:
            assert flag.seller is not None
            by_seller.setdefault(flag.seller, []).append(flag)
        for seller, theirs in by_seller.items():
            readers = selectors.members_of(seller)
            language = _language(readers)
            made = StatementOfReasons.objects.bulk_create(
                _made(flag, Restriction.HELD if flag.countries else Restriction.REMOVED, language) for flag in theirs
            )
            _send(seller, readers, made)
    return len(flags)


def _unstated() -> QuerySet[Flag]:
    """Flags that hold a listing somewhere where its seller has not been told of it."""
    told = StatementOfReasons.objects.filter(flag=OuterRef("pk")).exclude(restriction=Restriction.SUSPENDED)
    listed = Func(
        "countries", Value(" "), function="string_to_array", template="%(function)s(%(expressions)s)::varchar[]",
        output_field=ArrayField(CharField(max_length=2)),
    )  # fmt: skip
    covers = told.annotate(listed=listed).filter(
        Q(countries="") | (Q(listed__contains=OuterRef("countries")) & ~Q(flag__countries=[]))
    )
    app, model = LISTING
    return (
        selectors.holding_flags()
        .filter(content_type__app_label=app, content_type__model=model, seller__isnull=False)
        .exclude(Exists(covers))
        .select_related("seller", "content_type")
        .order_by("pk")
    )


def _is_on_listing(flag: Flag) -> bool:
    return (flag.content_type.app_label, flag.content_type.model) == LISTING


def _is_stated(flag: Flag, restriction: str) -> bool:
    """Whether a statement covers the countries of the flag; one for everywhere covers all."""
    made = StatementOfReasons.objects.filter(flag=flag)
    if restriction == Restriction.SUSPENDED:
        return made.filter(restriction=restriction).exists()
    listed = made.exclude(restriction=Restriction.SUSPENDED).values_list("countries", flat=True)
    return any(not text or (flag.countries and set(flag.countries) <= set(text.split())) for text in listed)


def _made(
    flag: Flag, restriction: str, language: str, *, notice: Notice | None = None, reason: str = ""
) -> StatementOfReasons:
    with override(language):
        facts = finding_sentence(flag.rule, flag.params)
        if reason and reason not in facts:
            facts = _("%(finding)s What the officer found: %(reason)s") % {"finding": facts, "reason": reason}
        ground = flag.legal_reference or _("The terms of this marketplace")
    return StatementOfReasons(
        flag=flag, restriction=restriction, facts=facts, ground=ground[:400], countries=" ".join(flag.countries),
        is_automated=flag.rule.partition(":")[0] not in DECIDED, notice=notice, language=language, at=now(),
    )  # fmt: skip


def _language(readers: Iterable[User]) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    return next((reader.language for reader in readers if reader.language in known), settings.LANGUAGE_CODE)


def _send(seller: Seller, readers: Iterable[User], made: list[StatementOfReasons]) -> None:
    keys = [statement.pk for statement in made]
    addresses = {reader.email: reader.language for reader in readers} or {seller.email: settings.LANGUAGE_CODE}
    for address, language in addresses.items():
        letters.post(
            key=f"statements.{keys[0]}.{address}"[:120], kind="statements", to=address, language=language,
            params={"statements": keys},
        )  # fmt: skip
