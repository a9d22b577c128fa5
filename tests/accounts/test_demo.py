from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts import selectors, services
from accounts.demo_cast import DOMAIN
from accounts.models import Seller, User
from compliance import services as compliance
from compliance.screening import Finding
from marketplace.kernel.errors import Refused
from marketplace.roles import ROLE_RIGHTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(shenzhen_seller: Seller, rival_seller: Seller) -> None:
    services.ensure_demo_accounts([shenzhen_seller, rival_seller])


@pytest.mark.usefixtures("demo")
def test_there_is_one_account_for_each_role_and_none_has_a_password(
    shenzhen_seller: Seller, rival_seller: Seller
) -> None:
    accounts = selectors.demo_accounts()

    assert [account.email.partition("@")[0] for account in accounts] == [
        "shopper-de", "shopper-ja", "seller-paper-kite", "seller-tin-whistle",
        "compliance", "compliance-second", "operations", "finance", "support", "translator", "admin",
    ]  # fmt: skip
    assert not any(user.has_usable_password() for user in User.objects.all())
    member = User.objects.get(email=f"seller-paper-kite@{DOMAIN}")
    assert selectors.may_act_for(member, shenzhen_seller)
    assert not selectors.may_act_for(member, rival_seller)


@pytest.mark.usefixtures("demo")
def test_two_of_them_decide_what_takes_two_officers(shenzhen_seller: Seller) -> None:
    services.sync_roles(ROLE_RIGHTS)
    nadia, second = (User.objects.get(email=f"{name}@{DOMAIN}") for name in ("compliance", "compliance-second"))
    finding = Finding("restricted_goods", "critical", {"sku": "A", "name": "Ivory"}, "CITES", rule="IVORY")
    (flag,) = compliance.record_findings(subject=shenzhen_seller, findings=[finding], seller=shenzhen_seller, checks=())

    compliance.release_flag(flag=flag, actor=nadia, reason="It is bone.")
    compliance.confirm_decision(approval=flag.approvals.get(), actor=second)

    flag.refresh_from_db()
    assert (flag.status, flag.officer) == ("released", nadia)


@pytest.mark.usefixtures("demo")
def test_making_the_accounts_again_changes_nothing(shenzhen_seller: Seller, rival_seller: Seller) -> None:
    before = list(User.objects.order_by("pk").values())

    services.ensure_demo_accounts([shenzhen_seller, rival_seller])

    assert list(User.objects.order_by("pk").values()) == before


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("who", "where"),
    [("shopper-de", "/de/"), ("shopper-ja", "/ja/"), ("seller-paper-kite", "/admin/"), ("admin", "/admin/")],
)
def test_one_click_signs_in(client: Client, who: str, where: str) -> None:
    email = f"{who}@{DOMAIN}"
    assert email in client.get("/en/demo/").content.decode()

    answer = client.post("/en/demo/", {"email": email})

    assert answer["Location"] == where
    assert client.session["_auth_user_id"] == str(User.objects.get(email=email).pk)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("email", ["", "robin@example.com", "nobody@" + DOMAIN, "x" * 9999])
def test_no_other_account_can_be_had(client: Client, email: str, make_user: object) -> None:
    User.objects.create_user("robin@example.com", None, is_superuser=True, is_staff=True)

    assert client.post("/en/demo/", {"email": email}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("demo")
def test_outside_the_demo_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.DEMO = False

    assert client.get("/en/demo/").status_code == 404
    assert client.post("/en/demo/", {"email": f"admin@{DOMAIN}"}).status_code == 404
    assert "_auth_user_id" not in client.session
    with pytest.raises(Refused):
        services.ensure_demo_accounts([])
    with pytest.raises(CommandError):
        call_command("demo_accounts")


@pytest.mark.usefixtures("demo")
def test_a_demo_account_is_not_erased() -> None:
    with pytest.raises(Refused) as refusal:
        services.erase(user=User.objects.get(email=f"shopper-de@{DOMAIN}"))

    assert refusal.value.code == "demo_account"


@pytest.mark.usefixtures("demo")
def test_the_accounts_are_printed_as_a_table() -> None:
    output = io.StringIO()

    call_command("demo_accounts", stdout=output)

    lines = output.getvalue().splitlines()
    assert len(lines) == 12
    assert lines[0].split("  ")[0] == "Shopper in Germany"
    assert f"admin@{DOMAIN}" in lines[10]
    assert lines[10].endswith("/admin/")
    assert lines[11] == "Sign in with one click: http://testserver/en/demo/"
