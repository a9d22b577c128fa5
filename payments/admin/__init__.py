"""The admin's tables of payments, exchange rates and their risk."""

from payments.admin import collecting, rates, risk

__all__ = ["collecting", "rates", "risk"]
