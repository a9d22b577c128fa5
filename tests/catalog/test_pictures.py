"""Pictures from strangers are made anew from their pixels or refused; nothing else of a file gets through."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage, storages
from PIL import Image, ImageCms

from catalog.services import pictures
from marketplace.kernel import photos
from marketplace.kernel.errors import Refused

SCRIPT = b"<script>alert(document.domain)</script>"


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private", "base_url": None},
        }
    }


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def halves(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image.convert(mode)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels, each of them there."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(width * 3 + 1) * min(height, 200), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def many_frames() -> bytes:
    frames = [Image.new("P", (64, 64), number) for number in range(200)]
    return written(frames[0], "GIF", save_all=True, append_images=frames[1:])


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("run.js", "alert(1)")
    return buffer.getvalue()


def many_scans(number: int, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A progressive JPEG that draws its last layer again and again."""
    content = written(halves(size=size), "JPEG", quality=95, progressive=True)
    last, end = content.rindex(b"\xff\xda"), content.rindex(b"\xff\xd9")
    return content[:end] + content[last:end] * number + content[end:]


def of_brands(*brands: bytes) -> bytes:
    """The beginning of a file that says so of itself, as photographs of telephones and videos do."""
    content = b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])
    return struct.pack(">I", len(content) + 4) + content + bytes(400)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not_a_picture"),
    "a text": (lambda: b"no picture", "not_a_picture"),
    "an SVG with a script": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "not_a_picture"),
    "a page": (lambda: b"<!doctype html>" + SCRIPT, "not_a_picture"),
    "a page that begins like a GIF": (lambda: b"GIF89a/*" + SCRIPT + b"*/=1;", "picture_and_more"),
    "a JPEG with a script in its comment": (lambda: written(halves(), "JPEG", comment=SCRIPT), "picture_and_more"),
    "a JPEG that is a page too": (lambda: written(halves(), "JPEG") + SCRIPT.upper(), "picture_and_more"),
    "a PNG that is a program too": (lambda: written(halves(), "PNG") + b"<?php system('id'); ?>", "picture_and_more"),
    "a JPEG that is an archive too": (lambda: written(halves(), "JPEG") + archive(), "picture_and_more"),
    "a GIF that is a document too": (lambda: written(halves("P"), "GIF", comment=b"%PDF-1.7 "), "picture_and_more"),
    "a TIFF": (lambda: written(halves(), "TIFF"), "not_a_picture"),
    "a PostScript program": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_a_picture"),
    "a photograph of a telephone": (lambda: of_brands(b"heic", b"mif1", b"heic"), "picture_heic"),
    "a photograph that says so later": (lambda: of_brands(b"mif1", b"MiHB", b"heix"), "picture_heic"),
    "a video": (lambda: of_brands(b"isom", b"mp42"), "not_a_picture"),
    "a JPEG of three thousand scans": (lambda: many_scans(3000), "picture_too_slow"),
    "half of a JPEG": (lambda: written(halves(size=(900, 600)), "JPEG")[:2500], "not_a_picture"),
    "half of a PNG": (lambda: written(Image.effect_noise((300, 300), 90), "PNG")[:9000], "not_a_picture"),
    "half of a WebP": (lambda: written(halves(size=(900, 600)), "WEBP")[:700], "not_a_picture"),
    "a PNG of four thousand million pixels": (lambda: bomb(65_000, 65_000), "picture_too_large"),
    "a PNG of a hundred million pixels": (lambda: bomb(10_000, 10_000), "picture_too_large"),
    "a PNG of one endless line": (lambda: bomb(200_000, 1), "picture_too_large"),
    "a file of sixteen megabytes": (lambda: written(halves(), "JPEG") + bytes(16 * 1024 * 1024), "picture_too_large"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_or_too_large_is_refused_in_time_and_nothing_is_kept(name: str) -> None:
    make, code = REFUSED[name]
    content, begun = make(), time.process_time()

    with pytest.raises(Refused) as refusal:
        pictures.keep_original(content) and pictures.keep_foreign(content, name="uploads/a.webp")

    assert refusal.value.code == code
    assert str(refusal.value).endswith(".")
    assert time.process_time() - begun < 2
    assert not default_storage.exists("uploads/a.webp")


@pytest.mark.parametrize(
    ("called", "is_taken"),
    [("mug.jpg", True), ("MUG.JPEG", True), ("mug", True), ("mug 12.5", True), ("mug.png", False), ("mug.svg", False),
     ("mug.html", False), ("mug.jpg.exe", False)],
)  # fmt: skip
def test_a_name_that_says_something_else_is_refused(called: str, is_taken: bool) -> None:
    content = written(halves(), "JPEG")

    if is_taken:
        assert pictures.kind_of(content, called) == "jpg"
    else:
        with pytest.raises(Refused) as refusal:
            pictures.kind_of(content, called)
        assert refusal.value.code == "picture_misnamed"


ODD: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: written(halves(), "JPEG", quality=95),
    "in print colours": lambda: written(halves("CMYK"), "JPEG", quality=95),
    "with a palette": lambda: written(halves("P"), "PNG"),
    "see-through": lambda: written(halves("RGBA"), "PNG"),
    "GIF": lambda: written(halves("P"), "GIF"),
    "WebP": lambda: written(halves(), "WEBP", lossless=True),
    "AVIF": lambda: written(halves(), "AVIF", quality=95),
    "AVIF of a general brand": lambda: written(halves(), "AVIF", quality=95).replace(b"ftypavif", b"ftypmif1", 1),
    "a JPEG in ninety scans": lambda: many_scans(80, (60, 40)),
    "a camera's colours": lambda: written(
        halves(), "JPEG", quality=95, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ),
    "a broken profile": lambda: written(halves(), "PNG", icc_profile=b"no profile"),
    "a PNG with a harmless tail": lambda: written(halves(), "PNG") + bytes(5000),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_pictures_are_made_anew_in_the_colours_of_the_web(name: str) -> None:
    stored = pictures.keep_foreign(ODD[name](), name="uploads/a.webp")

    with default_storage.open(stored.name) as file:
        content = file.read()
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.mode, image.size, stored.width, stored.height) == ("WEBP", "RGB", (60, 40), 60, 40)
    left, right = image.getpixel((10, 20)), image.getpixel((50, 20))
    assert isinstance(left, tuple) and isinstance(right, tuple)
    assert left[0] > 190 and left[2] < 60 and right[2] > 120 and right[0] < 110
    assert b"script" not in content and not image.getexif() and "icc_profile" not in image.info


