"""A page has one way to write numbers: what Django prints by itself looks as prices do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale
from django.conf import settings
from django.template import Context, Template
from django.utils.formats import get_format, number_format
from django.utils.translation import override
from moneyed import Money

from catalog.units import shown
from compliance.landed_cost.assessment import AssessmentWarning
from compliance.words.explain import warning_text
from marketplace.kernel.money import format_money
from marketplace.kernel.numbers import share, written

LANGUAGES = [code for code, _name in settings.LANGUAGES]
DECIMAL = {"en": ".", "zh-hans": ".", "ja": ".", "ar": ".", "de": ",", "fr": ",", "es": ","}


@pytest.mark.parametrize("language", LANGUAGES)
def test_django_and_prices_have_the_same_signs(language: str) -> None:
    symbols = Locale.parse(language.replace("-", "_")).number_symbols["latn"]

    with override(language):
        signs = [get_format(name) for name in ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR", "NUMBER_GROUPING")]
        long = number_format(Decimal("12345.5"), force_grouping=True)

    assert signs == [symbols["decimal"], symbols["group"], 3]
    assert long + "0" in format_money(Money("12345.50", "EUR"), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_to_write_a_number_has_the_sign_of_prices(language: str) -> None:
    page = Template("{{ rating }} {{ rating|floatformat:1 }} {% blocktranslate %}{{ rating }}{% endblocktranslate %}")

    with override(language):
        texts = page.render(Context({"rating": Decimal("4.2")})).split()
        texts += [written(Decimal("4.20")), share(Decimal("4.2")), shown(Decimal("4.2"), "kg", language)]
        texts += [shown(Decimal("4.2"), "percent", language), shown(Decimal("4.2"), "mm", language)]

    assert len(texts) == 8
    assert all(f"4{DECIMAL[language]}2" in text for text in texts), texts
    assert f"67{DECIMAL[language]}00" in format_money(Money("67.00", "EUR"), language)


def test_limits_in_sentences_are_written_as_prices_are() -> None:
    warning = AssessmentWarning("consignment_over_limit", {"limit": "1500.50", "currency": "EUR"})

    texts = {}
    for language in ("en", "de", "ar"):
        with override(language):
            texts[language] = warning_text(warning)

    assert "1,500.5 EUR" in texts["en"] and "1.500,5 EUR" in texts["de"] and "1,500.5 EUR" in texts["ar"]


@pytest.mark.parametrize(("language", "text"), [("en", "98%"), ("de", "98\N{NO-BREAK SPACE}%"), ("ja", "98%")])
def test_a_share_is_written_as_its_readers_do(language: str, text: str) -> None:
    with override(language):
        assert share(98) == text
        assert Template("{{ score|percent }}").render(Context({"score": 98})) == text
