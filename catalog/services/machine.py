"""Has a machine propose translations: one row for each listing and language, taken by one worker at a time.

What the machine made waits as a proposal until a person approves it, texts for safety too. No row is held by a
transaction while the machine is asked; a row whose worker died is taken up again, and one done twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from catalog.models import Product, TranslationJob
from catalog.providers import Translator, translator
from catalog.selectors.texts import Text, texts_of
from catalog.services import translating
from catalog.services.translating import Written
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable

log = structlog.get_logger(__name__)
State = TranslationJob.State
MOST_LISTINGS: Final = 1000
MOST_A_DAY: Final = 2000  # of one seller, in one language or several: a machine is paid for what it reads
MOST_AT_ONCE: Final = 20
MOST_ATTEMPTS: Final = 10
LEFT_OUT: Final = gettext_noop("Some texts were left out, because their tags were not kept or they were too long.")
LEASE: Final = timedelta(minutes=5)  # longer than the longest answer


def order(*, product_ids: Sequence[int], language: str, actor: User) -> int:
    """The listings wait for the machine; how many new ones. A worker takes them up.

    Raises `Refused`: "no_machine" when none is configured, "too_many", "too_many_today" for a seller.
    """
    if translator() is None:
        raise Refused("no_machine", _("No machine for translations is set up."))
    if len(product_ids) > MOST_LISTINGS:
        raise Refused("too_many", _("Choose %(most)s listings at most.") % {"most": MOST_LISTINGS})
    keys = Product.objects.filter(pk__in=product_ids).exclude(source_language=language).values_list("pk", flat=True)
    open_ = set(TranslationJob.objects.filter(language=language, state=State.QUEUED).values_list("product", flat=True))
    rows = [TranslationJob(product_id=key, language=language, asked_by=actor) for key in keys if key not in open_]
    _refuse_beyond_the_day(rows, actor)
    TranslationJob.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _refuse_beyond_the_day(rows: Sequence[TranslationJob], actor: User) -> None:
    if not actor.seller_ids:
        return
    since = clock.now() - timedelta(days=1)
    asked = TranslationJob.objects.filter(product__seller__in=actor.seller_ids, created_at__gte=since).count()
    if asked + len(rows) > MOST_A_DAY:
        message = _("A machine translates at most %(most)s listings for you in a day.")
        raise Refused("too_many_today", message % {"most": MOST_A_DAY})


def work_on_due() -> int:
    """Has the listings that are due translated, some dozens at most; how many were asked for.

    Refuses to run inside a transaction.
    """
    with transaction.atomic(durable=True):
        pass  # raises RuntimeError inside a transaction, which no call to the outside may hold open
    machine, asked = translator(), 0
    while machine is not None and asked < MOST_AT_ONCE:
        job = _take(clock.now())
        if job is None:
            break
        asked += 1
        try:
            _settle(job, *_translated(machine, job))
        except (Unavailable, Refused) as error:
            _put_off(job, error)
            if isinstance(error, Unavailable):
                break
    return asked


def _take(moment: datetime) -> TranslationJob | None:
    free = Q(lease_until=None) | Q(lease_until__lte=moment)
    due = TranslationJob.objects.filter(free, state=State.QUEUED, due_at__lte=moment).select_related("product")
    with transaction.atomic():
        job = due.select_for_update(of=("self",), skip_locked=True).order_by("due_at", "pk").first()
        if job is not None:
            job.lease_until = moment + LEASE
            TranslationJob.objects.filter(pk=job.pk).update(lease_until=job.lease_until, attempts=F("attempts") + 1)
            job.attempts += 1
    return job


def _translated(machine: Translator, job: TranslationJob) -> tuple[dict[str, Written], int]:
    """What the machine makes of the texts that lack something, and how many of its answers had broken tags."""
    wanted = [text for text in texts_of([job.product_id], job.language) if translating.wants_machine(text)]
    found: dict[str, Written] = {}
    broken = 0
    for is_markup in (False, True):
        some = [text for text in wanted if text.is_markup is is_markup]
        answers = _asked(machine, job, some, is_markup) if some else []
        for text, answer in zip(some, answers, strict=True):
            is_whole = answer.strip() and not translating.broken_codes(text.source, answer)
            if is_whole and (not text.limit or len(answer) <= text.limit):
                found[text.field] = Written(answer, text.digest)
            else:
                broken += 1
    return found, broken


def _asked(machine: Translator, job: TranslationJob, some: Sequence[Text], is_markup: bool) -> list[str]:
    sources = [text.source for text in some]
    return machine.translate(sources, source=job.product.source_language, target=job.language, is_markup=is_markup)


def _settle(job: TranslationJob, found: dict[str, Written], broken: int) -> None:
    """The proposals wait and the row is done, unless somebody else has taken it meanwhile."""
    with transaction.atomic():
        ours = TranslationJob.objects.select_for_update().filter(pk=job.pk, lease_until=job.lease_until)
        if not ours.exists():
            return
        done = translating.propose(product=job.product, language=job.language, texts=found, actor=job.asked_by)
        said = LEFT_OUT if broken else ""
        ours.update(state=State.DONE, texts=done, lease_until=None, last_error=said)


def _put_off(job: TranslationJob, error: Unavailable | Refused) -> None:
    """Tries again after a growing pause; what the machine refuses, or never answers, is given up."""
    is_final = isinstance(error, Refused) or job.attempts >= MOST_ATTEMPTS
    due_at = clock.now() + timedelta(minutes=2 ** min(job.attempts - 1, 8))
    TranslationJob.objects.filter(pk=job.pk, lease_until=job.lease_until).update(
        state=State.FAILED if is_final else State.QUEUED, due_at=due_at, lease_until=None, last_error=str(error)[:300]
    )
    log.warning("translation by machine failed", job=job.pk, attempts=job.attempts, is_final=is_final)
