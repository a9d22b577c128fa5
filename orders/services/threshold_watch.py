"""The nightly count of what sellers sold, against the thresholds of laws on reporting and verification."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import structlog

from accounts.models import Seller
from compliance import selectors
from compliance.models import SellerThreshold
from compliance.services import thresholds as compliance
from compliance.thresholds import Standing, standings
from marketplace.kernel.fx import FxTable, MissingRate
from orders.seller_sales import daily_sales
from payments.selectors import fx_table

log = structlog.get_logger(__name__)


def watch(on: date) -> list[int]:
    """How every seller with sales stands to every threshold is kept, as of the end of the day before `on`.

    Returns the keys of the sellers for whom a threshold was reached or left. Amounts in other currencies are changed by the
    latest rates. Run twice, it changes nothing.
    """
    day, fx = on - timedelta(days=1), fx_table(on)
    counted: defaultdict[int, list[Standing]] = defaultdict(list)
    currencies = {}
    for threshold in selectors.thresholds_on(on):
        try:
            of_sellers = _counted(threshold, day, fx)
        except MissingRate as error:  # what was counted last stands until there is a rate
            log.error("threshold not counted", threshold=threshold.code, missing=str(error))
            continue
        currencies[threshold.code] = threshold.currency
        for seller_id, found in of_sellers.items():
            counted[seller_id] += found
    changed = compliance.note_standings(counted=counted, currencies=currencies)
    known = {(key, each.code, each.period) for key, found in counted.items() for each in found}
    left = compliance.forget_standings(besides=known, codes=currencies, periods={"", str(day.year)})
    return sorted({*changed, *left})


def _counted(threshold: SellerThreshold, day: date, fx: FxTable) -> dict[int, list[Standing]]:
    sales = daily_sales(threshold, day, fx)
    if threshold.counts == SellerThreshold.Counts.SELLERS:
        established = _established_in(threshold.jurisdiction, day)
        sales = {key: days for key, days in sales.items() if key in established}
    return {key: standings(threshold, days, day) for key, days in sales.items()}


def _established_in(jurisdiction: str, day: date) -> frozenset[int]:
    """The sellers of a country, or of the countries of a union."""
    book = selectors.rule_book(day)
    rows = Seller.objects.values_list("pk", "home_country")
    return frozenset(key for key, country in rows if jurisdiction in book.groups_of(country))
