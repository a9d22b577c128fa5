"""The first page of the admin says what waits in words that fit each subject."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from catalog.models import ImportJob
from logistics.models import Shipment
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["de", "fr"])
def test_an_import_under_way_is_not_called_what_a_parcel_on_the_road_is(
    shop: Cast, admin_client: Client, language: str
) -> None:
    job = ImportJob(seller=shop.shenzhen, user=User.objects.first(), currency="CNY", file_name="a.csv", state="running")
    job.file.save("a.csv", ContentFile(b"Handle,Title\n"))

    shelves = admin_client.get("/admin/", headers={"accept-language": language}).context["shelves"]

    cards = [card for shelf in shelves for card in shelf.cards if card.address.startswith("/admin/catalog/importjob/")]
    assert [card.figure for card in cards] == [0, 1]
    with override(language):
        assert str(cards[1].label) != str(Shipment.Status.IN_TRANSIT.label)
