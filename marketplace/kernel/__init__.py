"""The words every app shares: money, exchange-rate table, region, postal address, consignment, errors, clock, UI tags.

It owns no table and knows no app. Nothing here may import from another part of the project.
"""
