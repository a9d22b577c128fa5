"""A trace is a chain that nobody can change unseen: kept by the database, checked by page, command and browser."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from catalog import trace
from catalog.models import Product, TraceEvent
from catalog.services import tracing
from marketplace.kernel.errors import Refused
from marketplace.roles import ROLE_RIGHTS
from tests.support.cast import Cast
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

ADD = "/admin/catalog/traceevent/add/"


def owner(shop: Cast) -> User:
    return User.objects.get(email="paper-kite@sellers.example")


def record(product: Product, actor: User | None, text: str = "Thrown and glazed", **fields: Any) -> TraceEvent:
    values = {"kind": "made", "happened_on": date(2026, 3, 2), "batch": "LOT-7", "texts": {"en": text}} | fields
    return tracing.record_event(product=product, actor=actor, **values)


@pytest.fixture
def traced(shop: Cast) -> Product:
    """The mug, made, inspected and shipped in one batch."""
    product, maker = shop.mug.product, owner(shop)
    record(product, maker, country="CN", place="Jingdezhen", texts={"en": "Thrown", "de": "Gedreht"})
    record(product, None, "Inspected", kind="inspected", certificate_name="t.pdf", certificate_digest="ab" * 32)
    record(product, maker, "Shipped", kind="shipped", happened_on=date(2026, 4, 1))
    return product


@contextmanager
def behind_the_back() -> Iterator[Any]:
    """Somebody with the keys of the database, for whom no trigger fires."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def verified(*arguments: str) -> str:
    out = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("verify_trace", *arguments, stdout=out)
    return out.getvalue() + str(failure.value)


# The chain ----------------------------------------------------------------------------------------------------


def test_each_event_is_sealed_to_the_one_before_in_the_form_that_is_documented(traced: Product) -> None:
    first, second, third = traced.trace_events.order_by("number")

    content = (
        '{"batch":"LOT-7","certificate_name":"","certificate_sha256":"","corrects":null,"country":"CN",'
        '"format":"sampan-trace/1","happened_on":"2026-03-02","kind":"made","number":1,"place":"Jingdezhen",'
        f'"previous":"{"0" * 64}","product":"kite-mug","recorded_at":"{first.recorded_at:%Y-%m-%dT%H:%M:%S.%fZ}",'
        '"recorder":"Paper Kite","texts":{"de":"Gedreht","en":"Thrown"}}'
    )
    assert first.digest == hashlib.sha256(content.encode()).hexdigest()
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert [event.recorder for event in (first, second, third)] == ["Paper Kite", "Sampan", "Paper Kite"]


def test_the_database_refuses_to_change_to_take_out_or_to_fork(traced: Product) -> None:
    rows = TraceEvent.objects.filter(product=traced)
    before = list(rows.values())

    for harm in (lambda: rows.update(place="Elsewhere"), rows.delete, traced.delete, lambda: fork(rows)):
        with pytest.raises(Error), transaction.atomic():
            harm()

    assert list(rows.values()) == before


