"""The officers' page of the queue: filters, the panel, what opens next, several at once, saved views, and its queries."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from compliance import selectors, services
from compliance.models import Flag, SavedView
from compliance.screening import Finding
from compliance.selectors.queue_filters import Filters
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.desk import IVORY, LIGHT, VAGUE, WEAPON, raise_flag, steps

pytestmark = pytest.mark.django_db
QUEUE = "/admin/compliance/flag/"


def officer_named(name: str) -> User:
    user = User.objects.create_user(f"{name.lower()}@example.com", full_name=name)
    accounts.give_role(user=user, role=roles.COMPLIANCE)
    return User.objects.get(pk=user.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def nadia(db: None) -> User:
    accounts.sync_roles(ROLE_RIGHTS)
    return officer_named("Nadia")


@pytest.fixture
def desk(nadia: User) -> Client:
    return signed_in(nadia)


@pytest.fixture
def three(shenzhen: Seller, rival: Seller) -> list[Flag]:
    """A flag that blocks, one to be reviewed and a notice, in the order of the queue."""
    return [
        raise_flag(WEAPON, rival, label="Knife"), raise_flag(VAGUE, shenzhen, label="Box"),
        raise_flag(LIGHT, shenzhen, label="Lamp"),
    ]  # fmt: skip


def listed(client: Client, query: str = "") -> list[str]:
    return [row.flag.subject_label for row in client.get(f"{QUEUE}?{query}").context["rows"]]


# Filters ----------------------------------------------------------------------------------------------------


def test_each_filter_shows_what_it_says(desk: Client, nadia: User, three: list[Flag], shenzhen: Seller) -> None:
    knife, box, lamp = three
    moment = clock.now()
    Flag.objects.filter(pk=knife.pk).update(countries=["DE", "FR"])
    Flag.objects.filter(pk=box.pk).update(opened_at=moment - timedelta(days=4), due_at=moment - timedelta(hours=1))
    Flag.objects.filter(pk=lamp.pk).update(countries=["JP"])
    services.take_flag(flag=lamp, actor=nadia)
    kind = ContentType.objects.get_for_model(Seller).pk

    assert {query: listed(desk, query) for query in (
        "severity=review", "severity__exact=block", "check=weight_unknown", "country=FR", "country=JP",
        f"seller={shenzhen.pk}", "officer=me", "officer=none", f"officer={nadia.pk}", "age=3", "late=1",
        f"kind={kind}", "q=kni", "q=shenzhen", "standing=free", "standing=mine", "standing=closed",
        "age=3&severity=notice", "severity=nonsense&kind=x&officer=;&p=x",
    )} == {
        "severity=review": ["Box"], "severity__exact=block": ["Knife"], "check=weight_unknown": ["Lamp"],
        "country=FR": ["Knife", "Box"], "country=JP": ["Box", "Lamp"], f"seller={shenzhen.pk}": ["Box", "Lamp"],
        "officer=me": ["Lamp"], "officer=none": ["Knife", "Box"], f"officer={nadia.pk}": ["Lamp"], "age=3": ["Box"],
        "late=1": ["Box"], f"kind={kind}": ["Knife", "Box", "Lamp"], "q=kni": ["Knife"], "q=shenzhen": ["Box", "Lamp"],
        "standing=free": ["Knife", "Box"], "standing=mine": ["Lamp"], "standing=closed": [],
        "age=3&severity=notice": [], "severity=nonsense&kind=x&officer=;&p=x": ["Knife", "Box", "Lamp"],
    }  # fmt: skip


def test_what_waits_for_others_is_found(desk: Client, nadia: User, shenzhen: Seller, shenzhen_member: User) -> None:
    ivory, box, lamp = (raise_flag(each, shenzhen, label=name)
                        for each, name in ((IVORY, "Comb"), (VAGUE, "Box"), (LIGHT, "Lamp")))  # fmt: skip
    services.release_flag(flag=ivory, actor=nadia, reason="Bone.")
    services.uphold_flag(flag=box, actor=nadia, reason="No.")
    services.lodge_appeal(flag=box, actor=shenzhen_member, text="Yes.")
    services.ask_seller(flag=lamp, actor=nadia, words="How heavy is it?")

    found = {name: listed(desk, f"standing={name}") for name in ("second", "appeals", "asked", "upheld", "waived")}

    assert found == {"second": ["Comb"], "appeals": ["Box"], "asked": ["Lamp"], "upheld": ["Box"], "waived": []}
    cards = {str(label): figure for label, figure, *_rest in desk.get(QUEUE).context["cards"]}
    assert (cards["Waiting for a second officer"], cards["Appealed"], cards["Waiting for the seller"]) == (1, 1, 1)


def test_filters_say_the_same_when_they_are_read_again() -> None:
    filters = Filters(standing="mine", severity="block", country="DE", officer="none", age="3", late="1", q="a b&c")

    assert filters.query() == "standing=mine&severity=block&country=DE&officer=none&age=3&late=1&q=a+b%26c"
    assert Filters.parse({"country": "de", "q": " a b&c ", "standing": "mine", "severity": "block",
                          "officer": "none", "age": "3", "late": "1"}) == filters  # fmt: skip


# The panel --------------------------------------------------------------------------------------------------


def test_the_panel_opens_beside_the_list_and_alone_for_a_swap(desk: Client, three: list[Flag]) -> None:
    knife = three[0]
    address = f"{QUEUE}?severity=block&panel={knife.pk}"

    whole = desk.get(address).content.decode()
    alone = desk.get(address, headers={"HX-Request": "true", "HX-Target": "flag-panel"}).content.decode()

    for page in (whole, alone):
        assert "A falls under a rule: Weapons." in page
        assert "Weapons Act" in page
        assert 'value="severity=block"' in page  # the way back stays in every form
    assert "<html" in whole and "<html" not in alone
    assert f'data-desk-row="{knife.pk}" aria-current="true"' in whole
    missing = desk.get(f"{QUEUE}?panel=999999", headers={"HX-Request": "true", "HX-Target": "flag-panel"})
    assert missing.status_code == 404
    assert desk.get(f"{QUEUE}?panel=999999").status_code == 200
    assert desk.get(f"{QUEUE}?panel=x").status_code == 200
    assert desk.get(f"{QUEUE}?panel={knife.pk}&p={'9' * 5000}", headers=SWAP).status_code == 200


def test_after_a_decision_the_next_flag_opens_by_itself(desk: Client, three: list[Flag]) -> None:
    knife, box, lamp = three
    decide = {"decision": "release", "reason": "Fine.", "query": "q=&severity="}

    first = desk.post(f"{QUEUE}{box.pk}/decide/", decide)
    second = desk.post(f"{QUEUE}{lamp.pk}/decide/", decide)
    last = desk.post(f"{QUEUE}{knife.pk}/decide/", decide)

    assert first.headers["Location"].endswith(f"panel={lamp.pk}#flag-panel")
    assert second.headers["Location"].endswith(f"panel={knife.pk}#flag-panel")  # nothing behind it: the first one
    assert "panel=" not in last.headers["Location"]


def test_a_flag_that_is_taken_stays_open_and_one_decided_on_its_own_page_too(desk: Client, three: list[Flag]) -> None:
    knife = three[0]

    taken = desk.post(f"{QUEUE}{knife.pk}/take/", {"query": "late=1"})
    decided = desk.post(f"{QUEUE}{knife.pk}/decide/", {"decision": "uphold", "reason": "No licence."})

    assert taken.headers["Location"] == f"{QUEUE}?late=1&panel={knife.pk}#flag-panel"
    assert decided.headers["Location"] == f"{QUEUE}{knife.pk}/change/"


def test_what_was_typed_stays_beside_the_list_when_it_is_refused(desk: Client, three: list[Flag]) -> None:
    knife = three[0]

    answer = desk.post(
        f"{QUEUE}{knife.pk}/decide/", {"decision": "waive", "reason": "The licence is on its way.", "query": "q=kni"}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say until when the flag is waived." in page and "The licence is on its way." in page
    assert [row.flag for row in answer.context["rows"]] == [knife]
    assert steps(knife) == ["opened"]


def test_the_officers_steps_go_through_their_forms(desk: Client, three: list[Flag], shenzhen_member: User) -> None:
    _knife, box, _lamp = three

    desk.post(f"{QUEUE}{box.pk}/ask/", {"template": "composition", "words": "", "query": ""})
    client = signed_in(shenzhen_member)
    accounts.add_member(user=shenzhen_member, seller=box.seller)  # type: ignore[arg-type]
    client.post(f"{QUEUE}{box.pk}/answer/", {"words": "A box for hats."})
    desk.post(f"{QUEUE}{box.pk}/decide/", {"decision": "uphold", "reason": "Hats are missing.", "query": ""})
    client.post(f"{QUEUE}{box.pk}/appeal/", {"text": "They are inside."})
    ugo = signed_in(officer_named("Ugo"))
    ugo.post(f"{QUEUE}{box.pk}/appeal_decision/", {"verdict": "reverse", "answer": "So they are.", "query": ""})

    box.refresh_from_db()
    assert box.status == "released"
    assert steps(box) == ["opened", "asked", "answered", "upheld", "appealed", "released", "appeal_decided"]


def test_two_officers_let_a_grave_flag_go(desk: Client, shenzhen: Seller) -> None:
    comb, ugo = raise_flag(IVORY, shenzhen), signed_in(officer_named("Ugo"))
    desk.post(f"{QUEUE}{comb.pk}/decide/", {"decision": "release", "reason": "Bone.", "query": ""})
    verdict = {"verdict": "confirm", "reason": "", "query": ""}

    own, panel = desk.post(f"{QUEUE}{comb.pk}/verdict/", verdict), f"{QUEUE}?panel={comb.pk}"
    assert own.status_code == 422 and "Another officer than the one who proposed it" in own.content.decode()
    assert 'value="confirm"' not in desk.get(panel).content.decode()
    assert 'value="withdraw"' in desk.get(panel).content.decode()
    assert 'value="confirm"' in ugo.get(panel).content.decode()
    ugo.post(f"{QUEUE}{comb.pk}/verdict/", verdict)

    comb.refresh_from_db()
    assert (comb.status, steps(comb)) == ("released", ["opened", "proposed", "released"])


# Several at once --------------------------------------------------------------------------------------------


def test_several_flags_are_decided_with_one_reason(desk: Client, three: list[Flag]) -> None:
    knife, box, lamp = three
    services.take_flag(flag=box, actor=officer_named("Ugo"))
    sent = {"decision": "uphold", "reason": "All from one forger.", "flag": [knife.pk, box.pk], "query": "q="}

    page = desk.post(f"{QUEUE}bulk/", sent, follow=True).content.decode()

    assert "Done for 1 flag." in page and "Box: Another officer works on this flag." in page
    assert [steps(flag) for flag in (knife, box, lamp)] == [["opened", "upheld"], ["opened", "taken"], ["opened"]]


def test_all_that_the_filters_let_through_are_decided(desk: Client, three: list[Flag], shenzhen: Seller) -> None:
    sent = {"decision": "release", "reason": "A test.", "everything": "on", "query": f"seller={shenzhen.pk}"}

    desk.post(f"{QUEUE}bulk/", sent)

    assert [steps(flag)[-1] for flag in three] == ["opened", "released", "released"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"flag": []}, "Choose at least one flag."),
        ({"reason": " "}, "Give a reason for your decision."),
        ({"decision": "waive"}, "Say until when the flag is waived."),
        ({"decision": "burn"}, "Select a valid choice."),
    ],
)
def test_what_several_flags_can_not_have(
    change: dict[str, Any], sentence: str, desk: Client, three: list[Flag]
) -> None:
    sent = {"decision": "uphold", "reason": "Typed.", "flag": [three[0].pk], "query": ""}

    answer = desk.post(f"{QUEUE}bulk/", sent | change)

    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (422, True)
    if change.get("flag") != []:
        assert re.search(rf'name="flag" value="{three[0].pk}" checked', page)
    assert Flag.objects.filter(status="open").count() == 3


# Saved views ------------------------------------------------------------------------------------------------


def test_an_officer_keeps_filters_under_a_name(desk: Client, nadia: User, three: list[Flag]) -> None:
    desk.post(f"{QUEUE}views/save/", {"name": "Knives", "query": "q=kni&standing=free&p=3&panel=1"})

    view = SavedView.objects.get()
    assert (view.user, view.name, view.query) == (nadia, "Knives", "standing=free&q=kni")
    page = desk.get(f"{QUEUE}?{view.query}").content.decode()
    assert f'href="?{view.query.replace("&", "&amp;")}" aria-current="page">Knives<' in page
    assert listed(desk, view.query) == ["Knife"]
    ugo = signed_in(officer_named("Ugo"))
    assert "Knives" not in ugo.get(QUEUE).content.decode()
    ugo.post(f"{QUEUE}views/{view.pk}/delete/")
    assert SavedView.objects.count() == 1
    desk.post(f"{QUEUE}views/{view.pk}/delete/")
    assert SavedView.objects.count() == 0


def test_views_without_a_name_or_too_many_are_refused(desk: Client, nadia: User) -> None:
    answer = desk.post(f"{QUEUE}views/save/", {"name": " ", "query": "late=1"})
    assert (answer.status_code, "Give the view a name." in answer.content.decode()) == (422, True)

    for number in range(20):
        services.save_view(actor=nadia, name=f"View {number}", query="")
    answer = desk.post(f"{QUEUE}views/save/", {"name": "One more", "query": "late=1"})

    assert (answer.status_code, SavedView.objects.count()) == (422, 20)
    desk.post(f"{QUEUE}views/save/", {"name": "View 3", "query": "late=1"})
    assert SavedView.objects.get(name="View 3").query == "late=1"


# Many flags -------------------------------------------------------------------------------------------------


def many(sellers: list[Seller], count: int) -> None:
    """So many flags of every kind, as a bulk import leaves them."""
    kind, moment = ContentType.objects.get_for_model(Seller), clock.now()
    severities = ("critical", "block", "review", "notice")
    made = [
        Flag(
            content_type=kind, object_id=str(number), subject_label=f"Listing {number}", seller=sellers[number % 2],
            rule=("restricted_goods:WEAPONS", "hs_code_missing")[number % 2], severity=severities[number % 4],
            countries=(["DE", "FR"], [])[number % 2], params={"sku": f"S-{number}", "name": "Weapons"},
            fingerprint=str(number), opened_at=moment - timedelta(minutes=number), due_at=moment + timedelta(minutes=number),
        )
        for number in range(count)
    ]  # fmt: skip
    Flag.objects.bulk_create(made, batch_size=500)


SWAP = {"HX-Request": "true", "HX-Target": "flag-panel"}


@pytest.mark.usefixtures("clock_that_stands")
def test_the_queue_and_the_panel_ask_a_fixed_number_of_questions(desk: Client, shenzhen: Seller, rival: Seller) -> None:
    many([shenzhen, rival], 60)
    key = Flag.objects.order_by("pk")[7].pk

    def queries(query: str, **headers: str) -> int:
        desk.get(f"{QUEUE}?{query}", headers=headers)
        with CaptureQueriesContext(connection) as captured:
            desk.get(f"{QUEUE}?{query}", headers=headers)
        return len(captured)

    assert [queries(""), queries(f"panel={key}"), queries(f"panel={key}", **SWAP)] == [16, 25, 15]


def test_ten_thousand_flags_are_listed_in_a_moment(desk: Client, shenzhen: Seller, rival: Seller) -> None:
    many([shenzhen, rival], 10_000)
    desk.get(QUEUE)

    with CaptureQueriesContext(connection) as captured:
        answer = desk.get(f"{QUEUE}?p=200")

    assert len(captured) == 16
    assert sum(float(query["time"]) for query in captured) < 1.0
    assert (answer.context["found"], answer.context["pages"], len(answer.context["rows"])) == ("10000 flags", 200, 50)


def test_the_next_flag_is_found_among_ten_thousand(nadia: User, shenzhen: Seller, rival: Seller) -> None:
    many([shenzhen, rival], 10_000)
    flags = Filters().apply(selectors.flags_for(nadia), nadia, clock.now())
    order = list(flags.values_list("pk", flat=True))

    with CaptureQueriesContext(connection) as captured:
        following = selectors.next_in_queue(flags, Flag.objects.get(pk=order[4321]))

    assert following is not None and following.pk == order[4322]
    assert len(captured) == 2


def test_a_finding_without_details_has_a_panel_as_well(desk: Client, shenzhen: Seller) -> None:
    flag = raise_flag(Finding("no_such_check", "review", {"table": {"a": [1, 2]}}), shenzhen)  # type: ignore[dict-item]

    assert "a: 1, 2" in desk.get(f"{QUEUE}?panel={flag.pk}").content.decode()
