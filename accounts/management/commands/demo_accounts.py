"""Prints who may sign in on the demo page, as plain text."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts import selectors


class Command(BaseCommand):
    help = "Prints the demo accounts: role, e-mail address, where to start."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("There are no demo accounts: DEMO is off.")
        rows = [
            (str(account.role), account.email, f"{settings.SITE_URL}{reverse(account.start)}")
            for account in selectors.demo_accounts()
        ]
        if not rows:
            raise CommandError("There are no demo accounts yet: run seed_demo first.")
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        for role, email, start in rows:
            self.stdout.write(f"{role:<{widths[0]}}  {email:<{widths[1]}}  {start}")
        self.stdout.write(f"Sign in with one click: {settings.SITE_URL}{reverse('demo')}")
