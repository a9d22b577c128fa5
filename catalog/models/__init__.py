"""The tables of the catalogue, by subject."""

from catalog.models.attributes import Attribute, AttributeChoice, CategoryAttribute, ProductAttributes, SizeChart
from catalog.models.categories import Category, Placement
from catalog.models.changes import ListingChange
from catalog.models.editorial import BrandPage, Collection, CollectionEntry, LandingCollection, LandingPage
from catalog.models.facts import EconomicOperator, MarketHold, ProductDocument, ProductFacts, ScreeningRound
from catalog.models.imports import ColumnMapping, ImportJob
from catalog.models.offers import BundlePart, Lead, OfferChange, SellerScore
from catalog.models.prices import (
    MarketPrice,
    MarketPriceChange,
    PriceEnding,
    PricePolicy,
    PriceTier,
    ScheduledPrice,
    ScheduledPriceItem,
)
from catalog.models.products import Option, OptionValue, PriceChange, Product, ProductImage, Variant
from catalog.models.reviews import Review
from catalog.models.search import SearchEntry, SearchMiss, SearchRedirect, SearchSynonym, SearchTerm
from catalog.models.stock import StockLevel, StockReservation
from catalog.models.trace import TraceEvent
from catalog.models.translations import GlossaryTerm, ListingTexts, TextState, TranslationJob
from catalog.models.videos import ProductVideo
from catalog.models.wishes import Wish, WishList

__all__ = [
    "Attribute",
    "AttributeChoice",
    "BrandPage",
    "BundlePart",
    "Category",
    "CategoryAttribute",
    "Collection",
    "CollectionEntry",
    "ColumnMapping",
    "EconomicOperator",
    "GlossaryTerm",
    "ImportJob",
    "LandingCollection",
    "LandingPage",
    "Lead",
    "ListingChange",
    "ListingTexts",
    "MarketHold",
    "MarketPrice",
    "MarketPriceChange",
    "OfferChange",
    "Option",
    "OptionValue",
    "Placement",
    "PriceChange",
    "PriceEnding",
    "PricePolicy",
    "PriceTier",
    "Product",
    "ProductAttributes",
    "ProductDocument",
    "ProductFacts",
    "ProductImage",
    "ProductVideo",
    "Review",
    "ScheduledPrice",
    "ScheduledPriceItem",
    "ScreeningRound",
    "SearchEntry",
    "SearchMiss",
    "SearchRedirect",
    "SearchSynonym",
    "SearchTerm",
    "SellerScore",
    "SizeChart",
    "StockLevel",
    "StockReservation",
    "TextState",
    "TraceEvent",
    "TranslationJob",
    "Variant",
    "Wish",
    "WishList",
]
