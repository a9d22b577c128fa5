from modeltranslation.translator import TranslationOptions, register

from catalog.models import Category, Option, OptionValue, Product, ProductFacts, ProductImage


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Product)
class ProductTranslation(TranslationOptions):
    fields = ("name", "summary", "description")


@register(Option)
class OptionTranslation(TranslationOptions):
    fields = ("name",)


@register(OptionValue)
class OptionValueTranslation(TranslationOptions):
    fields = ("name",)


@register(ProductImage)
class ProductImageTranslation(TranslationOptions):
    fields = ("alt",)


@register(ProductFacts)
class ProductFactsTranslation(TranslationOptions):
    fields = ("warnings", "instructions")
    fallback_languages = {"default": ()}  # a warning in a language that the reader may not know is a missing one
