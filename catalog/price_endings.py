"""How converted prices end as is usual in their currency: ¥1,980, €19.90. Figures come from the table of endings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

from moneyed import Money


@dataclass(frozen=True, slots=True)
class Band:
    """From an amount on, prices end at `ending` and at each `step` above it, at most `most_below` under the true one."""

    from_amount: Decimal
    step: Decimal
    ending: Decimal
    most_below: Decimal

    def nearest(self, amount: Decimal) -> Decimal:
        """The nearest amount that ends so; between two equally near ones, and where the lower is too low, the higher."""
        steps = ((amount - self.ending) / self.step).to_integral_value(rounding=ROUND_FLOOR)
        lower = self.ending + steps * self.step
        down, up = amount - lower, lower + self.step - amount
        return lower if lower > 0 and down <= self.most_below and down < up else lower + self.step if down else lower


@dataclass(frozen=True, slots=True)
class Endings:
    """The bands of each currency, from the lowest amount on. A currency without bands is left as it is."""

    bands: Mapping[str, Sequence[Band]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, Band]]) -> Endings:
        """From rows in any order."""
        found: dict[str, list[Band]] = {}
        for currency, band in sorted(rows, key=lambda row: (row[0], row[1].from_amount)):
            found.setdefault(currency, []).append(band)
        return cls(found)

    def native(self, price: Money) -> Money:
        """`price` as it usually ends in its currency: never more than the band's `most_below` lower.

        A higher price never becomes the lower one, not where two bands meet either: nothing in a band is below what
        the one before makes of the amount at which it ends. Nothing remains nothing.
        """
        amount, bands = price.amount, self.bands.get(price.currency.code, ())
        if amount <= 0 or not bands or amount < bands[0].from_amount:
            return price
        ends = [following.from_amount for _one, following in pairwise(bands)]
        best = bands[0].from_amount  # what is below stays as it is
        for band, end in zip(bands, [*ends, None], strict=True):
            if amount < band.from_amount:
                break
            best = max(best, band.nearest(amount if end is None else min(amount, end)))
        return Money(best, price.currency)


NO_ENDINGS = Endings()
