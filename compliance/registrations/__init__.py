"""The numbers under which sellers are registered: which kinds there are, how they look, and who knows whether they are real.

Pure but for `vies`, which asks over the network. That a number has the right shape says that it was typed without a slip,
and not that anybody is registered under it.
"""

from compliance.registrations.kinds import KINDS, Kind, country_of, is_member_state
from compliance.registrations.numbers import Malformed, Scheme, checked

__all__ = ["KINDS", "Kind", "Malformed", "Scheme", "checked", "country_of", "is_member_state"]
