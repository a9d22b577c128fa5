"""What strangers send as evidence: found out by its content, made harmless, or refused with a sentence."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from compliance.uploads import MOST_BYTES, cleaned
from compliance.uploads.pdf import MOST_OBJECTS
from compliance.uploads.pictures import LONGEST_SIDE
from marketplace.kernel.errors import Refused
from tests.support.papers import pdf, pdf_with_hidden, picture, picture_with_metadata

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def archive(before: bytes = b"") -> bytes:
    """A ZIP archive, behind other bytes if there are any."""
    buffer = io.BytesIO(before)
    with zipfile.ZipFile(buffer, "a") as file:
        file.writestr("run.exe", b"MZ")
    return buffer.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header tells a size that its few bytes do not hold."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


REFUSED = {
    "nothing": (b"", "paper.pdf", "file_empty"),
    "too much": (b"%PDF-1.7\n" + b"0" * MOST_BYTES, "paper.pdf", "file_too_large"),
    "a drawing that runs scripts": (SVG, "logo.svg", "file_type"),
    "the same, called a picture": (SVG, "logo.png", "file_type"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "statement.pdf", "file_type"),
    "an archive": (archive(), "papers.zip", "file_type"),
    "an archive called a PDF": (archive(), "papers.pdf", "file_type"),
    "a program": (b"MZ\x90\0" + b"\0" * 500, "invoice.pdf", "file_type"),
    "a moving picture": (picture("GIF", mode="P"), "scan.gif", "file_type"),
    "a TIFF": (picture("TIFF"), "scan.tif", "file_type"),
    "a PDF behind a picture's first bytes": (b"GIF89a" + pdf(), "scan.pdf", "file_type"),
    "a picture called a PDF": (picture("PNG"), "scan.pdf", "file_name"),
    "a PDF called a picture": (pdf(), "scan.jpg", "file_name"),
    "a PDF called a page": (pdf(), "scan.pdf.html", "file_name"),
    "a picture that breaks off": (picture("JPEG")[:300], "scan.jpg", "picture_broken"),
    "a picture of first bytes alone": (b"\x89PNG\r\n\x1a\n", "scan.png", "picture_broken"),
    "an animation in WebP that breaks off": (picture("WEBP")[:30], "scan.webp", "picture_broken"),
    "a small file that claims to be a wall": (png_that_claims(20_000, 20_000), "scan.png", "picture_too_large"),
    "a small file that claims to be a city": (png_that_claims(60_000, 60_000), "scan.png", "picture_too_large"),
    "a PDF of first bytes alone": (b"%PDF-1.7\n%%EOF", "paper.pdf", "pdf_broken"),
    "a PDF that breaks off": (pdf()[:200], "paper.pdf", "pdf_broken"),
    "a PDF whose table is wrong": (pdf().replace(b"0000000009", b"0000000044"), "paper.pdf", "pdf_broken"),
    "a PDF that is an archive as well": (archive(pdf()) + b"%%EOF", "paper.pdf", "pdf_broken"),
    "a PDF with a page behind it": (pdf() + b"<script>alert(1)</script>", "paper.pdf", "pdf_broken"),
    "a PDF nested beyond reason": (pdf(b"[" * 30_000 + b"]" * 30_000), "paper.pdf", "pdf_broken"),
    "a script at the opening": (pdf(SCRIPT, catalog=b"/OpenAction 4 0 R"), "paper.pdf", "pdf_active"),
    "a script under a disguised name": (pdf(b"<< /S /J#61vaScript /JS (x) >>"), "paper.pdf", "pdf_active"),
    "a script in a compressed object": (pdf_with_hidden(SCRIPT), "paper.pdf", "pdf_active"),
    "a script that no table leads to": (pdf(b"null\nendobj\n" + SCRIPT), "paper.pdf", "pdf_active"),
    "a program that is started": (pdf(b"<< /S /Launch /F (cmd.exe) >>"), "paper.pdf", "pdf_active"),
    "another file inside": (pdf(b"<< /Type /Filespec /EF << /F 4 0 R >> >>", catalog=b"/Names << /EmbeddedFiles 4 0 R >>"),
                            "paper.pdf", "pdf_active"),
    "a form in XML": (pdf(catalog=b"/AcroForm << /XFA [] >>"), "paper.pdf", "pdf_active"),
    "a film": (pdf(b"<< /Subtype /RichMedia >>"), "paper.pdf", "pdf_active"),
    "a form that sends": (pdf(b"<< /S /SubmitForm /F (https://x.example) >>"), "paper.pdf", "pdf_active"),
    "too many objects": (pdf(*[b"null"] * (MOST_OBJECTS + 1)), "paper.pdf", "pdf_too_complicated"),
    "a locked PDF": (pdf(b"<< /Filter /Standard /V 4 >>").replace(b"/Root 1 0 R >>", b"/Root 1 0 R /Encrypt 4 0 R >>"),
                     "paper.pdf", "pdf_locked"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "name", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_plain_paper_is_refused_with_a_sentence(content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        cleaned(content, name)

    assert (refusal.value.code, refusal.value.field) == (code, "file")
    assert str(refusal.value.message).endswith(".")


TAKEN = {
    "a PDF": (pdf(), "paper.pdf", "paper.pdf", "application/pdf"),
    "a PDF with links and a first page to open at": (
        pdf(b"<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://x.example) >> >>",
            catalog=b"/OpenAction [3 0 R /Fit]"),
        "paper.PDF", "paper.PDF", "application/pdf",
    ),
    "a PDF with compressed objects": (pdf_with_hidden(b"<< /Type /Font >>"), "a.pdf", "a.pdf", "application/pdf"),
    "a JPEG": (picture("JPEG"), "IMG_0001.jpeg", "IMG_0001.jpeg", "image/jpeg"),
    "a PNG without an ending": (picture("PNG"), "scan", "scan.png", "image/png"),
    "a WebP": (picture("WEBP"), "scan.webp", "scan.webp", "image/webp"),
    "a path as its name": (picture("PNG"), r"C:\papers\..\scan.png", "scan.png", "image/png"),
    "a name that turns around": (picture("PNG"), "invoice\u202egnp.png", "invoicegnp.png", "image/png"),
    "a name in Chinese": (picture("PNG"), "营业执照.png", "营业执照.png", "image/png"),
    "a name that steers a header": (picture("PNG"), 'a\r\nX: "y".png', "aX y.png", "image/png"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "name", "shown", "content_type"), TAKEN.values(), ids=TAKEN)
def test_plain_papers_are_taken_under_a_harmless_name(content: bytes, name: str, shown: str, content_type: str) -> None:
    taken = cleaned(content, name)

    assert (taken.name, taken.content_type) == (shown, content_type)


def test_a_pdf_keeps_every_byte_because_extracts_are_signed() -> None:
    assert cleaned(pdf(), "paper.pdf").content == pdf()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_keeps_its_pixels_upright_and_nothing_else(kind: str) -> None:
    sent = picture_with_metadata(kind)
    assert b"the-secret-place" in sent

    kept = cleaned(sent, f"scan.{kind.lower()}").content

    assert b"the-secret-place" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == (kind, (30, 40), {})
        assert sum(abs(a - b) for a, b in zip(image.convert("RGB").getpixel((15, 20)), (200, 30, 30), strict=True)) < 12


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("L", (128, 128, 128)), ("1", (255, 255, 255)), ("I;16", (128, 128, 128)), ("RGBA", (255, 255, 255))],
)
def test_scans_of_every_depth_stay_readable(mode: str, expected: tuple[int, int, int]) -> None:
    value = {"L": 128, "1": 1, "I;16": 128 * 256, "RGBA": (0, 0, 0, 0)}[mode]
    buffer = io.BytesIO()
    Image.new(mode, (10, 10), value).save(buffer, "PNG")

    with Image.open(io.BytesIO(cleaned(buffer.getvalue(), "scan.png").content)) as image:
        assert image.convert("RGB").getpixel((5, 5)) == expected


def test_a_large_photograph_is_kept_at_a_size_at_which_it_can_be_read() -> None:
    kept = cleaned(picture("JPEG", (6000, 4000)), "photo.jpg").content

    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (LONGEST_SIDE, 2667)
