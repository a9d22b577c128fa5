"""Owns the rule book (tax, duty, thresholds, restrictions), the landed cost, screening and the flags it raises.

It decides on plain values and never loads a product, an order or a parcel; others record what it decides.
"""
