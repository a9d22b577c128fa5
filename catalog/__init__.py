"""Owns what is on sale: categories, products, variants, prices, stock, pictures, listings in and out, search.

It knows warehouses and sellers below it; it does not know carts, orders or payments.
"""
