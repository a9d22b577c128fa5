"""Only what was signed with the secret, and lately, is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from demo.sandbox import webhooks
from marketplace.kernel.errors import Refused
from payments import signatures

# The published test vector of the Standard Webhooks reference libraries (Apache-2.0).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
SIGNED_AT = datetime.fromtimestamp(1614265330, UTC)


def test_the_published_vector_is_genuine() -> None:
    assert signatures.verify(SECRET, HEADERS, BODY, SIGNED_AT) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_the_sandbox_signs_the_published_vector_alike() -> None:
    signature = webhooks.sign(SECRET, HEADERS["webhook-id"], 1614265330, BODY)

    assert signature == HEADERS["webhook-signature"]


def test_one_good_signature_among_several_is_enough() -> None:
    several = HEADERS | {"webhook-signature": "v1a,abc v1,!!! v1,AAAA " + HEADERS["webhook-signature"]}

    assert signatures.verify(SECRET, several, BODY, SIGNED_AT)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": "1614265331"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"webhook-signature": "v1,ünïcode"},
        {"webhook-signature": ""},
        {"webhook-id": ""},
    ],
)
def test_a_changed_header_is_a_forgery(change: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        signatures.verify(SECRET, HEADERS | change, BODY, SIGNED_AT)

    assert refusal.value.code == "forged_webhook"


def test_a_changed_body_and_a_wrong_or_empty_secret_are_forgeries() -> None:
    for secret, body in [(SECRET, BODY + b" "), ("whsec_AAAA", BODY), ("plain", BODY), ("", BODY)]:
        with pytest.raises(Refused) as refusal:
            signatures.verify(secret, HEADERS, body, SIGNED_AT)
        assert refusal.value.code == "forged_webhook"


@pytest.mark.parametrize(("seconds", "is_good"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_a_message_is_good_for_five_minutes(seconds: int, is_good: bool) -> None:
    now = datetime.fromtimestamp(1614265330 + seconds, UTC)

    if is_good:
        signatures.verify(SECRET, HEADERS, BODY, now)
    else:
        with pytest.raises(Refused) as refusal:
            signatures.verify(SECRET, HEADERS, BODY, now)
        assert refusal.value.code == "stale_webhook"
