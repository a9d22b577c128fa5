"""The tables of the catalogue, by subject."""

from catalog.models.categories import Category, Placement
from catalog.models.imports import ImportJob
from catalog.models.products import Option, OptionValue, PriceChange, Product, ProductImage, Variant
from catalog.models.search import SearchEntry, SearchTerm
from catalog.models.stock import StockLevel, StockReservation

__all__ = [
    "Category",
    "ImportJob",
    "Option",
    "OptionValue",
    "Placement",
    "PriceChange",
    "Product",
    "ProductImage",
    "SearchEntry",
    "SearchTerm",
    "StockLevel",
    "StockReservation",
    "Variant",
]
