"""What the law adds to the price of one consignment: `assess`, a pure function over the rule book.

Nothing here reads a table or the clock, and nothing knows a country by name: all of it comes from rows.
"""

from compliance.landed_cost.assessing import assess

__all__ = ["assess"]
