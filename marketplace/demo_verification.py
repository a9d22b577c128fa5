"""Who the sellers of the demo are: papers with small documents, how they were decided, an invitation that waits, a list
of sanctions, and a shopper whose name is like one of its entries.

Everything is made up. What is there already stays as it is.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts import demo_cast
from accounts.models import Seller, User
from compliance import services, vault
from compliance.deadlines import limits
from compliance.models import BeneficialOwner, SellerInvitation, SellerVerification, VerificationEvent
from compliance.services import sanctions
from compliance.services.papers import DOCUMENTS
from compliance.traders.bank import tidy_account
from compliance.traders.invitations import new_nonce
from compliance.traders.papers import CERTIFICATE
from marketplace.kernel import clock
from marketplace.kernel.address import PostalAddress
from orders.services import gates

DATA: Final = settings.BASE_DIR / "demo" / "data"
LIST: Final = "Demo list (made up)"
_DECIDED: Final = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
_REASON: Final = "The extract of the register, the identity card and the statement of the bank agree."
_PLAIN: Final = ("person_name", "trade_register", "register_number", "tax_country", "tax_number", "bank_country",
                 "wants_to_sell_in")  # fmt: skip


def write(folder: Path = DATA) -> None:
    """Every seller of the demo has its papers; needs the accounts of the demo."""
    officer = User.objects.get(email=demo_cast.OFFICER.email)
    told = json.loads((folder / "verification.json").read_text("utf-8"))
    sanctions.load_list(
        name=LIST, layout="own", text=(folder / "sanctions.csv").read_text("utf-8"), file_name="sanctions.csv"
    )
    for seller in Seller.objects.order_by("slug"):
        member = User.objects.filter(email=demo_cast.seller_email(seller.slug)).first()
        if member is not None and seller.slug in told:
            _papers(seller, member, officer, told[seller.slug])
        elif member is not None and seller.status == Seller.Status.INVITED:
            _invitation(seller, member, officer)
    services.screen_sellers()
    for told in json.loads((folder / "refused_recipients.json").read_text("utf-8")):
        _refuse(PostalAddress(**told))


def _refuse(address: PostalAddress) -> None:
    """A checkout to the address ends as any does whose recipient is like an entry of a list: refused, and known to the desk."""
    with contextlib.suppress(gates.RecipientListed), gates.hits_kept():
        gates.refuse_recipient(address=address)


def _papers(seller: Seller, member: User, officer: User, told: Mapping[str, Any]) -> None:
    """Complete papers, and the steps by which the seller was approved; nothing when there are papers."""
    papers = services.verification_of(seller)
    if papers.self_certified_version:
        return
    kept = {
        name: services.keep_document(seller=seller, kind=DOCUMENTS[name], upload=upload, actor=member)
        for name, upload in _uploads(seller, told)
    }
    values: dict[str, Any] = {name: told[name] for name in _PLAIN} | kept | {
        "birth_date": date.fromisoformat(told["birth_date"]),
        "bank_holder": seller.legal_name,
        "bank_account": vault.seal_text(tidy_account(told["bank_account"], told["bank_country"])),
        "self_certified_at": _DECIDED - timedelta(days=3),
        "self_certified_by": member,
        "self_certified_version": CERTIFICATE,
        "submitted_at": _DECIDED - timedelta(days=3),
        "decided_at": _DECIDED,
        "decided_by": officer,
        "reason": _REASON,
    }  # fmt: skip
    with transaction.atomic():
        for name, value in values.items():
            setattr(papers, name, value)
        papers.save()
        for name, country, born_on, share in told["owners"]:
            BeneficialOwner.objects.create(
                verification=papers, name=name, country=country, birth_date=date.fromisoformat(born_on),
                share_percent=Decimal(share),
            )  # fmt: skip
        _steps(papers, member, officer)


def _steps(papers: SellerVerification, member: User, officer: User) -> None:
    """How a seller of the demo came to be approved, week by week."""
    state = Seller.Status
    steps = (
        ("", state.INVITED, officer, "invitation_sent", 21),
        (state.INVITED, state.ONBOARDING, member, "invitation_accepted", 19),
        (state.ONBOARDING, state.IN_REVIEW, member, "papers_sent", 3),
        (state.IN_REVIEW, state.APPROVED, officer, _REASON, 0),
    )
    for before, after, actor, reason, days in steps:
        VerificationEvent.objects.create(
            verification=papers, before=before, after=after, actor=actor, actor_label=actor.get_full_name()[:150],
            reason=reason, at=_DECIDED - timedelta(days=days),
        )  # fmt: skip


def _invitation(seller: Seller, member: User, officer: User) -> None:
    """The invitation that waits for an answer; nothing when there is one."""
    if SellerInvitation.objects.filter(seller=seller).exists():
        return
    moment = clock.now()
    SellerInvitation.objects.create(
        seller=seller, user=member, nonce=new_nonce(), invited_by=officer, invited_at=moment,
        expires_at=moment + timedelta(days=limits()["invitation_valid"]),
    )  # fmt: skip
    VerificationEvent.objects.create(
        verification=services.verification_of(seller), before="", after=Seller.Status.INVITED, actor=officer,
        actor_label=officer.get_full_name()[:150], reason="invitation_sent", at=moment,
    )  # fmt: skip


# Documents --------------------------------------------------------------------------------------------------


def _uploads(seller: Seller, told: Mapping[str, Any]) -> Iterator[tuple[str, SimpleUploadedFile]]:
    """The three documents of a seller as a browser would send them."""
    card = ["SPECIMEN", "Identity card", told["person_name"], told["birth_date"], seller.home_country]
    yield "identity_document", SimpleUploadedFile("identity-card.png", specimen_picture(card))
    extract = ["SPECIMEN", told["trade_register"], told["register_number"], seller.legal_name, seller.city]
    yield "register_document", SimpleUploadedFile("register.pdf", specimen_pdf(extract))
    statement = ["SPECIMEN", "Statement of account", seller.legal_name, f"... {told['bank_account'][-4:]}"]
    yield "bank_document", SimpleUploadedFile("bank.pdf", specimen_pdf(statement))


def specimen_picture(lines: list[str]) -> bytes:
    """A card with lines of text."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (640, 400), "#f8f6f1")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((16, 16, 624, 384), 24, outline="#0e5f66", width=4)
    for number, line in enumerate(lines):
        draw.text((48, 48 + 56 * number), line, fill="#152225", font_size=32)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def specimen_pdf(lines: list[str]) -> bytes:
    """A page with lines of text; letters beyond those of Western Europe turn into question marks."""
    shown = [
        line.encode("cp1252", "replace").replace(b"\\", b"").replace(b"(", b"").replace(b")", b"") for line in lines
    ]
    text = b"BT /F1 18 Tf 60 760 Td 28 TL " + b" ".join(b"(%s) Tj T*" % line for line in shown) + b" ET"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        font,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    return (
        out
        + head
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(out))
    )
