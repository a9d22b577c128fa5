"""What becomes of a translation is noted whichever way a text is written: form, bulk edit, import by COPY."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from accounts.models import User
from catalog.feeds.listing import FeedImage, FeedListing, FeedText, FeedVariant, Translated
from catalog.models import GlossaryTerm, Option, OptionValue, Product, ProductFacts, ProductImage, TextState
from catalog.selectors.listing_facts import facts_rows, goods_facts
from catalog.selectors.safety import safety_column, safety_of
from catalog.selectors.texts import Coverage, coverage_in_all, coverage_of, digest, hits, texts_of, with_texts
from catalog.services import translating
from catalog.services.imports import import_feed
from catalog.services.translating import Written
from marketplace.kernel.errors import Refused
from payments.selectors import fx_table
from tests.catalog.admin_stage import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def staged(on_stage: Stage) -> Stage:
    return on_stage


@pytest.fixture
def mug(staged: Stage) -> Product:
    return staged.mug.product


@pytest.fixture
def translator(db: None) -> User:
    user = User.objects.create_user("translator@shop.example", full_name="Lin Hao", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="review_texts"))
    return user


def states(product: Product, language: str = "de") -> dict[str, str]:
    rows = TextState.objects.filter(product=product, language=language).order_by("field")
    return dict(rows.values_list("field", "state"))


def review(product: Product, actor: User, **texts: str) -> int:
    sources = {text.field: text.digest for text in texts_of([product.pk], "de")}
    written = {field: Written(text, sources[field]) for field, text in texts.items()}
    return translating.save_texts(product=product, language="de", texts=written, is_reviewed=True, actor=actor)


def test_a_text_is_a_draft_until_a_translator_says_otherwise(mug: Product, translator: User) -> None:
    Product.objects.filter(pk=mug.pk).update(name_de="Drachenbecher", summary_en="For tea.")

    assert states(mug) == {"name": "draft"}
    assert review(mug, translator, name="Drachenbecher") == 1

    row = TextState.objects.get(product=mug, field="name")
    assert (row.state, row.origin, row.author, row.source_digest) == (
        "reviewed", "person", translator, digest("Kite mug"),
    )  # fmt: skip
    mug.refresh_from_db()
    mug.name_de = "Becher"
    mug.save()
    row.refresh_from_db()
    assert (row.state, row.origin, row.author) == ("draft", "seller", None)


def test_a_reviewed_text_is_stale_when_its_source_changes_and_good_again_when_it_changes_back(
    mug: Product, translator: User
) -> None:
    review(mug, translator, name="Drachenbecher")

    Product.objects.filter(pk=mug.pk).update(name_en="Kite mug, large")
    assert states(mug) == {"name": "stale"}
    Product.objects.filter(pk=mug.pk).update(name_en="Kite mug")
    assert states(mug) == {"name": "reviewed"}
    Product.objects.filter(pk=mug.pk).update(name_en="Kite cup", name_de="Drachentasse")
    assert states(mug) == {"name": "draft"}
    Product.objects.filter(pk=mug.pk).update(name_de="")
    assert states(mug) == {}


def test_options_choices_pictures_and_warnings_have_states_and_lose_them_with_their_rows(mug: Product) -> None:
    option = Option.objects.create(product=mug, position=1, name_en="Colour", name_de="Farbe")
    value = OptionValue.objects.create(option=option, code="red", name_en="red", name_de="rot")
    picture = ProductImage.objects.create(product=mug, file="m.webp", alt_en="A mug", alt_de="Ein Becher")
    ProductFacts.objects.filter(product=mug).update(warnings_en="Hot.", warnings_de="Heiß.", has_no_warnings=False)

    named = [f"choice-{value.pk}", f"option-{option.pk}", f"picture-{picture.pk}", "warnings"]
    assert states(mug) == dict.fromkeys(named, "draft")
    OptionValue.objects.filter(pk=value.pk).update(name_en="crimson")
    ProductImage.objects.filter(pk=picture.pk).delete()
    option.delete()
    assert states(mug) == {"warnings": "draft"}
    ProductFacts.objects.filter(product=mug).delete()
    assert states(mug) == {}


def test_a_seller_who_writes_in_german_has_english_as_a_translation(mug: Product, translator: User) -> None:
    Product.objects.filter(pk=mug.pk).update(name_de="Drachenbecher", name_ja="カップ")

    Product.objects.filter(pk=mug.pk).update(source_language="de")

    assert states(mug) == {}
    assert states(mug, "en") == {"name": "draft"}
    assert states(mug, "ja") == {"name": "draft"}
    (text,) = texts_of([mug.pk], "en")
    assert (text.source, text.target) == ("Drachenbecher", "Kite mug")
    Product.objects.filter(pk=mug.pk).update(name_de="Drachentasse")
    assert texts_of([mug.pk], "en")[0].source_changed


def listing(handle: str, *texts: FeedText) -> FeedListing:
    variant = FeedVariant(("red",), 10, None, handle.upper(), "", 300, 4, "", 2)  # type: ignore[arg-type]
    return FeedListing(
        handle, "Jug", "<p>Holds a litre.</p>", "", "", True, ("Colour",), (variant,),
        (FeedImage(f"https://pictures.example/{handle}.jpg", 1, "A jug"),), 2, "CNY", texts=texts,
    )  # fmt: skip


def test_texts_of_an_import_are_drafts_of_a_file(staged: Stage) -> None:
    fx = fx_table(date(2026, 11, 22))
    import_feed(
        seller=staged.seller, feed=iter([listing("jug", FeedText("de", "Krug", "<p>Fasst einen Liter.</p>"))]), fx=fx
    )
    jug = Product.objects.get(handle="jug")
    assert set(TextState.objects.values_list("field", "language", "state", "origin")) == {
        ("name", "de", "draft", "import"), ("description", "de", "draft", "import"),
    }  # fmt: skip

    import_feed(seller=staged.seller, feed=iter([Translated("jug", (FeedText("ja", "水差し"),), 2)]), fx=fx)
    assert TextState.objects.get(product=jug, language="ja").origin == "import"


def test_a_draft_is_seen_by_nobody_until_it_is_reviewed(mug: Product, translator: User, staged: Stage) -> None:
    source = {"name": Written("Drachenbecher", digest("Kite mug"))}

    done = translating.save_texts(product=mug, language="de", texts=source, is_reviewed=False, actor=staged.member)

    mug.refresh_from_db()
    assert (done, mug.name_de) == (1, None)
    (text,) = texts_of([mug.pk], "de")
    assert (text.state, text.proposal, text.origin) == ("draft", "Drachenbecher", "person")
    translating.mark_reviewed(product=mug, language="de", actor=translator, fields={"name": digest("Kite mug")})
    mug.refresh_from_db()
    assert (mug.name_de, states(mug)) == ("Drachenbecher", {"name": "reviewed"})


@pytest.mark.parametrize(
    ("field", "text", "seen", "language", "code"),
    [
        ("name", "Becher", "Kite cup", "de", "source_changed"),
        ("name", "x" * 256, "Kite mug", "de", "too_long"),
        ("option-7", "Farbe", "Colour", "de", "unknown_text"),
        ("name", "Mug", "Kite mug", "en", "own_language"),
        ("name", "Mok", "Kite mug", "nl", "unknown_language"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    mug: Product, translator: User, field: str, text: str, seen: str, language: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        translating.save_texts(
            product=mug, language=language, texts={field: Written(text, digest(seen))}, is_reviewed=True,
            actor=translator,
        )  # fmt: skip

    assert refusal.value.code == code
    assert not TextState.objects.exists()


def test_a_seller_may_not_say_that_a_text_was_reviewed(mug: Product, staged: Stage) -> None:
    with pytest.raises(Refused) as refusal:
        review(mug, staged.member, name="Becher")

    assert (refusal.value.code, states(mug)) == ("may_not_review", {})


def test_coverage_counts_every_text_of_a_listing_once(mug: Product, translator: User) -> None:
    Product.objects.filter(pk=mug.pk).update(
        summary_en="For tea.", description_en="<p>Stoneware.</p>", summary_de="Für Tee."
    )
    review(mug, translator, name="Becher")
    Product.objects.filter(pk=mug.pk).update(name_en="Kite cup")

    found = coverage_of([mug.pk])[mug.pk]

    assert found["de"] == Coverage(missing=1, draft=1, stale=1)
    assert found["ja"] == Coverage(missing=3)
    assert "en" not in found
    mine = Product.objects.filter(pk=mug.pk)
    assert coverage_in_all(mine)["de"] == found["de"]
    for state, language, is_met in (("stale", "de", True), ("stale", "ja", False), ("missing", "ja", True),
                                    ("reviewed", "", False), ("missing", "en", False)):  # fmt: skip
        assert with_texts(mine, language, state).exists() is is_met, (state, language)


def test_terms_are_found_as_whole_words_and_in_the_plural() -> None:
    terms = [GlossaryTerm(term=term, target="x") for term in ("glaze", "mug", "釉薬")]

    assert [each.term for each in hits(terms, "Two Mugs with a celadon glaze")] == ["glaze", "mug"]
    assert [each.term for each in hits(terms, "smug glazed")] == []
    assert [each.term for each in hits(terms, "青い釉薬のカップ")] == ["釉薬"]


def test_a_warning_counts_when_it_was_reviewed_or_is_the_sellers_own(mug: Product, translator: User) -> None:
    facts = ProductFacts.objects.get(product=mug)
    facts.warnings_en, facts.warnings_de, facts.has_no_warnings = "Gets hot.", "Wird heiß.", False
    facts.save()
    assert counted(mug) == {"en": "Gets hot."}
    assert shown(mug, "de") == ("Gets hot.", "en")
    Product.objects.filter(pk=mug.pk).update(is_unscreened=False)

    review(mug, translator, warnings="Wird heiß.")

    assert Product.objects.get(pk=mug.pk).is_unscreened
    assert counted(mug) == {"en": "Gets hot.", "de": "Wird heiß."}
    assert shown(mug, "de") == ("Wird heiß.", "de")
    ProductFacts.objects.filter(product=mug).update(warnings_en="Gets very hot.")
    assert counted(mug) == {"en": "Gets very hot."}
    assert shown(mug, "de") == ("Gets very hot.", "en")
    Product.objects.filter(pk=mug.pk).update(source_language="de")
    assert counted(mug) == {"de": "Wird heiß."}
    assert shown(mug, "ja") == ("Wird heiß.", "de")


def counted(product: Product) -> object:
    return goods_facts(facts_rows([product.pk])[product.pk])["warnings"]


def shown(product: Product, language: str) -> tuple[str, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {safety_column(language)} FROM catalog_product p WHERE p.id = %s", [product.pk])
        found = safety_of(cursor.fetchone()[0], language)
    return found and found.warnings and (found.warnings.text, found.warnings.language)


def test_texts_that_were_there_before_count_as_reviewed(mug: Product) -> None:
    Product.objects.filter(pk=mug.pk).update(name_de="Becher", summary_ja="お茶に。")
    option = Option.objects.create(product=mug, position=1, name_en="Colour", name_fr="Couleur")
    value = OptionValue.objects.create(option=option, code="red", name_en="red", name_ar="أحمر")
    picture = ProductImage.objects.create(product=mug, file="m.webp", alt_en="A mug", alt_es="Una taza")
    ProductFacts.objects.filter(product=mug).update(warnings_de="Heiß.")
    TextState.objects.all().delete()

    migration = import_module("catalog.migrations.0016_texts_there_are_count_as_reviewed")
    migration.count_as_reviewed(None, SimpleNamespace(connection=connection))

    assert set(TextState.objects.filter(state="reviewed").values_list("field", "language")) == {
        ("name", "de"), ("summary", "ja"), (f"option-{option.pk}", "fr"), (f"choice-{value.pk}", "ar"),
        (f"picture-{picture.pk}", "es"), ("warnings", "de"),
    }  # fmt: skip
