"""Owns the way of goods: warehouses, services and rates, delivered price, shipments, tracking, customs declarations.

It does not know listings, orders or payments: it takes plain values and hands plain values back. Duty and tax come
from `compliance.landed_cost`; who acts on a tracking event is decided above.
"""
