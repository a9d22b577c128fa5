"""The admin's tables of the catalogue."""

from catalog.admin import categories, imports, products, sellers, stock, variants

__all__ = ["categories", "imports", "products", "sellers", "stock", "variants"]
