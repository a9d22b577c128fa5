"""The admin's tables of compliance: the queue of flags and the rule book."""

from compliance.admin import flags, rules

__all__ = ["flags", "rules"]
