"""The names of the laws that rule rows speak of by a short word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy

LAWS: Final[Mapping[str, Any]] = {
    "DAC7": gettext_lazy("Reporting of sellers in the European Union (DAC7)"),
    "UK_DPI": gettext_lazy("Reporting of sellers in the United Kingdom"),
    "INFORM": gettext_lazy("High-volume sellers in the United States (INFORM Consumers Act)"),
}
"""The laws of the shipped thresholds; one that was added in the admin stands for itself."""


def law_name(law: str) -> str:
    """A law in the active language; one that nobody knows stands for itself."""
    return str(LAWS.get(law, law))
