"""Lists of sanctions: loaded from files, the same file changing nothing, and everybody who sells looked up in them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Seller, User
from compliance import tasks
from compliance.models import Flag, Recheck, SanctionedName, SanctionedParty, SanctionsLoad
from compliance.screening import PartyFacts, screen
from compliance.selectors import Sought, loaded_lists, matches_of, rule_book, sanction_matches, seller_facts
from compliance.services import papers, sanctions, verification
from compliance.services.papers import OwnerFacts, Told
from compliance.traders.sanction_files import read_eu, read_ofac, read_own
from marketplace.kernel import clock
from tests.compliance.test_names import HITS
from tests.support.papers import complete, refusal_of, verifier

pytestmark = pytest.mark.django_db

HEAD = "reference,kind,name,aliases,countries,birth_date,listed_on,source\n"
OWN = HEAD + (
    "X-1,person,Ruslan Ketterov,Руслан Кеттеров;R. Ketterow,RU;SY,1961-04-02,2024-02-01,Made up for the tests\n"
    "X-2,entity,Grey Anchor Shipping LLC,灰锚航运有限公司,SY,,2024-02-01,Made up for the tests\n"
)
EU = "\ufefffileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_DesignationDate;Entity_SubjectType;" \
     "Entity_SubjectType_ClassificationCode;NameAlias_LastName;NameAlias_FirstName;NameAlias_MiddleName;" \
     "NameAlias_WholeName;BirthDate_BirthDate;Citizenship_CountryIso2Code\n" \
     "05/08/2026;13;EU.1.1;2022-02-25;P;person;Ketterov;Ruslan;;Ruslan Ketterov;1961-04-02;RU\n" \
     "05/08/2026;13;EU.1.1;2022-02-25;P;person;;;;R. Ketterow;;\n" \
     "05/08/2026;13;EU.1.1;2022-02-25;P;person;Ketterov;Rouslan;M.;;;\n" \
     "05/08/2026;14;EU.1.2;;enterprise;E;;;;Grey Anchor Shipping;;00\n" \
     "05/08/2026;15;EU.1.3;;vessel;V;;;;MV Grey Anchor;;\n" \
     "05/08/2026;16;EU.1.4;;P;person;;;;;;\n"  # fmt: skip
SDN = (
    '36,"GREY ANCHOR SHIPPING",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'
    '37,"KETTEROV, Ruslan","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 02 Apr 1961; nationality Russia."\n'
    '38,"OLD HULK","vessel","SDGT",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'
    '39,"TWICE BORN","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 02 Apr 1961; alt. DOB 03 Apr 1962."\n'
    "\x1a\n"
)
ALT = '37,1,"aka","KETTEROW, R.",-0- \n99,2,"aka","NOBODY",-0- \n'


def load(text: str = OWN, **options: Any) -> sanctions.Loaded:
    return sanctions.load_list(**({"name": "TEST", "layout": "own", "text": text, "file_name": "t.csv"} | options))


@pytest.fixture
def listed(db: None) -> None:
    load()


# Files ------------------------------------------------------------------------------------------------------


def test_our_own_table_is_read() -> None:
    person, body = read_own(OWN).entries

    assert (person.name, person.aliases, person.countries) == (
        "Ruslan Ketterov", ("Руслан Кеттеров", "R. Ketterow"), ("RU", "SY"),
    )  # fmt: skip
    assert (person.kind, person.birth_date, person.listed_on) == ("person", date(1961, 4, 2), date(2024, 2, 1))
    assert (body.kind, body.birth_date) == ("entity", None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("X-3,ship,Old Hulk,,,,,s", "unknown_kind"),
        ("X-3,person,A B,,,1.4.1961,,s", "bad_date"),
        ("X-3,person,A B,,Russia,,,s", "bad_country"),
        ("X-3,person,A B,,,,,", "no_source"),
        ("X-3,person,!!!,,,,,s", "no_name"),
        (",person,A B,,,,,s", "no_reference"),
        ("X-1,person,A B,,,,,s", "reference_twice"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line(row: str, reason: str) -> None:
    reading = read_own(f"{OWN}{row}\n")

    assert len(reading.entries) == 2
    assert [(line, why) for line, _reference, why in reading.refused] == [(4, reason)]


def test_the_list_of_the_european_union_is_one_row_for_each_name() -> None:
    reading = read_eu(EU.removeprefix("\ufeff"))

    person, body = reading.entries
    assert (person.reference, person.kind, person.name) == ("EU.1.1", "person", "Ruslan Ketterov")
    assert person.aliases == ("R. Ketterow", "Rouslan M. Ketterov")
    assert (person.birth_date, person.listed_on, person.countries) == (date(1961, 4, 2), date(2022, 2, 25), ("RU",))
    assert (body.reference, body.kind, body.countries) == ("EU.1.2", "entity", ())
    assert [(reference, why) for _line, reference, why in reading.refused] == [
        ("EU.1.3", "neither_person_nor_body"), ("EU.1.4", "no_name"),
    ]  # fmt: skip


def test_the_list_of_the_united_states_has_no_head_and_its_other_names_in_another_file() -> None:
    reading = read_ofac(SDN, ALT)

    body, person, twice = reading.entries
    assert (body.reference, body.kind, body.birth_date) == ("36", "entity", None)
    assert (person.name, person.aliases, person.birth_date) == ("KETTEROV, Ruslan", ("KETTEROW, R.",), date(1961, 4, 2))
    assert twice.birth_date is None  # told in two ways, so it is not known
    assert [why for _line, _reference, why in reading.refused] == ["neither_person_nor_body"]


@pytest.mark.parametrize(
    ("reader", "text"), [(read_own, "a,b\n1,2\n"), (read_eu, OWN), (read_ofac, OWN), (read_eu, "<html>down</html>")]
)
def test_a_file_of_another_shape_is_refused_as_a_whole(reader: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError, match=r"columns|first line"):
        reader(text)


# Loading ----------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(listed: None) -> None:
    before = list(SanctionedName.objects.values_list("pk", "folded").order_by("pk"))

    again = load()

    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, 2)
    assert list(SanctionedName.objects.values_list("pk", "folded").order_by("pk")) == before
    assert {name for _pk, name in before} == {
        "ruslan ketterov", "руслан кеттеров", "r ketterow", "grey anchor shipping llc", "灰锚航运有限公司",
    }  # fmt: skip
    assert SanctionsLoad.objects.count() == 2
    assert loaded_lists() == {"TEST": clock.today()}


def test_a_new_file_adds_changes_and_removes_in_its_own_list_alone(listed: None) -> None:
    load(name="OTHER")

    done = load(
        HEAD + "X-1,person,Ruslan Ketterov,,RU,1961-04-02,2024-02-01,s\nX-9,entity,New Body,,,,,s\n", may_shrink=True
    )

    assert (done.added, done.changed, done.removed) == (1, 1, 1)
    assert set(SanctionedParty.objects.filter(list_name="TEST").values_list("reference", flat=True)) == {"X-1", "X-9"}
    assert SanctionedParty.objects.filter(list_name="OTHER").count() == 2
    assert not SanctionedName.objects.filter(party__list_name="TEST", folded="r ketterow").exists()


def test_a_broken_download_does_not_empty_the_list(listed: None) -> None:
    half = HEAD + "X-1,person,Ruslan Ketterov,,RU,1961-04-02,2024-02-01,s\n"

    assert refusal_of(lambda: load(half)) == "list_shrinks"
    assert refusal_of(lambda: load(HEAD)) == "list_empty"
    assert refusal_of(lambda: load("<html>")) == "list_unreadable"

    assert (SanctionedParty.objects.count(), SanctionsLoad.objects.count()) == (2, 1)


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str], shenzhen: Seller) -> None:
    file, alt = tmp_path / "SDN.CSV", tmp_path / "ALT.CSV"
    file.write_text(SDN, "cp1252")
    alt.write_text(ALT)

    call_command("load_sanctions", str(file), "--list", "OFAC", "--layout", "ofac", "--aliases", str(alt))
    call_command("load_sanctions", str(file), "--list", "OFAC", "--layout", "ofac", "--aliases", str(alt))

    assert capsys.readouterr().out.splitlines() == [
        "OFAC: 3 entries, 3 added, 0 changed, 0 removed, 0 unchanged, 1 not taken.",
        "  line 3 38: neither_person_nor_body",
        "The flags of 0 sellers changed.",
        "OFAC: 3 entries, 0 added, 0 changed, 0 removed, 3 unchanged, 1 not taken.",
        "  line 3 38: neither_person_nor_body",
    ]
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_sanctions", str(tmp_path / "none.csv"), "--list", "X")
    with pytest.raises(CommandError, match="lacks the columns"):
        call_command("load_sanctions", str(file), "--list", "X")


# Looking up -------------------------------------------------------------------------------------------------


def test_names_are_looked_up_all_at_once(listed: None) -> None:
    names = ["Ketterov, Ruslan", "КЕТТЕРОВ РУСЛАН", "Grey Anchor Shipping", "灰锚航运公司", "Anna Weber", "", "!!!"]

    with CaptureQueriesContext(connection) as queries:
        found = sanction_matches(names)

    assert found["Ketterov, Ruslan"] == (("TEST", "X-1", "Ruslan Ketterov", "1.0"),)
    assert found["КЕТТЕРОВ РУСЛАН"] == (("TEST", "X-1", "Руслан Кеттеров (Ruslan Ketterov)", "1.0"),)
    assert found["Grey Anchor Shipping"][0][:2] == ("TEST", "X-2")
    assert found["灰锚航运公司"][0][:2] == ("TEST", "X-2")
    assert [found[name] for name in ("Anna Weber", "", "!!!")] == [(), (), ()]
    assert sum("compliance_sanctionedname" in query["sql"] for query in queries) == 1


def test_every_hit_of_the_table_comes_through_the_index(db: None) -> None:
    rows = [f'H-{n},person,"{other}",,,,,s' for n, (_one, other, _why) in enumerate(HITS)]
    load(HEAD + "\n".join(rows) + "\n")

    found = sanction_matches([one for one, _other, _why in HITS])

    missed = [one for n, (one, _o, _w) in enumerate(HITS) if f"H-{n}" not in {match[1] for match in found[one]}]
    assert missed == []


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought("Ruslan Ketterow"), True),
        (Sought("Ruslan Ketterow", "RU", date(1961, 4, 2)), True),
        (Sought("Ruslan Ketterow", "DE", date(1990, 1, 1)), False),
        (Sought("Ruslan Ketterov", "DE", date(1990, 1, 1)), True),  # an equal name stays one for an officer
        (Sought("Rusla Ketero", "RU", date(1961, 4, 2)), True),
        (Sought("Rusla Ketero"), False),
    ],
)
def test_birth_and_country_decide_where_the_name_alone_does_not(sought: Sought, found: bool, db: None) -> None:
    load(HEAD + "X-1,person,Ruslan Ketterov,,RU,1961-04-02,,s\n")

    assert bool(matches_of({sought})[sought]) is found


def test_the_facts_fit_the_check_on_parties(listed: None, loaded: None) -> None:
    (match,) = sanction_matches(["Ruslan Ketterov"])["Ruslan Ketterov"]

    findings = screen(PartyFacts("Ruslan Ketterov", "DE", matches=(match,)), rule_book(clock.today()))

    assert [(each.check, each.severity, each.params["reference"]) for each in findings] == [
        ("party_listed", "critical", "X-1")
    ]


def test_ten_thousand_names_are_searched_in_a_blink(db: None) -> None:
    firsts = [f"{a}{b}an" for a in "bdgklmnrst" for b in "aeiou"]
    lasts = [f"{a}{b}r{c}ov" for a in "bcdfghklmn" for b in "aeiou" for c in "aeio"]
    rows = [f"N-{n},person,{firsts[n % 50]} {lasts[n // 50]},,,,,s" for n in range(10_000)]
    load(HEAD + "\n".join(rows) + "\nX-1,person,Ruslan Ketterov,,,,,s\n")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE compliance_sanctionedname")

    began = time.perf_counter()
    found = sanction_matches(["Ruslan Ketterow", "Anna Weber", "Paper Kite Ltd"])
    took = time.perf_counter() - began

    assert [len(found[name]) for name in found] == [1, 0, 0]
    assert took < 0.5


# Sellers ----------------------------------------------------------------------------------------------------


def listed_flags(seller: Seller) -> list[Flag]:
    return list(Flag.objects.filter(rule__startswith="seller_party_listed", object_id=str(seller.pk)).order_by("pk"))


def test_everybody_behind_a_seller_is_looked_up(shenzhen: Seller, shenzhen_member: User, loaded: None) -> None:
    owners = [OwnerFacts("Owner One", "CN", date(1980, 1, 1)), OwnerFacts("Owner Two", "CN")]
    complete(shenzhen, shenzhen_member, owners=owners, person_name="Person One", bank_holder="Holder One")

    facts = seller_facts(Seller.objects.all())[shenzhen.pk]

    assert {party.name for party in facts.parties} == {
        "Shenzhen-Light", "Rabe Werkstatt GmbH", "Person One", "Holder One", "Owner One", "Owner Two",
    }  # fmt: skip
    assert (facts.country, facts.status, facts.missing) == ("CN", "onboarding", frozenset())


@pytest.mark.parametrize(
    "where", ["legal_name", "person_name", "bank_holder", "owners"], ids=lambda where: f"in the {where}"
)
def test_a_listed_name_anywhere_is_a_critical_flag_and_stops_the_approval(
    where: str, shenzhen: Seller, shenzhen_member: User, listed: None, loaded: None
) -> None:
    value: Any = [OwnerFacts("Ruslan Ketterov", "RU")] if where == "owners" else "Ruslan Ketterov"
    complete(shenzhen, shenzhen_member, **{where: value})
    papers.submit_papers(seller=shenzhen, actor=shenzhen_member)

    (flag,) = listed_flags(shenzhen)
    assert (flag.severity, flag.status, flag.seller) == ("critical", "open", shenzhen)
    assert flag.params["party"] == "Ruslan Ketterov" and flag.params["reference"] == "X-1"
    assert Recheck.objects.filter(topic="seller", key=str(shenzhen.pk)).exists()
    decide = lambda: verification.decide_seller(  # noqa: E731
        seller=shenzhen, decision="approve", actor=verifier(), reason="Looks fine."
    )
    assert refusal_of(decide) == "seller_flagged"
    shenzhen.refresh_from_db()
    assert shenzhen.status == "in_review"


def test_a_name_that_was_listed_meanwhile_is_found_before_the_approval_and_the_flag_stays(
    shenzhen: Seller, shenzhen_member: User, loaded: None
) -> None:
    complete(shenzhen, shenzhen_member, person_name="Ruslan Ketterov")
    papers.submit_papers(seller=shenzhen, actor=shenzhen_member)
    assert listed_flags(shenzhen) == []
    load()

    decide = lambda: verification.decide_seller(  # noqa: E731
        seller=shenzhen, decision="approve", actor=verifier(), reason="Looks fine."
    )
    assert refusal_of(decide) == "seller_flagged"

    assert [flag.status for flag in listed_flags(shenzhen)] == ["open"]


def test_the_night_finds_new_names_and_lets_none_go_that_is_gone(
    shenzhen: Seller, shenzhen_member: User, listed: None, loaded: None
) -> None:
    complete(shenzhen, shenzhen_member, person_name="Ruslan Ketterov")
    Seller.objects.update(status="approved")
    Recheck.objects.all().delete()

    tasks.screen_sellers()
    tasks.screen_sellers()
    (flag,) = listed_flags(shenzhen)
    assert flag.is_live and Recheck.objects.count() == 1

    papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=Told({"person_name": "Imke Vollerthun"}))
    flag.refresh_from_db()
    assert flag.status == "open"


def test_a_released_hit_is_not_raised_again_on_the_same_facts(
    shenzhen: Seller, shenzhen_member: User, listed: None, loaded: None
) -> None:
    complete(shenzhen, shenzhen_member, person_name="Ruslan Ketterov")
    sanctions.screen_seller(seller=shenzhen)
    (flag,) = listed_flags(shenzhen)
    Flag.objects.filter(pk=flag.pk).update(status="released", officer=verifier(), reason="Another person.")

    sanctions.screen_seller(seller=shenzhen)

    assert [each.status for each in listed_flags(shenzhen)] == ["released"]


def test_sellers_are_screened_in_few_queries(shenzhen: Seller, rival: Seller, listed: None, loaded: None) -> None:
    rule_book(clock.today())
    with CaptureQueriesContext(connection) as one:
        seller_facts([shenzhen])
    with CaptureQueriesContext(connection) as two:
        seller_facts([shenzhen, rival])

    assert len(one) == len(two) <= 8


def test_shares_are_told_as_they_were_typed(shenzhen: Seller, shenzhen_member: User) -> None:
    kept = complete(shenzhen, shenzhen_member, owners=[OwnerFacts("A B", "DE", None, Decimal("33.33"))])

    assert kept.owners.get().share_percent == Decimal("33.33")
