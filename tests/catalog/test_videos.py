"""Videos of listings: known by their content, shown without the place they were filmed at, refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.models import ProductImage, ProductVideo
from catalog.services import films, pictures, videos
from marketplace.kernel.errors import Refused
from tests.catalog.admin_stage import Stage, product_form
from tests.catalog.test_admin_products import page, picture
from tests.catalog.test_pictures import folders, halves, written

__all__ = ["folders"]
PLACE = b"+52.5200+013.4050/"
CAPTIONS = b"1\r\n00:00:01,000 --> 00:00:02,500\r\nA kite rises.\r\n"


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return (len(inside) + 8).to_bytes(4) + kind + inside


def nested(kind: bytes, depth: int) -> bytes:
    inside = b""
    for _level in range(depth):
        inside = box(kind, inside)
    return inside


def track(handler: bytes, codec: bytes) -> bytes:
    described = box(b"stsd", bytes(4) + (1).to_bytes(4), box(codec, bytes(16)))
    told = box(b"hdlr", bytes(8) + handler + bytes(12))
    return box(b"trak", box(b"mdia", told, box(b"minf", box(b"stbl", described))))


def mp4(*tracks: bytes, brand: bytes = b"isom", told: bytes = b"", tail: bytes = b"") -> bytes:
    inside = tracks or (track(b"vide", b"avc1"), track(b"soun", b"mp4a"))
    return box(b"ftyp", brand, bytes(4)) + box(b"moov", *inside, told) + box(b"mdat", b"moving pictures") + tail


def element(kind: str, content: bytes) -> bytes:
    return bytes.fromhex(kind) + (len(content) | 1 << 28).to_bytes(4) + content


def webm(codec: bytes = b"V_VP9", doctype: bytes = b"webm", tail: bytes = b"") -> bytes:
    tags = element("1254c367", b"filmed at " + PLACE)
    tracks = element("1654ae6b", element("ae", element("86", codec)))
    return (
        element("1a45dfa3", element("4282", doctype))
        + element("18538067", tracks + tags + element("1f43b675", b"x"))
        + tail
    )


def test_a_video_is_shown_without_the_place_and_nothing_in_it_moves() -> None:
    for content, kind in (
        (mp4(told=box(b"udta", box(b"\xa9xyz", PLACE))), "video/mp4"),
        (mp4(told=box(b"meta", PLACE)) + box(b"uuid", PLACE), "video/mp4"),
        (webm(), "video/webm"),
    ):
        assert PLACE in content

        found, shown = films.cleaned(content)

        assert (found, len(shown)) == (kind, len(content))
        assert PLACE not in shown
        assert films.cleaned(shown) == (kind, shown)
        assert kind == "video/webm" or shown.index(b"moving pictures") == content.index(b"moving pictures")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_video"),
        (b"<!doctype html><script>", "not_a_video"),
        (mp4()[:-4], "not_a_video"),
        (mp4(tail=b"PK\x05\x06" + bytes(18)), "not_a_video"),
        (mp4(brand=b"heic"), "not_a_video"),
        (box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", b"x"), "not_a_video"),
        (mp4(track(b"soun", b"mp4a")), "not_a_video"),
        (mp4(track(b"vide", b"apcn")), "video_codec"),
        (mp4(track(b"vide", b"avc1"), track(b"meta", b"gpmd")), "video_tells"),
        (webm(doctype=b"matroska"), "not_a_video"),
        (webm(codec=b"V_MPEG2"), "video_codec"),
        (webm(tail=b"<script>"), "not_a_video"),
        (webm()[:-1], "not_a_video"),
        (mp4() + bytes(films.MOST_BYTES), "video_too_large"),
    ],
)
def test_what_is_no_video_for_browsers_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        videos.keep_video(content)

    assert (refusal.value.code, str(refusal.value)[-1]) == (code, ".")


@pytest.mark.parametrize(
    "content",
    [
        mp4(tail=box(b"free") * 10_001),
        bytes.fromhex("1a45dfa3") + bytes.fromhex("8080") * 20_000,
        b"\0\0\0\x10ftypisom\0\0\0\0" + bytes.fromhex("0000000c") + b"mdat" + b"abcd" + nested(b"moov", 500),
        bytes.fromhex("1a45dfa380") + bytes.fromhex("01ffffffffffffff80"),
    ],
)
def test_a_file_that_only_costs_time_and_memory_is_refused_early(content: bytes) -> None:
    with pytest.raises(Refused):
        films.cleaned(content)


def test_captions_become_webvtt_without_styles() -> None:
    name = videos.keep_captions(CAPTIONS)
    with default_storage.open(name) as file:
        assert file.read() == b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\nA kite rises.\n"

    styled = b"\xef\xbb\xbfWEBVTT\n\nSTYLE\n::cue { background: url(//a.example) }\n\n00:01.000 --> 00:02.000\nKite\n"
    with default_storage.open(videos.keep_captions(styled)) as file:
        assert file.read() == b"WEBVTT\n\n\n00:01.000 --> 00:02.000\nKite\n"

    for content in (b"", b"no captions", "é".encode("latin-1"), b"<script>"):
        with pytest.raises(Refused):
            videos.keep_captions(content)


def test_a_seller_adds_a_video_and_shoppers_see_it(on_stage: Stage) -> None:
    product = on_stage.mug.product
    image = ProductImage.objects.create(product=product, file="products/mug.webp", alt_en="A mug")
    row = {"videos-TOTAL_FORMS": 1, "videos-0-product": product.pk, "videos-0-position": 1, "videos-0-title_en": "How it flies",
           "videos-0-poster": image.pk, "videos-0-captions_language": "en"}  # fmt: skip
    files = {"videos-0-upload": SimpleUploadedFile("a.mp4", b"no video")}

    refused = on_stage.client.post(page(product), product_form(product, **row) | files)

    assert "This file is not a video that can be shown." in refused.content.decode()
    assert not ProductVideo.objects.exists()

    files = {
        "videos-0-upload": SimpleUploadedFile("a.mp4", mp4(told=box(b"udta", PLACE))),
        "videos-0-captions_upload": SimpleUploadedFile("a.srt", CAPTIONS),
    }
    answer = on_stage.client.post(page(product), product_form(product, **row) | files)

    assert answer.status_code == 302
    video = ProductVideo.objects.get()
    assert pictures.original(video.original) == mp4(told=box(b"udta", PLACE))
    shown = Client().get("/en/product/kite-mug/").content.decode()
    assert f'<source src="/media/{video.file}" type="video/mp4">' in shown
    assert f'<track kind="captions" src="/media/{video.captions}" srclang="en"' in shown
    assert 'poster="/media/products/mug.webp" aria-label="How it flies"' in shown


# The pictures of a listing -------------------------------------------------------------------------------------


def test_a_seller_adds_several_pictures_at_once_and_sees_where_each_stands(on_stage: Stage) -> None:
    product = on_stage.mug.product
    address = page(product).replace("/change/", "/pictures/")
    files = [SimpleUploadedFile("a.png", written(halves(), "PNG")), SimpleUploadedFile("b.svg", b"<svg/>"), picture()]

    answer = on_stage.client.post(address, {"do": "add", "files": files}, follow=True).content.decode()

    assert "2 pictures are being prepared." in answer
    assert "“b.svg” was not taken: This file is not a picture that we can read." in answer
    assert [image.position for image in product.images.all()] == [1, 2]
    assert answer.count("Being prepared") == 2 and answer.count("In no language") == 2
    first, second = product.images.all()
    ProductImage.objects.filter(pk=first.pk).update(state="failed", last_error="It is gone.")

    assert "Not on show: It is gone." in on_stage.client.get(address).content.decode()
    on_stage.client.post(address, {"do": f"again:{first.pk}"})
    on_stage.client.post(address, {"do": f"later:{first.pk}"})
    for key in ("9" * 5000, "²", ""):
        assert on_stage.client.post(address, {"do": f"later:{key}"}).status_code == 302

    assert [image.pk for image in product.images.all()] == [second.pk, first.pk]
    first.refresh_from_db()
    assert first.state == "queued"


def test_the_pictures_of_another_seller_are_out_of_reach(on_stage: Stage) -> None:
    product = on_stage.notebook.product
    address = page(product).replace("/change/", "/pictures/")
    mine = ProductImage.objects.create(product=product, state="failed", original="originals/a")

    own = page(on_stage.mug.product).replace("/change/", "/pictures/")
    on_stage.client.post(own, {"do": f"again:{mine.pk}"})
    on_stage.client.post(own, {"do": f"later:{mine.pk}"})

    assert on_stage.client.get(address).status_code == 404
    assert on_stage.client.post(address, {"do": "add", "files": [picture()]}).status_code == 404
    mine.refresh_from_db()
    assert (mine.state, product.images.count()) == ("failed", 1)


def test_a_moved_focus_asks_for_new_cuts(on_stage: Stage) -> None:
    product = on_stage.mug.product
    image = ProductImage.objects.create(product=product, file="products/mug.webp", sizes="made", alt_en="A mug")
    sent = product_form(product)
    assert on_stage.client.post(page(product), sent | {"images-0-focus": "50 50"}).status_code == 302
    image.refresh_from_db()
    assert image.sizes == "made"

    assert on_stage.client.post(page(product), sent | {"images-0-focus": "0 100"}).status_code == 302

    image.refresh_from_db()
    assert (image.focus_x, image.focus_y, image.sizes) == (0, 100, "waiting")
    own: dict[str, Any] = {"position": 1, "focus_x": 30, "focus_y": 101, "alt_en": "A mug"}
    address = f"/admin/catalog/productimage/{image.pk}/change/"
    assert "less than or equal to 100" in on_stage.client.post(address, own).content.decode()
    assert on_stage.client.post(address, own | {"focus_y": 20}).status_code == 302
    image.refresh_from_db()
    assert (image.focus_x, image.focus_y) == (30, 20)
    assert "30% from the left, 20% from the top" in on_stage.client.get(page(product)).content.decode()
