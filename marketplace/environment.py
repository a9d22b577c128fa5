"""Reads settings from the environment and says in one sentence what is missing or wrong."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


OPERATOR_FIELDS = (
    "name",
    "street_address",
    "postal_code",
    "city",
    "country_code",
    "email",
    "phone",
    "register",
    "tax_number",
)


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, altchars="-_", validate=True)) == 32
    except ValueError:
        return False


class Environment:
    """Typed access to environment variables.

    Each reader takes the name and a default. `debug` is a default that is unsafe outside development: the
    settings pass None there, and a missing value then stops the start with `ImproperlyConfigured`.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []

    def stop_on_errors(self) -> None:
        """Raises `ImproperlyConfigured` with every fault that was met, in one sentence."""
        if self.errors:
            raise ImproperlyConfigured(" ".join(self.errors))

    def _fail(self, name: str, what: str) -> None:
        self.errors.append(f"{name} {what} (see docs/reference/settings.md).")
        self.stop_on_errors()

    def text(self, name: str, default: str | None = None, *, debug: str | None = None) -> str:
        """The value as it stands; must be set when there is no default."""
        value = os.environ.get(name, "") or default or debug
        if value is None:
            self._fail(name, "must be set")
        return value or ""

    def secret(self, name: str, *, debug: str | None = None) -> str:
        """A secret of at least 32 characters, or the default of development."""
        value = self.text(name, debug=debug)
        if name in os.environ and value != debug and len(value) < 32:
            self._fail(name, "must have at least 32 characters")
        return value

    def keys(self, name: str, *, debug: str | None = None) -> list[str]:
        """Keys of Fernet, separated by commas: 32 bytes each in URL-safe base64."""
        keys = [key.strip() for key in self.text(name, debug=debug).split(",") if key.strip()]
        if not keys or any(not _is_key(key) for key in keys):
            self._fail(name, "must be keys of 32 bytes in URL-safe base64, separated by commas")
        return keys

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = os.environ.get(name)
        if value is None:
            return default
        if value.lower() not in _TRUE | _FALSE:
            self._fail(name, f"must be true or false, not {value!r}")
        return value.lower() in _TRUE

    def number(self, name: str, default: int) -> int:
        """A whole number, not negative."""
        value = os.environ.get(name, "")
        if value and not value.isdigit():
            self._fail(name, f"must be a whole number, not {value!r}")
        return int(value) if value else default

    def names(self, name: str, default: list[str | None]) -> list[str]:
        """A list, separated by commas."""
        value = os.environ.get(name, "")
        parts = [part.strip() for part in value.split(",")] if value else default
        return [part for part in parts if part]

    def choice(self, name: str, choices: list[str], default: str) -> str:
        """One of `choices`."""
        value = os.environ.get(name, "") or default
        if value not in choices:
            self._fail(name, f"must be one of {', '.join(choices)}, not {value!r}")
        return value

    def path(self, name: str, default: Path) -> Path:
        """A folder or file."""
        return Path(os.environ.get(name, "") or default)

    def url(self, name: str, *, debug: str | None = None) -> str:
        """An http or https address, or the default of development."""
        value = self.text(name, debug=debug)
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            self._fail(name, f"must be an http or https address, not {value!r}")
        return value

    def record(self, name: str, fields: tuple[str, ...]) -> dict[str, str]:
        """A JSON object with texts for some of `fields`; empty when it is not set."""
        try:
            value = json.loads(os.environ.get(name, "") or "{}")
        except ValueError:
            value = None
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            self._fail(name, "must be a JSON object of texts")
        unknown = set(value) - set(fields)
        if unknown:
            self._fail(name, f"has an unknown field {min(unknown)!r}; known are {', '.join(fields)}")
        return dict(value)

    def database(self, name: str, *, debug: str | None = None) -> dict[str, Any]:
        """Settings of the PostgreSQL database; `?host=/folder` names a socket."""
        value = self.text(name, debug=debug)
        if urlsplit(value).scheme not in {"postgres", "postgresql"}:
            self._fail(name, "must be an address of a PostgreSQL database (postgres://…)")
        config = dict(environ.Env.db_url_config(value))
        options = config.setdefault("OPTIONS", {})
        for key in ("host", "port"):
            if key in options:
                config[key.upper()] = options.pop(key)
        config["ENGINE"] = "marketplace.kernel.postgres"
        return config

    def mail(self, name: str, *, debug: str | None = None) -> dict[str, Any]:
        """Settings of the mail server, as EMAIL_… names (smtp+tls://user:password@host:587)."""
        value = self.text(name, debug=debug)
        if value.startswith("filemail://"):
            backend = "django.core.mail.backends.filebased.EmailBackend"
            return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": value.removeprefix("filemail://")}
        try:
            return dict(environ.Env.email_url_config(value))
        except (KeyError, ValueError, ImproperlyConfigured):
            self._fail(name, "must be a mail address such as smtp+tls://user:password@host:587")
            return {}
