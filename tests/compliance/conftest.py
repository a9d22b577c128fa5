"""The rule book in the database, and the cast of the compliance desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Seller, SellerMember, User
from compliance import selectors
from compliance.rules import version as rule_version
from compliance.rules.loading import load_rules
from tests.support.scenes import Scene


def _load() -> None:
    assert load_rules().refused == []


RULES = Scene("loaded", _load)


@pytest.fixture(autouse=True)
def fresh_rule_books() -> Iterator[None]:
    """No test sees the rule books of another."""
    selectors.forget_rule_books()
    yield
    selectors.forget_rule_books()


@pytest.fixture
def shared_version(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The version word of the rules in a dictionary instead of the shared cache."""
    held: dict[str, str] = {}

    class Cache:
        asked = 0

        def get(self, key: str) -> str | None:
            Cache.asked += 1
            held["asked"] = str(Cache.asked)
            return held.get(key)

        def set(self, key: str, value: str, timeout: None = None) -> None:
            held[key] = value

    monkeypatch.setattr(rule_version, "cache", Cache())
    yield held


@pytest.fixture
def loaded(db: None) -> None:
    """The shipped rules are in the database. A scene of its own."""
    RULES.take()


@pytest.fixture
def officer(db: None) -> User:
    user = User.objects.create_user("officer@example.test", is_staff=True, full_name="Vera Lindqvist")
    user.user_permissions.add(Permission.objects.get(codename="review_flags"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def second_officer(db: None) -> User:
    user = User.objects.create_user("second@example.test", is_staff=True, full_name="Tomás Rey")
    user.user_permissions.add(Permission.objects.get(codename="review_flags"))
    return User.objects.get(pk=user.pk)


def _seller(slug: str, country: str) -> Seller:
    return Seller.objects.create(
        slug=slug, name=slug.title(), legal_name=f"{slug.title()} Ltd", home_country=country, settlement_currency="CNY"
    )


@pytest.fixture
def shenzhen(db: None) -> Seller:
    return _seller("shenzhen-light", "CN")


@pytest.fixture
def rival(db: None) -> Seller:
    return _seller("rival", "DE")


@pytest.fixture
def shenzhen_member(shenzhen: Seller) -> User:
    user = User.objects.create_user("li@example.test", full_name="Li Na")
    SellerMember.objects.create(user=user, seller=shenzhen)
    return user


@pytest.fixture
def rival_member(rival: Seller) -> User:
    user = User.objects.create_user("max@example.test", full_name="Max Rival")
    SellerMember.objects.create(user=user, seller=rival)
    return user
