"""Owns what is learned from the shop: events, roll-ups, recommendations, forecasts.

It reads the rows of the other apps and writes only its own. Nothing stands here yet but the place.
"""
