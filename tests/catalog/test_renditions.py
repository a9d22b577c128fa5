"""The sizes of a picture are made by a worker: once, again after a crash, and shown as soon as they are there."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.test import Client, RequestFactory
from PIL import Image

from catalog import tasks
from catalog.models import ProductImage
from catalog.services import picture_order, pictures, renditions
from catalog.views.media import media_file
from marketplace.kernel import clock, photos
from marketplace.kernel.templatetags.photos import shown
from tests.catalog.admin_stage import Stage
from tests.catalog.test_pictures import folders, halves, written

pytestmark = pytest.mark.django_db
__all__ = ["folders"]
State, Sizes = ProductImage.State, ProductImage.Sizes


def uploaded(on_stage: Stage, **values: Any) -> ProductImage:
    """A picture of the mug as the form of its listing leaves it."""
    content = written(halves(size=(1000, 500)), "JPEG")
    stored = pictures.keep_foreign(content, name="uploads/mug.webp")
    fields: dict[str, Any] = {"file": stored.name, "original": pictures.keep_original(content)}
    return ProductImage.objects.create(product=on_stage.mug.product, **fields | values)


def test_a_waiting_picture_gets_its_sizes_and_the_card_shows_them(on_stage: Stage) -> None:
    image = uploaded(on_stage)

    tasks.make_pictures()

    image.refresh_from_db()
    found = photos.photo(image.file)
    assert found is not None
    assert (image.sizes, image.width, image.height, image.attempts) == (Sizes.MADE, 1000, 500, 0)
    image.product.refresh_from_db()
    assert image.product.card_image == image.file
    page = Client().get("/en/category/everything/").content.decode()
    assert f'srcset="/media/{found.stem}-s400.avif 400w' in page
    assert renditions.make_due(clock.now()) == 0


def test_several_files_become_pictures_in_their_order_and_a_broken_one_says_why(on_stage: Stage) -> None:
    good, broken = written(halves(), "PNG"), written(halves(size=(900, 600)), "JPEG")[:2500]
    names = [pictures.keep_original(content) for content in (good, broken)]

    first, second = picture_order.add_pictures(product=on_stage.mug.product, originals=[*names, names[0]])
    again = picture_order.add_pictures(product=on_stage.mug.product, originals=names)
    tasks.make_pictures()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (again, first.position, second.position) == ([], 1, 2)
    assert (first.state, first.sizes, first.width) == (State.READY, Sizes.MADE, 60)
    assert (second.state, second.file) == (State.FAILED, "")
    assert second.last_error.startswith("This file is not a picture that we can read.")
    assert renditions.try_again(picture_ids=[first.pk, second.pk]) == 1
    second.refresh_from_db()
    assert (second.state, second.last_error, second.attempts) == (State.QUEUED, "", 0)


def test_a_worker_that_dies_leaves_the_picture_to_another_one_later(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = uploaded(on_stage)
    moment = clock.now()

    def dies(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(pictures, "prepare", dies)
        renditions.make_due(moment)

    assert renditions.make_due(moment + timedelta(minutes=4)) == 0
    assert renditions.make_due(moment + timedelta(minutes=6)) == 1
    image.refresh_from_db()
    assert (image.sizes, image.attempts) == (Sizes.MADE, 0)


def test_a_focus_moved_meanwhile_is_not_lost(on_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    image = uploaded(on_stage)
    prepare = pictures.prepare

    def slow(content: bytes, focus: tuple[int, int]) -> pictures.Stored:
        ProductImage.objects.filter(pk=image.pk).update(focus_x=0, due_at=clock.now())
        return prepare(content, focus)

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "prepare", slow)
        renditions.make_due(clock.now())
    image.refresh_from_db()
    assert (image.sizes, image.file) == (Sizes.WAITING, "uploads/mug.webp")

    renditions.make_due(clock.now())

    image.refresh_from_db()
    assert image.sizes == Sizes.MADE


def test_a_picture_from_before_is_made_from_what_is_shown_and_one_whose_file_is_gone_says_so(on_stage: Stage) -> None:
    product = on_stage.mug.product
    default_storage.save("products/mug.webp", ContentFile(written(halves(), "WEBP")))
    old = ProductImage.objects.create(product=product, file="products/mug.webp")
    gone = ProductImage.objects.create(product=product, file="products/gone.webp")

    tasks.make_pictures()

    old.refresh_from_db()
    gone.refresh_from_db()
    assert (old.sizes, old.original) == (Sizes.MADE, "")
    assert (gone.state, gone.sizes, gone.file) == (State.READY, Sizes.FAILED, "products/gone.webp")
    assert gone.last_error == "The file of this picture is gone. Please send it again."


def test_a_picture_moves_among_the_others_and_the_first_is_on_the_card(on_stage: Stage) -> None:
    product = on_stage.mug.product
    for number in (1, 2, 3):
        ProductImage.objects.create(product=product, file=f"products/{number}.webp", position=1)
    keys = list(product.images.order_by("pk").values_list("pk", flat=True))

    moved = picture_order.move_picture(product=product, picture_id=keys[2], steps=-2)
    at_the_edge = picture_order.move_picture(product=product, picture_id=keys[2], steps=-1)

    assert (moved, at_the_edge) == (True, False)
    assert list(product.images.values_list("file", flat=True)) == [f"products/{n}.webp" for n in (3, 1, 2)]
    product.refresh_from_db()
    assert product.card_image == "products/3.webp"


def test_what_is_not_prepared_is_shown_as_it_is_and_a_name_can_not_break_out() -> None:
    assert shown("products/a b.webp", "card", lazy=True) == (
        '<img class="photo" src="/media/products/a%20b-400.webp" width="400" height="400" alt="" loading="lazy" '
        'decoding="async">'
    )
    assert 'alt="&lt;b&gt; &quot;x&quot;"' in shown("products/a.webp", "page", alt='<b> "x"')
    assert shown("", "card") == ""


def test_a_prepared_picture_has_its_measures_its_tones_and_no_style() -> None:
    name = "pictures/3f/9ac1d2e4b5a697c0d1-1000x800-81341a.webp"

    card, page, hero = (shown(name, place, first=True) for place in ("card", "page", "hero"))

    assert 'width="800" height="800"' in card and 'class="photo is-toned rl8 rc1 rh3 ml4 mc1 mha"' in card
    assert 'width="1000" height="800"' in page and 'fetchpriority="high"' in page
    assert '-81341a.avif 1000w"' in page
    assert hero.index('media="(max-width: 43.99rem)"') < hero.index("-s400.avif") and "-p400.avif" in hero
    assert "style" not in card + page + hero


def test_media_are_served_with_their_type_and_can_not_run() -> None:
    default_storage.save("videos/a.mp4", ContentFile(b"0123456789"))
    default_storage.save("uploads/a.html", ContentFile(b"<script>"))
    default_storage.save("uploads/a.svg", ContentFile(b"<svg>"))
    ask = RequestFactory()
    whole, part = (
        media_file(ask.get("/"), "videos/a.mp4"),
        media_file(ask.get("/", HTTP_RANGE="bytes=2-4"), "videos/a.mp4"),
    )

    assert (part.status_code, getattr(part, "content", b""), part["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    for answer in (whole, part):
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("video/mp4", "nosniff")
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for path in ("uploads/a.html", "uploads/a.svg", "../private/a.webp", "videos/none.mp4"):
        with pytest.raises(Http404):
            media_file(ask.get("/"), path)


def test_an_image_of_nothing_is_a_picture_too() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "PNG")

    assert photos.photo(pictures.prepare(buffer.getvalue()).name) is not None
