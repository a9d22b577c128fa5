"""Reads any table by a mapping of its columns to ours, and guesses that mapping from the names that are usual.

Rows of one handle are the variants of one listing, in the order of the file. Ours are `FIELDS`, texts in a language
ending in its code, such as "title_de", and the columns of attributes, such as "attribute_material".
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.utils.translation import gettext

from catalog import attribute_cells
from catalog.attribute_cells import yes_and_no
from catalog.feeds import cells, own_cells
from catalog.feeds.bad_rows import BadRow, Gathering, Rows, read_listings
from catalog.feeds.grouping import grouped
from catalog.feeds.listing import FeedCell, FeedImage, FeedListing, FeedText, FeedVariant, LeftOut
from catalog.feeds.tables import Row, Table
from catalog.markup import clean_html, is_markup, paragraphs
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _
from marketplace.kernel.spreadsheet import restored

NEEDED = ("title", "price")
_MOST_NAMED = 20
_OPTIONS = (1, 2, 3)
# What our fields are called in files of the world, in lower case. A name of our own comes first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "handle": ("handle", "product id", "parent sku", "group", "item group id", "artikelgruppe", "商品管理番号", "商品编号"),
    "title": ("title", "name", "product name", "item name", "product title", "artikelname", "produktname",
              "titel", "bezeichnung", "titre", "nom", "título", "titulo",
              "nombre", "商品名", "商品名称", "标题", "名称", "タイトル", "العنوان", "اسم المنتج", "الاسم"),
    "description": ("description", "product description", "item description", "body",
                     "details", "beschreibung", "descripción", "descripcion", "描述", "商品描述",
                    "商品説明", "説明", "الوصف"),
    "language": ("language", "lang", "language code", "content language", "locale", "sprache", "langue", "idioma", "语言", "言語",
                 "اللغة"),
    "brand": ("brand", "vendor", "manufacturer", "marke", "hersteller", "marque", "marca", "品牌", "ブランド", "العلامة التجارية"),
    "category": ("category", "type", "product type", "kategorie", "catégorie", "categorie", "categoría", "categoria", "分类",
                 "类目", "カテゴリ", "カテゴリー", "الفئة"),
    "status": ("status", "state", "zustand", "statut", "estado", "状态", "状態", "الحالة"),
    "sku": ("sku", "seller sku", "product sku", "item number", "article number", "artikelnummer", "référence", "reference", "referencia",
            "货号",
            "商品コード", "品番", "رمز المنتج"),
    "gtin": ("gtin", "ean", "upc", "barcode", "isbn", "jan", "条码", "条形码", "バーコード", "الباركود"),
    "price": ("price", "unit price", "regular price", "verkaufspreis",
              "preis", "prix", "precio", "价格", "售价", "価格", "販売価格", "السعر"),
    "compare_at": ("compare_at", "compare at price", "list price", "uvp", "prix barré", "precio anterior", "原价", "定価"),
    "currency": ("currency", "währung", "devise", "moneda", "币种", "货币", "通貨", "العملة"),
    "quantity": ("quantity", "stock", "inventory", "stock quantity", "qty", "available quantity", "lagerbestand",
                 "bestand", "menge", "quantité", "cantidad", "existencias", "库存",
                 "数量", "在庫", "在庫数", "الكمية", "المخزون"),
    "weight": ("weight", "gewicht", "poids", "peso", "重量", "重さ", "الوزن"),
    "weight_unit": ("weight_unit", "weight unit", "gewichtseinheit", "unité de poids", "unidad de peso", "重量单位"),
    "hs_code": ("hs_code", "hs code", "customs code", "zolltarifnummer", "code sh", "código hs", "海关编码", "hsコード"),
    "origin": ("origin", "country of origin", "ursprungsland", "pays d'origine", "país de origen", "原产国", "原産国", "بلد المنشأ"),
    "images": ("images", "image", "image url", "image link", "picture", "bild", "bilder", "imagen", "图片", "画像", "الصورة"),
    **{f"option{n}_name": (f"option{n}_name", f"option{n} name") for n in _OPTIONS},
    **{f"option{n}_value": (f"option{n}_value", f"option{n} value") for n in _OPTIONS},
}  # fmt: skip
_UNIT_IN_NAME = {"(g)": "g", "(kg)": "kg", "(lb)": "lb", "(lbs)": "lb", "(oz)": "oz", "（克）": "g", "(克)": "g"}
_LIVE = (
    "live", "active", "on sale", "published", "", "aktiv", "veröffentlicht", "actif", "publié", "en ligne", "activo", "publicado",
    "公開", "公開中", "販売中", "上架", "已上架", "已发布", "在售", "نشط", "منشور",
)  # fmt: skip
_ARCHIVED = ("archived", "archiviert", "archivé", "archivado", "アーカイブ", "アーカイブ済み", "已归档", "مؤرشف")
_DRAFT = (
    "draft", "inactive", "unpublished", "entwurf", "inaktiv", "brouillon", "inactif", "borrador", "inactivo",
    "下書き", "非公開", "草稿", "下架", "已下架", "未发布", "مسودة", "غير نشط",
)  # fmt: skip
_STATUSES = dict.fromkeys(_LIVE, "live") | dict.fromkeys(_DRAFT, "draft") | dict.fromkeys(_ARCHIVED, "archived")
TRANSLATED = ("title", "description")
FIELDS = (*_NAMES, *(f"{field}_{code}" for field in TRANSLATED for code, _name in settings.LANGUAGES))


def guess(names: tuple[str, ...]) -> dict[str, str]:
    """Our fields by the columns of a file, as far as their names tell: {field: column}. Each column serves once."""
    plain = {_without_unit(name): name for name in reversed(names)}
    plain = {_in_words(name): column for name, column in plain.items()} | plain
    found: dict[str, str] = {}
    for field in FIELDS:
        usual = _NAMES.get(field, (field,))
        column = next((plain[name] for name in usual if name in plain and plain[name] not in found.values()), None)
        if column is not None:
            found[field] = column
    return found | {name: name for name in names if attribute_cells.is_column(name) or own_cells.is_column(name)}


def unread(names: tuple[str, ...]) -> tuple[str, ...]:
    """A sentence on the columns whose names tell nothing; none without any."""
    known = guess(names)
    read = frozenset(known.values())
    more = [name[:60] for name in names if name and name not in read and not _is_more(name, known)]
    text = _("Columns that were not read: %(names)s. A mapping can say what they are.")
    return (text % {"names": ", ".join(more[:_MOST_NAMED])},) if more else ()


def _is_more(name: str, columns: Mapping[str, str]) -> bool:
    """Whether a column is a further one of the pictures: columns of one name have a picture each."""
    return "images" in columns and name.startswith(f"{columns['images']} (")


def is_field(name: str) -> bool:
    """Whether a column can be this; of the columns of attributes, any."""
    return name in FIELDS or attribute_cells.is_column(name) or own_cells.is_column(name)


def listings(
    table: Table, *, currency: str, on: date, mapping: Mapping[str, str] | None = None
) -> Generator[FeedListing | LeftOut]:
    """The listings of a file and, in their places, why others were left out.

    `mapping` is {field of ours: column of the file}; without it the names of the columns are guessed. Raises
    `Refused`: "unknown_field", "unknown_column", "columns_missing".
    """
    columns = dict(mapping) if mapping is not None else guess(table.names)
    check(columns, table.names)
    units = {
        field: unit for field, name in columns.items() for mark, unit in _UNIT_IN_NAME.items() if name.endswith(mark)
    }
    asked = [(field, column) for field, column in columns.items() if attribute_cells.is_column(field)]
    further = [field for field in columns if own_cells.is_column(field)]

    def read(handle: str, rows: Rows) -> FeedListing:
        return _listing(handle, rows, currency, units.get("weight", ""), asked, further, on)

    return read_listings(table, grouped(keyed(table, columns)), read, columns)


def keyed(table: Table, mapping: Mapping[str, str] | None = None) -> Iterator[tuple[str, int, Row]]:
    """The rows by our fields, with the key of the listing that each belongs to: (key, line, cells)."""
    columns = guess(table.names) if mapping is None else mapping
    more = [name for name in table.names if _is_more(name, columns)]
    for line, raw in table.rows:
        row = {field: restored(raw.get(column, "")) for field, column in columns.items()}
        if more:  # columns of the same name have a picture each
            row["images"] = "\n".join([row["images"], *(raw.get(name, "") for name in more)])
        yield _handle(row), line, row


def check(columns: Mapping[str, str], names: tuple[str, ...]) -> None:
    """Raises `Refused` unless the mapping is of our fields, of columns that there are, and has title and price."""
    there = frozenset(names)
    for field, column in columns.items():
        if not is_field(field):
            raise Refused("unknown_field", _("“%(name)s” is not a field of a listing.") % {"name": field[:60]})
        if column not in there:
            raise Refused("unknown_column", _("The file has no column “%(name)s”.") % {"name": column[:60]})
    missing = [field for field in NEEDED if field not in columns]
    if missing:
        message = _("Say which columns of the file are these: %(names)s.")
        raise Refused("columns_missing", message % {"names": ", ".join(missing)})


def _in_words(name: str) -> str:
    """A name as people write it: "Image_URL" and "image-url" are "image url"."""
    return name.replace("_", " ").replace("-", " ").strip(" *:")


def _without_unit(name: str) -> str:
    for mark in _UNIT_IN_NAME:
        name = name.removesuffix(mark)
    return name.strip()


def _handle(row: Row) -> str:
    return (row.get("handle") or row.get("sku") or cells.key_from(row.get("title", "")))[:256]


def _listing(
    handle: str, rows: Rows, currency: str, unit: str, asked: Sequence[tuple[str, str]], further: Sequence[str], on: date
) -> FeedListing:  # fmt: skip
    line, first = rows[0]
    options = [number for number in _OPTIONS if any(row.get(f"option{number}_value") for _line, row in rows)]
    urls = [url for _line, row in rows for url in _addresses(row.get("images", ""))]
    with Gathering() as bad:
        said = (bad.cell(cells.currency, line, first, "currency") if first.get("currency") else None) or currency
        status = bad.cell(_status, line, first, "status")
        title = bad.cell(cells.title, line, first, "title")
        bad.part(cells.handle, line, handle)
        variants = bad.each(_variant, rows, options, said, unit, further, on)
        cells.check_variants(variants, line, bad)
        pictures = bad.part(_images, line, urls, own_cells.alts(first, further))
    return FeedListing(
        handle=handle,
        title=title,
        description=_description(first.get("description", "")),
        brand=first.get("brand", "")[:120],
        kind=first.get("category", "").rstrip(" >").rpartition(">")[2].strip()[:120],
        live=status == "live",
        options=tuple((first.get(f"option{number}_name", "") or gettext("Choice"))[:120] for number in options),
        variants=tuple(variants),
        images=pictures,
        line=line,
        currency=said,
        hs_code=first.get("hs_code", ""),
        origin=first.get("origin", ""),
        texts=tuple(_texts(first)),
        cells=tuple(FeedCell(field, column, first.get(field, "")) for field, column in asked),
        archived=status == "archived",
        names=tuple(own_cells.names(rows, options, further)),
        language=first.get("language", ""),
    )


def _status(line: int, text: str) -> str:
    word = text.lower()
    if (said := yes_and_no().get(text.casefold())) is not None:
        return "live" if said else "draft"
    if word not in _STATUSES:
        raise BadRow(line, _("“%(text)s” is not a status: use live, draft or archived.") % {"text": word[:40]})
    return _STATUSES[word]


def _texts(row: Row) -> Iterator[FeedText]:
    for code, _name in settings.LANGUAGES:
        title, description = row.get(f"title_{code}", ""), row.get(f"description_{code}", "")
        if title or description:
            yield FeedText(code, title[:255], _description(description))


def _description(text: str) -> str:
    return clean_html(text) if is_markup(text) else paragraphs(text)


def _images(
    line: int, urls: Sequence[str], alts: Mapping[int, Sequence[tuple[str, str]]]
) -> tuple[FeedImage, ...]:  # fmt: skip
    """The pictures with what the columns of their places say of them."""
    said = {url: tuple(alts[place]) for place, url in enumerate(urls, start=1) if place in alts}
    images = cells.images(line, urls)
    return tuple(replace(image, alts=said[image.url]) if image.url in said else image for image in images)


def _addresses(text: str) -> list[str]:
    return [url.strip() for part in text.split("\n") for url in part.replace("|", ",").split(",")]


def _variant(
    line: int, row: Row, options: list[int], currency: str, unit: str, further: Sequence[str], on: date
) -> FeedVariant:  # fmt: skip
    names = [f"option{number}_value" for number in options]
    with Gathering() as bad:
        values = bad.part(cells.choices, line, [row.get(name, "") for name in names], names)
        price = bad.cell(cells.price, line, row, "price", currency)
        compare_at = bad.cell(cells.amount, line, row, "compare_at", currency)
        sku = bad.cell(cells.sku, line, row, "sku")
        weight = bad.cell(cells.grams, line, row, "weight", row.get("weight_unit", "") or unit or "g")
        pieces = bad.cell(cells.pieces, line, row, "quantity") if row.get("quantity") else None
        more = bad.part(own_cells.of_variant, line, row | {"currency": currency}, further, on) if further else {}
    return FeedVariant(
        values=values,
        price=price,
        compare_at=cells.before(price, compare_at),
        sku=sku,
        gtin=cells.gtin(row.get("gtin", "")),
        weight_grams=weight,
        pieces=pieces,
        keeps_pieces="quantity" not in row,
        image=next(iter(_addresses(row.get("images", ""))), ""),
        line=line,
        **more,
    )
