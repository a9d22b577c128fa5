"""What WooCommerce calls the columns of an export in the languages of its shops, and their cells as it had them.

The names of the columns are translated, what stands in them is not: a kind is "variable" in every language. An apostrophe
before what might be a formula is WooCommerce's own, and so are entities in names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import Final

from catalog.feeds.tables import Row, Table
from marketplace.kernel.spreadsheet import restored

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("المُعرّف", "المعرّف", "المعرف"),
    "type": ("typ", "tipo", "タイプ", "类型", "النوع"),
    "sku": ("artikelnummer", "art.-nr.", "ugs", "référence", "رمز المنتج (sku)", "رمز المنتج"),
    "gtin, upc, ean, or isbn": ("gtin, upc, ean oder isbn", "gtin, upc, ean ou isbn", "gtin, upc, ean o isbn",
                                "gtin、upc、ean、または isbn", "gtin、upc、ean 或 isbn"),
    "name": ("nom", "nombre", "名前", "名称", "الاسم"),
    "published": ("veröffentlicht", "publié", "publicado", "公開済み", "已发布", "تم النشر"),
    "visibility in catalog": ("sichtbarkeit im katalog", "katalogsichtbarkeit", "visibilité dans le catalogue",
                              "visibilidad en el catálogo", "カタログでの表示", "在列表页可见", "إمكانية العرض في الكاتلوج"),
    "short description": ("kurzbeschreibung", "description courte", "descripción corta", "簡単な説明", "简短描述", "وصف قصير"),
    "description": ("beschreibung", "descripción", "説明", "描述", "الوصف"),
    "date sale price starts": ("datum, an dem angebotspreis beginnt", "datum, an dem der angebotspreis beginnt",
                               "angebotspreis gültig ab", "date de début de promo", "día en que empieza el precio rebajado",
                               "セール価格の開始日", "促销开始日期", "تاريخ بدء سعر التخفيض"),
    "date sale price ends": ("datum, an dem angebotspreis endet", "datum, an dem der angebotspreis endet",
                             "angebotspreis gültig bis", "date de fin de promo", "día en que termina el precio rebajado",
                             "セール価格の終了日", "促销截止日期", "تاريخ نهاية سعر التخفيض"),
    "in stock?": ("vorrätig?", "auf lager?", "en stock ?", "en inventaire?", "¿existencias?", "¿en inventario?", "在庫の有無",
                  "在庫あり ?", "有货？", "متوفر؟", "متوفر في المخزون؟"),
    "stock": ("bestand", "lager", "lagerbestand", "inventaire", "inventario", "在庫", "库存", "المخزون"),
    "backorders allowed?": ("lieferrückstände erlaubt?", "lieferrückstande erlaubt?", "rückstände erlaubt?",
                            "autoriser les commandes de produits en rupture ?", "¿permitir reservas de productos agotados?",
                            "お取り寄せを許可する ?", "允许缺货下单？", "الطلبات المسبقة مسموحة؟"),
    "sale price": ("angebotspreis", "tarif promo", "prix promo", "precio rebajado", "セール価格", "促销价格", "سعر التخفيض"),
    "regular price": ("regulärer preis", "normaler preis", "tarif régulier", "prix régulier", "precio normal",
                      "precio regular", "標準価格", "通常価格", "常规售价", "السعر الافتراضي"),
    "categories": ("kategorien", "catégories", "categorías", "カテゴリー", "分类", "التصنيفات"),
    "images": ("bilder", "imágenes", "画像", "图片", "الصور"),
    "parent": ("übergeordnetes produkt", "übergeordnet", "superior", "principal", "親", "父级", "الأب", "الأصل"),
    "brands": ("marken", "marques", "marcas", "ブランド", "品牌", "العلامات التجارية"),
}  # fmt: skip
_ENGLISH: Final = {name: english for english, names in _NAMES.items() for name in names}
_WEIGHT: Final = re.compile(r"(?:weight|gewicht|poids|peso|重量|الوزن) ?\((\w+)\)")
_ATTRIBUTE: Final = re.compile(
    r"(?:attribut|atributo|属性|(?:اسم|قيمة/قيم) السمة)\D*(\d\d?)\b|(?:de l'attribut|del atributo) (\d\d?)\b"
)
_OF_TEXT: Final = frozenset({"name", "categories", "brands"})


def english(names: Iterable[str]) -> dict[str, str]:
    """The English names of columns by those that a file has, as far as there are any."""
    found: dict[str, str] = {}
    taken = {*names}
    attributes: dict[str, int] = {}
    for name in names:
        plain = name.replace("’", "'")
        if weight := _WEIGHT.fullmatch(plain):
            meant = f"weight ({weight[1]})"
        elif plain.startswith("attribute "):
            continue
        elif attribute := _ATTRIBUTE.search(plain):  # the name comes first, and then the values
            number = attribute[1] or attribute[2]
            attributes[number] = attributes.get(number, 0) + 1
            meant = {1: f"attribute {number} name", 2: f"attribute {number} value(s)"}.get(attributes[number], "")
        else:
            meant = _ENGLISH.get(plain, "")
        if meant and meant not in taken:
            taken.add(meant)
            found[name] = meant
    return found


def in_english(table: Table) -> Table:
    """The table with its columns in English and its cells as they were in the shop."""
    names = english(table.names)
    told = tuple(names.get(name, name) for name in table.names)
    return replace(table, names=told, rows=_rows(table.rows, names))


def _rows(rows: Iterator[tuple[int, Row]], names: Mapping[str, str]) -> Iterator[tuple[int, Row]]:
    for line, row in rows:
        told = {names.get(name, name): restored(text) for name, text in row.items()}
        yield line, told | {name: unescape(told[name]) for name in _OF_TEXT if "&" in told.get(name, "")}


def parts(text: str) -> list[str]:
    """The values in a cell, parted by commas; one within a value has a stroke before it: "Red\\\\, dark, Blue"."""
    found = (part.replace("\\,", ",").strip() for part in re.split(r"(?<!\\),", text))
    return [part for part in found if part]


def without_shortcodes(text: str) -> str:
    """A text without the commands that WordPress fills in: what stands in brackets and has a value, or an end."""
    ended = frozenset(re.findall(r"\[/([\w-]+)\]", text))

    def kept(found: re.Match[str]) -> str:
        is_command = found[1] in ended or "=" in found[2] or ("_" in found[1] and not found[2])
        return "" if is_command else found[0]

    return re.sub(r"\[/?([A-Za-z][\w-]*)([^\[\]]*)\]", kept, text) if "[" in text else text
