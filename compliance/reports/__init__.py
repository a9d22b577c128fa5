"""Periodic reports to authorities, as arithmetic on plain values: sales come in, lines and figures come out.

Which sales belong to which report, in which currency and by which rate is said by rows of the rule book. Nothing here
reads the clock, the database or a country's name.
"""

from compliance.reports.periods import Period, containing, parse_period
from compliance.reports.returns import Refunded, ReturnLine, TaxedSale, lines_of_sale
from compliance.reports.terms import SELLERS, TAX, VOLUMES, ReportTerms

__all__ = [
    "SELLERS",
    "TAX",
    "VOLUMES",
    "Period",
    "Refunded",
    "ReportTerms",
    "ReturnLine",
    "TaxedSale",
    "containing",
    "lines_of_sale",
    "parse_period",
]
