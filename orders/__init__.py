"""Owns the purchase: cart, checkout, quotes, orders, and every step from payment to the door.

It is the only orchestrator: it calls the apps below and acts on what comes back.
"""
