"""The exchange rates of a return: those of the last day of the period, or those of the day of each sale."""

from __future__ import annotations

from datetime import date, datetime

from compliance.reports.periods import Period
from compliance.reports.terms import LAST_DAY, ReportTerms
from marketplace.kernel import clock
from marketplace.kernel.fx import FxTable
from payments import selectors as payments


class ReturnRates:
    """Gives the rates by which a sale of a moment is changed; each day or period is looked up once.

    Of the last day of a period: what the European Central Bank published on it, else on the next day on which it did.
    Until then the latest rates stand in, and `is_published` says so for the period of the return.
    """

    def __init__(self, terms: ReportTerms, period: Period) -> None:
        self.terms = terms
        self.period = period
        self._tables: dict[date, FxTable] = {}

    def __call__(self, paid_at: datetime) -> FxTable:
        if self.terms.rate == LAST_DAY:
            return self.of_period(self.terms.period_of(paid_at))
        day = self.terms.day_of(paid_at)
        if day not in self._tables:
            self._tables[day] = payments.fx_table(day)
        return self._tables[day]

    def of_period(self, period: Period) -> FxTable:
        """The rates of the last day of a period."""
        found = self._tables.get(period.last)
        if found is None:
            found = payments.fx_table(payments.first_publication(period.last) or min(period.last, clock.today()))
            self._tables[period.last] = found
        return found

    def of_return(self) -> FxTable:
        """The rates of the last day of the period of the return."""
        return self.of_period(self.period)

    @property
    def is_published(self) -> bool:
        """Whether the rates that the law names for the period of the return are there."""
        return self.terms.rate != LAST_DAY or payments.first_publication(self.period.last) is not None
