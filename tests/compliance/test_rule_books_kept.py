"""Which days' rules a process keeps: the present day stays, however many others are asked about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance import selectors

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


def test_the_day_asked_for_the_longest_ago_goes_first() -> None:
    selectors.forget_rule_books()
    today, other = selectors.rule_book(TODAY), selectors.rule_book(TODAY - timedelta(days=1))

    for days in range(2, 2 + 2 * selectors.BOOKS_KEPT):
        assert selectors.rule_book(TODAY) is today
        selectors.rule_book(TODAY - timedelta(days=days))

    assert selectors.rule_book(TODAY) is today
    assert selectors.rule_book(TODAY - timedelta(days=1)) is not other
    selectors.forget_rule_books()
