"""What tells the facts apart on which a flag was raised: a decision holds for these facts and for no others. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

# Details that follow from the countries: a decision holds for the countries themselves.
_BY_COUNTRY: Final = frozenset({"countries", "schemes", "languages"})
_KIND: Final = "2:"  # a fingerprint without it was made of the details alone, see `is_of_earlier_kind`
_LENGTH: Final = 64


def of_finding(rule: str, severity: str, params: Mapping[str, str], facts: Mapping[str, Any]) -> str:
    """The fingerprint of a finding: its rule and how grave that takes it, its details, and the facts of its subject."""
    return _KIND + _digest([rule, severity, _said(params), facts])[: _LENGTH - len(_KIND)]


def of_absence(rule: str, evidence: Mapping[str, Any]) -> str:
    """The fingerprint of a flag that stands though its finding is gone; `evidence` says how the subject looks since."""
    return _KIND + _digest([rule, "gone", evidence])[: _LENGTH - len(_KIND)]


def is_of_earlier_kind(fingerprint: str, rule: str, params: Mapping[str, str]) -> bool:
    """Whether it was made of these details as it was done until November 2026, when nothing else was in it."""
    return fingerprint == _digest([rule, _said(params)])


def _said(params: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in params.items() if name not in _BY_COUNTRY}


def _digest(said: Any) -> str:
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
