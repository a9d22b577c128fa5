"""Findings on many subjects become flags in a handful of queries, and a decision holds for what it was made on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Seller, User
from compliance import services
from compliance.models import Flag, FlagEvent
from compliance.screening import Finding
from compliance.services.findings import Looked, Recorded, record_all
from marketplace.kernel import clock

pytestmark = pytest.mark.django_db
VAGUE = Finding("description_vague", "review", {"sku": "A", "description": "gift"}, "ICS2")
NUMBER = Finding(
    "epr_missing", "block", {"sku": "A", "stream": "toys", "countries": "DE FR", "schemes": "x y"}, "Law", "toys-block",
    ("FR", "DE"),
)  # fmt: skip


def look(seller: Seller, *findings: Finding, **options: Any) -> Looked:
    return Looked(seller.pk, findings, seller.pk, seller.name, {"hs_code": "950300"}, **options)


def sellers(count: int) -> list[Seller]:
    return Seller.objects.bulk_create(
        Seller(slug=f"s{n}", name=f"S{n}", legal_name="x", home_country="CN", settlement_currency="CNY")
        for n in range(count)
    )


def record(*looked: Looked, **options: Any) -> Recorded:
    return record_all(model=Seller, looked=looked, **options)


def test_many_subjects_cost_as_many_queries_as_few(
    db: None, django_assert_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    few, many = sellers(2), None
    record(look(few[0], VAGUE))
    # two savepoints each with its end, the flags, keys for new ones, these, their events
    with django_assert_num_queries(8):
        record(*(look(one, VAGUE, NUMBER) for one in few))
    many = Seller.objects.bulk_create(
        Seller(slug=f"m{n}", name="M", legal_name="x", home_country="CN", settlement_currency="CNY") for n in range(200)
    )
    with django_assert_num_queries(8):
        recorded = record(*(look(one, VAGUE, NUMBER) for one in many))

    assert recorded == Recorded(opened=400)
    assert Flag.objects.count() == FlagEvent.objects.count() == 404


def test_flags_carry_countries_evidence_and_the_day_they_are_due(shenzhen: Seller) -> None:
    record(look(shenzhen, NUMBER))

    flag = Flag.objects.get()
    assert (flag.rule, flag.severity, flag.countries) == ("epr_missing:toys-block", "block", ["DE", "FR"])
    assert (flag.evidence, flag.seller, flag.subject_label) == ({"hs_code": "950300"}, shenzhen, shenzhen.name)
    assert flag.due_at == flag.opened_at + timedelta(days=2)


def test_the_same_twice_changes_nothing_and_other_facts_are_noted(shenzhen: Seller) -> None:
    record(look(shenzhen, NUMBER, VAGUE))
    before = list(Flag.objects.order_by("pk").values())

    again = record(look(shenzhen, VAGUE, NUMBER))
    assert (again, list(Flag.objects.order_by("pk").values())) == (Recorded(), before)
    graver = Finding("description_vague", "block", VAGUE.params, "ICS2")
    changed = record(look(shenzhen, graver, NUMBER))

    flag = Flag.objects.get(rule="description_vague")
    assert changed == Recorded(changed=1)
    assert (flag.severity, list(flag.events.values_list("kind", flat=True))) == ("block", ["opened", "changed"])
    assert flag.due_at is not None
    assert abs(flag.due_at - clock.now() - timedelta(days=2)) < timedelta(minutes=1)


def fewer(finding: Finding = NUMBER) -> Finding:
    return Finding(
        finding.check, "block", {**finding.params, "countries": "FR", "schemes": "y"}, "Law", finding.rule, ("FR",)
    )


def more() -> Finding:
    return Finding(
        "epr_missing", "block", {**NUMBER.params, "countries": "AT DE FR"}, "Law", "toys-block", ("AT", "DE", "FR")
    )


@pytest.mark.parametrize("decide", ["release", "waive"])
def test_a_decision_holds_for_its_countries_and_not_for_further_ones(
    shenzhen: Seller, officer: User, decide: str
) -> None:
    record(look(shenzhen, NUMBER))
    if decide == "release":
        services.release_flag(flag=Flag.objects.get(), actor=officer, reason="Seen.")
    else:
        services.waive_flag(
            flag=Flag.objects.get(), actor=officer, reason="For now.", until=clock.today() + timedelta(9)
        )

    assert record(look(shenzhen, NUMBER)) == Recorded()
    assert record(look(shenzhen, fewer())) == Recorded()
    assert record(look(shenzhen, more())) == Recorded(opened=1)
    assert Flag.objects.filter(status="open").get().countries == ["AT", "DE", "FR"]


def test_a_waived_flag_whose_cause_is_gone_is_mended(shenzhen: Seller, officer: User) -> None:
    record(look(shenzhen, NUMBER))
    services.waive_flag(flag=Flag.objects.get(), actor=officer, reason="For now.", until=date.today() + timedelta(9))

    assert record(look(shenzhen)) == Recorded(mended=1)

    flag = Flag.objects.get()
    assert (flag.status, flag.waived_until) == ("mended", None)


def test_flags_of_checks_that_were_not_made_stay(shenzhen: Seller) -> None:
    record(look(shenzhen, NUMBER, VAGUE))

    assert record(look(shenzhen), checks={"epr_missing"}) == Recorded(mended=1)
    assert Flag.objects.get(status="open").rule == "description_vague"


def test_what_is_off_keeps_what_an_officer_upheld(shenzhen: Seller, officer: User) -> None:
    record(look(shenzhen, NUMBER, VAGUE))
    services.uphold_flag(flag=Flag.objects.get(rule="description_vague"), actor=officer, reason="It stands.")

    assert record(look(shenzhen, is_off=True)) == Recorded(mended=1)
    assert dict(Flag.objects.values_list("rule", "status")) == {
        "description_vague": "upheld", "epr_missing:toys-block": "mended",
    }  # fmt: skip


def test_a_change_of_a_flag_on_a_seller_is_told_to_those_above(shenzhen: Seller) -> None:
    from compliance.models import Recheck

    services.record_findings(subject=shenzhen, findings=[VAGUE])
    services.record_findings(subject=shenzhen, findings=[VAGUE])

    assert list(Recheck.objects.values_list("topic", "key")) == [("seller", str(shenzhen.pk))]
