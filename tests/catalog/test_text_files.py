"""Texts go out as CSV and XLIFF and come in again; a machine proposes, and a person decides."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog.exports.texts import NAMESPACE, as_csv, as_xliff
from catalog.feeds.texts import sent_texts
from catalog.models import Product, ProductFacts, TextState, TranslationJob
from catalog.selectors.texts import texts_of
from catalog.services import machine
from catalog.services.translating import broken_codes
from demo.sandbox.server import serve
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from tests.catalog.admin_stage import Stage

pytestmark = pytest.mark.django_db
LIST = "admin:catalog_listingtexts_changelist"
BRING_IN = "admin:catalog_listingtexts_bring_in"
SECRET = "a-secret-of-the-tests-that-is-long-enough"


@pytest.fixture
def staged(on_stage: Stage) -> Stage:
    made = on_stage
    Product.objects.filter(pk=made.mug.product_id).update(
        summary_en="=Tea & more", description_en="<p>Holds <strong>300 ml</strong>.</p><p>Stoneware.</p>"
    )
    return made


@pytest.fixture
def translator(staged: Stage) -> Client:
    user = User.objects.create_user("translator@shop.example", full_name="Lin Hao")
    accounts.give_role(user=user, role=roles.TRANSLATOR)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def taken_home(client: Client, product: Product, action: str) -> bytes:
    chosen = {"action": action, "_selected_action": [product.pk], "index": 0}
    answer = client.post(f"{reverse(LIST)}?language=de", chosen)
    assert answer["Content-Disposition"].startswith('attachment; filename="texts-de.')
    return answer.content


def bring_in(client: Client, content: bytes, is_reviewed: str = "reviewed") -> str:
    sent = {"file": SimpleUploadedFile("texts", content), "is_reviewed": is_reviewed}
    return client.post(reverse(BRING_IN), sent).content.decode()


@pytest.mark.parametrize("action", ["texts_as_csv", "texts_as_xliff"])
def test_a_file_that_was_filled_in_is_in_the_shop(staged: Stage, translator: Client, action: str) -> None:
    mug = staged.mug.product
    content = taken_home(translator, mug, action).decode()
    assert [one.source for one in sent_texts(content.encode())][:3] == [
        "Kite mug", "=Tea & more", "<p>Holds <strong>300 ml</strong>.</p><p>Stoneware.</p>",
    ]  # fmt: skip
    if action == "texts_as_csv":
        filled = content.replace("Kite mug,,", "Kite mug,Becher,").replace(
            "Stoneware.</p>,,", "Stoneware.</p>,<p>Fasst <strong>300 ml</strong>.</p><p>Steinzeug.</p>,"
        )
    else:
        tags = [
            f'<ph id="{n}">&lt;{tag}&gt;</ph>' for n, tag in enumerate(("p", "strong", "/strong", "/p", "p", "/p"), 1)
        ]
        german = "{}Fasst {}300 ml{}.{}{}Steinzeug.{}".format(*tags)
        name, _summary, text, rest = content.split('<target state="needs-translation"></target>', 3)
        filled = f"{name}<target>Becher</target>{_summary}<target></target>{text}<target>{german}</target>{rest}"

    shown = bring_in(translator, filled.encode())

    mug.refresh_from_db()
    assert (mug.name_de, mug.description_de) == ("Becher", "<p>Fasst <strong>300 ml</strong>.</p><p>Steinzeug.</p>")
    assert set(TextState.objects.filter(product=mug).values_list("state", "origin")) == {("reviewed", "import")}
    assert "texts-taken" in shown


@pytest.mark.parametrize("action", ["texts_as_csv", "texts_as_xliff"])
def test_a_file_does_not_undo_what_was_translated_since(staged: Stage, translator: Client, action: str) -> None:
    mug = staged.mug.product
    Product.objects.filter(pk=mug.pk).update(name_de="Alt", summary_de="Auch alt")
    content = taken_home(translator, mug, action).decode().replace("Auch alt", "Tee und mehr")
    Product.objects.filter(pk=mug.pk).update(name_de="Becher")

    shown = bring_in(translator, content.encode())

    mug.refresh_from_db()
    assert (mug.name_de, mug.summary_de) == ("Becher", "Tee und mehr")
    assert "Somebody else" not in shown
    Product.objects.filter(pk=mug.pk).update(summary_de="Tee")
    shown = bring_in(translator, content.replace("Tee und mehr", "Noch mehr").encode())
    mug.refresh_from_db()
    assert ("Somebody else has translated this text since." in shown, mug.summary_de) == (True, "Tee")


def test_what_does_not_fit_is_left_out_with_a_sentence_for_each(staged: Stage, translator: Client) -> None:
    mug, foreign = staged.mug.product, staged.notebook.product
    rows = [
        "id,language,source,target", f"{mug.pk}:name,de,Kite cup,Becher", f"{mug.pk}:nothing,de,x,y",
        f"{foreign.pk}:name,de,Morning notebook,Heft", f"{mug.pk}:name,nl,Kite mug,Mok",
        f"{mug.pk}:description,de,<p>Holds <strong>300 ml</strong>.</p><p>Stoneware.</p>,<p>Fasst 300 ml.</p>",
        f"{mug.pk}:summary,de,'=Tea & more,{'x' * 401}", "1:name:x,de,,z",
    ]  # fmt: skip

    shown = bring_in(staged.client, "\n".join(rows).encode(), "draft")

    assert "has changed since" in shown and shown.count("There is no such text among your listings.") == 3
    assert "The shop has no texts in this language." in shown and "at most" in shown
    assert "The tag or placeholder &lt;p&gt; has to stay" in shown
    assert not TextState.objects.exists()


def test_a_seller_brings_in_drafts_and_no_reviewed_texts(staged: Stage) -> None:
    mug = staged.mug.product
    content = f"id,language,source,target\n{mug.pk}:name,de,Kite mug,Becher\n".encode()

    bring_in(staged.client, content, "reviewed")
    assert not TextState.objects.exists()
    bring_in(staged.client, content, "draft")

    row = TextState.objects.get(product=mug)
    assert (row.state, row.proposal, row.origin) == ("draft", "Becher", "import")


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"<html/>", b"\xff\xfe\x00", b"id,source\n1,2\n",
     b'<!DOCTYPE x [<!ENTITY a "aa">]><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">&a;</xliff>'],
)  # fmt: skip
def test_files_of_another_kind_are_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        sent_texts(content)

    assert refusal.value.code == "file_unreadable"


def test_files_read_back_what_was_written(staged: Stage) -> None:
    key = staged.mug.product_id
    texts = texts_of([key], "ar")

    for content in (as_csv(texts, "ar"), as_xliff(texts, "ar", {key: "en"})):
        assert [(one.name, one.language, one.source, one.target) for one in sent_texts(content)] == [
            (f"{key}:{text.field}", "ar", text.source, "") for text in texts
        ]


@pytest.mark.parametrize("action", ["texts_as_csv", "texts_as_xliff"])
def test_signs_that_xml_does_not_know_do_not_break_a_file(staged: Stage, translator: Client, action: str) -> None:
    mug = staged.mug.product
    Product.objects.filter(pk=mug.pk).update(name_en="Kite\x0bmug\x02")
    content = taken_home(translator, mug, action).decode()

    filled = content.replace(",,missing,255", ",Becher,missing,255").replace(
        '<target state="needs-translation"></target>', "<target>Becher</target>", 1
    )
    bring_in(translator, filled.encode())

    assert Product.objects.get(pk=mug.pk).name_de == "Becher"


def test_tags_and_placeholders_are_counted() -> None:
    assert broken_codes("<p>a <b>b</b></p>", "<P>x <b class='y'>z</b></P>") == ""
    assert broken_codes("<p>a</p>", "<p>a</p><p>b</p>") == "<p>"
    assert broken_codes("%(count)s of {total}", "{total}") == "%(count)s"


# The machine --------------------------------------------------------------------------------------------------


@pytest.fixture
def deepl(settings: Settings) -> Iterator[str]:
    """The counterpart of the demo is at work."""
    with serve(secret=SECRET) as url:
        settings.TRANSLATION_URL, settings.TRANSLATION_KEY = f"{url}/deepl", SECRET
        yield url


def fault(url: str, **switches: int) -> None:
    body = json.dumps({"deepl": switches}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{url}/faults", body), timeout=5).close()


def asked(staged: Stage, translator: Client) -> TranslationJob:
    chosen = {"action": "ask_machine", "_selected_action": [staged.mug.product_id], "index": 0}
    translator.post(f"{reverse(LIST)}?language=de", chosen)
    return TranslationJob.objects.get()


def test_a_machine_proposes_and_no_shopper_sees_it(staged: Stage, translator: Client, deepl: str) -> None:
    mug = staged.mug.product
    ProductFacts.objects.filter(product=mug).update(warnings_en="Hot.", has_no_warnings=False)
    job = asked(staged, translator)

    assert machine.work_on_due() == 1

    job.refresh_from_db()
    mug.refresh_from_db()
    assert (job.state, job.texts, mug.name_de, mug.description_de) == ("done", 4, None, None)
    rows = TextState.objects.filter(product=mug, language="de")
    assert dict(rows.values_list("field", "proposal")) == {
        "name": "[de] Kite mug", "summary": "[de] =Tea & more", "warnings": "[de] Hot.",
        "description": "<p>[de] Holds <strong>[de] 300 ml</strong>[de] .</p><p>[de] Stoneware.</p>",
    }  # fmt: skip
    assert set(rows.values_list("state", "origin")) == {("draft", "machine")}
    assert machine.work_on_due() == 0
    asked_again = machine.order(product_ids=[mug.pk], language="de", actor=staged.member)
    assert (asked_again, machine.work_on_due(), TranslationJob.objects.latest("pk").texts) == (1, 1, 0)


def test_a_seller_asks_a_machine_so_often_a_day_and_staff_as_often_as_they_want(
    staged: Stage, deepl: str, monkeypatch: pytest.MonkeyPatch, admin_user: User
) -> None:
    monkeypatch.setattr(machine, "MOST_A_DAY", 2)
    keys = [staged.mug.product_id, staged.tshirt.product_id]
    assert machine.order(product_ids=keys, language="de", actor=staged.member) == 2

    with pytest.raises(Refused) as refusal:
        machine.order(product_ids=keys[:1], language="fr", actor=staged.member)

    assert (refusal.value.code, TranslationJob.objects.count()) == ("too_many_today", 2)
    assert machine.order(product_ids=keys, language="fr", actor=admin_user) == 2
    TranslationJob.objects.update(created_at=clock.now() - timedelta(days=1, minutes=1))
    assert machine.order(product_ids=keys, language="es", actor=staged.member) == 2


def test_a_machine_that_fails_is_asked_again_later(staged: Stage, translator: Client, deepl: str) -> None:
    job = asked(staged, translator)
    fault(deepl, fail_next=1, drop_next=1)

    for attempt in (1, 2):
        assert machine.work_on_due() == 1
        job.refresh_from_db()
        assert (job.state, job.attempts, job.lease_until) == ("queued", attempt, None)
        assert job.due_at > clock.now()
        assert machine.work_on_due() == 0
        TranslationJob.objects.update(due_at=clock.now() - timedelta(seconds=1))
    assert machine.work_on_due() == 1

    job.refresh_from_db()
    assert (job.state, job.texts, TextState.objects.count()) == ("done", 3, 3)


def test_a_wrong_key_is_given_up_and_without_a_machine_nothing_is_asked(
    staged: Stage, translator: Client, deepl: str, settings: Settings
) -> None:
    job = asked(staged, translator)
    settings.TRANSLATION_KEY = "wrong"
    machine.work_on_due()
    job.refresh_from_db()
    assert (job.state, TextState.objects.count()) == ("failed", 0)

    settings.TRANSLATION_URL = ""
    with pytest.raises(Refused) as refusal:
        machine.order(product_ids=[job.product_id], language="de", actor=staged.member)
    assert (refusal.value.code, machine.work_on_due()) == ("no_machine", 0)


def test_what_went_wrong_is_said_in_the_readers_language(
    staged: Stage, translator: Client, deepl: str, settings: Settings
) -> None:
    asked(staged, translator)
    settings.TRANSLATION_KEY = "wrong"
    machine.work_on_due()
    translator.cookies["language"] = "de"

    shown = translator.get(reverse("admin:catalog_translationjob_changelist")).content.decode()

    assert "Die Maschine kennt den Schlüssel des Shops nicht." in shown


def test_a_text_that_was_written_while_the_machine_worked_stays(
    staged: Stage, translator: Client, deepl: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mug = staged.mug.product
    asked(staged, translator)
    ask = machine._asked

    def ask_slowly(*args: object) -> list[str]:
        answers = ask(*args)  # type: ignore[arg-type]
        Product.objects.filter(pk=mug.pk).update(name_de="Becher", summary_en="For tea.")
        return answers

    monkeypatch.setattr(machine, "_asked", ask_slowly)
    machine.work_on_due()

    found = dict(TextState.objects.filter(product=mug, language="de").values_list("field", "proposal"))
    assert set(found) == {"name", "description"} and found["name"] == ""


@pytest.mark.parametrize(
    "inside",
    [
        "<body><trans-unit id='a'><source>" + "<trans-unit>" * 50 + "x" + "</trans-unit>" * 50
        + "</source><target>y</target></trans-unit></body>",
        "<body>" + "<file>" * 50 + "<body><trans-unit id='a'/></body>" + "</file>" * 50 + "</body>",
    ],
    ids=["units", "files"],
)  # fmt: skip
def test_a_file_whose_parts_lie_in_each_other_is_refused(inside: str) -> None:
    whole = f"<xliff xmlns='{NAMESPACE}' version='1.2'><file target-language='de'>{inside}</file></xliff>"

    with pytest.raises(Refused) as refusal:
        sent_texts(whole.encode())

    assert refusal.value.code in ("file_unreadable", "file_empty")


@pytest.mark.parametrize(
    ("separator", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (",", "utf-8"), (";", "utf-8-sig")]
)
def test_a_table_may_have_been_saved_by_a_spreadsheet(separator: str, encoding: str) -> None:
    rows = [["ID", "Language", "source", "target", "state"], ["7:name", "DE", "Tea; set", "'=Größe", "missing"]]
    table = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)

    [one] = sent_texts(table.encode(encoding))

    assert (one.line, one.name, one.language, one.source, one.target) == (2, "7:name", "de", "Tea; set", "=Größe")


@pytest.mark.parametrize("row", ["7:name,de,Tea, set,Größe", '7:name,de,Tea,"Größe'])
def test_a_table_whose_cells_have_moved_is_refused(row: str) -> None:
    with pytest.raises(Refused) as refused:
        sent_texts(f"id,language,source,target\n{row}\n".encode())
    assert (refused.value.code, refused.value.field) == ("file_unreadable", "file")
