"""What every connection of the shop is like."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_a_connection_starts_no_other_processes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_parallel_workers_per_gather")
        assert cursor.fetchone() == ("0",)
