"""Bank accounts: checked as far as can be from the number alone, and shown with all but the end hidden."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum import iban, numdb
from stdnum.exceptions import ValidationError

from marketplace.kernel.errors import Refused

_PLAIN: Final = re.compile(r"[0-9A-Z][0-9A-Z/-]{3,33}")
_SHOWN: Final = 4


@cache
def has_iban(country: str) -> bool:
    """Whether accounts of a country have an IBAN, as python-stdnum's copy of the register of ISO 13616 says."""
    return len(country) == 2 and bool(numdb.get("iban").info(country)[0][1])


def tidy_account(number: str, country: str) -> str:
    """The number without spaces, in capitals. Raises `Refused("bank_account_invalid")`, field "bank_account".

    Where the country has IBANs it has to be one of the country, with the right check digits.
    """
    plain = re.sub(r"[\s.]+", "", number).upper()
    if has_iban(country):
        try:
            valid = iban.validate(plain.replace("-", ""))
        except ValidationError as error:
            message = _("This is not a valid IBAN. Please compare it with a statement of the bank.")
            raise Refused("bank_account_invalid", message, field="bank_account") from error
        if not valid.startswith(country):
            message = _("This IBAN belongs to another country than the one chosen for the bank.")
            raise Refused("bank_account_invalid", message, field="bank_account")
        return valid
    if not _PLAIN.fullmatch(plain):
        message = _("An account number has 4 to 34 digits and letters. Please compare it with a statement of the bank.")
        raise Refused("bank_account_invalid", message, field="bank_account")
    return plain


def masked(number: str) -> str:
    """The last four signs behind dots, "" for no number."""
    return f"•••• {number[-_SHOWN:]}" if len(number) > 2 * _SHOWN else "••••" * bool(number)
