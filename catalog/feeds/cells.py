"""What stands in a cell of a feed as a value, or a sentence for the seller why it can't be one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest
from typing import Final
from urllib.parse import urlsplit

from django.utils.text import slugify

from catalog.attribute_cells import yes_and_no
from catalog.feeds.bad_rows import BadListing, BadRow, Gathering
from catalog.feeds.languages import spoken
from catalog.feeds.listing import FeedImage, FeedListing, FeedVariant
from catalog.trade_numbers import trade_number
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import minor_digits
from marketplace.kernel.places import place_code
from marketplace.kernel.sentences import sentence as _
from marketplace.kernel.signs import seen

MOST_VARIANTS, MOST_IMAGES = 250, 50
_UNITS: Final = {
    Decimal("0.001"): "mg milligram milligrams milligramm",
    Decimal(1): "g gr gram grams gramm gramme grammes gramo gramos グラム 克 جرام غرام جم غ",
    Decimal(1000): "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos キログラム 公斤 千克 "
                   "كجم كغ كغم كيلوجرام كيلوغرام",
    Decimal("453.59237"): "lb lbs pound pounds livre livres libra libras ポンド 磅 رطل",
    Decimal("28.349523125"): "oz ounce ounces unze unzen once onces onza onzas オンス 盎司 أونصة",
}  # fmt: skip
GRAMS_OF: Final = {name: grams for grams, names in _UNITS.items() for name in names.split()}
_PLAIN_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_AMOUNT = re.compile(r"^(\d{1,12}(\.\d{1,6})?|\.\d{1,6})$")
_THOUSANDS = re.compile(r"^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$")
_DECIMAL_COMMA = re.compile(r"^\d{1,3}(\.\d{3})*,\d{1,2}$|^\d{1,3}(\.\d{3}){2,}$|^\d{4,},\d{1,2}$|^0,\d{3,6}$")
_LESS_THAN_A_TON = re.compile(r"\d{1,3},\d{3}")
_SPACES_AMID_DIGITS = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3}(\D|$))")
_EITHER = re.compile(r"^\d{1,3}\.\d{3}$")  # a thousand in one half of the world, one and no more in the other
_SIGN = r"([^\d\s.,'’+-]{1,5}|[\u0621-\u064a]{1,2}\.[\u0621-\u064a]{1,2}\.?)"  # Arabic ones have points in them
_MARKED = re.compile(rf"{_SIGN}?\s*([\d.,][\d.,\s\u00a0\u202f'’]*?)\s*{_SIGN}?")
_NO_CENTS = re.compile(r"(?<=\d)[.,][-–—]+(?=\D*$)")  # "12,-"
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "，": ",", "．": "."})
_DOLLARS = frozenset("USD AUD CAD NZD SGD HKD TWD MXN BND FJD".split())
# The currencies that a sign beside an amount may mean; three letters mean themselves.
_SIGNS: Final = {
    "€": frozenset({"EUR"}), "£": frozenset({"GBP"}), "¥": frozenset({"JPY", "CNY"}), "円": frozenset({"JPY"}),
    "元": frozenset({"CNY"}), "RMB": frozenset({"CNY"}), "$": _DOLLARS, "US$": frozenset({"USD"}), "A$": frozenset({"AUD"}),
    "C$": frozenset({"CAD"}), "CA$": frozenset({"CAD"}), "NZ$": frozenset({"NZD"}), "S$": frozenset({"SGD"}),
    "HK$": frozenset({"HKD"}), "NT$": frozenset({"TWD"}), "MX$": frozenset({"MXN"}), "R$": frozenset({"BRL"}),
    "₩": frozenset({"KRW"}), "₹": frozenset({"INR"}), "₺": frozenset({"TRY"}), "₪": frozenset({"ILS"}),
    "zł": frozenset({"PLN"}), "kr": frozenset({"SEK", "NOK", "DKK"}), "Fr": frozenset({"CHF"}), "EURO": frozenset({"EUR"}),
    "Kč": frozenset({"CZK"}), "Ft": frozenset({"HUF"}), "₫": frozenset({"VND"}), "฿": frozenset({"THB"}), "₱": frozenset({"PHP"}),
    "RM": frozenset({"MYR"}), "د.إ": frozenset({"AED"}), "ر.س": frozenset({"SAR"}), "د.ك": frozenset({"KWD"}),
    "ر.ق": frozenset({"QAR"}), "د.ب": frozenset({"BHD"}), "ر.ع": frozenset({"OMR"}), "ج.م": frozenset({"EGP"}),
}  # fmt: skip
_PIECES = re.compile(r"-?\d{1,9}(\.0+)?")
_MANY_PIECES = re.compile(r"\d{1,3}([,  ]\d{3})+")
_WITH_UNIT = re.compile(r"([\d.,]+)\s*([^\W\d_]{1,12})")
_HS_CODE = re.compile(r"\d{6,10}")
_YES, _NO = frozenset({"in stock", "instock"}), frozenset({""})
_HEAVIEST = 10_000_000


def amount(line: int, text: str, currency: str) -> Decimal | None:
    """A price in `currency`; None for an empty cell. "1,234.50", "1.234,50 €" and "EUR 1 234,50" are the same.

    A comma before three digits parts thousands, before one or two it is the decimal sign. A point before three digits
    parts thousands where the currency has no smaller unit, and may be either where it has hundredths: that is refused.
    """
    if not text:
        return None
    digits = _minor_digits(line, currency)
    plain = text if _PLAIN_AMOUNT.fullmatch(text) else _SPACES_AMID_DIGITS.sub("", _bare(line, text, currency))
    if _EITHER.match(plain) and digits < 3:
        if digits:
            raise BadRow(line, _either(text))
        plain = plain.replace(".", "")
    if _THOUSANDS.match(plain):
        plain = plain.replace(",", "")
    elif _DECIMAL_COMMA.match(plain):
        plain = plain.replace(".", "").replace(",", ".")
    if not _AMOUNT.match(plain):
        raise BadRow(line, _("“%(text)s” is not a price.") % {"text": text[:40]})
    value = Decimal(plain)
    if value != round(value, digits):
        raise BadRow(
            line, _("%(currency)s has no amount as fine as “%(text)s”.") % {"currency": currency, "text": text}
        )
    return value


def price(line: int, text: str, currency: str) -> Decimal:
    """What a variant costs, which there must be."""
    value = amount(line, text, currency)
    if value is None:
        raise BadRow(line, _("The price is missing."))
    return value


def _minor_digits(line: int, currency: str) -> int:
    try:
        return minor_digits(currency)
    except Refused as refusal:
        raise BadRow(line, _("“%(text)s” is no currency that we know.") % {"text": currency[:40]}) from refusal


def _bare(line: int, text: str, currency: str) -> str:
    """The amount without the sign of its currency, which must be the right one, in the digits of ASCII."""
    text = _NO_CENTS.sub("", _in_ascii(text.replace("￥", "¥")))
    found = _MARKED.fullmatch(text.strip())
    if found is None:
        return text
    for sign in (each.rstrip(".") for each in (found[1], found[3]) if each):
        meant = _SIGNS.get(sign) or _SIGNS.get(sign.upper())
        if currency not in (meant or (sign.upper(),)):
            if meant or (len(sign) == 3 and sign.isascii() and sign.isalpha()):
                message = _("“%(text)s” is not in %(currency)s, the currency of the other prices.")
                raise BadRow(line, message % {"text": text[:40], "currency": currency})
            return text
    return found[2]


def _in_ascii(text: str) -> str:
    """A number in the digits and separators of ASCII, without the marks of direction that nobody sees."""
    if text.isascii():
        return text
    signs = (sign for sign in text.translate(_SEPARATORS) if unicodedata.category(sign) != "Cf")
    return "".join(str(unicodedata.digit(sign, sign)) for sign in signs).strip()


def _either(text: str) -> str:
    message = _(
        "“%(text)s” may be a thousand times as much or not. Please write it without a point before three digits."
    )
    return message % {"text": text[:40]}


def grams(line: int, text: str, unit: str = "g") -> int | None:
    """A weight in whole grams, never less than one; None when nothing is said or it is zero, which means unknown.

    A unit that stands in the cell itself, as in "1.5 kg", counts before `unit`.
    """
    if not text:
        return None
    text = _in_ascii(unicodedata.normalize("NFKC", text))
    if (own := _WITH_UNIT.fullmatch(text)) is not None:
        text, unit = own[1], own[2]
    factor = GRAMS_OF.get(unit.strip().lower())
    if "," in text:
        is_decimal = factor == 1000 and _LESS_THAN_A_TON.fullmatch(text)  # "1,125 kg": nobody sends a ton
        text = text.replace(",", "") if _THOUSANDS.match(text) and not is_decimal else text.replace(",", ".")
    if factor is None:
        raise BadRow(line, _("“%(text)s” is not a unit of weight.") % {"text": unit[:40]})
    try:
        weight = Decimal(text) * factor
    except ArithmeticError:
        weight = Decimal("NaN")
    if not weight.is_finite() or not 0 <= weight < _HEAVIEST:
        if factor == 1:
            raise BadRow(line, _("“%(text)s” is not a weight in grams.") % {"text": text[:40]})
        raise BadRow(line, _("“%(text)s” is not a weight.") % {"text": text[:40]})
    return max(round(weight), 1) if weight else None


def pieces(line: int, text: str) -> int:
    """A number of pieces; what is owed already counts as none. "10+" are ten."""
    said, text = text, _in_ascii(text).lstrip("'").removesuffix("+")
    if _EITHER.match(text):
        raise BadRow(line, _either(text))
    if _MANY_PIECES.fullmatch(text):
        text = re.sub(r"\D", "", text)
    if not _PIECES.fullmatch(text):
        raise BadRow(line, _("“%(text)s” is not a number of pieces.") % {"text": said[:40]})
    return max(int(Decimal(text)), 0)


def yes(line: int, text: str) -> bool:
    """A cell that says yes or no in a language of the shop, or as programs write it; an empty one says no."""
    word = text.casefold()
    if word in _YES | _NO:
        return word in _YES
    if (said := yes_and_no().get(word)) is not None:
        return said
    raise BadRow(line, _("“%(text)s” is neither yes nor no.") % {"text": text[:40]})


def status(line: int, text: str, known: Mapping[str, bool]) -> bool:
    """Whether a listing is on sale, by the words of a format."""
    word = text.lower()
    if word not in known:
        raise BadRow(line, _("“%(text)s” is not a status.") % {"text": word[:40]})
    return known[word]


def title(line: int, text: str) -> str:
    """The name of a listing, which there must be."""
    plain = " ".join(seen(text).split())  # it is one line
    if not plain:
        raise BadRow(line, _("The title is missing."))
    if len(plain) > 255:
        raise BadRow(line, _("The title is longer than 255 characters."))
    return plain


def handle(line: int, text: str) -> str:
    """The seller's own key of a listing, which there must be."""
    if not text:
        raise BadRow(line, _("The handle is missing."))
    if len(text) > 255:
        raise BadRow(line, _("The handle is longer than 255 characters."))
    return text


