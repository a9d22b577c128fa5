"""Documents of sellers: taken in clean, kept encrypted, opened by officers with a trace, deleted in time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller, User
from accounts.selectors import may_act_for
from compliance import uploads, vault
from compliance.deadlines import limits
from compliance.models import DocumentView, EvidenceDocument, ReportMessage, SellerVerification
from compliance.selectors.documents import expired_documents, may_read_documents
from compliance.traders.retention import kept_until
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable

log = structlog.get_logger(__name__)
_FOLDER: Final = "documents"
_STRAY_AFTER: Final = timedelta(days=1)


# In and out -------------------------------------------------------------------------------------------------


def keep_document(*, seller: Seller, kind: str, upload: Any, actor: User) -> EvidenceDocument:
    """The uploaded file (Django's `UploadedFile`) is kept, checked and encrypted, as evidence of the seller.

    The same file of the same kind is kept once, and no longer than the others when the relation has ended. Writes to the
    storage: call it before a transaction, not inside one.
    Raises `Refused`: "not_allowed", and what `uploads.cleaned` refuses, with field "file".
    """
    if not (may_act_for(actor, seller) or may_read_documents(actor)):
        raise Refused("not_allowed", _("You cannot add documents for this seller."))
    clean = uploads.cleaned(_content(upload), str(upload.name or ""))
    kind, digest = EvidenceDocument.Kind(kind).value, hashlib.sha256(clean.content).hexdigest()
    held = EvidenceDocument.objects.filter(seller=seller, kind=kind, digest=digest, deleted_at=None).first()
    if held is not None:
        return held
    file = _put(clean.content)
    try:
        with transaction.atomic():
            return EvidenceDocument.objects.create(
                seller=seller, kind=kind, name=clean.name, file=file, content_type=clean.content_type,
                size=len(clean.content), digest=digest, uploaded_by=actor, uploaded_at=clock.now(),
                keep_until=_kept_until(_ended_on(seller)),
            )  # fmt: skip
    except BaseException:
        _private().delete(file)
        raise


def open_document(*, document: EvidenceDocument, viewer: User) -> bytes:
    """The content, for an officer, after a row was written that says who looked.

    Raises `Refused`: "not_allowed", "document_deleted"; `Unavailable` when the storage does not answer, or the file is not
    the one that was kept.
    """
    if not may_read_documents(viewer):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    document = EvidenceDocument.objects.get(pk=document.pk)
    if document.deleted_at is not None:
        raise Refused("document_deleted", _("The file was deleted when the time to keep it was over."))
    DocumentView.objects.create(
        document=document, viewer=viewer, viewer_label=viewer.get_full_name()[:150], at=clock.now()
    )
    content = vault.unseal(_get(document.file))
    if hashlib.sha256(content).hexdigest() != document.digest:
        raise Unavailable(f"The file of document {document.pk} is not the one that was kept.")
    return content


def _content(upload: Any) -> bytes:
    """The bytes of an upload, never more than may be kept."""
    if (upload.size or 0) > uploads.MOST_BYTES:
        raise uploads.too_large()
    upload.seek(0)
    return bytes(upload.read(uploads.MOST_BYTES + 1))


# The end ----------------------------------------------------------------------------------------------------


def keep_after_end(*, seller: Seller, ended_on: date | None) -> None:
    """The seller's documents are kept for the time of the policy after the relation ended; None: it goes on."""
    EvidenceDocument.objects.filter(seller=seller, deleted_at=None).update(keep_until=_kept_until(ended_on))


def _ended_on(seller: Seller) -> date | None:
    """When the relation ended. The seller is locked until the transaction ends, as it is by whoever ends a relation."""
    Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)
    return SellerVerification.objects.filter(seller=seller).values_list("ended_on", flat=True).first()


def _kept_until(ended_on: date | None) -> date | None:
    return kept_until(ended_on, limits()["papers_kept_after_end"]) if ended_on else None