def fork(rows: Any) -> None:
    event = rows.get(number=2)
    event.pk = None
    event.number = 4  # it would follow the first event, not the third
    event.save(force_insert=True)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"batch": "two words"}, "batch_is_no_code"),
        ({"happened_on": date(2027, 1, 1)}, "event_lies_ahead"),
        ({"texts": {"en": " "}}, "event_says_nothing"),
        ({"texts": {"en": "x" * 1001}}, "event_says_too_much"),
        ({"certificate_digest": "abc"}, "certificate_is_no_digest"),
        ({"corrects": 4}, "corrects_nothing"),
    ],
)
def test_what_can_not_stand_in_a_chain_is_refused(traced: Product, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        record(traced, None, **fields)

    assert refusal.value.code == code
    assert traced.trace_events.count() == 3


def test_a_batch_has_a_chain_of_its_own_and_a_mistake_is_mended_by_another_event(traced: Product) -> None:
    other = record(traced, None, batch="LOT-8")
    mended = record(traced, None, "It was Dehua", kind="corrected", corrects=1)

    assert (other.number, other.previous) == (1, trace.NOTHING)
    assert (mended.number, mended.corrects) == (4, 1)


# Who looks at it ------------------------------------------------------------------------------------------------


def test_the_page_tells_the_way_and_that_it_is_unbroken(traced: Product) -> None:
    answer = Client().get("/de/trace/kite-mug/")

    body = answer.content.decode()
    head = traced.trace_events.get(number=3).digest
    assert answer.status_code == 200
    assert answer.context["chain"].verdict.holds
    assert trace.short_code(head) in body
    assert [step.text for step in answer.context["chain"].steps] == ["Gedreht", "Inspected", "Shipped"]
    assert owner_mail() not in body
    assert 'data-testid="product-trace"' in Client().get("/de/product/kite-mug/").content.decode()
    assert 'data-testid="product-trace"' not in Client().get("/de/product/kite-t-shirt/").content.decode()


def owner_mail() -> str:
    return "paper-kite@sellers.example"


def test_a_code_that_was_noted_says_up_to_which_event_nothing_was_touched(traced: Product) -> None:
    second = traced.trace_events.get(number=2)
    page = reverse("trace_batch", args=["kite-mug", "LOT-7"])

    known = Client().get(page, {"code": trace.short_code(second.digest).lower()})
    unknown = Client().get(page, {"code": "0000-0000-0000-0000"})

    assert known.context["found"].event == second
    assert unknown.context["found"] is None
    assert b"No event of this chain has that code" in unknown.content


def test_anybody_can_reckon_the_file_again(traced: Product) -> None:
    answer = Client().get("/en/trace/kite-mug/events.json", {"batch": "LOT-7"})

    told = json.loads(answer.content)
    before = "0" * 64
    for event in told["events"]:
        seal = event.pop("sha256")
        written = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (event["previous"], hashlib.sha256(written.encode()).hexdigest()) == (before, seal)
        before = seal
    assert len(told["events"]) == 3
    assert answer.headers["Content-Disposition"] == 'attachment; filename="trace-kite-mug-LOT-7.json"'


def test_a_batch_is_found_by_its_code(traced: Product) -> None:
    assert Client().get("/en/trace/", {"batch": "LOT-7"}).url == "/en/trace/kite-mug/batch/LOT-7/"
    assert Client().get("/en/trace/", {"batch": "LOT-9"}).context["products"] == []
    assert Client().get("/en/trace/kite-mug/batch/LOT-9/").status_code == 404
    assert Client().get("/en/trace/kite-t-shirt/").status_code == 404


def test_goods_that_nobody_may_meet_are_not_met_by_their_trace_either(traced: Product) -> None:
    Product.objects.filter(pk=traced.pk).update(held_in=["DE"])

    held = Client().get("/de/trace/kite-mug/")
    file = Client().get("/de/trace/kite-mug/events.json", {"batch": "LOT-7"})

    assert (held.status_code, held.url, file.status_code) == (302, "/de/product/kite-mug/", 404)
    assert Client().get("/ja/trace/kite-mug/").status_code == 200
    assert Client().get("/de/trace/", {"batch": "LOT-7"}).context["products"] == []


# Tampering ------------------------------------------------------------------------------------------------------


def test_a_word_changed_behind_the_back_is_named_by_page_and_command(traced: Product) -> None:
    with behind_the_back() as cursor:
        cursor.execute("UPDATE catalog_traceevent SET place = 'Elsewhere' WHERE number = 1")

    chain = Client().get("/en/trace/kite-mug/").context["chain"]

    assert [(step.event.number, step.broken) for step in chain.broken] == [(1, ("changed",))]
    assert "kite-mug LOT-7: event 1 is broken: its content is not what was sealed" in verified()


def test_an_event_that_is_sealed_anew_no_longer_fits_the_next(traced: Product) -> None:
    second = traced.trace_events.get(number=2)
    second.texts = {"en": "Found faultless"}
    with behind_the_back() as cursor:
        cursor.execute(
            "UPDATE catalog_traceevent SET texts = %s, digest = %s WHERE number = 2",
            [json.dumps(second.texts), trace.digest_of(second, traced.slug)],
        )

    body = Client().get("/en/trace/kite-mug/").content.decode()

    assert "This does not follow the event before it" in body
    assert "event 3 is broken: it does not follow the event before it" in verified("--product", "kite-mug")


def test_an_event_that_was_taken_out_leaves_a_gap(traced: Product) -> None:
    with behind_the_back() as cursor:
        cursor.execute("DELETE FROM catalog_traceevent WHERE number = 2")

    assert "event 3 is broken: events before it are gone" in verified("--batch", "LOT-7")


def test_the_command_says_what_holds(traced: Product) -> None:
    out = StringIO()
    call_command("verify_trace", stdout=out)

    head = traced.trace_events.get(number=3).digest
    assert out.getvalue() == f"kite-mug LOT-7: holds, {trace.short_code(head)}\n1 chains hold.\n"
    assert verified("--product", "nothing") == "There is no such chain."


def sealed_anew(events: list[dict[str, Any]]) -> None:
    """What somebody does who wants to hide a change."""
    before = trace.NOTHING
    for event in events:
        event.pop("sha256")
        event["previous"] = before
        event["sha256"] = before = hashlib.sha256(trace.canonical(event)).hexdigest()


def test_the_command_reckons_a_file_that_was_handed_out(traced: Product, tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    path.write_bytes(Client().get("/en/trace/kite-mug/events.json?batch=LOT-7").content)
    whole = path.read_text("utf-8")
    out = StringIO()

    call_command("verify_trace", "--file", str(path), stdout=out)

    head = traced.trace_events.get(number=3).digest
    assert out.getvalue() == f"The chain holds, and the shop has it: {trace.short_code(head)}\n"
    for spoilt, said in (
        (whole.replace("Jingdezhen", "Paris"), "event 1 is broken: its content is not what was sealed"),
        (whole.replace('"batch": "LOT-7"', '"batch": "LOT-8"', 1), "event 1 is broken: its content is not"),
        (whole[:-20], "can't be read as the file of a trace."), ("[]", "can't be read"), ('{"events": [[]]}', "can't be read"),
    ):  # fmt: skip
        path.write_text(spoilt, "utf-8")
        assert said in verified("--file", str(path))
    told = json.loads(whole)
    del told["events"][1]
    path.write_text(json.dumps(told), "utf-8")
    assert "event 3 is broken: events before it are gone" in verified("--file", str(path))
    told = json.loads(whole)
    told["events"][0]["place"] = "Paris"
    sealed_anew(told["events"])
    path.write_text(json.dumps(told), "utf-8")
    assert verified("--file", str(path)) == "The chain holds, but the shop has none with its last event."


# The seller -----------------------------------------------------------------------------------------------------


def form(product: Product, **changes: Any) -> dict[str, Any]:
    sent = {"product": product.pk, "batch": "LOT-9", "kind": "certified", "happened_on": "2026-11-01", "country": "CN",
            "place": "Jingdezhen", "text_en": "Tested for lead", "text_de": "Auf Blei geprüft"}  # fmt: skip
    return sent | changes


def test_a_seller_records_a_step_with_a_certificate_and_can_never_change_it(traced: Product, shop: Cast) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    client = Client()
    client.force_login(owner(shop))
    paper = SimpleUploadedFile("lead-test.pdf", b"%PDF-1.7 lead", "application/pdf")

    ahead = client.post(ADD, form(traced, happened_on="2026-12-24"))
    answer = client.post(ADD, form(traced, certificate=paper))

    event = TraceEvent.objects.get(batch="LOT-9")
    change = reverse("admin:catalog_traceevent_change", args=[event.pk])
    assert ahead.status_code == 200
    assert "Record a step after it has happened." in ahead.content.decode()
    assert answer.status_code == 302
    assert (event.number, event.recorder, event.recorded_by) == (1, "Paper Kite", owner(shop))
    assert event.texts == {"en": "Tested for lead", "de": "Auf Blei geprüft"}
    assert (event.certificate_name, event.certificate_digest) == (
        "lead-test.pdf", hashlib.sha256(b"%PDF-1.7 lead").hexdigest(),
    )  # fmt: skip
    assert client.get(change).status_code == 200
    assert client.post(change, form(traced, text_en="Other")).status_code == 403
    assert client.post(reverse("admin:catalog_traceevent_delete", args=[event.pk]), {"post": "yes"}).status_code == 403


def test_a_seller_can_not_record_for_another(traced: Product, shop: Cast) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    client = Client()
    client.force_login(User.objects.get(email="asagiri@sellers.example"))

    assert client.post(ADD, form(traced)).status_code == 200
    assert not TraceEvent.objects.filter(batch="LOT-9").exists()


# At the same moment ---------------------------------------------------------------------------------------------


@pytest.fixture
def lone_product(transactional_db: None) -> Product:
    from catalog.models import Category
    from tests.support.cast import seller

    shelf = Category.add_root(slug="everything", name_en="Everything")
    maker = seller("paper-kite", "Paper Kite", "CN", "CNY")
    return Product.objects.create(seller=maker, category=shelf, slug="mug", handle="mug", name_en="Mug")


@pytest.mark.django_db(transaction=True)
def test_events_recorded_at_the_same_moment_come_one_after_the_other(
    lone_product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = at_once(*(lambda: record(lone_product, None).number for _ in range(6)))

    rows = list(lone_product.trace_events.order_by("number"))
    assert sorted(found) == [1, 2, 3, 4, 5, 6]
    assert trace.check(rows, "mug").holds


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_collide_and_the_database_would_refuse(lone_product: Product) -> None:
    """The negative control: the same insert twice at once, as it would be without the lock."""
    event = TraceEvent(product=lone_product, number=1, kind="made", happened_on=date(2026, 3, 2), texts={"en": "x"},
                       recorder="x", recorded_at="2026-03-02T00:00:00Z", previous=trace.NOTHING, digest="a" * 64)  # fmt: skip

    def insert() -> str:
        try:
            TraceEvent.objects.bulk_create([event])
        except Error:
            return "refused"
        return "recorded"

    assert sorted(at_once(insert, insert)) == ["recorded", "refused"]
    assert lone_product.trace_events.count() == 1
