"""The sandbox keeps the contract of a provider, over HTTP; and a payment goes through it from end to end."""

from __future__ import annotations

import pytest
import requests
from pytest_django import Settings

from marketplace.kernel.errors import Refused, Unavailable
from payments import providers, services
from payments.models import Payment
from payments.providers.base import Provider, Session
from tests.payments.conftest import start
from tests.payments.contract import Counterpart, ProviderContract, request_for
from tests.payments.mailbox import Mailbox


class SandboxCounterpart(Counterpart):
    """Presses the buttons of the hosted page and switches the faults of the sandbox."""

    def __init__(self, url: str, mailbox: Mailbox) -> None:
        self.url, self.mailbox, self.webhook_url = url, mailbox, mailbox.url

    def approve(self, session: Session) -> None:
        self._press(session, "approve")

    def decline(self, session: Session) -> None:
        self._press(session, "decline")

    def next_webhook(self) -> tuple[dict[str, str], bytes]:
        return self.mailbox.take()

    def break_down(self) -> None:
        self._switch(fail_next=1)

    def lose_answer(self) -> None:
        self._switch(drop_next=1)

    def _press(self, session: Session, button: str) -> None:
        answer = requests.post(f"{session.url}/{button}", allow_redirects=False, timeout=5)
        assert answer.status_code == 303

    def _switch(self, **faults: int) -> None:
        requests.post(self.url + "/faults", json={"psp": faults}, timeout=5).raise_for_status()


class TestSandboxProvider(ProviderContract):
    """The shared suite against the real counterpart."""

    @pytest.fixture
    def provider(self) -> Provider:
        return providers.get("sandbox")

    @pytest.fixture
    def counterpart(self, sandbox: str, mailbox: Mailbox) -> Counterpart:
        return SandboxCounterpart(sandbox, mailbox)


def test_the_registry_knows_what_the_settings_name(settings: Settings) -> None:
    assert [provider.slug for provider in providers.available()] == ["sandbox"]

    settings.PAYMENT_PROVIDERS = []

    with pytest.raises(Refused) as refusal:
        providers.get("sandbox")
    assert refusal.value.code == "unknown_provider"


def test_nobody_listening_means_try_again_later(settings: Settings, unused_port: int) -> None:
    settings.SANDBOX_URL = f"http://127.0.0.1:{unused_port}"

    with pytest.raises(Unavailable):
        providers.get("sandbox").open_session(request_for())


def test_a_wrong_key_is_our_fault_and_not_the_shoppers(sandbox: str, settings: Settings) -> None:
    settings.SANDBOX_SECRET = "another secret of more than thirty-two characters"

    with pytest.raises(Unavailable):
        providers.get("sandbox").open_session(request_for())


@pytest.mark.django_db
def test_a_payment_is_opened_paid_and_settled_by_its_webhook(sandbox: str, mailbox: Mailbox) -> None:
    payment = start(webhook_url=mailbox.url)

    url = services.open_session(payment)
    assert services.open_session(payment) == url
    assert payment.state == Payment.State.PENDING
    requests.post(url + "/approve", allow_redirects=False, timeout=5)
    headers, body = mailbox.take()
    receipt = services.receive(provider="sandbox", headers=headers, body=body)

    assert receipt.became_paid
    assert receipt.payment == payment
    assert not services.refresh(payment).became_paid
    payment.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        services.open_session(payment)
    assert refusal.value.code == "payment_closed"


@pytest.mark.django_db
def test_the_return_page_settles_what_no_webhook_told(sandbox: str, mailbox: Mailbox) -> None:
    requests.post(sandbox + "/faults", json={"psp": {"webhooks": {"never": True}}}, timeout=5)
    payment = start(webhook_url=mailbox.url)
    url = services.open_session(payment)

    assert not services.refresh(payment).became_paid
    requests.post(url + "/approve", allow_redirects=False, timeout=5)

    assert services.refresh(payment).became_paid
    assert not services.refresh(payment).became_paid
    assert mailbox.is_empty(0.3)


@pytest.mark.django_db
def test_a_payment_is_cancelled_with_and_without_a_session(sandbox: str) -> None:
    opened, untouched = start(), start()
    services.open_session(opened)

    for payment in (opened, untouched):
        change = services.cancel(payment)
        assert (change.before != change.after, change.after) == (True, Payment.State.CANCELLED)
        assert change.ended_unpaid
        assert not services.cancel(payment).ended_unpaid


@pytest.mark.django_db
def test_cancelling_comes_too_late_for_a_shopper_who_has_paid(sandbox: str) -> None:
    payment = start()
    requests.post(services.open_session(payment) + "/approve", allow_redirects=False, timeout=5)

    change = services.cancel(payment)

    assert change.became_paid
    assert change.payment.state == Payment.State.PAID
