from django.conf import settings
from modeltranslation.translator import TranslationOptions, register

from catalog.models import (
    Attribute,
    AttributeChoice,
    BrandPage,
    Category,
    Collection,
    CollectionEntry,
    LandingPage,
    Option,
    OptionValue,
    Product,
    ProductFacts,
    ProductImage,
    ProductVideo,
)


class OfListings(TranslationOptions):
    """Texts that a seller writes in any of our languages: as `catalog.selectors.navigation.shown_text` finds them."""

    fallback_languages = {"default": (settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES))}


@register(Attribute)
class AttributeTranslation(TranslationOptions):
    fields = ("name",)


@register(AttributeChoice)
class AttributeChoiceTranslation(TranslationOptions):
    fields = ("name",)


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Product)
class ProductTranslation(OfListings):
    fields = ("name", "summary", "description")


@register(Option)
class OptionTranslation(OfListings):
    fields = ("name",)


@register(OptionValue)
class OptionValueTranslation(OfListings):
    fields = ("name",)


@register(ProductImage)
class ProductImageTranslation(OfListings):
    fields = ("alt",)


@register(ProductVideo)
class ProductVideoTranslation(TranslationOptions):
    fields = ("title",)


@register(ProductFacts)
class ProductFactsTranslation(TranslationOptions):
    fields = ("warnings", "instructions")
    fallback_languages = {"default": ()}  # a warning in a language that the reader may not know is a missing one


@register(BrandPage)
class BrandPageTranslation(TranslationOptions):
    fields = ("craft", "made_at", "picture_alt")


@register(Collection)
class CollectionTranslation(TranslationOptions):
    fields = ("title", "intro", "body", "picture_alt")


@register(CollectionEntry)
class CollectionEntryTranslation(TranslationOptions):
    fields = ("note",)


@register(LandingPage)
class LandingPageTranslation(TranslationOptions):
    fields = ("title", "lead", "button", "text", "picture_alt")