def test_sixteen_bits_stay_as_dark_as_they_are() -> None:
    content = written(Image.new("I;16", (40, 40), 0x4000), "PNG")

    stored = pictures.keep_foreign(content, name="uploads/a.webp")

    with default_storage.open(stored.name) as file:
        pixel = Image.open(file).getpixel((20, 20))
    assert isinstance(pixel, tuple) and 55 < pixel[0] < 75


def test_a_moving_picture_stands_still() -> None:
    stored = pictures.keep_foreign(many_frames(), name="uploads/a.webp")

    with default_storage.open(stored.name) as file:
        assert getattr(Image.open(file), "n_frames", 1) == 1


def test_a_photograph_stands_upright_and_does_not_say_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    exif[0x010F] = "A camera with a number"
    content = written(halves(size=(900, 600)), "JPEG", exif=exif)
    assert b"A camera with a number" in content

    original = pictures.keep_original(content)
    stored = pictures.prepare(content)

    assert pictures.original(original) == content
    assert (stored.width, stored.height) == (600, 900)
    for name in files_of(stored.name):
        with default_storage.open(name) as file:
            shown = file.read()
        image = Image.open(io.BytesIO(shown))
        assert b"camera" not in shown and not image.getexif(), name
        assert image.getpixel((image.width // 2, 5))[0] > 190  # type: ignore[index]


@pytest.mark.parametrize("size", [(1000, 1000), (2400, 1200), (300, 900), (8, 6), (1280, 1600)])
def test_every_size_that_the_name_promises_is_there(size: tuple[int, int]) -> None:
    stored = pictures.prepare(written(halves(size=size), "JPEG"))

    found = photos.photo(stored.name)
    assert found is not None and (found.width, found.height) == (stored.width, stored.height)
    promised = set()
    for cut in ("", *photos.CUTS):
        for each in found.sizes(cut):
            for ending in photos.FORMATS:
                promised.add(found.name(each.suffix, ending))
                with default_storage.open(found.name(each.suffix, ending)) as file:
                    image = Image.open(file)
                    assert image.format == ending.upper()
                    if each.width <= min(size):
                        assert image.size == (each.width, each.height)
    assert promised <= set(files_of(stored.name))
    assert default_storage.exists(pictures.small_name(stored.name))


def test_a_cut_keeps_the_focus_in_view_and_the_name_is_another() -> None:
    content = written(halves(size=(1200, 400)), "JPEG", quality=95)

    left, right = (pictures.prepare(content, focus) for focus in ((0, 50), (100, 50)))

    assert left.name != right.name
    for stored, channel in ((left, 0), (right, 2)):
        with default_storage.open(stored.name.replace(".webp", "-s400.webp")) as file:
            image = Image.open(file)
            assert image.size == (400, 400)
            for place in ((5, 200), (395, 200)):
                assert image.getpixel(place)[channel] > 190  # type: ignore[index]


def test_a_file_that_a_crash_has_cut_short_is_written_anew() -> None:
    content = written(halves(), "PNG")
    stored = pictures.prepare(content)
    with default_storage.open(stored.name) as file:
        whole = file.read()
    with default_storage.open(stored.name, "wb") as file:
        file.write(whole[:20])

    again = pictures.prepare(content)

    assert again == stored
    with default_storage.open(stored.name) as file:
        assert file.read() == whole


def test_the_tones_say_what_is_at_the_rim_and_in_the_middle() -> None:
    image = Image.new("RGB", (200, 200), "white")
    image.paste((200, 30, 30), (50, 50, 150, 150))

    name = pictures.prepare(written(image, "PNG")).name

    assert re.fullmatch(r"pictures/[0-9a-f]{2}/[0-9a-f]{18}-200x200-9[01].[4-6]3[01]\.webp", name), name


def files_of(name: str) -> list[str]:
    """All files of a prepared picture."""
    folder, _slash, last = name.rpartition("/")
    stem = last.removesuffix(".webp")
    return [f"{folder}/{file}" for file in default_storage.listdir(folder)[1] if file.startswith(stem)]


def test_the_private_storage_is_not_the_one_that_is_served() -> None:
    original = pictures.keep_original(written(halves(), "PNG"))

    assert storages["private"].exists(original) and not default_storage.exists(original)
