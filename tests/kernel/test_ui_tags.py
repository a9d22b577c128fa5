"""What templates print: amounts, dates, countries, icons, addresses of media, data for machines."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from babel import Locale
from django.conf import settings
from django.template import Context, Template
from django.urls import NoReverseMatch
from django.utils.translation import gettext_lazy, override
from lucide import IconDoesNotExist
from moneyed import Money

from marketplace.kernel.templatetags import ui


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("en", Money("1234.5", "EUR"), "€1,234.50"),
        ("de", Money("1234.5", "EUR"), "1.234,50\xa0€"),
        ("ja", Money("1234.5", "JPY"), "￥1,235"),
        ("zh-hans", Money("9.99", "CNY"), "¥9.99"),
        ("en", Money("1.2345", "KWD"), "KWD\xa01.235"),
    ],
)
def test_an_amount_is_written_in_the_language_of_the_page_and_keeps_its_order(language, amount, shown):
    with override(language):
        assert render("{{ amount|money }}", amount=amount) == f'<bdi dir="ltr" class="money">{shown}</bdi>'


def test_no_amount_prints_nothing():
    assert render("{{ amount|money }}", amount=None) == ""


def test_no_currency_sign_of_any_language_needs_escaping():
    for language, _name in settings.LANGUAGES:
        with override(language):
            for currency in settings.CURRENCIES:
                text = re.sub("<[^>]*>", "", ui.money(Money(1, currency)))
                assert not set(text) & set("<>&\"'"), (language, currency)


def test_an_amount_stays_whole_inside_a_translated_sentence():
    source = "{% blocktranslate with amount=amount|money %}{{ amount }} to your door{% endblocktranslate %}"

    with override("en"):
        assert render(source, amount=Money(5, "USD")) == '<bdi dir="ltr" class="money">$5.00</bdi> to your door'


def test_an_icon_is_hidden_from_screen_readers_and_an_unknown_one_raises():
    drawn = render('{% icon "truck" 16 %}')

    assert drawn.startswith("<svg") and 'aria-hidden="true"' in drawn and 'width="16"' in drawn
    assert "style=" not in drawn
    with pytest.raises(IconDoesNotExist):
        render('{% icon "no-such-icon" %}')


def test_a_country_has_its_name_in_the_language_of_the_page():
    with override("de"):
        assert render("{{ code|country }}", code="JP") == "Japan"
    with override("zh-hans"):
        assert render("{{ code|country }}", code="DE") == "德国"
    assert (render("{{ code|country }}", code="ZZX"), render("{{ code|country }}", code=None)) == ("ZZX", "")


def test_media_has_an_address_for_the_picture_and_for_its_renditions():
    assert ui.media("tea cup-1.webp") == "/media/tea%20cup-1.webp"
    assert ui.media("products/cup.1.webp", "400") == "/media/products/cup.1-400.webp"
    assert ui.media("") == ui.media(None) == ""


def test_an_address_becomes_whole_for_readers_outside_the_site():
    assert ui.absolute("/media/cup.webp") == f"{settings.SITE_URL}/media/cup.webp"
    assert ui.absolute("https://cdn.example/cup.webp") == "https://cdn.example/cup.webp"


def test_a_day_is_written_out_and_can_be_read_by_machines():
    with override("de"):
        assert ui.day(date(2026, 11, 22)) == '<time datetime="2026-11-22">22. November 2026</time>'
    assert ui.day(None) == ""


def test_a_moment_is_shown_in_utc_whatever_its_zone():
    noon_in_shanghai = datetime(2026, 11, 22, 12, 5, tzinfo=timezone(timedelta(hours=8)))

    with override("de"):
        shown = ui.moment(noon_in_shanghai)

    assert shown == '<time datetime="2026-11-22T04:05:00Z" data-moment>22. November 2026, 04:05\xa0UTC</time>'


def test_options_mark_the_chosen_one_and_escape_names():
    drawn = ui.options([("DE", "Germany"), ("XX", "<b>")], "DE")

    assert drawn == '<option value="DE" selected>Germany</option><option value="XX">&lt;b&gt;</option>'


def test_a_link_is_that_of_the_language_of_the_page():
    with override("de"):
        german = render('{% link "legal" "terms" %}')
    with override("ar"):
        arabic = render('{% link "legal" "terms" %}')

    assert (german, arabic) == ("/de/legal/terms/", "/ar/legal/terms/")
    with pytest.raises(NoReverseMatch):
        render('{% link "no-such-page" %}')


def test_data_inside_a_script_element_can_not_end_it():
    text = "</script><!-- & \u2028"

    drawn = ui.as_json(text)

    assert not set(drawn) & set("<>&\u2028")
    assert json.loads(drawn) == text


def test_amounts_days_and_lazy_texts_become_plain_data():
    data = {"price": Money("34.9", "EUR"), "yen": Money("34.9", "JPY"), "on": date(2026, 1, 2), "rate": Decimal("0.10")}

    assert json.loads(ui.as_json(data)) == {"price": "34.90", "yen": "35", "on": "2026-01-02", "rate": "0.10"}
    assert ui.as_json(gettext_lazy("Cart")) == '"Cart"'
    with pytest.raises(TypeError):
        ui.as_json(object())


def test_country_names_exist_for_every_language_of_the_shop():
    for language, _name in settings.LANGUAGES:
        with override(language):
            assert ui.country("DE") == Locale.parse(language.replace("-", "_")).territories["DE"]


def test_what_is_kept_is_printed_once_for_equal_values():
    seen = []

    class Loud(str):
        def __str__(self) -> str:
            seen.append(self)
            return "shown"

    source = '{% kept "components/refusal.html" heading=heading text="" %}'
    with override("en"):
        first = render(source, heading=Loud("kept once"))
        again = render(source, heading=Loud("kept once"))
        other = render(source, heading=Loud("another"))

    assert first == again
    assert len(seen) == 2 and other == first


def test_what_is_kept_sees_nothing_but_its_values_and_the_language():
    source = '{% kept "components/operator.html" demo=False %}'

    with override("en"):
        assert render(source, demo=True, operator={"name": "Nobody"}) == render(source)


def test_a_filter_is_a_link_with_its_count_and_says_whether_it_is_chosen():
    rows = [
        {"value": 'A"B', "label": "Oak & ash", "count": 3, "selected": True, "url": "?a=1&b=2", "swatch": "#aa5500"},
        {"value": 2, "label": "Elm", "count": None, "selected": False, "url": "?a=2"},
    ]

    shown = render('{% load lists %}{% facet "Wood" "wood" rows %}', rows=rows)

    first, second = re.findall(r"<li>(.*?)</li>", shown)
    assert first.startswith(
        '<a id="facet-wood-A&quot;B" href="?a=1&amp;b=2" rel="nofollow" aria-current="true"><svg class="swatch"'
    )
    assert first.endswith('fill="#aa5500"/></svg>Oak &amp; ash<span class="count">3</span></a>')
    assert second == '<a id="facet-wood-2" href="?a=2" rel="nofollow">Elm</a>'
    assert render('{% load lists %}{% facet "Wood" "wood" rows %}', rows=[]) == ""


def test_each_of_many_is_printed_by_the_same_template_and_remembered():
    source = '{% kept_each "components/compare_link.html" "compared" numbers swap=True %}'

    with override("en"):
        shown = render(source, numbers=(0, 3))

    assert shown.count('id="compare-link" hx-swap-oob="true"') == 2
    assert shown.count('<span class="cart-count">3</span>') == 1
