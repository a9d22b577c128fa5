"""One book for each day and process, new when the rules change, at no cost to a page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from redis.exceptions import ConnectionError as CacheIsGone

from compliance import selectors
from compliance.landed_cost import assess
from compliance.models import RULE_MODELS, TaxRate
from compliance.rules import version as rule_version
from compliance.selectors import rules as rule_reads
from tests.compliance.cases import FX, TODAY, assessed, book, line, sent


def test_the_book_from_the_database_gives_the_same_figures_as_the_files(loaded: None) -> None:
    stored = selectors.rule_book(TODAY)

    for consignment in (
        sent("DE", "USD", line("20", quantity=2), shipping="8.94"),
        sent("US", "USD", line("20", quantity=2), shipping="8.94"),
        sent("CA", "CAD", line("100"), region="QC", channel="post"),
    ):
        assert assess(consignment, stored, FX, TODAY) == assessed(consignment)
    assert stored.size == book(TODAY).size


def test_a_second_question_asks_nobody(
    loaded: None, shared_version: dict[str, str], django_assert_num_queries: Any
) -> None:
    first = selectors.rule_book(TODAY)

    with django_assert_num_queries(0):
        assert selectors.rule_book(TODAY) is first
    assert shared_version["asked"] == "1"


def test_building_a_book_costs_one_query_for_each_table(loaded: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(len(RULE_MODELS) + 3):  # a lock, and the two ends of a savepoint
        selectors.rule_book(TODAY)


def test_a_change_is_seen_when_the_version_is_asked_again(
    loaded: None, shared_version: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1_000.0]
    monkeypatch.setattr("compliance.rules.version.time.monotonic", lambda: seconds[0])
    old = selectors.rule_book(TODAY)
    TaxRate.objects.filter(code="DE-TAX-STANDARD-2021").update(pct=21)
    shared_version[rule_version.KEY] = "another process changed the rules"

    seconds[0] += 4.9
    assert selectors.rule_book(TODAY) is old

    seconds[0] += 0.1
    new = selectors.rule_book(TODAY)
    assert new is not old
    assert assess(sent("DE", "EUR", line("20")), new, FX, TODAY).lines[0].tax_rate_pct == 21


def test_a_change_of_our_own_is_announced_when_the_transaction_stands(
    loaded: None, shared_version: dict[str, str], django_capture_on_commit_callbacks: Any
) -> None:
    old = selectors.rule_book(TODAY)

    with django_capture_on_commit_callbacks(execute=False) as waiting:
        rule_version.change()
        assert rule_version.KEY not in shared_version
    waiting[0]()

    assert len(shared_version[rule_version.KEY]) == 16
    assert selectors.rule_book(TODAY) is not old


def test_without_the_cache_the_book_stays_until_this_process_changes_it(
    loaded: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    class Gone:
        def get(self, key: str) -> str:
            raise CacheIsGone

        def set(self, key: str, value: str, timeout: None) -> None:
            raise CacheIsGone

    monkeypatch.setattr(rule_version, "cache", Gone())
    first = selectors.rule_book(TODAY)
    rule_version.forget()

    assert selectors.rule_book(TODAY) is first
    with django_capture_on_commit_callbacks(execute=True):
        rule_version.change()
    assert selectors.rule_book(TODAY) is not first


def test_few_days_are_kept(loaded: None) -> None:
    first = selectors.rule_book(TODAY)
    for days in range(1, selectors.BOOKS_KEPT + 1):
        selectors.rule_book(TODAY + timedelta(days=days))

    assert len(rule_reads._books) == selectors.BOOKS_KEPT
    assert selectors.rule_book(TODAY) is not first


def test_membership_follows_its_dates() -> None:
    assert book(date(2020, 12, 31)).groups_of("GB") == ("GB", "EU", "")
    assert book(date(2021, 1, 1)).groups_of("GB") == ("GB", "")
    assert book(TODAY).groups_of("") == ("",)
