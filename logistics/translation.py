from modeltranslation.translator import TranslationOptions, register

from logistics.models import ShippingService


@register(ShippingService)
class ShippingServiceTranslation(TranslationOptions):
    fields = ("name",)
    required_languages = ("en",)
