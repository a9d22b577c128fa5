"""Who runs the demonstration: a company that does not exist, so that every page and report that names one can be seen."""

from __future__ import annotations

import json
from typing import Final

# A number for films, a street and a register that are not there, a VAT number whose check digit is wrong.
OPERATOR: Final = json.dumps(
    {
        "name": "Sampan Marketplace GmbH", "street_address": "Am Beispielkai 1", "postal_code": "20457",
        "city": "Hamburg", "country_code": "DE", "email": "office@sampan.example", "phone": "+49 30 23125 014",
        "register": "HRB 000000", "tax_number": "DE999999990",
    },
    ensure_ascii=False,
)  # fmt: skip
