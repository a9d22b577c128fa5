"""The groups that give staff and sellers their rights; what each may do is said by the composition root.

Names are stable English words: programs and tests rely on them, people read their translations.
"""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

COMPLIANCE = "compliance officer"
OPERATIONS = "operations"
FINANCE = "finance"
SUPPORT = "support"
TRANSLATOR = "translator"
SELLER = "seller"

STAFF = (COMPLIANCE, OPERATIONS, FINANCE, SUPPORT, TRANSLATOR)
ALL = (*STAFF, SELLER)

LABELS = {
    COMPLIANCE: pgettext_lazy("role", "Compliance officer"),
    OPERATIONS: pgettext_lazy("role", "Operations"),
    FINANCE: pgettext_lazy("role", "Finance"),
    SUPPORT: pgettext_lazy("role", "Customer support"),
    TRANSLATOR: pgettext_lazy("role", "Translator"),
    SELLER: pgettext_lazy("role", "Seller"),
}
