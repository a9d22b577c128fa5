"""Owns payments, refunds, the webhook inbox, the providers behind them, and exchange rates.

It knows no order and no parcel: a payment carries a printed reference, and the app above acts on what the services
return.
"""
