"""What waits for an officer: stale rows, unverified ones, gaps; and what becomes of a row that was read again."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from compliance import selectors, services
from compliance.models import DutyRate, Status, TaxRate
from compliance.rules.history import changes_of
from compliance.rules.loading import load_rules
from compliance.rules.review import NO_DUTY, NO_RULES, Gap, RuleState, concerning, gaps, review, tally
from marketplace.kernel import clock
from marketplace.kernel.consignment import Destination
from marketplace.kernel.errors import Refused
from tests.compliance.cases import TODAY, book, book_with
from tests.compliance.test_loading_rules import edit, folder  # noqa: F401 - a fixture

GERMAN = "DE-TAX-STANDARD-2021"
DUE = TODAY - timedelta(days=90)


def state(code: str, **facts: object) -> RuleState:
    values: dict[str, object] = {
        "table": "tax_rates", "id": 1, "place": "DE", "status": "in_force", "confidence": "official",
        "last_reviewed": TODAY, "effective_from": date(2021, 1, 1), "effective_to": None,
    }  # fmt: skip
    return RuleState(code=code, **values | facts)  # type: ignore[arg-type]


def codes(states: tuple[RuleState, ...]) -> list[str]:
    return [each.code for each in states]


@pytest.fixture
def reviewer(officer: User) -> User:
    """An officer who may change tax and duty rates."""
    names = ("change_taxrate", "change_dutyrate")
    officer.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return User.objects.get(pk=officer.pk)


# Pure ---------------------------------------------------------------------------------------------------------


def test_a_row_is_stale_from_the_ninety_first_day_on() -> None:
    states = [state("ON-TIME", last_reviewed=DUE), state("LATE", last_reviewed=DUE - timedelta(days=1))]

    assert codes(review(states, book(), (), ()).stale) == ["LATE"]


def test_the_longest_neglected_come_first_and_what_is_over_waits_for_nothing() -> None:
    old = date(2025, 1, 1)
    states = [
        state("B", last_reviewed=old),
        state("A", last_reviewed=old),
        state("OLDEST", last_reviewed=old - timedelta(days=1)),
        state("OVER", last_reviewed=old, effective_to=TODAY - timedelta(days=1)),
        state("LAST-DAY", last_reviewed=old, effective_to=TODAY),
        state("TO-COME", last_reviewed=old, effective_from=TODAY + timedelta(days=30)),
    ]

    assert codes(review(states, book(), (), ()).stale) == ["OLDEST", "A", "B", "LAST-DAY", "TO-COME"]


def test_rows_that_nobody_has_read_in_a_source_are_unverified() -> None:
    states = [
        state("READ"),
        state("SECOND-HAND", confidence="secondary"),
        state("MEMORY", confidence="memory"),
        state("RUMOUR", confidence="unverified"),
        state("PENDING", status="pending_unverified"),
    ]

    assert codes(review(states, book(), (), ()).unverified) == ["MEMORY", "PENDING", "RUMOUR"]


def test_a_place_without_rules_is_one_gap_and_a_missing_rate_is_one_for_each_chapter() -> None:
    found = gaps(book(), ["US", "ZW", "JP"], ["61", "97", "61"])

    assert [gap for gap in found if gap.destination == "ZW"] == [Gap("ZW", "", NO_RULES)]
    assert Gap("US", "97", NO_DUTY) in found
    assert Gap("US", "61", NO_DUTY) not in found
    assert list(found) == sorted(found, key=lambda gap: (gap.destination, gap.chapter))


def test_where_no_import_goes_by_the_tariff_no_rate_is_missed() -> None:
    regimes = [rule.code for rule in book().for_destination(Destination("US")).regimes["import"]]
    flat = {"duty_mode": "none"}

    without_tariff = book_with(*(("regimes", code, flat) for code in regimes))

    assert gaps(without_tariff, ["US"], ["61", "97"]) == ()


def test_a_country_comes_with_its_union_and_the_world() -> None:
    states = [state(place, place=place, confidence="memory") for place in ("DE", "EU", "", "FR", "US")]
    found = review(states, book(), ["DE", "ZW"], ["97"])

    german = concerning(found, book(), "DE")

    assert codes(german.unverified) == ["", "DE", "EU"]
    assert {gap.destination for gap in german.gaps} <= {"DE"}


def test_rows_are_counted_by_table_place_and_status() -> None:
    states = [state("A"), state("B"), state("C", status="ended"), state("D", table="regimes", place="EU")]

    assert tally(states) == [
        ("regimes", "EU", "in_force", 1),
        ("tax_rates", "DE", "ended", 1),
        ("tax_rates", "DE", "in_force", 2),
    ]


# Reading again ------------------------------------------------------------------------------------------------


def test_the_counts_of_the_first_page_are_those_of_the_review(loaded: None, django_assert_num_queries: object) -> None:
    for on in (TODAY, TODAY + timedelta(days=200)):
        found = review(selectors.rule_states(), selectors.rule_book(on), (), ())

        with django_assert_num_queries(1):  # type: ignore[operator]
            assert selectors.review_counts(on) == (len(found.stale), len(found.unverified))


def test_a_row_that_was_read_again_is_fresh_and_says_the_same(loaded: None, reviewer: User) -> None:
    TaxRate.objects.filter(code=GERMAN).update(last_reviewed=date(2025, 1, 1))
    rule = TaxRate.objects.get(code=GERMAN)
    before = TaxRate.objects.filter(pk=rule.pk).values().get()

    assert services.mark_reviewed(rules=[rule, rule], actor=reviewer, reason=" Compared with UStG § 12 ") == 1

    after = TaxRate.objects.filter(pk=rule.pk).values().get()
    new = {"reviewed_on": clock.today(), "reviewed_by": "Vera Lindqvist"}
    assert after == before | new
    (german,) = [each for each in selectors.rule_states() if each.code == GERMAN]
    assert german.last_reviewed == clock.today()
    assert _book_review(clock.today()) == clock.today()
    change = changes_of(rule)[0]
    assert (change.kind, change.by, change.reason) == ("reviewed", "Vera Lindqvist", "Compared with UStG § 12")


def _book_review(on: date) -> date:
    rule, _guessed = selectors.rule_book(on).for_destination(Destination("DE")).tax("", "standard")
    assert rule is not None
    return rule.ref.last_reviewed


def test_a_load_leaves_a_review_alone_and_reports_nothing(loaded: None, reviewer: User) -> None:
    rule = TaxRate.objects.get(code=GERMAN)
    services.mark_reviewed(rules=[rule], actor=reviewer, reason="Read again")

    report = load_rules()

    rule.refresh_from_db()
    assert (rule.reviewed_on, rule.is_edited) == (clock.today(), False)
    assert (report.changed, report.ended, report.kept) == ([], [], [])


def test_a_load_that_changes_the_row_ends_its_review(loaded: None, reviewer: User, folder: Path) -> None:  # noqa: F811
    rule = TaxRate.objects.get(code=GERMAN)
    services.mark_reviewed(rules=[rule], actor=reviewer, reason="Read again")
    edit(folder, "tax_rates", GERMAN, pct="20")

    report = load_rules(folder=folder)

    rule.refresh_from_db()
    assert report.changed == [f"tax_rates {GERMAN}"]
    assert (rule.pct, rule.reviewed_on, rule.reviewed_by) == (Decimal("20.0000"), None, "")


def test_a_new_day_of_review_in_the_files_does_not_end_one_here(loaded: None, reviewer: User, folder: Path) -> None:  # noqa: F811
    rule = TaxRate.objects.get(code=GERMAN)
    services.mark_reviewed(rules=[rule], actor=reviewer, reason="Read again")
    edit(folder, "tax_rates", GERMAN, last_reviewed="2026-11-25", note="Looked at once more")

    load_rules(folder=folder)

    rule.refresh_from_db()
    assert (rule.last_reviewed, rule.reviewed_on) == (date(2026, 11, 25), clock.today())


def test_rows_of_several_tables_are_marked_at_once(loaded: None, reviewer: User) -> None:
    rules = [TaxRate.objects.get(code=GERMAN), *DutyRate.objects.filter(destination="EU")[:3]]

    assert services.mark_reviewed(rules=rules, actor=reviewer, reason="Read again") == 4
    assert DutyRate.objects.filter(reviewed_on=clock.today()).count() == 3


@pytest.mark.parametrize(("reason", "code"), [("  ", "reason_missing"), ("Read again", "not_allowed")])
def test_without_a_reason_or_the_right_nothing_is_marked(
    loaded: None, officer: User, reviewer: User, second_officer: User, reason: str, code: str
) -> None:
    actor = reviewer if code == "reason_missing" else second_officer

    with pytest.raises(Refused) as refusal:
        services.mark_reviewed(rules=[TaxRate.objects.get(code=GERMAN)], actor=actor, reason=reason)

    assert refusal.value.code == code
    assert not TaxRate.objects.exclude(reviewed_on=None).exists()


def test_a_change_by_hand_takes_the_place_of_a_review(loaded: None, reviewer: User) -> None:
    rule = TaxRate.objects.get(code=GERMAN)
    services.mark_reviewed(rules=[rule], actor=reviewer, reason="Read again")
    rule.refresh_from_db()
    rule.status = Status.SCHEDULED

    services.save_rule(rule=rule, actor=reviewer, reason="It is to come")

    rule.refresh_from_db()
    assert (rule.last_reviewed, rule.reviewed_on, rule.is_edited) == (clock.today(), None, True)
