"""Officers ask, sellers answer: the messages on a flag."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from compliance import selectors
from compliance.models import EvidenceDocument, Flag, FlagEvent, FlagMessage
from compliance.services import documents, letters
from compliance.services.steps import locked_row, move, record, to_decide
from compliance.words.questions import QUESTIONS, question_text
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused

LONGEST_MESSAGE: Final = 4000


def ask_seller(*, flag: Flag, actor: User, template: str = "", words: str = "") -> FlagMessage:
    """The seller is asked and gets a letter; the flag waits for the answer and stays with the officer.

    `template` is a key of `QUESTIONS`, put into the language of the seller; `words` are the officer's own. Raises
    `Refused`: "message_missing", "message_too_long", "no_seller", and what `steps.to_decide` refuses.
    """
    with transaction.atomic():
        if template and template not in QUESTIONS:
            raise Refused("template_unknown", _("Choose one of the questions."), field="template")
        if not template and not words.strip():
            raise Refused("message_missing", _("Choose a question, or write one."), field="words")
        refuse_long(words)
        flag = to_decide(flag, actor, "asked")
        if flag.seller is None:
            raise Refused("no_seller", _("This flag stands on nothing of a seller."))
        readers = selectors.members_of(flag.seller)
        language = readers[0].language if readers else settings.LANGUAGE_CODE
        with override(language):
            body = question_text(template, words)
        message = FlagMessage.objects.create(
            flag=flag, side=FlagMessage.Side.OFFICER, author=actor, template=template, language=language, body=body,
            at=now(),
        )  # fmt: skip
        move(flag, FlagEvent.Kind.ASKED, actor, status=Flag.Status.ASKED, officer=actor)
        for reader in readers:
            letters.post(
                key=f"asked.{message.pk}.{reader.pk}", kind="flag_asked", to=reader.email, language=reader.language,
                params={"message": message.pk},
            )  # fmt: skip
        return message


def answer_flag(*, flag: Flag, actor: User, words: str, upload: Any = None) -> FlagMessage:
    """The seller's answer stands on the flag, with a document if there is one; who asked gets a letter.

    A flag that waited for it goes back to the officer who asked. A seller may also write without being asked, as long
    as the flag stands. Raises `Refused`: "not_allowed", "message_missing", "message_too_long", "flag_not_open", and
    what `documents.keep_document` refuses.
    """
    refuse_stranger(flag, actor)
    if not words.strip():
        raise Refused("message_missing", _("Write an answer."), field="words")
    refuse_long(words)
    _refuse_closed(Flag.objects.get(pk=flag.pk))
    document = kept(flag, actor, upload)
    with transaction.atomic():
        flag = locked_row(flag)
        _refuse_closed(flag)
        message = FlagMessage.objects.create(
            flag=flag, side=FlagMessage.Side.SELLER, author=actor, language=actor.language, body=words.strip(),
            document=document, at=now(),
        )  # fmt: skip
        if flag.status == Flag.Status.ASKED:
            back = Flag.Status.TAKEN if flag.officer_id else Flag.Status.OPEN
            move(flag, FlagEvent.Kind.ANSWERED, actor, status=back)
        else:
            record(flag, FlagEvent.Kind.ANSWERED, actor, "")
        if flag.officer is not None:
            letters.post(
                key=f"answered.{message.pk}", kind="flag_answered", to=flag.officer.email,
                language=flag.officer.language, params={"flag": flag.pk, "message": message.pk},
            )  # fmt: skip
        return message


def _refuse_closed(flag: Flag) -> None:
    if not flag.is_live:
        raise Refused("flag_not_open", _("This flag is closed, so there is nothing left to answer."))


def kept(flag: Flag, actor: User, upload: Any) -> EvidenceDocument | None:
    """The uploaded file as a document of the flag's seller; None when nothing was uploaded.

    It writes to the storage, so it is called before a transaction. Raises `Refused`, with the field "document".
    """
    if not upload:
        return None
    assert flag.seller is not None
    try:
        return documents.keep_document(seller=flag.seller, kind=EvidenceDocument.Kind.OTHER, upload=upload, actor=actor)
    except Refused as refusal:
        raise Refused(refusal.code, refusal.message, field="document") from refusal


def refuse_stranger(flag: Flag, actor: User) -> None:
    """Raises `Refused` unless the actor acts for the seller of the flag."""
    if flag.seller_id is None or not actor.is_active or flag.seller_id not in actor.seller_ids:
        raise Refused("not_allowed", _("Only the seller may do this."))


def refuse_long(words: str) -> None:
    """Raises `Refused` for a text that nobody would read."""
    if len(words) > LONGEST_MESSAGE:
        message = _("A message has at most %(count)s characters.") % {"count": LONGEST_MESSAGE}
        raise Refused("message_too_long", message, field="words")
