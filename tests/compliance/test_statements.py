"""Statements of reasons: made once when a restriction takes effect on a listing, kept for good, told to the seller."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Seller, User
from catalog.models import Category, Product
from compliance import services, tasks
from compliance.models import Flag, Letter, StatementOfReasons
from compliance.screening import Finding
from compliance.selectors.transparency import figures
from compliance.services import waivers
from compliance.services.statements import state_new_restrictions
from marketplace.kernel import clock
from tests.compliance.desk import VAGUE, WEAPON, raise_flag, sent

pytestmark = pytest.mark.django_db


def listing(seller: Seller, handle: str = "kite") -> Product:
    shelf = Category.objects.first() or Category.add_root(slug="all", name_en="All")
    return Product.objects.create(
        seller=seller, category=shelf, slug=f"{seller.slug}-{handle}", handle=handle, name_en=handle.title()
    )


@pytest.fixture
def kite(shenzhen: Seller, shenzhen_member: User) -> Product:
    return listing(shenzhen)


def held_in(flag: Flag, *countries: str) -> Flag:
    Flag.objects.filter(pk=flag.pk).update(countries=list(countries))
    flag.refresh_from_db()
    return flag


def test_what_screening_holds_is_stated_once(kite: Product, shenzhen: Seller) -> None:
    flag = held_in(raise_flag(WEAPON, shenzhen, kite), "DE", "FR")

    tasks.state_restrictions()
    tasks.state_restrictions()

    made = StatementOfReasons.objects.get()
    assert (made.flag, made.restriction, made.countries, made.ground) == (flag, "held", "DE FR", "Weapons Act")
    assert made.facts == "A falls under a rule: Weapons."
    assert (made.is_automated, made.is_decided_by_person, made.notice, made.language) == (True, False, None, "en")
    (letter,) = sent()["li@example.test"]
    assert letter.subject == "Why Kite is restricted"
    for words in ("Countries: France and Germany.", "Ground: Weapons Act.", "found and decided by an automated check",
                  "out-of-court settlement", f"/admin/compliance/flag/{flag.pk}/change/"):  # fmt: skip
        assert words in letter.body


def test_the_statement_is_in_the_language_of_the_seller(kite: Product, shenzhen: Seller, shenzhen_member: User) -> None:
    User.objects.filter(pk=shenzhen_member.pk).update(language="de")
    raise_flag(WEAPON, shenzhen, kite)

    state_new_restrictions()

    assert StatementOfReasons.objects.get().language == "de"
    assert sent()["li@example.test"][0].extra_headers["Content-Language"] == "de"


def test_a_restriction_that_grows_is_stated_again_and_one_that_shrinks_is_not(kite: Product, shenzhen: Seller) -> None:
    flag = held_in(raise_flag(WEAPON, shenzhen, kite), "DE", "FR")
    counted = [state_new_restrictions()]
    for countries in (["FR"], ["FR", "IT"], []):
        held_in(flag, *countries)
        counted.append(state_new_restrictions())

    assert counted == [1, 0, 1, 1]
    made = StatementOfReasons.objects.order_by("pk")
    assert [(each.restriction, each.countries) for each in made] == [
        ("held", "DE FR"), ("held", "FR IT"), ("removed", ""),
    ]  # fmt: skip
    held_in(flag, "JP")
    assert state_new_restrictions() == 0  # everywhere was told


def test_what_restricts_no_listing_is_not_stated(shenzhen: Seller, kite: Product, officer: User) -> None:
    raise_flag(WEAPON, shenzhen)  # on the seller
    raise_flag(VAGUE, shenzhen, kite)  # only to be reviewed
    services.record_findings(subject=listing(shenzhen, "box"), findings=[WEAPON])  # of nobody

    assert state_new_restrictions() == 0


def test_an_officer_who_upholds_states_at_once(kite: Product, shenzhen: Seller, officer: User) -> None:
    flag = raise_flag(VAGUE, shenzhen, kite)

    services.uphold_flag(flag=flag, actor=officer, reason="Nobody knows what it is.")

    made = StatementOfReasons.objects.get()
    assert (made.restriction, made.is_automated, made.is_decided_by_person) == ("removed", True, True)
    assert "found by an automated check and decided by a person" in sent()["li@example.test"][0].body
    assert state_new_restrictions() == 0


def test_a_person_who_takes_up_what_followed_by_itself_amends_the_statement(
    kite: Product, shenzhen: Seller, officer: User
) -> None:
    flag = raise_flag(WEAPON, shenzhen, kite)
    state_new_restrictions()
    sent()

    services.uphold_flag(flag=flag, actor=officer, reason="It is a crossbow.")

    second, first = StatementOfReasons.objects.all()
    assert (second.amends, second.is_automated, second.is_decided_by_person) == (first, True, True)
    assert second.facts == "A falls under a rule: Weapons. What the officer found: It is a crossbow."
    (letter,) = sent()["li@example.test"]
    for words in ("found by an automated check and decided by a person", "It is a crossbow.",
                  "It holds until what was found is mended; no day is set."):  # fmt: skip
        assert words in letter.body
    assert state_new_restrictions() == 0
    today = clock.today()
    found = figures(today - timedelta(days=1), today + timedelta(days=1))
    assert (found.removed, found.decided_by_check, found.decided_by_person) == (1, 1, 1)


@pytest.mark.parametrize(
    ("decision", "words"),
    [("release", "lets it go"), ("waive", "is let pass until")],
)
def test_the_seller_is_told_what_became_of_a_hold(
    kite: Product, shenzhen: Seller, shenzhen_member: User, officer: User, decision: str, words: str
) -> None:
    User.objects.filter(pk=shenzhen_member.pk).update(language="en")
    flag = raise_flag(WEAPON, shenzhen, kite)
    state_new_restrictions()
    sent()
    until = {"until": clock.today() + timedelta(days=30)} if decision == "waive" else {}

    getattr(services, f"{decision}_flag")(flag=flag, actor=officer, reason="A toy of foam.", **until)

    (letter,) = sent()["li@example.test"]
    assert words in letter.body and "A toy of foam." in letter.body
    assert StatementOfReasons.objects.count() == 1


def test_what_the_seller_never_knew_of_is_let_go_in_silence(kite: Product, shenzhen: Seller, officer: User) -> None:
    flag = raise_flag(VAGUE, shenzhen, kite)

    services.release_flag(flag=flag, actor=officer, reason="It is clear enough.")

    assert sent() == {}


def test_an_upheld_flag_on_the_seller_itself_is_told(shenzhen: Seller, shenzhen_member: User, officer: User) -> None:
    flag = raise_flag(VAGUE, shenzhen)

    services.uphold_flag(flag=flag, actor=officer, reason="Nobody knows.")

    (letter,) = sent()["li@example.test"]
    assert letter.subject == "Confirmed: Kite"
    assert "Nobody knows." in letter.body


def test_whoever_is_upheld_again_after_a_waiver_is_told_again(kite: Product, shenzhen: Seller, officer: User) -> None:
    flag = raise_flag(WEAPON, shenzhen, kite)
    services.uphold_flag(flag=flag, actor=officer, reason="A crossbow.")
    flag.refresh_from_db()
    services.waive_flag(flag=flag, actor=officer, reason="For the fair.", until=clock.today() + timedelta(days=1))
    waivers.end_waivers(clock.today() + timedelta(days=2))
    flag.refresh_from_db()

    services.uphold_flag(flag=flag, actor=officer, reason="The fair is over.")

    assert [each.amends for each in StatementOfReasons.objects.all()] == [None, None]


def test_many_listings_of_a_seller_make_many_statements_and_one_letter(
    shenzhen: Seller, shenzhen_member: User, rival: Seller, rival_member: User
) -> None:
    for number in range(25):
        raise_flag(WEAPON, shenzhen, listing(shenzhen, f"kite-{number}"), label=f"Kite {number}")
    raise_flag(WEAPON, rival, listing(rival))

    with CaptureQueriesContext(connection) as queries:
        assert state_new_restrictions() == 26

    assert len(queries) <= 24
    assert (StatementOfReasons.objects.count(), Letter.objects.count()) == (26, 2)
    (letter,) = sent()["li@example.test"]
    assert letter.subject == "Why 25 listings are restricted"
    assert "Kite 19:" in letter.body and "Kite 20:" not in letter.body


def test_a_statement_is_never_changed_and_never_made_twice(kite: Product, shenzhen: Seller) -> None:
    raise_flag(WEAPON, shenzhen, kite)
    state_new_restrictions()
    made = StatementOfReasons.objects.get()

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        StatementOfReasons.objects.update(facts="none")
    with pytest.raises(DatabaseError, match="restriction_is_stated_once"), transaction.atomic():
        made.pk = None
        made.save(force_insert=True)


def test_without_a_legal_reference_the_terms_are_the_ground(kite: Product, shenzhen: Seller) -> None:
    raise_flag(Finding("restricted_goods", "block", {"sku": "A", "name": "Cups"}), shenzhen, kite)

    state_new_restrictions()

    assert StatementOfReasons.objects.get().ground == "The terms of this marketplace"
