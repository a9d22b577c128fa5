"""The admin's tables of compliance: the queue of flags, who may sell, and the rule book."""

from compliance.admin import documents, flags, notices, registrations, rules, sanctions, transparency, verification

__all__ = ["documents", "flags", "notices", "registrations", "rules", "sanctions", "transparency", "verification"]
