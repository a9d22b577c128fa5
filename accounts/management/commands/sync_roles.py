"""Gives each role the rights that the setting ROLE_RIGHTS points at; may be repeated at any time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from accounts import services


class Command(BaseCommand):
    help = "Gives each role the rights that ROLE_RIGHTS names."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rights = services.sync_roles(import_string(settings.ROLE_RIGHTS))
        except services.UnknownPermission as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            for role, count in rights.items():
                self.stdout.write(f"{role}: {count} rights")
