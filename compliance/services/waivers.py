"""Waivers that have run out: the flag stands again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from compliance import selectors
from compliance.deadlines import due_at
from compliance.models import Flag, FlagEvent
from compliance.services import letters
from compliance.services.steps import move
from marketplace.kernel.clock import now

_BATCH = 200


def end_waivers(on: date) -> int:
    """Flags whose waiver ended before the day `on` are open again; the number of them. Idempotent.

    Where the same fault has been raised anew meanwhile, that flag stands and this one is closed as mended.
    """
    with transaction.atomic():
        ended = Flag.objects.filter(status=Flag.Status.WAIVED, waived_until__lt=on).order_by("pk")
        flags = list(ended.select_for_update(of=("self",), skip_locked=True).select_related("seller")[:_BATCH])
        for flag in flags:
            _end(flag)
    return len(flags)


def _end(flag: Flag) -> None:
    moment = now()
    again = Flag.objects.filter(
        content_type=flag.content_type_id, object_id=flag.object_id, rule=flag.rule, status__in=Flag.LIVE
    )
    if again.exists():
        move(flag, FlagEvent.Kind.WAIVER_ENDED, None, status=Flag.Status.MENDED, waived_until=None, closed_at=moment)
        return
    move(
        flag, FlagEvent.Kind.WAIVER_ENDED, None, status=Flag.Status.OPEN, waived_until=None, officer=None, reason="",
        closed_at=None, due_at=due_at(flag.severity, moment),
    )  # fmt: skip
    if flag.seller is not None:
        for reader in selectors.members_of(flag.seller):
            letters.post(
                key=f"waiver.{flag.pk}.{moment:%Y%m%d%H%M%S}.{reader.pk}", kind="waiver_ended", to=reader.email,
                language=reader.language, params={"flag": flag.pk},
            )  # fmt: skip
