"""Texts of a file go into the shop in the language that they are in, and are met by readers of every other one."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from catalog import tasks
from catalog.feeds.languages import spoken, told
from catalog.feeds.listing import FeedListing, FeedVariant
from catalog.models import ImportJob, Option, OptionValue, Product, TextState
from catalog.selectors.cards import Source, cards
from catalog.selectors.prices import Prices
from catalog.services import import_jobs
from marketplace.kernel.errors import Refused
from marketplace.kernel.region import Region
from tests.catalog.admin_stage import Stage, product_form
from tests.support.cast import fill_shelves
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
GERMAN = (
    "Artikelgruppe;Bezeichnung;Beschreibung;Preis;SKU;option1_name;option1_value;Bilder\n"
    "tasse;Tasse mit Henkel;Die Tasse ist für Tee und wird von Hand gemacht.;12,50;T-1;Farbe;Rot;https://a.example/1.jpg\n"
    "tasse;;;12,50;T-2;Farbe;Blau;\n"
)


def write(path: Path, text: str, name: str = "f.csv") -> Path:
    file = path / name
    file.write_text(text, "utf-8")
    return file


def imported(path: Path, text: str, **options: Any) -> dict[str, Any]:
    return answered(write(path, text), seller="paper-kite", **options)


def one(title: str, description: str = "") -> FeedListing:
    variant = FeedVariant((), Decimal(1), None, "", "", None, None, "", 2)
    return FeedListing("h", title, description, "", "", True, (), (variant,), (), 2, "EUR")


# What tells the language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "de"), ("de_AT", "de"), ("DE-ch", "de"), ("ger", "de"), ("Deutsch", "de"), ("allemand", "de"), ("ドイツ語", "de"),
        ("zh", "zh-hans"), ("zh_CN", "zh-hans"), ("zh-Hans-SG", "zh-hans"), ("中文", "zh-hans"), ("zh-TW", ""), ("pt", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_cell_names_a_language(text: str, code: str) -> None:
    assert spoken(text) == code


@pytest.mark.parametrize(
    ("titles", "preferred", "code"),
    [
        (["やかん", "茶碗"], "en", "ja"),
        (["茶碗", "茶壶"], "en", "zh-hans"),
        (["茶碗"], "ja", "ja"),
        (["فنجان شاي"], "de", "ar"),
        (["Kettle", "茶壶 500 ml", "茶碗 A-1"], "en", "zh-hans"),
        (["The cup for tea", "Lamp with a shade for the wall"], "de", "en"),
        (["Die Tasse mit Henkel", "Lampe für den Tisch"], "en", "de"),
        (["La taza para el té", "Lámpara de mesa con pie"], "en", "es"),
        (["La tasse pour le thé", "Lampe avec pied"], "en", "fr"),
        (["Tasse 300 ml", "Lampe"], "de", "de"),
        (["Tasse 300 ml", "Lampe"], "zh-hans", "en"),
        ([], "ja", "en"),
    ],
)
def test_scripts_and_words_tell_the_language_and_else_the_account(titles: list[str], preferred: str, code: str) -> None:
    assert told([one(title) for title in titles], preferred) == code


# Into the shop ---------------------------------------------------------------------------------------------


def test_a_german_file_is_german_in_every_part(on_stage: Stage, tmp_path: Path) -> None:
    result = imported(tmp_path, GERMAN)

    assert (result["language"], result["created"], result["errors"]) == ("de", 1, [])
    cup = Product.objects.get(handle="tasse")
    assert (cup.source_language, cup.name_de, cup.name_en) == ("de", "Tasse mit Henkel", None)
    assert cup.description_de == "<p>Die Tasse ist für Tee und wird von Hand gemacht.</p>"
    assert list(Option.objects.filter(product=cup).values_list("name_de", "name_en")) == [("Farbe", None)]
    names = (
        OptionValue.objects.filter(option__product=cup).order_by("position").values_list("code", "name_de", "name_en")
    )
    assert list(names) == [("Rot", "Rot", None), ("Blau", "Blau", None)]
    assert not TextState.objects.filter(
        product=cup
    ).exists()  # its own words are no translation, English ones are missing


def test_readers_of_other_languages_meet_and_find_what_has_no_english(on_stage: Stage, tmp_path: Path) -> None:
    head = "handle,title,price,sku,option1_name,option1_value\n"
    imported(tmp_path, head + "tasse,Tasse für den Tee und die Milch mit Henkel,80,T-1,Farbe,Rot\n")
    imported(tmp_path, head + "chawan,青花瓷茶碗,90,C-1,颜色,红色\n")
    Product.objects.update(held_in=[])
    fill_shelves()

    for language, handle, name, choice in (
        ("en", "tasse", "Tasse für den", "Rot"),
        ("fr", "chawan", "青花瓷茶碗", "红色"),
    ):
        product = Product.objects.get(handle=handle)
        page = Client().get(f"/{language}/product/{product.slug}/").content.decode()
        assert page.count(name) > 2 and choice in page
        source = Source("SELECT %(id)s::bigint, 1", {"id": product.pk})
        (card,) = cards(source, Region(language, "DE", "EUR"), Prices.today())
        assert card.name.startswith(name)
    assert "Tasse für den" in Client().get("/en/search/", {"q": "tasse"}).content.decode()
    for language in ("en", "de", "zh-hans"):
        assert "青花瓷茶碗" in Client().get(f"/{language}/search/", {"q": "茶碗"}).content.decode()


def test_a_file_says_the_language_of_each_listing(on_stage: Stage, tmp_path: Path) -> None:
    text = "handle,title,price,Sprache\nt,Tasse,8,de-AT\nc,Cup,8,English\np,Copo,8,pt\n"

    result = imported(tmp_path, text)

    found = dict(Product.objects.filter(handle__in="tcp").values_list("handle", "source_language"))
    assert found == {"t": "de", "c": "en", "p": "en"}
    assert [remark["reason"] for remark in result["remarks"]] == [
        "“pt” is no language of this shop, so it was not taken over as that of the texts."
    ]
    assert imported(tmp_path, text)["unchanged"] == 3


def test_a_listing_in_the_shop_keeps_its_language_unless_the_seller_says_another(
    on_stage: Stage, tmp_path: Path
) -> None:
    text = "handle,title,price,option1_name,option1_value\nt,Tasse,8,Farbe,Rot\n"
    assert imported(tmp_path, text, language="en")["language"] == "en"
    imported(tmp_path, text.replace("Tasse", "Die Tasse mit dem Henkel und für Tee"))
    cup = Product.objects.get(handle="t")
    assert (cup.source_language, cup.name_en, cup.name_de) == ("en", "Die Tasse mit dem Henkel und für Tee", None)
    imported(tmp_path, text, language="en")

    result = imported(tmp_path, text, language="de")

    cup.refresh_from_db()
    assert (result["updated"], cup.source_language, cup.name_de, cup.name_en) == (1, "de", "Tasse", None)
    assert list(Option.objects.filter(product=cup).values_list("name_de", "name_en")) == [("Farbe", None)]
    assert list(OptionValue.objects.filter(option__product=cup).values_list("name_de", "name_en")) == [("Rot", None)]
    assert not TextState.objects.filter(product=cup).exists()
    assert imported(tmp_path, text, language="de")["unchanged"] == 1
    assert imported(tmp_path, text)["unchanged"] == 1


def test_other_words_in_another_language_are_a_translation(on_stage: Stage, tmp_path: Path) -> None:
    head = "handle,title,price\n"
    imported(tmp_path, head + "t,Tasse,8\n", language="de")

    imported(tmp_path, head + "t,Cup,8\n", language="en")

    cup = Product.objects.get(handle="t")
    assert (cup.source_language, cup.name_de, cup.name_en) == ("de", "Tasse", "Cup")
    states = TextState.objects.filter(product=cup).values_list("field", "language", "state")
    assert list(states) == [("name", "en", "draft")]


def test_our_own_table_keeps_the_language_and_the_english_translation(on_stage: Stage, tmp_path: Path) -> None:
    imported(tmp_path, GERMAN)
    Product.objects.filter(handle="tasse").update(name_en="Cup with a handle")
    OptionValue.objects.filter(code="Rot").update(name_en="Red")
    table = tmp_path / "own.csv"
    call_command("export_listings", str(table), seller="paper-kite", stderr=StringIO())

    assert answered(table, seller="paper-kite")["unchanged"] == 3
    assert answered(table, seller="asagiri")["created"] == 3

    cup = Product.objects.get(handle="tasse", seller=on_stage.rival)
    assert (cup.source_language, cup.name_de, cup.name_en) == ("de", "Tasse mit Henkel", "Cup with a handle")
    assert list(Option.objects.filter(product=cup).values_list("name_de", "name_en")) == [("Farbe", None)]
    names = (
        OptionValue.objects.filter(option__product=cup).order_by("position").values_list("code", "name_de", "name_en")
    )
    assert list(names) == [("Rot", "Rot", "Red"), ("Blau", "Blau", None)]
    states = TextState.objects.filter(product=cup).order_by("field").values_list("language", "state")
    assert list(states) == [("en", "draft")] * 2


# In the admin ----------------------------------------------------------------------------------------------


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    jobs: list[int] = []
    monkeypatch.setattr(tasks.run_import_job, "delay", jobs.append)
    return jobs


def test_the_preview_says_the_language_and_another_can_be_chosen(on_stage: Stage, handed_out: list[int]) -> None:
    User.objects.filter(pk=on_stage.member.pk).update(language="fr")
    on_stage.member.refresh_from_db()
    file = SimpleUploadedFile("f.csv", b"handle,title,price\nt,Tasse,8\n", "text/csv")
    job = import_jobs.upload(
        seller=on_stage.seller, actor=on_stage.member, file=file, format="auto", currency="CNY"
    )  # fmt: skip
    import_jobs.work_on(job.pk)
    address = f"/admin/catalog/importjob/{job.pk}/"
    assert "New listings count as written in French." in on_stage.client.get(f"{address}change/").content.decode()

    on_stage.client.post(f"{address}language/", {"language": "de"})

    job.refresh_from_db()
    assert (job.state, job.language, handed_out) == (ImportJob.State.UPLOADED, "de", [job.pk])
    import_jobs.work_on(job.pk)
    assert "New listings count as written in German." in on_stage.client.get(f"{address}change/").content.decode()
    job.refresh_from_db()
    import_jobs.start(job=job)
    import_jobs.work_on(job.pk)
    assert Product.objects.get(handle="t").name_de == "Tasse"
    with pytest.raises(Refused) as refusal:
        import_jobs.count_as(job=job, language="ja")
    assert refusal.value.code == "too_late"


def test_a_form_asks_for_the_name_in_the_language_of_the_listing_alone(on_stage: Stage) -> None:
    mug = on_stage.mug.product
    address = f"/admin/catalog/product/{mug.pk}/change/"

    refused = on_stage.client.post(address, product_form(mug, source_language="de", name_en="Kite mug"))
    assert "This field is required." in refused.content.decode()
    saved = on_stage.client.post(address, product_form(mug, source_language="de", name_en="", name_de="Drachenbecher"))

    assert saved.status_code == 302
    mug.refresh_from_db()
    assert (mug.source_language, mug.name_en, mug.name_de, mug.status) == ("de", None, "Drachenbecher", "live")
