from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from accounts import services
from accounts.models import Address, Consent, User
from marketplace.kernel.address import PostalAddress
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_address_form import posted

pytestmark = pytest.mark.django_db
BREMEN = PostalAddress("Greta Lindholz", "Kaiweg 3", "Bremen", "DE", postal_code="28195")
OSLO = PostalAddress("Greta Lindholz", "Brygga 4", "Oslo", "NO", postal_code="0025")


@pytest.fixture
def greta(signed_in: Callable[[User], Client], german_shopper: User) -> Client:
    return signed_in(german_shopper)


PAGES = ["", "profile/", "addresses/", "addresses/add/", "data/", "email/", "password/change/"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_members_and_have_one_heading(client: Client, page: str, request: pytest.FixtureRequest) -> None:
    assert client.get(f"/de/account/{page}")["Location"] == f"/de/account/login/?next=/de/account/{page}"

    greta = request.getfixturevalue("greta")
    answer = greta.get(f"/de/account/{page}")
    if answer.status_code == 302:
        greta.post(answer["Location"], {"password": PASSWORD})
        answer = greta.get(f"/de/account/{page}")

    assert answer.status_code == 200
    assert answer.content.decode().count("<h1>") == 1
    assert "no-store" in answer.get("Cache-Control", "") or page in ("email/", "password/change/")


def test_the_profile_is_changed_and_the_next_page_is_in_the_new_language(greta: Client, german_shopper: User) -> None:
    answer = greta.post("/en/account/profile/", {"full_name": " Greta  L. ", "language": "ja"})

    assert answer["Location"] == "/ja/account/profile/"
    assert answer.cookies["language"].value == "ja"
    german_shopper.refresh_from_db()
    assert (german_shopper.full_name, german_shopper.language) == ("Greta L.", "ja")


@pytest.mark.parametrize(
    "data",
    [{}, {"language": "xx"}, {"language": "de", "full_name": "x" * 151}, {"language": "de", "full_name": "\u202e"}],
)
def test_a_wrong_profile_is_shown_again(greta: Client, german_shopper: User, data: dict[str, str]) -> None:
    answer = greta.post("/en/account/profile/", data)

    assert answer.status_code == 422
    german_shopper.refresh_from_db()
    assert german_shopper.full_name == "Greta Lindholz"


def test_the_first_address_is_used_first(greta: Client) -> None:
    assert greta.post("/en/account/addresses/add/", posted("DE"))["Location"] == "/en/account/addresses/"
    greta.post("/en/account/addresses/add/", posted("US"))

    assert list(Address.objects.values_list("country_code", "is_default")) == [("DE", True), ("US", False)]
    page = greta.get("/en/account/addresses/").content.decode()
    assert "28195 Bremen" in page
    assert "Portland, OR 97201" in page


def test_a_wrong_address_is_shown_again_with_what_was_typed(greta: Client) -> None:
    answer = greta.post("/en/account/addresses/add/", posted("DE", postal_code="123", city="Bremen & Co"))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "In Germany a postal code looks like" in page
    assert "Bremen &amp; Co" in page
    assert not Address.objects.exists()


def test_another_country_lays_the_fields_out_anew_without_script(greta: Client) -> None:
    answer = greta.post("/en/account/addresses/add/", posted("DE", country_code="JP", change_country=""))

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Prefecture" in page
    assert 'value="Robin Hale"' in page
    assert not Address.objects.exists()


def test_another_country_swaps_the_fields_alone(greta: Client) -> None:
    answer = greta.post("/en/account/addresses/fields/", {"country_code": "IE", "name": "Ann"})

    page = answer.content.decode()
    assert "Eircode" in page
    assert 'value="Ann"' in page
    assert "<html" not in page


@pytest.mark.parametrize("country", ["", "ZZ", "<b>", "\1", "x" * 9999])
def test_a_country_may_be_anything(greta: Client, country: str) -> None:
    assert greta.post("/en/account/addresses/fields/", {"country_code": country}).status_code == 200
    assert greta.post("/en/account/addresses/add/", {"country_code": country, "change_country": ""}).status_code == 200


def test_addresses_are_changed_preferred_and_deleted(greta: Client, german_shopper: User) -> None:
    first = services.save_address(user=german_shopper, postal=BREMEN)
    second = services.save_address(user=german_shopper, postal=OSLO)

    greta.post(f"/en/account/addresses/{second.pk}/", posted("NO", name="Nora"))
    assert Address.objects.get(pk=second.pk).name == "Nora"

    greta.post(f"/en/account/addresses/{second.pk}/default/")
    assert list(Address.objects.filter(is_default=True)) == [second]

    assert greta.get(f"/en/account/addresses/{second.pk}/delete/").status_code == 200
    greta.post(f"/en/account/addresses/{second.pk}/delete/")
    assert list(Address.objects.filter(is_default=True)) == [first]


def test_the_addresses_of_somebody_else_are_not_there(greta: Client, japanese_shopper: User) -> None:
    foreign = services.save_address(user=japanese_shopper, postal=OSLO)

    for path in ("", "delete/"):
        assert greta.get(f"/en/account/addresses/{foreign.pk}/{path}").status_code == 404
        assert greta.post(f"/en/account/addresses/{foreign.pk}/{path}", posted("NO", name="Eve")).status_code == 404
    assert greta.post(f"/en/account/addresses/{foreign.pk}/default/").status_code == 404
    assert Address.objects.get(pk=foreign.pk).name == "Greta Lindholz"


def test_addresses_are_limited_in_number(greta: Client, german_shopper: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ADDRESSES_AT_MOST", 1)
    services.save_address(user=german_shopper, postal=BREMEN)

    answer = greta.post("/en/account/addresses/add/", posted("NO"))

    assert answer.status_code == 422
    assert "Delete one to add another." in answer.content.decode()
    assert Address.objects.count() == 1


def test_a_copy_of_the_data_is_given_to_whoever_confirms_who_they_are(greta: Client, german_shopper: User) -> None:
    services.save_address(user=german_shopper, postal=BREMEN)
    services.record_consent(email=german_shopper.email, kind="terms", version="1", language="de", user=german_shopper)

    asked = greta.get("/en/account/data/export/")
    assert asked["Location"].startswith("/en/account/reauthenticate/")
    greta.post(asked["Location"], {"password": PASSWORD})
    file = greta.get("/en/account/data/export/")

    assert file["Content-Disposition"].startswith('attachment; filename="sampan-')
    data = json.loads(file.content)
    assert data["account"]["email"] == "greta@example.com"
    assert data["addresses"][0]["city"] == "Bremen"
    assert data["consents"][0]["kind"] == "terms"
    assert data["email_addresses"] == [{"email": "greta@example.com", "verified": True, "primary": True}]
    assert "password" not in json.dumps(data)


def test_an_account_is_erased_after_a_last_question(greta: Client, german_shopper: User) -> None:
    services.save_address(user=german_shopper, postal=BREMEN)
    services.record_consent(
        email=german_shopper.email, kind="marketing", version="1", language="de", user=german_shopper
    )
    services.record_consent(
        email=german_shopper.email, kind="terms", version="1", language="de", reference="S-1", user=german_shopper
    )
    elsewhere = Client()
    elsewhere.post("/en/account/login/", {"login": german_shopper.email, "password": PASSWORD})
    greta.post("/en/account/reauthenticate/", {"password": PASSWORD})

    assert greta.post("/en/account/data/erase/").status_code == 422
    assert User.objects.get().is_active
    answer = greta.post("/en/account/data/erase/", {"understood": "on"})

    assert answer["Location"] == "/en/"
    assert "_auth_user_id" not in greta.session
    assert elsewhere.get("/en/account/").status_code == 302
    user = User.objects.get()
    assert (user.full_name, user.is_active, user.has_usable_password()) == ("", False, False)
    assert "greta" not in user.email
    assert not Address.objects.exists()
    assert list(Consent.objects.values_list("kind", "user")) == [("terms", None)]
    back = Client().post("/en/account/login/", {"login": "greta@example.com", "password": PASSWORD})
    assert "is not right" in back.content.decode()


def test_the_erased_address_may_sign_up_again(greta: Client, german_shopper: User) -> None:
    services.erase(user=german_shopper)

    fields = {"email": "greta@example.com", "password1": PASSWORD, "password2": PASSWORD}
    assert Client().post("/en/account/signup/", fields)["Location"] == "/en/account/confirm-email/"
    assert User.objects.filter(email="greta@example.com", is_active=True).exists()


def test_the_only_owner_of_a_seller_cannot_go(signed_in: Callable[[User], Client], seller_owner: User) -> None:
    client = signed_in(seller_owner)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})

    answer = client.post("/en/account/data/erase/", {"understood": "on"})

    assert answer.status_code == 422
    assert "You are the only owner of Paper Kite." in answer.content.decode()
    seller_owner.refresh_from_db()
    assert seller_owner.is_active
