"""A hit on a list of sanctions stays until two officers decide, and the place of a seller counts with its region."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Seller, User
from compliance import services
from compliance.models import Flag, FlagApproval
from compliance.services import papers, sanctions
from compliance.services.papers import Told
from tests.compliance.desk import refusal, steps
from tests.support.papers import complete

pytestmark = pytest.mark.django_db
LIST = """reference,kind,name,aliases,countries,birth_date,listed_on,source
X-1,person,Ruslan Ketterov,,RU,1961-04-02,,Made up for the tests
"""


@pytest.fixture
def hit(shenzhen: Seller, shenzhen_member: User, loaded: None) -> Flag:
    """The person in charge of a seller has the name of somebody on a list."""
    sanctions.load_list(name="TEST", layout="own", text=LIST)
    complete(shenzhen, shenzhen_member, person_name="Ruslan Ketterov")
    Seller.objects.filter(pk=shenzhen.pk).update(status=Seller.Status.APPROVED)
    sanctions.screen_seller(seller=shenzhen)
    return Flag.objects.get(rule="seller_party_listed:TEST-X-1")


@pytest.fixture
def rename(shenzhen: Seller, shenzhen_member: User) -> Any:
    """A member of the seller says that the person in charge has another name."""

    def change(name: str) -> None:
        papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=Told({"person_name": name}))

    return change


def release(flag: Flag, officer: User, second_officer: User, reason: str = "The person has left.") -> None:
    services.release_flag(flag=Flag.objects.get(pk=flag.pk), actor=officer, reason=reason)
    services.confirm_decision(approval=flag.approvals.get(verdict="waiting"), actor=second_officer)


def test_a_seller_who_changes_the_name_does_not_clear_the_hit(hit: Flag, rename: Any) -> None:
    rename("Imke Vollerthun")
    rename("Imke Vollerthun")

    hit.refresh_from_db()
    assert (hit.status, hit.severity, hit.params["party"]) == ("open", "critical", "Ruslan Ketterov")
    assert steps(hit) == ["opened", "changed"]
    assert "Imke Vollerthun (DE)" in hit.evidence["parties"]  # what officers see of it


def test_what_was_proposed_before_the_name_changed_is_decided_anew(
    hit: Flag, rename: Any, officer: User, second_officer: User
) -> None:
    services.release_flag(flag=hit, actor=officer, reason="A namesake.")
    approval = hit.approvals.get()
    rename("Imke Vollerthun")

    refusal("facts_changed", services.confirm_decision, approval=approval, actor=second_officer)
    services.reject_decision(approval=approval, actor=second_officer, reason="The name has changed.")
    release(hit, officer, second_officer)

    hit.refresh_from_db()
    assert hit.status == "released"
    assert not FlagApproval.objects.filter(verdict="waiting").exists()


def test_the_listed_name_that_comes_back_after_the_release_is_a_hit_again(
    hit: Flag, rename: Any, officer: User, second_officer: User
) -> None:
    rename("Imke Vollerthun")
    release(hit, officer, second_officer)

    rename("Ruslan Ketterov")

    flags = Flag.objects.filter(rule=hit.rule).order_by("pk")
    assert list(flags.values_list("status", flat=True)) == ["released", "open"]


def test_a_namesake_whom_two_officers_let_go_stays_let_go(
    hit: Flag, shenzhen: Seller, rename: Any, officer: User, second_officer: User
) -> None:
    release(hit, officer, second_officer, "Born on another day.")

    sanctions.screen_seller(seller=shenzhen)
    rename("Imke Vollerthun")
    rename("Ruslan Ketterov")

    assert list(Flag.objects.filter(rule=hit.rule).values_list("status", flat=True)) == ["released"]


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ({"country_area": "Автономна Республіка Крим"}, "seller_place:SANCTIONS-UA-REGIONS"),
        ({"country_area": "Krym", "postal_code": "01001"}, "seller_place:SANCTIONS-UA-REGIONS"),
        ({"postal_code": "95000"}, "seller_place:SANCTIONS-UA-43"),
        ({"country_area": "місто Київ", "postal_code": "01001"}, None),
    ],
)
def test_the_region_of_a_seller_is_screened(
    place: dict[str, str], rule: str | None, shenzhen: Seller, loaded: None
) -> None:
    Seller.objects.filter(pk=shenzhen.pk).update(home_country="UA", **place)

    sanctions.screen_seller(seller=shenzhen)

    found = Flag.objects.filter(rule__startswith="seller_place").values_list("rule", "severity")
    assert list(found) == ([(rule, "block")] if rule else [])