def key_from(text: str) -> str:
    """A handle made of a title, for formats that have none."""
    return slugify(text, allow_unicode=True)[:255]


def sku(line: int, text: str) -> str:
    """An article number, without the mark that spreadsheets put before text and what nobody sees."""
    plain = seen(text).strip().lstrip("'")
    if len(plain) > 120:
        raise BadRow(line, _("The SKU is longer than 120 characters."))
    return plain


def gtin(text: str) -> str:
    """What stands for a trade item number, without blanks and dashes; `sound` tells whether it is one."""
    return text.lstrip("'").replace(" ", "").replace("-", "")[:40]


def sound(listing: FeedListing) -> FeedListing:
    """The listing with its origin, customs code and language as they are kept, and without what can't be any.

    There is a remark on each thing that is not taken over: these too, and trade item numbers.
    """
    origin, code, language = country(listing.origin), hs_code(listing.hs_code), spoken(listing.language)
    numbers = dict.fromkeys(one.gtin for one in listing.variants if one.gtin and trade_number(one.gtin) is None)
    text = _(
        "“%(number)s” is no GTIN and was not taken over: look for a wrong digit, or for a number that a spreadsheet cut."
    )
    remarks = [text % {"number": number} for number in numbers][:5]
    if listing.origin and not origin:
        text = _(
            "“%(text)s” is no country that we know. It was not taken over as the origin: write it as “DE” or “Germany”."
        )
        remarks.append(text % {"text": listing.origin[:40]})
    if listing.hs_code and not code:
        text = _("“%(text)s” is no customs code of six to ten digits and was not taken over.")
        remarks.append(text % {"text": listing.hs_code[:40]})
    if listing.language and not language:
        text = _("“%(text)s” is no language of this shop, so it was not taken over as that of the texts.")
        remarks.append(text % {"text": listing.language[:40]})
    if not remarks and (origin, code, language) == (listing.origin, listing.hs_code, listing.language):
        return listing
    variants = tuple(replace(one, gtin="") if one.gtin in numbers else one for one in listing.variants)
    remarks = [*listing.remarks, *remarks]
    return replace(listing, variants=variants, origin=origin, hs_code=code, language=language, remarks=tuple(remarks))