def delete_expired(on: date) -> int:
    """The files whose time was over before the day `on` are gone, their rows stay and say when. The number deleted."""
    deleted = 0
    for pk in list(expired_documents(on).values_list("pk", flat=True)):
        with transaction.atomic():
            document = expired_documents(on).select_for_update(skip_locked=True).filter(pk=pk).first()
            if document is None:
                continue
            file, document.file, document.deleted_at = document.file, "", clock.now()
            document.save(update_fields=["file", "deleted_at"])
        _private().delete(file)
        deleted += 1
    return deleted


def delete_strays() -> int:
    """Files of documents that no row leads to, left behind when a process died, are gone after a day."""
    storage, before = _private(), clock.now() - _STRAY_AFTER
    strays = [name for name in _files(storage) if storage.get_modified_time(name) < before]
    strays = sorted({*strays} - {*EvidenceDocument.objects.filter(file__in=strays).values_list("file", flat=True)})
    for name in strays:
        storage.delete(name)
    return len(strays)


# Keys -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Resealed:
    """What a round of new keys did: counts of documents, bank accounts and messages, and what no key opens."""

    documents: int = 0
    accounts: int = 0
    messages: int = 0
    unchanged: int = 0
    unreadable: list[str] = field(default_factory=list)


def reseal_all() -> Resealed:
    """Everything that is encrypted is so under the first key of DOCUMENT_KEYS. Can be stopped and run again."""
    done = Resealed()
    for document in EvidenceDocument.objects.exclude(file="").order_by("pk").iterator():
        _reseal(document, done)
    for pk in SellerVerification.objects.exclude(bank_account="").order_by("pk").values_list("pk", flat=True):
        _reseal_account(pk, done)
    for message in ReportMessage.objects.exclude(content="").select_related("report").order_by("pk").iterator():
        _reseal_message(message, done)
    return done


def _reseal(document: EvidenceDocument, done: Resealed) -> None:
    try:
        sealed = vault.seal_anew(_get(document.file))
    except Unavailable as error:
        log.warning("document not readable", document=str(document.pk), error=str(error))
        done.unreadable.append(f"document {document.pk}")
        return
    if sealed is None:
        done.unchanged += 1
        return
    old, new = document.file, _save(sealed)
    taken = EvidenceDocument.objects.filter(pk=document.pk, file=old).update(file=new)
    _private().delete(old if taken else new)
    done.documents += taken


def _reseal_account(pk: int, done: Resealed) -> None:
    with transaction.atomic():
        verification = SellerVerification.objects.select_for_update().get(pk=pk)
        try:
            sealed = vault.seal_anew(verification.bank_account.encode("ascii"))
        except Unavailable:
            done.unreadable.append(f"bank account of seller {verification.seller_id}")
            return
        if sealed is None:
            done.unchanged += 1
            return
        verification.bank_account = sealed.decode("ascii")
        verification.save(update_fields=["bank_account"])
        done.accounts += 1


def _reseal_message(message: ReportMessage, done: Resealed) -> None:
    try:
        sealed = vault.seal_anew(message.content.encode("ascii"))
    except Unavailable:
        done.unreadable.append(f"message of the report {message.report}")
        return
    if sealed is None:
        done.unchanged += 1
        return
    done.messages += ReportMessage.objects.filter(pk=message.pk).update(content=sealed.decode("ascii"))


# The storage ------------------------------------------------------------------------------------------------


def _private() -> Storage:
    return storages["private"]


def _put(content: bytes) -> str:
    return _save(vault.seal(content))


def _save(sealed: bytes) -> str:
    """Keeps sealed bytes under a name that says nothing."""
    name = secrets.token_hex(16)
    return _private().save(f"{_FOLDER}/{name[:2]}/{name}", ContentFile(sealed))


def _get(name: str) -> bytes:
    try:
        with _private().open(name) as file:
            return bytes(file.read())
    except OSError as error:
        raise Unavailable("The storage of documents does not answer.") from error


def _files(storage: Storage) -> Iterator[str]:
    """The names of all files of documents."""
    try:
        folders, _none = storage.listdir(_FOLDER)
    except FileNotFoundError:
        return
    for folder in folders:
        for name in storage.listdir(f"{_FOLDER}/{folder}")[1]:
            yield f"{_FOLDER}/{folder}/{name}"
