"""Owns people and sellers: users, sign-in, addresses, sellers and their members, staff roles, consents.

It does not know what is sold, ordered, paid or sent.
"""
