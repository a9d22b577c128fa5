"""What operations and sellers do with paid orders in the admin."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog.models import Category
from logistics.models import CustomsDeclaration, Shipment
from marketplace.roles import ROLE_RIGHTS
from orders.models import Order, SellerOrder, Step
from tests.compliance.cases import assessed, line, sent
from tests.house.admin_world import SECRET, World, fill, fill_staff, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    accounts.sync_roles(ROLE_RIGHTS)
    made = fill(make_seller("Kite"), Category.objects.add_root({"slug": "all", "name_en": "All"}))
    fill_staff(made)
    return made


def as_role(role: str) -> Client:
    user = User.objects.create_user("staff@example.com")
    accounts.give_role(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def as_member(world: World) -> Client:
    client = Client()
    client.force_login(world.member)
    return client


def print_label(shipment: Shipment) -> None:
    name = storages["private"].save("labels/kite.pdf", ContentFile(b"%PDF-1.4 label"))
    Shipment.objects.filter(pk=shipment.pk).update(label=name, tracking_number="SBX123", status="labelled")


def test_a_seller_sees_what_to_pack_where_it_goes_and_nothing_of_the_shopper_else(world: World) -> None:
    shown = as_member(world).get(f"/admin/orders/sellerorder/{world.rows[SellerOrder].pk}/change/").content.decode()

    assert "Kite vase" in shown
    assert "Straße 5" in shown
    assert f"{SECRET}@example.com" not in shown
    assert "There is no label yet." in shown


def test_the_label_is_handed_to_its_seller_and_to_operations_alone(world: World) -> None:
    print_label(world.rows[Shipment])
    part, shipment = world.rows[SellerOrder], world.rows[Shipment]
    address = f"/admin/orders/sellerorder/{part.pk}/label/"

    answer = as_member(world).get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 label"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Kite-SHIPMENT.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"

    rival = make_seller("Rival")
    assert as_member(rival).get(address).status_code == 404
    assert as_member(world).get(f"/admin/logistics/shipment/{shipment.pk}/label/").status_code == 404
    assert as_role(roles.OPERATIONS).get(f"/admin/logistics/shipment/{shipment.pk}/label/").status_code == 200
    assert Client().get(address).status_code == 302


def test_a_seller_does_not_see_an_order_before_it_is_paid(world: World) -> None:
    Order.objects.update(status=Order.Status.AWAITING_PAYMENT, paid_at=None)
    part = world.rows[SellerOrder]

    assert as_member(world).get("/admin/orders/sellerorder/").context["cl"].result_count == 0
    assert as_member(world).get(f"/admin/orders/sellerorder/{part.pk}/change/").status_code == 302


def test_operations_have_a_step_done_again_and_edit_none(world: World) -> None:
    client, step = as_role(roles.OPERATIONS), world.rows[Step]

    client.post("/admin/orders/step/", {"action": "do_again", "_selected_action": [step.pk]})
    step.refresh_from_db()
    assert (step.state, step.attempts, step.last_error) == (Step.State.PENDING, 0, "")

    assert client.post(f"/admin/orders/step/{step.pk}/change/", {"state": "done"}).status_code == 403
    answer = client.post("/admin/orders/step/", {"action": "do_again", "_selected_action": [step.pk]}, follow=True)
    assert "None of these steps stands still." in answer.content.decode()


def test_finance_reads_orders_and_has_no_step_done_again(world: World) -> None:
    client, step = as_role(roles.FINANCE), world.rows[Step]

    assert client.get("/admin/orders/order/").status_code == 200
    assert client.post("/admin/orders/step/", {"action": "do_again", "_selected_action": [step.pk]}).status_code == 403
    step.refresh_from_db()
    assert step.state == Step.State.FAILED


def test_operations_correct_what_customs_rejected(world: World) -> None:
    client, declaration = as_role(roles.OPERATIONS), world.rows[CustomsDeclaration]
    page = f"/admin/logistics/customsdeclaration/{declaration.pk}/"

    assert client.post(f"{page}correct/", {"line0": ""}).status_code == 400
    declaration.refresh_from_db()
    assert declaration.status == "rejected"

    client.post(f"{page}correct/", {"line0": "porcelain vase"})
    declaration.refresh_from_db()
    assert (declaration.status, declaration.payload["lines"][0]["description"]) == ("prepared", "porcelain vase")
    assert "Customs have not rejected" in client.post(f"{page}correct/", {"line0": "x"}, follow=True).content.decode()


@pytest.mark.parametrize("table", ["payments/payment", "payments/refund", "payments/paymentevent", "orders/order",
                                   "orders/sellerorder", "logistics/shipment", "orders/step"])  # fmt: skip
def test_what_is_kept_for_the_record_is_not_edited_even_by_an_administrator(
    table: str, world: World, admin_client: Client
) -> None:
    app, model = table.split("/")
    key = next(row.pk for kind, row in world.rows.items() if kind._meta.label_lower == f"{app}.{model}")

    assert admin_client.get(f"/admin/{table}/{key}/change/").status_code == 200
    assert admin_client.post(f"/admin/{table}/{key}/change/", {}).status_code == 403
    assert admin_client.post(f"/admin/{table}/{key}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"/admin/{table}/add/").status_code == 403


def test_staff_read_how_the_price_came_about_and_the_seller_does_not(world: World) -> None:
    shown = assessed(sent("DE", "EUR", line("20", quantity=2), shipping="8"))
    SellerOrder.objects.update(assessment=shown.to_dict())
    address = f"/admin/orders/sellerorder/{SellerOrder.objects.filter(seller=world.seller).first().pk}/change/"

    staff, seller = (who.get(address).content.decode() for who in (as_role(roles.OPERATIONS), as_member(world)))

    assert "Customs duty: €3.00 × 1 kind of goods (European Union, rule since July 1, 2026)." in staff
    assert "EU-LV-3EUR" in staff
    assert "Customs duty:" not in seller
    assert "EU-LV-3EUR" not in seller
