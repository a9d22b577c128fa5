"""Notices of illegal content (Regulation (EU) 2022/2065, article 16): taken in, decided, answered."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller, User
from compliance import selectors
from compliance.deadlines import notice_due_at
from compliance.models import Flag, FlagEvent, Notice, TrustedFlagger
from compliance.screening import BLOCK, Finding
from compliance.services import letters, statements
from compliance.services.findings import record_findings
from compliance.services.steps import given, move
from compliance.words.notices import standard_answer
from compliance.words.statements import NOTICE_UPHELD
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused

CHECK: Final = NOTICE_UPHELD
GROUND: Final = "Regulation (EU) 2022/2065, article 16"
LONGEST: Final = 5000


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What somebody says of a listing. `country`: whose law is broken, "" when it is not said."""

    ground: str
    explanation: str
    country: str = ""
    name: str = ""
    email: str = ""
    is_in_good_faith: bool = False
    flagger_code: str = ""


# Taken in ---------------------------------------------------------------------------------------------------


def take_in_notice(
    *,
    subject: models.Model,
    label: str,
    address: str,
    seller: Seller | None,
    report: NoticeFacts,
    form_key: UUID | None = None,
) -> Notice:
    """The notice waits for a decision, and its receipt is confirmed by mail where there is an address.

    The same form sent twice makes one notice. Raises `Refused`: "explanation_missing", "explanation_too_long",
    "not_in_good_faith", "flagger_unknown".
    """
    flagger = _checked(report)
    if form_key is not None and (earlier := Notice.objects.filter(form_key=form_key).first()):
        return earlier
    received = now()
    sender = str(flagger.kind) if flagger else "public"
    notice = Notice(
        token=secrets.token_urlsafe(24), subject=subject, subject_label=label[:200], address=address[:400],
        seller=seller, ground=report.ground, explanation=report.explanation.strip(), country=report.country,
        reporter_name=report.name.strip() or (flagger.name[:150] if flagger else ""),
        reporter_email=report.email.strip() or (flagger.email if flagger else ""), language=get_language() or "en",
        is_in_good_faith=report.is_in_good_faith, is_trusted=flagger is not None, flagger=flagger, form_key=form_key,
        received_at=received, due_at=notice_due_at(sender, received),
    )  # fmt: skip
    with transaction.atomic():
        notice = _numbered(notice)
        letters.post(
            key=f"notice.{notice.pk}.received", kind="notice_received", to=notice.reporter_email,
            language=notice.language, params={"notice": notice.pk},
        )  # fmt: skip
        if flagger is not None:
            for officer in selectors.officers():
                letters.post(
                    key=f"notice.{notice.pk}.{officer.pk}", kind="order_received", to=officer.email,
                    language=officer.language, params={"notice": notice.pk},
                )  # fmt: skip
    return notice


def _checked(report: NoticeFacts) -> TrustedFlagger | None:
    if not report.explanation.strip():
        raise Refused("explanation_missing", _("Say what is wrong and why."), field="explanation")
    if len(report.explanation) > LONGEST:
        message = _("Please say it in at most %(count)s characters.") % {"count": LONGEST}
        raise Refused("explanation_too_long", message, field="explanation")
    if not report.is_in_good_faith:
        asked = _("Please confirm that what you say is accurate and complete as far as you know.")
        raise Refused("not_in_good_faith", asked, field="is_in_good_faith")
    if not report.flagger_code.strip():
        return None
    flagger = TrustedFlagger.objects.filter(digest=digest_of(report.flagger_code), is_active=True).first()
    if flagger is None:
        raise Refused("flagger_unknown", _("This code is not known to us."), field="flagger_code")
    return flagger


def _numbered(notice: Notice) -> Notice:
    """The saved notice with a number of its own, which says nothing about how many there are."""
    for _count in range(20):
        notice.number = f"N-{notice.received_at:%y}-{secrets.randbelow(900_000) + 100_000}"
        try:
            with transaction.atomic():
                notice.save()
        except IntegrityError:
            if notice.form_key and (twin := Notice.objects.filter(form_key=notice.form_key).first()):
                return twin
        else:
            return notice
    raise RuntimeError("no free number for a notice")


