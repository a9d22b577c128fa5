"""The tables of payments and of exchange rates."""

from payments.models.alerts import RateAlert, RateLetter
from payments.models.collecting import Payment, PaymentEvent, Refund
from payments.models.rates import CurrencyRisk, ExchangeRate, RateFetch

__all__ = [
    "CurrencyRisk",
    "ExchangeRate",
    "Payment",
    "PaymentEvent",
    "RateAlert",
    "RateFetch",
    "RateLetter",
    "Refund",
]
