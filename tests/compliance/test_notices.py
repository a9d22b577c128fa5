"""Notices from the public and from authorities: taken in without an account, decided in time, answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils.translation import override

from accounts.models import Seller, User
from catalog.models import Category, Product
from compliance import deadlines, selectors, services
from compliance.models import Flag, Letter, Notice, Recheck, StatementOfReasons, TrustedFlagger
from compliance.selectors.notices import DESK
from compliance.services.notices import NoticeFacts, new_code
from marketplace.kernel import clock
from tests.compliance.desk import WEAPON, raise_flag, refusal, sent
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
FORM = {"ground": "unsafe", "explanation": "It caught fire.", "country": "DE", "name": "Greta", "email": "greta@example.com",
        "is_in_good_faith": "on"}  # fmt: skip


@pytest.fixture
def lamp(shenzhen: Seller, shenzhen_member: User) -> Product:
    shelf = Category.add_root(slug="all", name_en="All")
    return Product.objects.create(
        seller=shenzhen, category=shelf, slug="kite-lamp", handle="lamp", name_en="Kite lamp", status="live"
    )


@pytest.fixture
def officer(officer: User) -> User:
    officer.user_permissions.add(Permission.objects.get(codename="decide_notices"))
    return User.objects.get(pk=officer.pk)


@pytest.fixture
def authority(db: None) -> tuple[TrustedFlagger, str]:
    flagger = TrustedFlagger(
        kind="authority", name="Market surveillance", email="desk@authority.example", source="Register of it"
    )
    code = new_code(flagger)
    flagger.save()
    return flagger, code


def taken_in(lamp: Product, **changes: Any) -> Notice:
    report = NoticeFacts(**({"ground": "unsafe", "explanation": "It caught fire.", "country": "DE", "name": "Greta",
                        "email": "greta@example.com", "is_in_good_faith": True} | changes))  # fmt: skip
    return services.take_in_notice(
        subject=lamp, label="Kite lamp", address="https://shop.example/x", seller=lamp.seller, report=report
    )


# The form ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("valkey_flush")
def test_anybody_reports_a_listing_and_follows_what_becomes_of_it(lamp: Product, client: Client) -> None:
    address = "/en/report/kite-lamp/"
    shown = client.get(address).content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', shown).group(1)  # type: ignore[union-attr]

    answer = client.post(address, FORM | {"form_key": key}, follow=True)

    notice = Notice.objects.get()
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"/en/notice/{notice.token}/", 302)]
    assert notice.number in page and "Received" in page and "noindex" in page
    assert (notice.subject, notice.seller, notice.ground, notice.country) == (lamp, lamp.seller, "unsafe", "DE")
    assert (notice.reporter_name, notice.reporter_email, notice.language) == ("Greta", "greta@example.com", "en")
    assert notice.address.endswith("/en/product/kite-lamp/")
    (letter,) = sent()["greta@example.com"]
    assert letter.subject == f"We have received your notice {notice.number}"
    assert f"/en/notice/{notice.token}/" in letter.body
    client.post(address, FORM | {"form_key": key})
    assert Notice.objects.count() == 1
    assert client.get("/en/notice/guessed/").status_code == 404


@pytest.mark.usefixtures("valkey_flush")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ground": ""}, "Please choose what is wrong."),
        ({"explanation": " "}, "Say what is wrong and why."),
        ({"email": "greta"}, "Enter a valid email address."),
        ({"is_in_good_faith": ""}, "Please confirm that what you say is accurate"),
        ({"flagger_code": "guess"}, "This code is not known to us."),
        ({"website": "https://spam.example"}, "Please empty this field and send the form again."),
        ({"country": "XX"}, "Select a valid choice."),
        ({"explanation": "x" * 5001}, "5000"),
    ],
)
def test_a_mistake_is_said_and_what_was_typed_stays(
    change: dict[str, str], sentence: str, lamp: Product, client: Client
) -> None:
    answer = client.post("/en/report/kite-lamp/", FORM | {"name": "Greta Typed"} | change)

    page = answer.content.decode()
    assert (answer.status_code, sentence in page, "Greta Typed" in page) == (422, True, True)
    assert (Notice.objects.count(), Letter.objects.count()) == (0, 0)


@pytest.mark.usefixtures("valkey_flush")
def test_too_many_notices_from_one_place_wait(lamp: Product, client: Client) -> None:
    for _number in range(5):
        assert client.post("/en/report/kite-lamp/", FORM).status_code == 302

    answer = client.post("/en/report/kite-lamp/", FORM)

    assert answer.status_code == 429
    assert "It caught fire." in answer.content.decode()
    assert Notice.objects.count() == 5
    assert client.get("/en/report/kite-lamp/").status_code == 200


@pytest.mark.usefixtures("valkey_flush")
def test_a_notice_may_be_given_without_a_name(lamp: Product, client: Client) -> None:
    answer = client.post("/ar/report/kite-lamp/", FORM | {"name": "", "email": "", "country": ""}, follow=True)

    assert answer.status_code == 200
    assert Notice.objects.get().language == "ar"
    assert sent() == {}


def test_what_shoppers_never_saw_is_not_reported(lamp: Product, client: Client) -> None:
    Product.objects.update(status="draft")

    assert client.get("/en/report/kite-lamp/").status_code == 404
    assert client.get("/en/report/nothing/").status_code == 404
    assert client.put("/en/report/kite-lamp/").status_code == 405


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_the_same_moment_makes_one_notice(lamp: Product) -> None:
    key, report = uuid4(), NoticeFacts("unsafe", "It caught fire.", is_in_good_faith=True)

    numbers = at_once(
        *[
            lambda: (
                services.take_in_notice(
                    subject=lamp, label="Kite lamp", address="x", seller=lamp.seller, report=report, form_key=key
                ).number
            )
        ]
        * 4
    )

    assert len(set(numbers)) == 1
    assert Notice.objects.count() == 1


# Deadlines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "received", "due"),
    [
        ("authority", (2026, 11, 23, 9), (2026, 11, 25, 9)),  # Monday to Wednesday
        ("authority", (2026, 11, 26, 9), (2026, 11, 30, 9)),  # Thursday to Monday
        ("authority", (2026, 11, 27, 23), (2026, 12, 1, 23)),  # Friday to Tuesday
        ("authority", (2026, 11, 28, 12), (2026, 12, 1, 12)),  # Saturday to Tuesday
        ("trusted", (2026, 11, 23, 9), (2026, 11, 25, 9)),
        ("public", (2026, 11, 23, 9), (2026, 11, 26, 9)),
        ("public", (2026, 11, 25, 9), (2026, 11, 30, 9)),  # Wednesday to Monday
        ("public", (2026, 11, 29, 9), (2026, 12, 2, 9)),  # Sunday to Wednesday
    ],
)
def test_working_days_until_a_notice_is_decided(sender: str, received: tuple[int, ...], due: tuple[int, ...]) -> None:
    assert deadlines.notice_due_at(sender, datetime(*received, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)  # type: ignore[arg-type]


def test_an_authority_comes_first_and_the_officers_are_told(
    lamp: Product, authority: tuple[TrustedFlagger, str], officer: User, second_officer: User
) -> None:
    first = taken_in(lamp)
    order = taken_in(lamp, name="", email="", flagger_code=f" {authority[1]} ")

    assert list(selectors.notices_for(officer).order_by(*DESK)) == [order, first]
    assert (order.is_trusted, order.flagger, order.due_at < first.due_at) == (True, authority[0], True)
    assert set(sent()) == {"greta@example.com", "desk@authority.example", "officer@example.test", "second@example.test"}
    TrustedFlagger.objects.update(is_active=False)
    refusal("flagger_unknown", taken_in, lamp=lamp, flagger_code=authority[1])


# Decisions --------------------------------------------------------------------------------------------------


def test_acting_on_a_notice_holds_the_listing_and_tells_everybody_why(
    lamp: Product, officer: User, shenzhen: Seller
) -> None:
    other = raise_flag(WEAPON, shenzhen, lamp)
    notice = taken_in(lamp)
    Notice.objects.update(language="de")
    sent()

    services.act_on_notice(
        notice=notice, actor=officer, words="Danke.", countries=["DE", "AT"], facts="The plug overheats."
    )

    notice.refresh_from_db()
    flag = notice.flag
    assert flag is not None
    assert (flag.rule, flag.severity, flag.status) == (f"notice_upheld:{notice.number}", "block", "upheld")
    assert (flag.subject, flag.countries, flag.officer) == (lamp, ["AT", "DE"], officer)
    assert selectors.is_blocked(lamp, "DE") and flag.pk != other.pk
    other.refresh_from_db()
    assert other.status == "open"  # what another check found stands as it did
    assert Recheck.objects.filter(topic="flag", key=str(flag.pk)).exists()
    assert (notice.state, notice.decided_by) == ("acted_on", officer)
    with override("de"):
        assert notice.answer.endswith("\n\nDanke.")
    statement = StatementOfReasons.objects.get(flag=flag)
    assert (statement.restriction, statement.countries, statement.notice) == ("held", "AT DE", notice)
    assert (statement.is_automated, statement.is_decided_by_person) == (False, True)
    assert statement.facts == "A notice about this was found to be right: The plug overheats."
    letters = sent()
    assert letters["greta@example.com"][0].extra_headers["Content-Language"] == "de"
    assert "The plug overheats." in letters["li@example.test"][0].body
    assert "Greta" not in letters["li@example.test"][0].body


def test_a_rejected_notice_leaves_the_listing_alone(lamp: Product, officer: User, client: Client) -> None:
    notice = taken_in(lamp)
    sent()

    services.reject_notice(notice=notice, actor=officer, words="The report says that it is safe.")

    notice.refresh_from_db()
    assert (notice.state, notice.flag, Flag.objects.count()) == ("rejected", None, 0)
    (letter,) = sent()["greta@example.com"]
    assert "We found no breach of the law" in letter.body and "The report says that it is safe." in letter.body
    assert "The report says that it is safe." in client.get(f"/en/notice/{notice.token}/").content.decode()


def test_what_is_not_decided(lamp: Product, officer: User, second_officer: User, shenzhen_member: User) -> None:
    notice = taken_in(lamp)
    act = {"notice": notice, "words": "", "countries": (), "facts": "x"}

    refusal("not_allowed", services.act_on_notice, **act, actor=shenzhen_member)
    refusal("not_allowed", services.act_on_notice, **act, actor=second_officer)  # reviews flags alone
    refusal("facts_missing", services.act_on_notice, **act | {"facts": " "}, actor=officer)
    refusal("reason_missing", services.reject_notice, notice=notice, words=" ", actor=officer)
    services.reject_notice(notice=notice, words="No.", actor=officer)
    refusal("notice_over", services.act_on_notice, **act, actor=officer)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Notice.objects.update(answer="Yes.")


def test_two_notices_on_one_listing_stand_by_themselves(lamp: Product, officer: User) -> None:
    first, second = taken_in(lamp), taken_in(lamp)
    for notice in (first, second):
        services.act_on_notice(notice=notice, actor=officer, words="", countries=(), facts="It burns.")
        notice.refresh_from_db()

    assert first.flag is not None and second.flag is not None
    services.release_flag(flag=first.flag, actor=officer, reason="A mistake.")
    second.flag.refresh_from_db()
    assert second.flag.status == "upheld"
    assert selectors.is_blocked(lamp, "")


def test_offences_of_a_seller_are_counted_for_a_year(
    lamp: Product, officer: User, shenzhen: Seller, rival: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(3):
        services.act_on_notice(notice=taken_in(lamp), actor=officer, words="", countries=(), facts="It burns.")
    services.reject_notice(notice=taken_in(lamp), actor=officer, words="No.")
    now = clock.now()

    assert selectors.offences(shenzhen, now).count() == 3
    assert selectors.offences(rival, now).count() == 0
    assert [selectors.offends_frequently(count) for count in (2, 3)] == [False, True]
    assert selectors.offences(shenzhen, now.replace(year=now.year + 1, month=12, day=31)).count() == 0
