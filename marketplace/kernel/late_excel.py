"""Lets the libraries of tables know that Excel files can be had, without loading what reads and writes them.

django-import-export asks every format of tablib whether it is there, and openpyxl loads itself and Pillow to answer:
eight megabytes for each web process, most of which never see such a file.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from tablib.formats import registry


class _LateExcel:
    """Stands in for tablib's own format until something of it is asked for."""

    title = "xlsx"

    def __getattr__(self, name: str) -> Any:
        from tablib.formats._xlsx import XLSXFormat

        return getattr(XLSXFormat, name)


def register() -> None:
    """Puts the format in its place, where openpyxl is installed; to be called before import_export is loaded."""
    if find_spec("openpyxl"):
        registry.register("xlsx", _LateExcel())
