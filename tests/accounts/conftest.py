"""The people of these tests: two shoppers, two sellers with a member each, staff."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts import services
from accounts.models import Seller, SellerMember, User

PASSWORD = "Rowing slowly past the lighthouse"


@pytest.fixture(autouse=True)
def _no_counts_of_earlier_tests(valkey_flush: None) -> None:
    """Throttles start at zero."""


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(email: str, password: str | None = PASSWORD, **fields: Any) -> User:
        user = User.objects.create_user(email, password, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def german_shopper(make_user: Callable[..., User]) -> User:
    return make_user("greta@example.com", full_name="Greta Lindholz", language="de")


@pytest.fixture
def japanese_shopper(make_user: Callable[..., User]) -> User:
    return make_user("yu@example.com", full_name="森川 悠", language="ja")


@pytest.fixture
def shenzhen_seller(db: None) -> Seller:
    return Seller.objects.create(
        slug="paper-kite", name="Paper Kite", legal_name="Shenzhen Paper Kite Ltd.", home_country="CN",
        settlement_currency="CNY", status=Seller.Status.APPROVED,
    )  # fmt: skip


@pytest.fixture
def rival_seller(db: None) -> Seller:
    return Seller.objects.create(
        slug="tin-whistle", name="Tin Whistle", legal_name="Tin Whistle KG", home_country="DE",
        settlement_currency="EUR", status=Seller.Status.APPROVED,
    )  # fmt: skip


@pytest.fixture
def seller_owner(make_user: Callable[..., User], shenzhen_seller: Seller) -> User:
    user = make_user("owner@paper-kite.example")
    services.add_member(user=user, seller=shenzhen_seller, role=SellerMember.Role.OWNER)
    return user


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """Signs in by the form, as a shopper does; that makes for the records that allauth keeps."""

    def sign_in(user: User) -> Client:
        answer = client.post("/en/account/login/", {"login": user.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in


@pytest.fixture
def code_from_mail() -> Iterator[Callable[[], str]]:
    """The code in the newest message."""

    def read() -> str:
        found = re.search(r"^ +(\d{4}-\d{4})$", str(mail.outbox[-1].body), re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found[1]

    yield read
