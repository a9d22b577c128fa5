"""Gathers paid orders and their refunds for the periodic reports to authorities, which `compliance` keeps.

`making` does the work, a portion at a time; `sales`, `goods` and `sellers` say what an order adds to each form of report.
"""

from orders.services.reporting.making import close, make, request

__all__ = ["close", "make", "request"]
