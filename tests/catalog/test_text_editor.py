"""The pages of translators: how far the texts are, source beside target, and who may say that a text was reviewed."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog.models import GlossaryTerm, Product, TextState
from catalog.selectors.texts import digest
from tests.catalog.admin_stage import Stage

pytestmark = pytest.mark.django_db
LIST = "admin:catalog_listingtexts_changelist"


@pytest.fixture
def staged(on_stage: Stage) -> Stage:
    return on_stage


@pytest.fixture
def translator(staged: Stage) -> Client:
    """A member of the staff with the role, signed in."""
    user = User.objects.create_user("translator@shop.example", full_name="Lin Hao")
    accounts.give_role(user=user, role=roles.TRANSLATOR)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def page(product: Product, language: str = "de") -> str:
    return f"{reverse('admin:catalog_listingtexts_change', args=[product.pk])}?language={language}"


def test_a_translator_reviews_a_text_and_it_is_in_the_shop(staged: Stage, translator: Client) -> None:
    mug = staged.mug.product
    GlossaryTerm.objects.create(term="mug", language="de", target="Becher", note="Never “Tasse”.")

    shown = translator.get(page(mug)).content.decode()
    assert 'name="text-name"' in shown and 'lang="de" dir="ltr"' in shown
    assert "Becher" in shown and "Never “Tasse”." in shown and "/ 255" in shown
    sent = {"text-name": "Drachenbecher", "seen-name": digest("Kite mug"), "save": "reviewed-next"}
    answer = translator.post(page(mug), sent)

    assert answer["Location"] == page(staged.tshirt.product)
    mug.refresh_from_db()
    assert mug.name_de == "Drachenbecher"
    assert TextState.objects.get(product=mug).state == "reviewed"
    assert "Drachenbecher" in Client().get("/de/search/?q=Drachenbecher").content.decode()


def test_arabic_is_typed_from_right_to_left(staged: Stage, translator: Client) -> None:
    assert 'lang="ar" dir="rtl"' in translator.get(page(staged.mug.product, "ar")).content.decode()


def test_a_seller_keeps_drafts_of_their_own_listings_and_reviews_nothing(staged: Stage) -> None:
    mug = staged.mug.product
    sent = {"text-name": "Drachenbecher", "seen-name": digest("Kite mug")}

    shown = staged.client.get(page(mug)).content.decode()
    assert "save-draft" in shown and "save-reviewed" not in shown
    staged.client.post(page(mug), sent | {"save": "reviewed"})
    assert not TextState.objects.exists()
    staged.client.post(page(mug), sent | {"save": "draft"})

    row = TextState.objects.get(product=mug)
    assert (row.state, row.proposal, Product.objects.get(pk=mug.pk).name_de) == ("draft", "Drachenbecher", None)
    assert staged.client.get(page(staged.notebook.product)).status_code == 404
    assert staged.client.post(page(staged.notebook.product), sent).status_code == 404


def test_what_was_typed_stays_when_the_source_has_changed_meanwhile(staged: Stage, translator: Client) -> None:
    mug = staged.mug.product
    Product.objects.filter(pk=mug.pk).update(name_en="Kite cup")

    answer = translator.post(
        page(mug), {"text-name": "Becher", "seen-name": digest("Kite mug"), "save": "reviewed"}
    ).content.decode()

    assert "has changed meanwhile" in answer and ">Becher</textarea>" in answer and digest("Kite cup") in answer
    assert not TextState.objects.exists()


def form_of(client: Client, product: Product) -> dict[str, str]:
    """What a browser would send of the page as it stands now."""
    shown = client.get(page(product)).content.decode()
    hidden = re.findall(r'<input type="hidden" name="((?:seen|had)-[^"]+)" value="([^"]*)">', shown)
    typed = re.findall(r'<textarea name="(text-[^"]+)"[^>]*>([^<]*)</textarea>', shown, re.DOTALL)
    return dict(hidden) | {name: html.unescape(text) for name, text in typed}


@pytest.mark.parametrize("how", ["draft", "reviewed"])
def test_of_two_translators_none_undoes_what_the_other_has_written(staged: Stage, translator: Client, how: str) -> None:
    mug = staged.mug.product
    Product.objects.filter(pk=mug.pk).update(
        summary_en="For tea.", name_de="Alt", summary_de="Alt", description_en="<p>One.</p><p>Two.</p>",
        description_de="<p>Eins &amp; zwei.</p><p>Drei.</p>",
    )  # fmt: skip
    first, second = form_of(translator, mug), form_of(translator, mug)

    translator.post(page(mug), first | {"text-name": "Becher", "text-description": "Vier.", "save": "reviewed"})
    translator.post(page(mug), second | {"text-summary": "Für Tee.", "save": how})

    mug.refresh_from_db()
    assert (mug.name_de, mug.description_de) == ("Becher", "<p>Vier.</p>")
    row = TextState.objects.get(product=mug, field="summary")
    assert (row.proposal, mug.summary_de) == (("", "Für Tee.") if how == "reviewed" else ("Für Tee.", "Alt"))
    assert set(TextState.objects.filter(product=mug).exclude(field="summary").values_list("state", "proposal")) == {
        ("reviewed", "")
    }


def test_two_who_write_one_text_at_once_see_each_other(staged: Stage, translator: Client) -> None:
    mug = staged.mug.product
    first, second = form_of(translator, mug), form_of(translator, mug)

    translator.post(page(mug), first | {"text-name": "Becher", "save": "reviewed"})
    refused = translator.post(page(mug), second | {"text-name": "Tasse", "save": "reviewed"}).content.decode()

    assert "Somebody else has written “Becher” meanwhile." in refused and ">Tasse</textarea>" in refused
    assert Product.objects.get(pk=mug.pk).name_de == "Becher"
    again = dict(re.findall(r'name="((?:seen|had)-[^"]+)" value="([^"]*)"', refused))
    translator.post(page(mug), second | again | {"text-name": "Tasse", "save": "reviewed"})
    assert Product.objects.get(pk=mug.pk).name_de == "Tasse"


def test_the_list_counts_and_filters_by_language_and_state(staged: Stage, translator: Client) -> None:
    mug = staged.mug.product
    Product.objects.filter(pk=mug.pk).update(name_de="Becher")

    every = translator.get(reverse(LIST)).content.decode()
    drafts = translator.get(f"{reverse(LIST)}?language=de&state=draft").content.decode()
    missing = translator.get(f"{reverse(LIST)}?language=de&state=missing").content.decode()

    assert 'data-testid="coverage-de"' in every and "Morning notebook" in every
    assert "Kite mug" in drafts and "Kite T-shirt" not in drafts
    assert "Kite mug" not in missing and "Kite T-shirt" in missing
    own = staged.client.get(reverse(LIST)).content.decode()
    assert "Kite mug" in own and "Morning notebook" not in own


def test_the_list_of_products_has_the_coverage_in_a_column(staged: Stage) -> None:
    shown = staged.client.get(reverse("admin:catalog_product_changelist")).content.decode()

    page_of_mug = reverse("admin:catalog_listingtexts_change", args=[staged.mug.product.pk])
    assert f'href="{page_of_mug}" data-tone="open"><bdi dir="ltr">0/6</bdi>' in shown
