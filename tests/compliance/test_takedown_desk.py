"""The takedown desk in the admin: by deadline, decided with an answer, repeat offenders told; and who gets a code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from catalog.models import Product
from compliance import services
from compliance.models import Flag, Notice, TrustedFlagger
from compliance.services.notices import NoticeFacts, digest_of
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.test_statements import listing

pytestmark = pytest.mark.django_db
DESK = "/admin/compliance/notice/"
FLAGGERS = "/admin/compliance/trustedflagger/"


def signed_in(role: str) -> Client:
    user = User.objects.create_user(f"{role.split()[0]}@example.com", full_name="Nadia")
    accounts.give_role(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(db: None) -> Client:
    accounts.sync_roles(ROLE_RIGHTS)
    return signed_in(roles.COMPLIANCE)


@pytest.fixture
def kite(shenzhen: Seller) -> Product:
    return listing(shenzhen)


def noticed(kite: Product, explanation: str = "It burns.", **facts: str) -> Notice:
    report = NoticeFacts(**{"ground": "unsafe", "explanation": explanation, "country": "DE", "name": "Greta",
                            "email": "greta@example.com", **facts}, is_in_good_faith=True)  # type: ignore[arg-type]  # fmt: skip
    return services.take_in_notice(
        subject=kite, label="Kite", address="https://shop.example/kite", seller=kite.seller, report=report
    )


def test_the_desk_stands_by_deadline_with_authorities_first(desk: Client, kite: Product) -> None:
    first, late = noticed(kite), noticed(kite)
    Notice.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(days=1))
    desk.post(f"{FLAGGERS}add/", {"kind": "authority", "name": "BNetzA", "email": "a@b.example", "country": "DE",
                                  "source": "Register of authorities", "is_active": "on"})  # fmt: skip
    flagger = TrustedFlagger.objects.get()
    TrustedFlagger.objects.filter(pk=flagger.pk).update(digest=digest_of("known"))
    order = noticed(kite, flagger_code="known")

    listed = desk.get(DESK)

    assert list(listed.context["cl"].result_list) == [order, late, first]
    assert "overdue by 1" in listed.content.decode() and "Authority" in listed.content.decode()
    assert list(desk.get(f"{DESK}?late=1").context["cl"].result_list) == [late]


def test_a_listing_is_taken_down_in_the_country_of_the_notice(desk: Client, kite: Product) -> None:
    notice, following = noticed(kite), noticed(kite, "It smells.")
    page = f"{DESK}{notice.pk}/change/"

    shown = desk.get(page).content.decode()
    refused = desk.post(f"{DESK}{notice.pk}/decide/", {"decision": "act", "where": "country", "words": "Thanks."})
    done = desk.post(f"{DESK}{notice.pk}/decide/", {"decision": "act", "where": "country", "facts": "It burns.",
                                                    "law": "Regulation (EU) 2023/988, article 5", "words": "Thanks."})  # fmt: skip

    assert "Greta" in shown and "It burns." in shown and f"{DESK}{following.pk}/change/" in shown
    assert (refused.status_code, "Thanks." in refused.content.decode()) == (422, True)
    assert done.headers["Location"] == f"{DESK}{following.pk}/change/"  # the next one opens
    flag = Flag.objects.get()
    assert (flag.countries, flag.status, flag.legal_reference) == (
        ["DE"], "upheld", "Regulation (EU) 2023/988, article 5",
    )  # fmt: skip
    decided = desk.get(page).content.decode()
    assert "Thanks." in decided and 'name="decision"' not in decided
    assert f"/admin/compliance/flag/{flag.pk}/change/" in decided


def test_a_notice_is_rejected_with_words(desk: Client, kite: Product) -> None:
    notice = noticed(kite)

    refused = desk.post(f"{DESK}{notice.pk}/decide/", {"decision": "reject", "words": " "})
    done = desk.post(f"{DESK}{notice.pk}/decide/", {"decision": "reject", "words": "It is safe."})

    assert refused.status_code == 422
    assert done.headers["Location"] == DESK
    notice.refresh_from_db()
    assert (notice.state, Flag.objects.count()) == ("rejected", 0)
    assert desk.post(f"{DESK}{notice.pk}/decide/", {"decision": "reject", "words": "Again."}).status_code == 422


def test_who_often_offends_is_told(desk: Client, kite: Product) -> None:
    for _number in range(3):
        notice = noticed(kite)
        desk.post(f"{DESK}{notice.pk}/decide/", {"decision": "act", "where": "everywhere", "facts": "It burns."})

    page = desk.get(f"{DESK}{noticed(kite).pk}/change/").content.decode()

    assert "3 notices on this seller were acted on within a year." in page
    assert "This seller often offers what is illegal" in page
    assert {flag.countries == [] for flag in Flag.objects.all()} == {True}


def test_only_compliance_officers_meet_notices(desk: Client, kite: Product, shenzhen_member: User) -> None:
    notice = noticed(kite)
    accounts.add_member(user=shenzhen_member, seller=kite.seller)
    member = Client()
    member.force_login(shenzhen_member)

    for client in (member, signed_in(roles.SUPPORT), signed_in(roles.OPERATIONS), Client()):
        for address in (DESK, f"{DESK}{notice.pk}/change/"):
            assert client.get(address).status_code in (302, 403, 404)
        client.post(f"{DESK}{notice.pk}/decide/", {"decision": "reject", "words": "x"})
    notice.refresh_from_db()
    assert notice.state == "received"


def test_a_code_is_shown_once_and_kept_as_a_digest(desk: Client) -> None:
    sent = {
        "kind": "trusted",
        "name": "Toy watch",
        "email": "a@b.example",
        "country": "",
        "source": "EU list",
        "is_active": "on",
    }

    page = desk.post(f"{FLAGGERS}add/", sent, follow=True).content.decode()

    flagger = TrustedFlagger.objects.get()
    code = re.search(r"The code of Toy watch is ([\w-]+)\.", page).group(1)  # type: ignore[union-attr]
    assert flagger.digest == digest_of(code) and code not in flagger.digest
    change = f"{FLAGGERS}{flagger.pk}/change/"
    assert code not in desk.get(change).content.decode()
    desk.post(change, sent | {"name": "Toy watch e.V."})
    flagger.refresh_from_db()
    assert (flagger.name, flagger.digest) == ("Toy watch e.V.", digest_of(code))
    desk.post(change, sent | {"renews_code": "on"})
    flagger.refresh_from_db()
    assert flagger.digest != digest_of(code)
    assert desk.post(f"{FLAGGERS}{flagger.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_record_of_steps_is_read_and_never_written(desk: Client, kite: Product) -> None:
    notice = noticed(kite)
    desk.post(f"{DESK}{notice.pk}/decide/", {"decision": "act", "where": "everywhere", "facts": "It burns."})

    listed = desk.get("/admin/compliance/flagevent/?q=Nadia").content.decode()

    assert "Upheld" in listed and "It burns." in listed
    event = Flag.objects.get().events.latest("pk")
    assert desk.get(f"/admin/compliance/flagevent/{event.pk}/change/").status_code == 200
    assert desk.post(f"/admin/compliance/flagevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get("/admin/compliance/flagevent/add/").status_code == 403