def hs_code(text: str) -> str:
    """A customs code of six to ten digits; empty for anything else, which a person has to look at."""
    plain = re.sub(r"[\s.\-]|^HS(?=\W*\d)", "", text.strip(), flags=re.IGNORECASE)
    return plain if plain.isascii() and _HS_CODE.fullmatch(plain) else ""


def country(text: str) -> str:
    """A country by its letters, or by its name in a language of the shop; empty for anything else."""
    return place_code(text)


def currency(line: int, text: str) -> str:
    """A currency by its three letters, or by a sign that means one alone."""
    meant = _SIGNS.get(text) or _SIGNS.get(text.upper()) or frozenset({text.upper()})
    code = next(iter(meant)) if len(meant) == 1 else text.upper()
    _minor_digits(line, code)
    return code


def choices(line: int, values: Sequence[str], fields: Sequence[str] = ()) -> tuple[str, ...]:
    """The choices of a variant, one for each option of the listing; `fields` are the columns that they stand in."""
    values = [seen(value).strip() for value in values]
    bad = [(value, field) for value, field in zip_longest(values, fields, fillvalue="") if not 0 < len(value) < 256]
    if bad:
        longer, missing = _("A choice is longer than 255 characters."), _("A choice has no value.")
        raise BadListing(BadRow(line, longer if value else missing, field, value) for value, field in bad)
    return tuple(values)


