"""The two kinds of failure that a caller may meet: one the user can mend, one that passes by itself."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The request can't be done as it is, and the user can act on it.

    `code` is a stable word for programs and tests; `message` is a translated sentence for the reader;
    `field` names the form field at fault, where there is one.
    """

    def __init__(self, code: str, message: Any, *, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class Unavailable(Exception):
    """Something outside does not answer, or a needed figure is missing; the same call may succeed later."""
