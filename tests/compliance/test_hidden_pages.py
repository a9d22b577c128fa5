"""Who may not meet a flag, a seller's papers or a document does not learn that there is one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from compliance.models import Flag
from compliance.services import verification_of
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.desk import VAGUE, raise_flag
from tests.support.papers import document

TABLES = ("flag", "sellerverification", "evidencedocument")


@pytest.fixture
def pages(shenzhen: Seller, shenzhen_member: User, rival: Seller, rival_member: User) -> dict[str, str]:
    """The page of a flag, of the papers and of a document of a seller, by the table."""
    accounts.sync_roles(ROLE_RIGHTS)
    for user, seller in ((shenzhen_member, shenzhen), (rival_member, rival)):
        accounts.add_member(user=user, seller=seller)
    raise_flag(VAGUE, shenzhen)
    keys = {
        "flag": Flag.objects.get().pk,
        "sellerverification": verification_of(shenzhen).pk,
        "evidencedocument": document(shenzhen, shenzhen_member).pk,
    }
    return {table: reverse(f"admin:compliance_{table}_change", args=[key]) for table, key in keys.items()}


def nobody() -> Client:
    return Client()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shopper() -> Client:
    return signed_in(User.objects.create_user("shopper@example.test"))


def rival() -> Client:
    return signed_in(User.objects.get(email="max@example.test"))


def own_member() -> Client:
    return signed_in(User.objects.get(email="li@example.test"))


def translator() -> Client:
    user = User.objects.create_user("words@example.test")
    accounts.give_role(user=user, role=roles.TRANSLATOR)
    return signed_in(User.objects.get(pk=user.pk))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("who", "status"), [(rival, 404), (shopper, 404), (nobody, 302), (translator, 403), (own_member, 200)]
)
def test_the_page_is_found_by_those_who_may_meet_it(
    pages: dict[str, str], table: str, who: Callable[[], Client], status: int
) -> None:
    answer = who().get(pages[table])

    assert answer.status_code == status
    if who is nobody:
        assert answer["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("table", TABLES)
def test_a_rival_learns_no_more_of_a_page_that_is_there_than_of_one_that_is_not(
    pages: dict[str, str], table: str
) -> None:
    there = pages[table]
    elsewhere = reverse(f"admin:compliance_{table}_change", args=[999_999_999])

    assert [rival().get(address).status_code for address in (there, elsewhere)] == [404, 404]
    assert rival().get(f"{there}history/").status_code == 404


@pytest.mark.parametrize("table", TABLES)
def test_a_shopper_does_not_find_the_list_and_posts_to_nothing(pages: dict[str, str], table: str) -> None:
    client = shopper()

    assert client.get(reverse(f"admin:compliance_{table}_changelist")).status_code == 404
    assert client.post(pages[table]).status_code == 404
