"""The page "What will it cost to my door?": its forms, how its address is read, and its answer in words.

What a delivered price is, `logistics.quotes` and `compliance` know; nothing here reckons.
"""
