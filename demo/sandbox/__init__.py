"""The outside world in one process: a payment provider under /psp, a carrier with customs under /carrier, rates under /ecb,
the register of VAT numbers under /vies, a machine that translates under /deepl.

It stands apart from the shop: standard library only, its own state file, spoken to over HTTP. Everything here
is a test counterpart; no money and no parcel ever moves. Rates go on from files of data that ship with the shop.
"""
