"""Papers for tests: files as sellers and as worse people upload them, and sellers whose papers are complete."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from compliance.models import EvidenceDocument, SellerVerification
from compliance.services import documents, papers
from compliance.services.papers import OwnerFacts, Told
from marketplace.kernel.errors import Refused
from marketplace.roles import ROLE_RIGHTS

IBANS = {"DE": "DE89370400440532013000", "FR": "FR1420041010050500013M02606", "GB": "GB29NWBK60161331926819"}


# Files ------------------------------------------------------------------------------------------------------


def pdf(*objects: bytes, catalog: bytes = b"") -> bytes:
    """A PDF with an empty page; `objects` come after the three that it needs, `catalog` into its root."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(out))
    return out + head + table + tail


def pdf_with_hidden(object_: bytes) -> bytes:
    """A PDF of which one object is in a compressed stream, where no search of the bytes finds it."""
    packed = zlib.compress(b"6 0 " + object_)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /Hidden 6 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]  # fmt: skip
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    rows = b"\0\0\0\0\xff" + b"".join(b"\x01" + place.to_bytes(3, "big") + b"\0" for place in (*places, start))
    rows += b"\x02" + (4).to_bytes(3, "big") + b"\0"
    packed = zlib.compress(rows)
    head = b"<< /Type /XRef /Size 7 /W [1 3 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>" % len(packed)
    out += b"5 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, packed)
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """A plain picture of one of Pillow's kinds."""
    buffer = io.BytesIO()
    Image.new(mode, size, 0 if mode != "RGB" else (200, 30, 30)).save(buffer, kind, **options)
    return buffer.getvalue()


def picture_with_metadata(kind: str) -> bytes:
    """A picture that tells more than can be seen, and carries something behind its end."""
    image = Image.new("RGB", (40, 30), (200, 30, 30))
    exif = image.getexif()
    exif[0x010E] = "the-secret-place"
    exif[0x0112] = 6  # stands on its side
    options: dict[str, Any] = {"exif": exif}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", "the-secret-place")
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue() + b"<script>alert('the-secret-place')</script>"


def upload(content: bytes | None = None, name: str = "paper.pdf") -> SimpleUploadedFile:
    """What the browser sends; a small PDF unless content is given."""
    return SimpleUploadedFile(name, pdf() if content is None else content, "application/octet-stream")


# People -----------------------------------------------------------------------------------------------------


def verifier(email: str = "verifier@example.test", name: str = "Vera Lindqvist") -> User:
    """A compliance officer with the rights that the role has in the shop."""
    accounts.sync_roles(ROLE_RIGHTS)
    user = User.objects.create_user(email, full_name=name)
    accounts.give_role(user=user, role=roles.COMPLIANCE)
    return User.objects.get(pk=user.pk)


def told(seller: Seller, member: User, **changes: Any) -> Told:
    """Everything that a company in Germany has to tell, with documents that are kept."""
    kept = {
        name: documents.keep_document(
            seller=seller, kind=kind, upload=upload(pdf(b"(%s)" % kind.encode()), f"{name}.pdf"), actor=member
        )
        for name, kind in papers.DOCUMENTS.items()
    }
    values: dict[str, Any] = {
        "legal_name": "Rabe Werkstatt GmbH", "street_address": "Rabenweg 7", "postal_code": "22765", "city": "Hamburg",
        "email": "office@rabe.example", "phone": "+49 40 5550100", "is_person": False, "person_name": "Imke Vollerthun",
        "trade_register": "Amtsgericht Hamburg", "register_number": "HRB 123456", "bank_holder": "Rabe Werkstatt GmbH",
        "bank_country": "DE",
    }  # fmt: skip
    owners = changes.pop("owners", [OwnerFacts("Imke Vollerthun", "DE", date(1975, 3, 14), Decimal(60))])
    account = changes.pop("bank_account", IBANS["DE"])
    return Told(values | changes, account, kept, owners, certifies=True)


def complete(seller: Seller, member: User, **changes: Any) -> SellerVerification:
    """The papers of a seller in state "onboarding", complete and not yet sent."""
    return papers.save_papers(seller=seller, actor=member, told=told(seller, member, **changes))


def document(seller: Seller, member: User, kind: str = "identity", content: bytes | None = None) -> EvidenceDocument:
    """A document of the seller, kept by the service."""
    return documents.keep_document(seller=seller, kind=kind, upload=upload(content), actor=member)


def refusal_of(call: Callable[[], Any]) -> str:
    """The code with which the call is refused; "" when it is not."""
    try:
        call()
    except Refused as refusal:
        assert str(refusal.message)
        return refusal.code
    return ""
