from modeltranslation.translator import TranslationOptions, register

from accounts.models import Seller


@register(Seller)
class SellerTranslation(TranslationOptions):
    fields = ("tagline", "story")