# Decided ----------------------------------------------------------------------------------------------------


def act_on_notice(
    *, notice: Notice, actor: User, words: str, countries: Sequence[str], facts: str, law: str = ""
) -> Notice:
    """The listing is held in the countries, everywhere when none is named; seller and reporter are told why.

    `words` are the officer's own, added for the reporter to a sentence in their language; `facts` are what the seller
    reads, `law` is the ground that they are told, that of the notice unless it is given.
    Raises `Refused`: "not_allowed", "facts_missing", "notice_over", "subject_gone".
    """
    with transaction.atomic():
        notice = _locked(notice, actor)
        if not facts.strip():
            raise Refused("facts_missing", _("Say what was found: the seller reads it."), field="facts")
        subject = notice.subject
        if subject is None:
            raise Refused("subject_gone", _("What was reported is not there any more."))
        if (notice.content_type.app_label, notice.content_type.model) != statements.LISTING:
            countries = ()  # a listing alone is held in single countries
        finding = Finding(
            CHECK, BLOCK, {"facts": facts.strip()}, law.strip() or _law(notice), notice.number,
            tuple(sorted(set(countries))),
        )  # fmt: skip
        flag = _raise(notice, subject, actor, finding)
        _decide(notice, actor, Notice.State.ACTED_ON, words, flag)
        statements.state(flag, by_person=True, notice=notice)
        return notice


def reject_notice(*, notice: Notice, actor: User, words: str) -> Notice:
    """Nothing happens to the listing, and the reporter is told why.

    Raises `Refused`: "not_allowed", "reason_missing", "notice_over".
    """
    with transaction.atomic():
        notice = _locked(notice, actor)
        given(words)
        _decide(notice, actor, Notice.State.REJECTED, words, None)
        return notice


def _locked(notice: Notice, actor: User) -> Notice:
    if not (selectors.may_review(actor) and actor.has_perm("compliance.decide_notices")):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    notice = Notice.objects.select_for_update(of=("self",)).select_related("seller", "content_type").get(pk=notice.pk)
    if notice.state != Notice.State.RECEIVED:
        raise Refused("notice_over", _("This notice has been decided meanwhile."))
    return notice


def _raise(notice: Notice, subject: models.Model, actor: User, finding: Finding) -> Flag:
    """The upheld flag of the notice; other flags on the listing stay as they are."""
    flags = record_findings(
        subject=subject, findings=[finding], actor=actor, seller=notice.seller, label=notice.subject_label,
        checks=(),
    )  # fmt: skip
    flag = next(flag for flag in flags if flag.rule == f"{CHECK}:{notice.number}")
    facts = finding.params["facts"]
    return move(
        flag, FlagEvent.Kind.UPHELD, actor, facts,
        status=Flag.Status.UPHELD, reason=facts, officer=actor, closed_at=now(),
    )  # fmt: skip


def _law(notice: Notice) -> str:
    with override("en"):
        return f"{GROUND}: {notice.get_ground_display()}"


def _decide(notice: Notice, actor: User, state: Notice.State, words: str, flag: Flag | None) -> None:
    with override(notice.language):
        answer = "\n\n".join(filter(None, [standard_answer(state, flag.countries if flag else ()), words.strip()]))
    notice.state, notice.decided_by, notice.decided_at, notice.answer = state, actor, now(), answer
    notice.flag = flag
    notice.save(update_fields=["state", "decided_by", "decided_at", "answer", "flag"])
    letters.post(
        key=f"notice.{notice.pk}.decided", kind="notice_decided", to=notice.reporter_email, language=notice.language,
        params={"notice": notice.pk},
    )  # fmt: skip


# Trusted flaggers -------------------------------------------------------------------------------------------


def new_code(flagger: TrustedFlagger) -> str:
    """A new code for an authority or trusted flagger, told once; earlier ones no longer hold. The row is not saved."""
    code = secrets.token_urlsafe(18)
    flagger.digest = digest_of(code)
    return code


def digest_of(code: str) -> str:
    """What is kept of a code: it has 144 random bits, so a plain digest gives nothing away."""
    return hashlib.sha256(code.strip().encode()).hexdigest()
