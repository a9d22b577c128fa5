"""What tests of the compliance desk share: flags of every kind, and asserts on refusals and letters."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import models

from accounts.models import Seller
from compliance import services
from compliance.models import (
    Appeal,
    EvidenceDocument,
    Flag,
    FlagApproval,
    FlagEvent,
    FlagMessage,
    Letter,
    Recheck,
    Registration,
    RegistrationEvent,
)
from compliance.screening import Finding
from compliance.services import letters
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

VAGUE = Finding("description_vague", "review", {"sku": "A", "description": "gift"}, "ICS2")
WEAPON = Finding("restricted_goods", "block", {"sku": "A", "name": "Weapons"}, "Weapons Act", rule="WEAPONS")
LIGHT = Finding("weight_unknown", "notice", {"sku": "A"}, "UPU")
IVORY = Finding("restricted_goods", "critical", {"sku": "A", "name": "Ivory"}, "CITES", rule="IVORY")
LISTED = Finding("party_listed", "block", {"party": "Li"}, "Regulation (EU) No 269/2014")
OWNER = Finding("seller_party_listed", "block", {"party": "Li"}, "Regulation (EU) No 269/2014")


def raise_flag(finding: Finding, seller: Seller, subject: models.Model | None = None, *, label: str = "Kite") -> Flag:
    """The open flag of a finding on the subject, which is the seller unless another is given."""
    flags = services.record_findings(
        subject=subject or seller, findings=[finding], seller=seller, label=label, checks=[finding.check]
    )
    rule = f"{finding.check}:{finding.rule}" if finding.rule else finding.check
    return next(flag for flag in flags if flag.rule == rule)


def steps(flag: Flag) -> list[str]:
    """The kinds of the steps of a flag."""
    return [event.kind for event in flag.events.all()]


def refusal(code: str, action: Any, **arguments: Any) -> Refused:
    """The action is refused with the code and changes nothing."""
    before = _everything()
    with pytest.raises(Refused) as refused:
        action(**arguments)
    assert refused.value.code == code
    assert _everything() == before
    return refused.value


def _everything() -> list[Any]:
    tables = (Appeal, EvidenceDocument, Flag, FlagApproval, FlagEvent, FlagMessage, Letter, Recheck, Registration,
              RegistrationEvent, Seller)  # fmt: skip
    return [list(model._default_manager.order_by("pk").values()) for model in tables]


def sent() -> dict[str, list[Any]]:
    """The letters that go out now, by address."""
    mail.outbox.clear()
    letters.send_letters(clock.now())
    found: dict[str, list[Any]] = {}
    for message in mail.outbox:
        found.setdefault(message.to[0], []).append(message)
    return found
