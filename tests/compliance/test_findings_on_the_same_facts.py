"""A decision holds for the facts on which it was made: when these change, the flag is raised again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from accounts.models import Seller, User
from compliance import services
from compliance.models import Flag, FlagApproval
from compliance.screening import Finding
from compliance.services.findings import Looked, Recorded, record_all
from marketplace.kernel.errors import Refused

pytestmark = pytest.mark.django_db
OPENER = {"hs_code": "821490", "origin": "CN", "description": "Letter opener", "texts": {"en": "A letter opener"}}
KNIFE = Finding("restricted_goods", "review", {"sku": "A", "name": "Knives"}, "Act", rule="KNIVES")
IVORY = Finding("restricted_goods", "critical", {"sku": "A", "name": "Ivory"}, "CITES", rule="IVORY")


def record(seller: Seller, *findings: Finding, **changes: Any) -> Recorded:
    facts = OPENER | changes
    evidence = {name: value for name, value in facts.items() if name != "texts"}
    looked = Looked(seller.pk, findings, seller.pk, seller.name, evidence, facts)
    return record_all(model=Seller, looked=[looked])


def as_until_november(flag: Flag, **changes: Any) -> None:
    """The flag has the fingerprint that was made of its rule and details alone."""
    text = json.dumps([flag.rule, flag.params], sort_keys=True, ensure_ascii=False)
    Flag.objects.filter(pk=flag.pk).update(fingerprint=hashlib.sha256(text.encode()).hexdigest(), **changes)


@pytest.fixture
def let_go(shenzhen: Seller, officer: User) -> Flag:
    """A flag that an officer released."""
    record(shenzhen, KNIFE)
    return services.release_flag(flag=Flag.objects.get(), actor=officer, reason="It opens letters.")


@pytest.mark.parametrize(
    "changes",
    [{"hs_code": "930200"}, {"origin": "KP"}, {"description": "Revolver"}, {"texts": {"en": "A revolver"}}],
    ids=lambda changes: next(iter(changes)),
)
def test_other_goods_under_the_same_rule_are_flagged_again(
    let_go: Flag, shenzhen: Seller, changes: dict[str, Any]
) -> None:
    assert record(shenzhen, KNIFE) == Recorded()

    assert record(shenzhen, KNIFE, **changes) == Recorded(opened=1)

    assert list(Flag.objects.order_by("pk").values_list("status", flat=True)) == ["released", "open"]


def test_a_rule_that_became_graver_flags_again(let_go: Flag, shenzhen: Seller) -> None:
    graver = Finding("restricted_goods", "block", KNIFE.params, "Act", rule="KNIVES")

    assert record(shenzhen, graver) == Recorded(opened=1)


def test_what_was_let_go_before_holds_for_what_was_kept_of_its_facts(let_go: Flag, shenzhen: Seller) -> None:
    as_until_november(let_go)

    assert record(shenzhen, KNIFE) == Recorded()

    assert record(shenzhen, KNIFE, texts={"en": "A revolver"}) == Recorded(opened=1)  # its texts are known since


@pytest.mark.parametrize("changes", [{"hs_code": "930200"}, {"origin": "KP"}, {"description": "Revolver"}])
def test_what_was_let_go_before_holds_for_no_other_goods(
    let_go: Flag, shenzhen: Seller, changes: dict[str, Any]
) -> None:
    as_until_november(let_go)

    assert record(shenzhen, KNIFE, **changes) == Recorded(opened=1)


def test_what_was_let_go_before_anything_was_kept_beside_it_holds_by_its_details(
    let_go: Flag, shenzhen: Seller
) -> None:
    as_until_november(let_go, evidence={})

    assert record(shenzhen, KNIFE, origin="JP") == Recorded()


def test_a_flag_that_stood_before_goes_on_without_a_step_and_its_proposal_holds(
    shenzhen: Seller, officer: User, second_officer: User
) -> None:
    record(shenzhen, IVORY)
    as_until_november(Flag.objects.get())
    services.release_flag(flag=Flag.objects.get(), actor=officer, reason="It is bone.")

    assert record(shenzhen, IVORY) == Recorded()

    flag = services.confirm_decision(approval=FlagApproval.objects.get(), actor=second_officer)
    assert (flag.status, list(flag.events.values_list("kind", flat=True))) == (
        "released", ["opened", "proposed", "released"],
    )  # fmt: skip


def test_other_goods_are_not_let_go_by_a_proposal_for_those_before(
    shenzhen: Seller, officer: User, second_officer: User
) -> None:
    record(shenzhen, IVORY)
    services.release_flag(flag=Flag.objects.get(), actor=officer, reason="It is bone.")

    assert record(shenzhen, IVORY, texts={"en": "A tusk"}) == Recorded(changed=1)

    with pytest.raises(Refused) as refused:
        services.confirm_decision(approval=FlagApproval.objects.get(), actor=second_officer)
    assert refused.value.code == "facts_changed"
