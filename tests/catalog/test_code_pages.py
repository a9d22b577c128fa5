"""Files in code pages: told by the letters of their languages, said where nobody can be sure, and chosen by the seller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from django.test import Client

from catalog import tasks
from catalog.feeds.encodings import ENCODINGS, guessed
from catalog.models import ImportJob, Product
from catalog.services import import_jobs
from marketplace.kernel.errors import Refused
from tests.catalog.admin_stage import Stage
from tests.support.importing import answered

State = ImportJob.State
TEXTS = [
    ("cp1250", "Żółta lampka biurkowa ze ściemniaczem, świeża biel, kość słoniowa, dąb"),
    ("cp1250", "Příliš žluťoučký kůň, stolní lampička s měkkým světlem, bílá"),
    ("cp1250", "Asztali lámpa fényerő-szabályzóval, tölgyfa, fehér, időtálló, hűvös fény, kő"),
    ("iso8859_2", "Żółta lampka biurkowa ze ściemniaczem, świeża biel, kość słoniowa, dąb"),
    ("cp1251", "Настольная лампа"), ("cp1251", "Настільна лампа з регулюванням яскравості"), ("koi8_r", "Настольная лампа, дуб"),
    ("cp1253", "Επιτραπέζιο φωτιστικό"), ("cp1254", "Işığı ayarlanabilir masa lambası, meşe ağacı, gümüş"),
    ("cp1255", "מנורת שולחן מעץ אלון עם אור חם מתאימה לחדר שינה וללימודים"), ("cp1256", "مصباح مكتب"),
    ("cp1257", "Galda lampa ar regulējamu spilgtumu, ozolkoka pamatne, mūžīgā šķautne, ģeometrisks"),
    ("cp1252", "Schöne Größe, grün, für Käse"), ("cp1252", "Lampe à intensité réglable, chêne très clair, façade"),
    ("cp1252", "Lámpara de niño, pequeña, diseño español, roble, año"), ("cp1252", "Luminária de pé, iluminação, não, coração, mãe"),
]  # fmt: skip


def table(text: str, encoding: str) -> bytes:
    rows = "".join(f"A-{number},{text} {number},12.50\n" for number in range(5))
    return f"sku,title,price\n{rows}".encode(encoding)


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_a_code_page_is_told_by_the_letters_of_its_languages(encoding: str, text: str) -> None:
    content = table(text, encoding)

    assert content.decode(guessed(content).name) == content.decode(encoding)
    assert guessed(content).is_sure


def test_letters_that_two_code_pages_have_are_read_as_in_western_europe_and_said() -> None:
    """In "e8" Western Europe has è and Central Europe č; ä, ö, ü and ß are the same in both."""
    assert guessed(table("crème", "cp1252")) == ("cp1252", False)
    assert guessed(table("Bär", "cp1252")) == ("cp1252", True)


def test_vietnamese_with_marks_of_its_own_is_read_and_big5_is_refused() -> None:
    text = "Đèn bàn có thê\u0309 điê\u0300u chi\u0309nh đô\u0323 sáng và gô\u0303 sô\u0300i, màu tră\u0301ng"

    assert guessed(table(text, "cp1258")).name == "cp1258"
    assert guessed(table("桌上型檯燈，可調節亮度", "big5")).name == "utf-8"


def test_all_encodings_that_can_be_chosen_are_known() -> None:
    assert all("ok".encode(name) == b"ok" for name in ENCODINGS)


# By the command ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_reads_polish_and_says_what_it_is_not_sure_of(shop: Any, tmp_path: Path) -> None:
    file = tmp_path / "lampy.csv"
    file.write_bytes(table("Żółta lampka i dąb", "cp1250"))
    sure = answered(file, seller="paper-kite", currency="EUR")
    titles = set(Product.objects.filter(handle="A-0").values_list("name_en", flat=True))
    file.write_bytes(b"handle,title,price\nc,cr\xe8me,5\n")
    doubtful = answered(file, seller="paper-kite", currency="EUR")
    chosen = answered(file, seller="paper-kite", currency="EUR", encoding="cp1250")

    assert (sure["remarks"], titles) == ([], {"Żółta lampka i dąb 0"})
    assert [one["reason"] for one in doubtful["remarks"]] == [
        "The file does not say in which encoding it is. It was read as Windows-1252 (English, Deutsch, Français, Español):"
        " choose another one if letters are wrong."
    ]
    assert (chosen["remarks"], chosen["updated"]) == ([], 1)
    assert Product.objects.get(handle="c").name_en == "crčme"


@pytest.mark.django_db
def test_the_command_reads_what_nobody_could_tell_when_it_is_told(shop: Any, tmp_path: Path) -> None:
    file = tmp_path / "lamps.csv"
    file.write_bytes(table("桌上型檯燈，可調節亮度", "big5"))

    with pytest.raises(CommandError, match="in an encoding that we don't know"):
        answered(file, seller="paper-kite")
    result = answered(file, seller="paper-kite", encoding="cp950")

    assert result["created"] == 5
    assert Product.objects.get(handle="A-0").in_own_language("name") == "桌上型檯燈，可調節亮度 0"


# On the page ---------------------------------------------------------------------------------------------------


@pytest.fixture
def on_stage(on_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(tasks.run_import_job, "delay", lambda job: None)
    return on_stage


def upload(on_stage: Stage, content: bytes, **more: str) -> ImportJob:
    file = SimpleUploadedFile("lamps.csv", content, "text/csv")
    return import_jobs.upload(
        seller=on_stage.seller, actor=on_stage.member, file=file, format="auto", currency="CNY", **more
    )


def address(job: ImportJob, page: str) -> str:
    return f"/admin/catalog/importjob/{job.pk}/{page}/"


def test_a_preview_says_that_it_is_not_sure_and_is_made_anew_in_another_encoding(on_stage: Stage) -> None:
    job = upload(on_stage, b"handle,title,price\nc,cr\xe8me,5\n")
    import_jobs.work_on(job.pk)
    page = on_stage.client.get(address(job, "change")).content.decode()
    assert "The file does not say in which encoding it is. It was read as Windows-1252" in page
    assert '<option value="cp1252" selected>' in page

    on_stage.client.post(address(job, "encoding"), {"encoding": "cp1250"})
    import_jobs.work_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.encoding, job.result["remarks"]) == (State.PREVIEWED, "cp1250", [])
    import_jobs.start(job=job)
    import_jobs.work_on(job.pk)
    assert Product.objects.get(handle="c").name_en == "crčme"


def test_columns_that_were_read_wrongly_are_known_in_the_right_encoding(on_stage: Stage) -> None:
    """In Japanese: 商品名 and 価格."""
    job = upload(on_stage, "商品名,価格\nﾗﾝﾌﾟ,5\n".encode("cp932"), encoding="cp1251")
    assert job.state == State.MAPPING
    assert '<option value="cp1251" selected>' in on_stage.client.get(address(job, "change")).content.decode()

    on_stage.client.post(address(job, "encoding"), {"encoding": "cp932"})

    job.refresh_from_db()
    assert (job.state, job.mapping) == (State.UPLOADED, {"title": "商品名", "price": "価格"})


def test_the_form_takes_an_encoding_that_nobody_could_tell(on_stage: Stage) -> None:
    content = table("桌上型檯燈，可調節亮度", "big5")
    with pytest.raises(Refused, match="damaged or in an encoding"):
        upload(on_stage, content)

    file = SimpleUploadedFile("lamps.csv", content, "text/csv")
    sent = {"seller": on_stage.seller.pk, "format": "auto", "currency": "", "encoding": "cp950", "file": file}
    on_stage.client.post("/admin/catalog/importjob/add/", sent)

    assert ImportJob.objects.get().encoding == "cp950"


@pytest.mark.parametrize("encoding", ["", "utf-7", "zip", "euc_jp"])
def test_what_is_no_encoding_of_the_file_changes_nothing(on_stage: Stage, encoding: str) -> None:
    job = upload(on_stage, b"handle,title,price\nc,cr\xe8me,5\n")
    import_jobs.work_on(job.pk)
    before = ImportJob.objects.values().get()

    on_stage.client.post(address(job, "encoding"), {"encoding": encoding})

    assert ImportJob.objects.values().get() == before


def test_nobody_else_chooses_and_an_import_that_began_stays_as_it_is(on_stage: Stage) -> None:
    job = upload(on_stage, b"handle,title,price\nc,cr\xe8me,5\n")
    import_jobs.work_on(job.pk)
    stranger: Client = on_stage.as_member_of(on_stage.rival)
    assert stranger.post(address(job, "encoding"), {"encoding": "cp1250"}).status_code == 404
    import_jobs.start(job=job)

    with pytest.raises(Refused, match="has begun already"):
        import_jobs.read_as(job=job, encoding="cp1250")

    assert ImportJob.objects.get().encoding == ""


def test_what_says_its_encoding_itself_has_nothing_to_choose(on_stage: Stage) -> None:
    for content in (
        "\ufeffhandle,title,price\nc,crème,5\n".encode(),
        "handle,title,price\nc,crème,5\n".encode("utf-16"),
    ):
        job = upload(on_stage, content)
        import_jobs.work_on(job.pk)

        assert 'name="encoding"' not in on_stage.client.get(address(job, "change")).content.decode()
