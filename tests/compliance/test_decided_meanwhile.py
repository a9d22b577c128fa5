"""Two officers decide one flag: the second is told, and nobody silently undoes what a colleague decided."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from compliance import services
from compliance.fingerprints import state_of
from compliance.models import Flag
from compliance.screening import Finding
from compliance.services import decisions, steps
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.desk import IVORY, WEAPON, raise_flag, refusal
from tests.compliance.desk import steps as steps_of
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
QUEUE = "/admin/compliance/flag/"
MEANWHILE = "This flag has been taken or decided meanwhile."
CHANGED = "The facts have changed since you opened this flag. Please look at it again."


@pytest.fixture
def flag(shenzhen: Seller) -> Flag:
    return raise_flag(WEAPON, shenzhen)


@pytest.fixture
def desk() -> Callable[[User], Client]:
    """The admin, as an officer meets it."""

    def open_for(user: User) -> Client:
        accounts.sync_roles(ROLE_RIGHTS)
        accounts.give_role(user=user, role=roles.COMPLIANCE)
        client = Client()
        client.force_login(user)
        return client

    return open_for


def as_shown(client: Client, flag: Flag) -> dict[str, str]:
    """What the form of a decision carries on the page of the flag."""
    seen = client.get(f"{QUEUE}{flag.pk}/change/").context["panel"]["seen"]
    assert f'name="seen" value="{seen}"' in client.get(f"{QUEUE}{flag.pk}/change/").content.decode()
    return {"seen": seen}


# In the services --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", ["release_flag", "waive_flag", "uphold_flag", "suspend_seller"])
def test_who_has_seen_the_flag_open_does_not_undo_what_a_colleague_upheld(
    flag: Flag, officer: User, second_officer: User, second: str
) -> None:
    services.uphold_flag(flag=flag, actor=officer, reason="No licence.")
    asked: dict[str, Any] = {"until": clock.today() + timedelta(days=9)} if second == "waive_flag" else {}

    refusal("flag_not_open", getattr(services, second), flag=flag, actor=second_officer, reason="Fine.", **asked)

    assert steps_of(flag) == ["opened", "upheld"]


def test_who_has_seen_it_upheld_may_release_it(flag: Flag, officer: User, second_officer: User) -> None:
    services.uphold_flag(flag=flag, actor=officer, reason="No licence.")
    flag.refresh_from_db()

    services.release_flag(flag=flag, actor=second_officer, reason="The licence has come.")

    assert steps_of(flag) == ["opened", "upheld", "released"]


def test_facts_that_nobody_has_seen_are_not_decided(flag: Flag, shenzhen: Seller, officer: User) -> None:
    seen = state_of(flag)
    raise_flag(Finding("restricted_goods", "block", {"sku": "A, B", "name": "Weapons"}, "Act", "WEAPONS"), shenzhen)

    refusal("facts_changed", services.release_flag, flag=flag, actor=officer, reason="x", seen=seen)

    assert steps_of(flag) == ["opened", "changed"]


def test_of_many_those_decided_meanwhile_are_refused_alone(
    flag: Flag, rival: Seller, officer: User, second_officer: User
) -> None:
    other = raise_flag(WEAPON, rival)
    seen = {each.pk: state_of(each) for each in (flag, other)}
    services.uphold_flag(flag=flag, actor=officer, reason="No licence.")
    fresh = Flag.objects.order_by("pk")

    outcome = services.decide_flags(
        flags=fresh, decision="release", actor=second_officer, reason="Fine.", seen=seen
    )  # fmt: skip

    assert [each.pk for each in outcome.done] == [other.pk]
    assert [(each.pk, str(why)) for each, why in outcome.refused] == [(flag.pk, MEANWHILE)]


# On the pages -----------------------------------------------------------------------------------------------


def test_a_page_that_was_opened_before_a_colleague_decided_changes_nothing(
    flag: Flag, officer: User, second_officer: User, desk: Callable[[User], Client]
) -> None:
    client = desk(second_officer)
    form = as_shown(client, flag) | {"decision": "release", "reason": "Fine to me."}
    services.uphold_flag(flag=flag, actor=officer, reason="No licence.")

    answer = client.post(f"{QUEUE}{flag.pk}/decide/", form)

    page = answer.content.decode()
    assert (answer.status_code, MEANWHILE in page, "Fine to me." in page) == (422, True, True)
    flag.refresh_from_db()
    assert (flag.status, steps_of(flag)) == ("upheld", ["opened", "upheld"])
    again = form | {"seen": answer.context["panel"]["seen"]}  # the officer has seen it now, and decides nonetheless
    assert client.post(f"{QUEUE}{flag.pk}/decide/", again).status_code == 302


def test_a_page_of_other_facts_changes_nothing(
    flag: Flag, shenzhen: Seller, officer: User, desk: Callable[[User], Client]
) -> None:
    client = desk(officer)
    form = as_shown(client, flag) | {"decision": "release", "reason": "x"}
    raise_flag(Finding("restricted_goods", "block", {"sku": "A, B", "name": "Weapons"}, "Act", "WEAPONS"), shenzhen)

    assert CHANGED in client.post(f"{QUEUE}{flag.pk}/decide/", form).content.decode()
    flag.refresh_from_db()
    assert flag.status == "open"


@pytest.mark.parametrize("everything", [{}, {"everything": "on"}])
def test_a_list_that_was_opened_before_changes_nothing(
    flag: Flag, officer: User, second_officer: User, desk: Callable[[User], Client], everything: dict[str, str]
) -> None:
    client = desk(second_officer)
    (row,) = client.get(f"{QUEUE}?standing=all").context["rows"]
    services.uphold_flag(flag=flag, actor=officer, reason="No licence.")

    form = {"decision": "release", "reason": "x", "query": "standing=all", "flag": str(flag.pk)}
    answer = client.post(f"{QUEUE}bulk/", form | everything | {"seen": f"{flag.pk}:{row.seen}"}, follow=True)

    assert f'value="{flag.pk}:{row.seen}"' not in answer.content.decode()
    assert MEANWHILE in answer.content.decode()
    flag.refresh_from_db()
    assert flag.status == "upheld"


def test_a_verdict_is_on_the_proposal_that_was_shown(
    shenzhen: Seller, officer: User, second_officer: User, desk: Callable[[User], Client]
) -> None:
    grave, client = raise_flag(IVORY, shenzhen), desk(second_officer)
    services.waive_flag(flag=grave, actor=officer, reason="Soon.", until=clock.today() + timedelta(days=9))
    shown = client.get(f"{QUEUE}{grave.pk}/change/").context["panel"]["approval"]
    services.withdraw_decision(approval=shown, actor=officer)
    services.release_flag(flag=grave, actor=officer, reason="It is bone.")

    client.post(f"{QUEUE}{grave.pk}/verdict/", {"verdict": "confirm", "approval": str(shown.pk)})

    grave.refresh_from_db()
    assert grave.status == "taken"


# At the same moment -----------------------------------------------------------------------------------------


def both(flag: Flag, officer: User, second_officer: User) -> list[Any]:
    """One officer upholds and another releases, each having read the flag while it was open."""
    mine, theirs = Flag.objects.get(pk=flag.pk), Flag.objects.get(pk=flag.pk)
    return at_once(
        lambda: services.uphold_flag(flag=mine, actor=officer, reason="No licence.").status,
        lambda: services.release_flag(flag=theirs, actor=second_officer, reason="Fine.").status,
    )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_look_at_what_was_seen_the_second_undoes_the_first(
    flag: Flag, officer: User, second_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock alone puts the two in a row: the release then comes to a flag that was upheld, which it may."""
    upheld, step_in = threading.Event(), decisions.to_decide

    def after_the_other(given: Flag, actor: User, reason: str, **options: Any) -> Flag:
        if reason == "Fine.":
            upheld.wait(timeout=20)
        return step_in(given, actor, reason, **options)

    def uphold_first(*args: Any, **options: Any) -> Flag:
        upheld.set()  # the row is locked by now
        return uphold(*args, **options)

    uphold = decisions._uphold
    monkeypatch.setattr(decisions, "to_decide", after_the_other)
    monkeypatch.setattr(decisions, "_uphold", uphold_first)
    monkeypatch.setattr(steps, "refuse_unseen", lambda flag, seen: None)

    assert both(flag, officer, second_officer) == ["upheld", "released"]
    assert steps_of(flag) == ["opened", "upheld", "released"]

    monkeypatch.undo()
    Flag.objects.filter(pk=flag.pk).update(status="open", officer=None, closed_at=None, reason="")
    upheld.clear()
    monkeypatch.setattr(decisions, "to_decide", after_the_other)
    monkeypatch.setattr(decisions, "_uphold", uphold_first)

    assert both(flag, officer, second_officer) == ["upheld", "flag_not_open"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(6))
def test_of_two_officers_one_decides(flag: Flag, officer: User, second_officer: User, turn: int) -> None:
    outcomes = both(flag, officer, second_officer)

    assert Counter(outcomes)["flag_not_open"] == 1
    flag.refresh_from_db()
    assert steps_of(flag) == ["opened", flag.status]
    assert flag.status in outcomes