def before(now: Decimal, said: Decimal | None) -> Decimal | None:
    """A price that is said to have been asked before, when it is higher at all."""
    return said if said is not None and said > now else None


def check_variants(variants: Sequence[FeedVariant], line: int, bad: Gathering) -> None:
    """Takes up which of the variants can't stand beside the others on one listing."""
    if not variants and not bad:
        bad.add([BadRow(line, _("The listing has no variant with a price."))])
    if len(variants) > MOST_VARIANTS:
        message = _("A listing may have %(most)d variants at most.") % {"most": MOST_VARIANTS}
        bad.add([BadRow(variants[MOST_VARIANTS].line, message)])
        return
    combinations: set[tuple[str, ...]] = set()
    numbers: set[str] = set()
    for variant in variants:
        at = variant.line
        if not variant.price:
            bad.add([BadRow(at, _("The price is zero."), "price", str(variant.price))])
        elif variant.values in combinations:
            bad.add([BadRow(at, _("Two variants have the same choices."), value=" / ".join(variant.values))])
        elif variant.sku and variant.sku in numbers:
            message = _("The SKU “%(sku)s” stands on two variants.") % {"sku": variant.sku}
            bad.add([BadRow(at, message, "sku", variant.sku)])
        combinations.add(variant.values)
        numbers.add(variant.sku)


def is_web_address(url: str) -> bool:
    """Whether a picture could be fetched from there."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= 1000
    except ValueError:
        return False


def images(line: int, urls: Iterable[str], alt: str = "") -> Iterator[FeedImage]:
    """The pictures of a listing in their order, each once. Names of files that nobody could fetch are passed over."""
    known: set[str] = set()
    for url in urls:
        if not url or url in known or not is_web_address(url):
            continue
        known.add(url)
        if len(known) > MOST_IMAGES:
            raise BadRow(line, _("A listing may have %(most)d pictures at most.") % {"most": MOST_IMAGES})
        yield FeedImage(url, len(known), alt[:300])
