"""Lists of sanctions are loaded, and everybody who sells is looked up in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from accounts.models import Seller, User
from compliance import screening, selectors
from compliance.models import Flag, SanctionedName, SanctionedParty, SanctionsLoad, SellerVerification
from compliance.recipients import hit_of
from compliance.selectors.sellers import seller_facts
from compliance.services.findings import record_findings
from compliance.traders import sanction_files
from compliance.traders.names import fold
from compliance.traders.sanction_files import Entry
from marketplace.kernel import clock
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.errors import Refused

_LOCK: Final = 7_205_006
_BATCH: Final = 200
_LEFT_AT_LEAST: Final = 0.8
_FACTS: Final = ("kind", "name", "aliases", "countries", "birth_date", "listed_on", "source")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: counts of entries, and what of the file was not taken as (line, reference, reason)."""

    parties: int
    added: int
    changed: int
    removed: int
    unchanged: int
    refused: tuple[tuple[int, str, str], ...]


# Loading ----------------------------------------------------------------------------------------------------


def load_list(
    *, name: str, layout: str, text: str, others: str = "", file_name: str = "", may_shrink: bool = False
) -> Loaded:
    """The list `name` holds what the file says and nothing else; the same file again changes nothing.

    `layout` is a key of `sanction_files.LAYOUTS`. Raises `Refused`: "list_unreadable"; "list_empty"; "list_shrinks" for a
    file with a fifth less than the list, which is more often a broken download than a better world, unless `may_shrink`.
    """
    try:
        reading = sanction_files.LAYOUTS[layout](text, others)
    except ValueError as error:
        raise Refused("list_unreadable", str(error)) from error
    source = sanction_files.DEFAULT_SOURCES.get(layout, file_name)
    wanted = {entry.reference: entry for entry in sanction_files.with_source(reading.entries, source)}
    if not wanted:
        raise Refused("list_empty", "No entry of the file can be used. Nothing was changed.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        held = {party.reference: party for party in SanctionedParty.objects.filter(list_name=name)}
        gone = [party.pk for reference, party in held.items() if reference not in wanted]
        if not may_shrink and len(held) - len(gone) < _LEFT_AT_LEAST * len(held):
            message = (
                f"{len(gone)} of {len(held)} entries would go. Nothing was changed; say --may-shrink if it is right."
            )
            raise Refused("list_shrinks", message)
        added = [entry for reference, entry in wanted.items() if reference not in held]
        changed = [(held[key], entry) for key, entry in wanted.items() if key in held and _differs(held[key], entry)]
        _write(name, added, changed)
        SanctionedParty.objects.filter(pk__in=gone).delete()
        counts = {"parties": len(wanted), "added": len(added), "changed": len(changed), "removed": len(gone)}
        digest = hashlib.sha256(f"{text}\0{others}".encode()).hexdigest()
        SanctionsLoad.objects.create(
            list_name=name, file_name=file_name[:200], digest=digest, refused=len(reading.refused), at=clock.now(),
            **counts,
        )  # fmt: skip
    return Loaded(unchanged=len(wanted) - len(added) - len(changed), refused=reading.refused, **counts)


def _facts(entry: Entry) -> dict[str, object]:
    values = {name: getattr(entry, name) for name in _FACTS}
    return values | {"aliases": list(entry.aliases), "countries": list(entry.countries), "source": entry.source[:400]}


def _differs(party: SanctionedParty, entry: Entry) -> bool:
    return any(getattr(party, name) != value for name, value in _facts(entry).items())


def _write(name: str, added: Sequence[Entry], changed: Sequence[tuple[SanctionedParty, Entry]]) -> None:
    made = SanctionedParty.objects.bulk_create(
        [SanctionedParty(list_name=name, reference=entry.reference, **_facts(entry)) for entry in added], batch_size=500
    )
    for party, entry in changed:
        for field, value in _facts(entry).items():
            setattr(party, field, value)
    SanctionedParty.objects.bulk_update([party for party, _entry in changed], _FACTS, batch_size=500)
    SanctionedName.objects.filter(party__in=[party.pk for party, _entry in changed]).delete()
    names = [
        SanctionedName(party=party, name=each, folded=fold(each))
        for party in (*made, *(party for party, _entry in changed))
        for each in dict.fromkeys((party.name, *party.aliases))
        if fold(each)
    ]
    SanctionedName.objects.bulk_create(names, batch_size=1000)


# Screening --------------------------------------------------------------------------------------------------


def keep_recipient(*, parties: Iterable[screening.PartyFacts], address: PostalAddress) -> None:
    """The desk has a flag for each entry of a list that one who should receive at the address is like; the same one twice
    leaves one.

    It stands on the entry, for there is no order. Two officers may let it go, and then it holds for this name at this
    address: see `selectors.recipient_matches`.
    """
    for party in parties:
        for match in party.matches:
            entry = SanctionedParty.objects.filter(list_name=match[0], reference=match[1]).first()
            if entry is not None:
                label = ", ".join(filter(None, (party.name, address.city, address.country_code)))
                record_findings(
                    subject=entry, findings=[hit_of(party.name, match, address)], label=label, checks=(),
                    evidence={"address": {name: text for name, text in address.as_dict().items() if text}},
                )  # fmt: skip


def screen_seller(*, seller: Seller, actor: User | None = None) -> list[Flag]:
    """The flags that stand on the seller now that papers and names were looked at; see `screen_sellers`."""
    screen_sellers(seller_ids=[seller.pk], actor=actor)
    return list(selectors.open_flags_on(seller))


def screen_sellers(*, seller_ids: Iterable[int] | None = None, actor: User | None = None) -> int:
    """Every seller, or those named, is looked at by the checks on sellers; the number of those whose holds changed.

    Sellers who were refused are left out. Each seller is a transaction of its own.
    """
    rows = Seller.objects.exclude(status=Seller.Status.REFUSED).order_by("pk")
    if seller_ids is not None:
        rows = rows.filter(pk__in=list(seller_ids))
    keys, changed = list(rows.values_list("pk", flat=True)), 0
    for start in range(0, len(keys), _BATCH):
        sellers = list(Seller.objects.filter(pk__in=keys[start : start + _BATCH]).order_by("pk"))
        facts = seller_facts(sellers)
        changed += sum(_screen(seller, facts[seller.pk], actor) for seller in sellers)
    return changed


def _screen(seller: Seller, facts: screening.SellerFacts, actor: User | None) -> bool:
    """Whether what holds the seller has changed; `record_findings` then has the listings looked at again.

    When it was looked at is written on the papers after that, and not within it: a decision locks the papers first and
    then looks at the flags, and the two would wait for each other.
    """
    rule_book = selectors.rule_book(clock.today())
    with transaction.atomic():
        held = list(selectors.holding_flags(subject=seller))
        before, is_listed = {flag.pk for flag in held}, not all(map(selectors.ends_by_itself, held))
        names = [f"{party.name} ({party.country})" for party in facts.parties]
        record_findings(
            subject=seller, findings=screening.screen(facts, rule_book), actor=actor, seller=seller, label=seller.name,
            checks=screening.checks_for(screening.SellerFacts),
            evidence={"parties": names} if is_listed else {},
        )  # fmt: skip
        after = set(selectors.holding_flags(subject=seller).values_list("pk", flat=True))
    SellerVerification.objects.filter(seller=seller).update(names_screened_at=clock.now())
    return before != after
