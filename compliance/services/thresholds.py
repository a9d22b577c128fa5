"""How sellers stand to thresholds is kept; who reaches one is flagged and told which data are needed by when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction

from accounts.models import Seller
from compliance import selectors
from compliance.models import SellerStanding
from compliance.services import letters, sanctions
from compliance.thresholds import Standing
from marketplace.kernel import clock


def note_standings(*, counted: Mapping[int, Sequence[Standing]], currencies: Mapping[str, str]) -> list[int]:
    """The rows say how each seller stands, by key; sellers with a change of what is reached are screened again.

    `currencies` are those of the thresholds by code. Rows of the same seller and code that are not in `counted` are left:
    a year that is over stays as it was counted last. Returns the keys of the sellers for whom something was reached or
    left. The same count twice changes nothing.
    """
    held = {
        (row.seller_id, row.code, row.period): row for row in SellerStanding.objects.filter(seller__in=list(counted))
    }
    changed = []
    for seller_id, standings in counted.items():
        if _note(seller_id, standings, held, currencies):
            changed.append(seller_id)
    if changed:
        sanctions.screen_sellers(seller_ids=changed)
    return changed


def forget_standings(
    *, besides: Collection[tuple[int, str, str]], codes: Iterable[str], periods: Collection[str]
) -> list[int]:
    """The rows of the thresholds and periods of a count that were not counted are gone: nothing is sold there any more.

    Returns the keys of the sellers who had reached one of them.
    """
    rows = SellerStanding.objects.filter(code__in=list(codes), period__in=periods)
    stale = [row for row in rows if (row.seller_id, row.code, row.period) not in besides]
    SellerStanding.objects.filter(pk__in=[row.pk for row in stale]).delete()
    left = sorted({row.seller_id for row in stale if row.reached_on is not None})
    if left:
        sanctions.screen_sellers(seller_ids=left)
    return left


def _note(
    seller_id: int,
    standings: Sequence[Standing],
    held: Mapping[tuple[int, str, str], SellerStanding],
    currencies: Mapping[str, str],
) -> bool:
    """Writes the rows of a seller and the letters; whether something was reached or left since the count before."""
    is_news = False
    with transaction.atomic():
        for each in standings:
            before = held.get((seller_id, each.code, each.period))
            SellerStanding.objects.update_or_create(
                seller_id=seller_id, code=each.code, period=each.period,
                defaults={
                    "sales": each.sales, "amount": each.amount, "currency": currencies[each.code],
                    "reached_on": each.reached_on, "due_on": each.due_on, "counted_at": clock.now(),
                },
            )  # fmt: skip
            was_reached = before is not None and before.reached_on is not None
            is_news |= was_reached != (each.reached_on is not None)
            if each.reached_on is not None and not was_reached:
                _tell(Seller.objects.get(pk=seller_id), each)
    return is_news


def _tell(seller: Seller, standing: Standing) -> None:
    """A letter to each member, once for a period; of any twelve months once for each day of reaching."""
    assert standing.reached_on is not None and standing.due_on is not None
    when = standing.period or standing.reached_on.isoformat()
    for member in selectors.members_of(seller):
        letters.post(
            key=f"threshold.{standing.code}.{when}.{seller.pk}.{member.pk}"[:120], kind="threshold_reached",
            to=member.email, language=member.language,
            params={"seller": seller.pk, "code": standing.code, "period": standing.period, "due": standing.due_on.isoformat()},
        )  # fmt: skip
