"""The checklist in the admin and by mail: a seller sees their own, officers that of all, a rival nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from accounts import services as accounts
from accounts.models import Seller, User
from catalog import tasks
from catalog.models import Product
from catalog.selectors.onboarding import checklist_of, situation_of
from catalog.services.onboarding import write_letters
from compliance import selectors as compliance
from compliance.models import Letter, Registration, SellerStanding, SellerVerification
from compliance.onboarding.steps import DONE, OPEN, WAITING
from compliance.services import letters
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from tests.support import papers
from tests.support.cast import TODAY, Cast, listing, seller, warehouse

pytestmark = pytest.mark.django_db
PAGE = "/admin/onboarding/"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is the morning of the cast's day; the language of a page ends with its test."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 6, 12, tzinfo=UTC))
    with override("en"):
        yield


@pytest.fixture
def newcomer(shop: Cast) -> Seller:
    """A seller from Suzhou who has accepted the invitation and wants to sell in Germany and France."""
    made = seller(
        "silk-road", "Silk Road", "CN", "CNY", status="onboarding", street_address="Quay 2", postal_code="215000"
    )
    accounts.sync_roles(ROLE_RIGHTS)
    SellerVerification.objects.create(seller=made, wants_to_sell_in=["DE", "FR"])
    return made


def member(of: Seller) -> User:
    return User.objects.get(email=f"{of.slug}@sellers.example")


def page(user: User, query: str = "") -> Any:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client.get(PAGE + query)


def states(of: Seller) -> dict[str, str]:
    return {step.id: step.state for step in checklist_of(of, TODAY).steps}


# What is gathered ---------------------------------------------------------------------------------------------


def test_drafts_tell_what_the_goods_are_and_what_they_lack(newcomer: Seller) -> None:
    listing(newcomer, "Silk scarf", "90", {warehouse(newcomer): 5}, hs_code="621410")
    Product.objects.filter(seller=newcomer).update(status=Product.Status.DRAFT)
    found = situation_of(newcomer, TODAY, compliance.rule_book(TODAY))

    assert (found.listings, found.complete, found.on_sale, found.stores) == (1, 0, 0, frozenset({"CN"}))
    assert "textile" in found.goods[0].marks
    assert states(newcomer) | {"epr:FR:textiles": OPEN, "epr:DE:packaging": OPEN} == states(newcomer)

    for country, stream in (("FR", "textiles"), ("FR", "packaging"), ("DE", "packaging")):
        Registration.objects.create(
            seller=newcomer, kind="epr", country=country, stream=stream, number="1", state="valid" if country == "DE" else "claimed"
        )  # fmt: skip
    assert states(newcomer)["epr:DE:packaging"] == DONE
    assert states(newcomer)["epr:FR:textiles"] == WAITING


def test_what_a_seller_on_sale_lacks_comes_from_the_flags(shop: Cast) -> None:
    found = states(shop.shenzhen)

    assert (found["first_listing"], found["on_sale"]) == (DONE, DONE)


@pytest.mark.parametrize("more", [0, 8])
def test_it_takes_few_queries_however_many_listings_there_are(
    shop: Cast, more: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(more):
        listing(shop.shenzhen, f"Kite {number}", "77", {shop.shenzhen_warehouse: 1}, hs_code="950300")
    checklist_of(shop.shenzhen, TODAY)

    with django_assert_max_num_queries(12):
        checklist_of(shop.shenzhen, TODAY)


# The page -----------------------------------------------------------------------------------------------------


def test_a_member_sees_how_far_they_are_and_what_comes_next(newcomer: Seller) -> None:
    answer = page(member(newcomer))
    text = answer.content.decode()

    assert answer.status_code == 200
    assert (answer.context["percent"], answer.context["done"]) == (5, 1)
    assert "Tell us about your business" in text
    papers_page = f"/admin/compliance/sellerverification/{newcomer.verification.pk}/change/"  # type: ignore[attr-defined]
    assert f'href="{papers_page}#bank"' in text
    assert "/admin/compliance/registration/enter/?kind=epr&amp;country=FR&amp;stream=packaging" in text
    assert "Regulation (EU) 2022/2065 (DSA), article 30 (1)(c)" in text
    assert "EU-LV-3EUR" in text
    assert "Another step comes first." in text


def test_the_first_page_of_the_admin_leads_there(newcomer: Seller) -> None:
    client = Client()
    client.force_login(member(newcomer))

    shelf = client.get("/admin/").context["shelves"][0]

    assert str(shelf.title) == "Your way to selling"
    assert [card.figure for card in shelf.cards] == [5, 16]
    assert str(shelf.note) == "Next: Tell us about your business."
    assert {card.address for card in shelf.cards} == {PAGE}


def test_a_rival_a_shopper_and_other_staff_see_nothing_of_it(shop: Cast, newcomer: Seller) -> None:
    rival = page(member(shop.rival), f"?seller={newcomer.pk}")
    assert rival.status_code == 404
    assert "Silk Road" not in page(member(shop.rival)).content.decode()
    for stranger in (shop.german, shop.officer):  # that officer decides flags, not sellers
        assert page(stranger, f"?seller={newcomer.pk}").status_code in (302, 403, 404)
    vera = papers.verifier()
    for query in ("?seller=999999", "?seller=x", "?seller=%D9%A1"):
        assert page(member(newcomer), query).status_code in (200, 404)
        assert page(vera, query).status_code == 404


def test_officers_see_who_is_on_the_way_and_the_list_of_each(newcomer: Seller) -> None:
    vera = papers.verifier()

    listed = page(vera).content.decode()
    assert f"{PAGE}?seller={newcomer.pk}" in listed
    assert "5%" in listed

    assert "Tell us about your business" in page(vera, f"?seller={newcomer.pk}").content.decode()


def test_thresholds_stand_on_the_page_with_what_lacks_and_until_when(newcomer: Seller) -> None:
    SellerStanding.objects.create(
        seller=newcomer, code="US-INFORM", period="", sales=212, amount=Decimal("7310.50"), currency="USD",
        reached_on=date(2026, 11, 15), due_on=date(2026, 11, 25), counted_at=clock.now(),
    )  # fmt: skip
    SellerStanding.objects.create(
        seller=newcomer, code="EU-DAC7", period="2024", sales=2, amount=1, currency="EUR", counted_at=clock.now()
    )

    text = page(member(newcomer)).content.decode()

    assert "High-volume sellers in the United States (INFORM Consumers Act)" in text
    assert '212 sales, <bdi dir="ltr">$7,310.50</bdi>.' in text
    assert "Still needed by Nov. 25, 2026:" in text
    assert "The number of the bank account" in text
    assert "EU-DAC7" not in text  # that year is over


@pytest.mark.parametrize("language", ["ar", "zh-hans", "de"])
def test_the_page_speaks_the_language_of_its_reader(newcomer: Seller, language: str) -> None:
    client = Client()
    client.force_login(member(newcomer))

    answer = client.get(PAGE, headers={"accept-language": language})

    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in answer.content.decode()


# Letters ------------------------------------------------------------------------------------------------------


def test_once_a_week_the_seller_reads_how_far_they_are(newcomer: Seller, shop: Cast) -> None:
    tasks.write_onboarding_letters()
    tasks.write_onboarding_letters()

    (letter,) = Letter.objects.filter(kind="onboarding_week")
    assert (letter.to, letter.params["percent"], len(letter.params["steps"])) == ("silk-road@sellers.example", 5, 16)
    assert letters.send_letters(clock.now()) == 1
    assert write_letters(date(2026, 11, 23)) == 1  # Monday
    assert Letter.objects.filter(kind="onboarding_week").count() == 2


def test_the_letter_names_the_next_step(newcomer: Seller, mailoutbox: list[Any]) -> None:
    write_letters(TODAY)
    letters.send_letters(clock.now())

    (message,) = mailoutbox
    assert message.subject == "Silk Road: 5% of the way to selling"
    assert "16 steps are open." in message.body
    assert "Next: Tell us about your business." in message.body
    assert "/admin/onboarding/" in message.body


@pytest.mark.parametrize(
    ("language", "subject"),
    [("de", "Silk Road: 5\xa0% des Weges bis zum Verkauf"), ("ja", "Silk Road：販売開始まで5%完了")],
)
def test_the_letter_writes_the_share_as_its_reader_does(
    language: str, subject: str, newcomer: Seller, mailoutbox: list[Any]
) -> None:
    User.objects.filter(memberships__seller=newcomer).update(language=language)

    write_letters(TODAY)
    letters.send_letters(clock.now())

    assert [message.subject for message in mailoutbox] == [subject]


def test_who_has_sent_the_papers_meanwhile_gets_no_weekly_letter(newcomer: Seller, mailoutbox: list[Any]) -> None:
    write_letters(TODAY)
    Seller.objects.filter(pk=newcomer.pk).update(status="in_review")

    letters.send_letters(clock.now())

    assert mailoutbox == []
    assert write_letters(date(2026, 11, 23)) == 0


def test_a_step_that_has_become_possible_is_told_once(newcomer: Seller, mailoutbox: list[Any]) -> None:
    write_letters(TODAY)
    assert not Letter.objects.filter(kind="onboarding_possible").exists()
    listing(newcomer, "Silk scarf", "90", {warehouse(newcomer): 5}, hs_code="621410")
    Product.objects.filter(seller=newcomer).update(status=Product.Status.DRAFT)
    Product.objects.get(seller=newcomer).facts.delete()  # type: ignore[attr-defined]

    write_letters(TODAY)
    write_letters(TODAY)

    (letter,) = Letter.objects.filter(kind="onboarding_possible")
    assert letter.key.startswith(f"onboarding.possible.{newcomer.pk}.facts.")
    letters.send_letters(clock.now())
    assert mailoutbox[-1].subject == "Silk Road: now you can do the next step"
    assert "Name the manufacturer on every listing" in mailoutbox[-1].body


def test_sellers_who_have_sold_for_long_get_no_letters(shop: Cast) -> None:
    assert write_letters(TODAY) == 0
    assert not Letter.objects.exists()
