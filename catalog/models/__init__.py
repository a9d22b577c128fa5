"""The tables of the catalogue, by subject."""

from catalog.models.categories import Category, Placement
from catalog.models.changes import ListingChange
from catalog.models.facts import EconomicOperator, MarketHold, ProductDocument, ProductFacts, ScreeningRound
from catalog.models.imports import ColumnMapping, ImportJob
from catalog.models.products import Option, OptionValue, PriceChange, Product, ProductImage, Variant
from catalog.models.search import SearchEntry, SearchMiss, SearchRedirect, SearchSynonym, SearchTerm
from catalog.models.stock import StockLevel, StockReservation

__all__ = [
    "Category",
    "ColumnMapping",
    "EconomicOperator",
    "ImportJob",
    "ListingChange",
    "MarketHold",
    "Option",
    "OptionValue",
    "Placement",
    "PriceChange",
    "Product",
    "ProductDocument",
    "ProductFacts",
    "ProductImage",
    "ScreeningRound",
    "SearchEntry",
    "SearchMiss",
    "SearchRedirect",
    "SearchSynonym",
    "SearchTerm",
    "StockLevel",
    "StockReservation",
    "Variant",
]
