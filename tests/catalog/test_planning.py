"""Filtered lists are planned for the values asked for, and nothing else is."""

from __future__ import annotations

import pytest
from django.db import connection

from catalog.selectors.planning import planned_anew

pytestmark = pytest.mark.django_db


def prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%catalog_placement WHERE id%'"
        )
        return int(cursor.fetchone()[0])


def ask() -> None:
    with connection.cursor() as cursor:
        for number in range(5):
            cursor.execute("SELECT 1 FROM catalog_placement WHERE id = %s", [number])


def test_a_statement_is_planned_for_its_values_and_prepared_as_usual_afterwards() -> None:
    with pytest.raises(ZeroDivisionError), planned_anew():
        ask()
        assert prepared() == 0
        _ = 1 / 0

    ask()
    assert prepared() == 1
