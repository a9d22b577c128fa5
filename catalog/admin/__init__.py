"""The admin's tables of the catalogue."""

from catalog.admin import categories, facts, imports, products, search, sellers, stock, variants

__all__ = ["categories", "facts", "imports", "products", "search", "sellers", "stock", "variants"]
