"""What tells the facts apart on which a flag was raised, and the states in which somebody saw it. Pure.

A decision holds for its facts and for no others, and is made on the flag as its officer saw it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from compliance.models import Flag

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


def facts_of(flag: Flag) -> str:
    """What a decision rests on: a flag that grew graver or reaches more countries is another one to decide."""
    text = " ".join([flag.fingerprint, flag.severity, *sorted(flag.countries)])
    return hashlib.sha256(text.encode()).hexdigest()


def state_of(flag: Flag) -> str:
    """What an officer who decides has seen of a flag, for a form: how it was decided so far, and its facts, after a dot.

    Whoever works on it is not in it, for this keeps others from deciding it anyway.
    """
    closed_at = flag.closed_at.isoformat() if flag.closed_at else ""
    decided = "" if flag.status in Flag.UNDECIDED else f"{flag.status} {closed_at}"
    return f"{_digest(decided)[:16]}.{facts_of(flag)[:16]}"


def _said(params: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in params.items() if name not in _BY_COUNTRY}


def _digest(said: Any) -> str:
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
