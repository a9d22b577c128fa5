"""Sentences of the admin around the name of a table are right in languages with cases, genders and articles."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.catalog.admin_stage import Stage, page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "title", "button"),
    [
        ("de", "Neu: geplanter Preis", "Löschen"),
        ("fr", "Ajouter : prix programmé", "Supprimer"),
        ("zh-hans", "添加定时价格", "删除"),
    ],
)
def test_the_name_of_a_table_stands_for_itself(on_stage: Stage, language: str, title: str, button: str) -> None:
    on_stage.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    adding = on_stage.client.get("/admin/catalog/scheduledprice/add/").content.decode()
    listing = on_stage.client.get(page(on_stage.tshirt.product)).content.decode()

    assert f"<title>{title} | " in " ".join(adding.split()).replace("<title> ", "<title>")
    deleting = listing[listing.index(f'href="{page(on_stage.tshirt.product).replace("change", "delete")}') :]
    assert " ".join(deleting[deleting.index(">") + 1 : deleting.index("</a>")].split()) == button


@pytest.mark.parametrize(("language", "button"), [("de", "Importieren"), ("zh-hans", "导入"), ("ja", "インポート")])
def test_files_are_not_imported_through_customs(on_stage: Stage, language: str, button: str) -> None:
    on_stage.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    shown = on_stage.client.get("/admin/catalog/product/").content.decode()

    link = shown[shown.index('href="/admin/catalog/product/import/"') :]
    assert button in link[: link.index("</a>")]
