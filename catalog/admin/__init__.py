"""The admin's tables of the catalogue."""

from catalog.admin import (
    attributes,
    categories,
    editorial,
    facts,
    imports,
    pictures,
    prices,
    products,
    reviews,
    search,
    sellers,
    stock,
    traces,
    translations,
    variants,
    videos,
)

__all__ = [
    "attributes",
    "categories",
    "editorial",
    "facts",
    "imports",
    "pictures",
    "prices",
    "products",
    "reviews",
    "search",
    "sellers",
    "stock",
    "traces",
    "translations",
    "variants",
    "videos",
]
