"""Exports of WooCommerce as shops in other languages write them, and the signs that it puts into its own cells."""

from __future__ import annotations

import pytest

from catalog.feeds import woocommerce
from catalog.feeds.tables import Row
from tests.catalog.test_feed_cells import errors, listings

# The columns of one export in the languages of shops: ID, kind, SKU, name, published, visibility, sale begins, sale ends, in
# stock, stock, backorders, weight, sale price, regular price, categories, images, parent, two attributes.
EXPORTS = {
    "ar": "المُعرّف,النوع,رمز المنتج (SKU),الاسم,تم النشر,إمكانية العرض في الكاتلوج,تاريخ بدء سعر التخفيض,تاريخ نهاية سعر التخفيض,"
    "متوفر؟,المخزون,الطلبات المسبقة مسموحة؟,الوزن (kg),سعر التخفيض,السعر الافتراضي,التصنيفات,الصور,الأب,اسم السمة 1,"
    "قيمة/قيم السمة 1,عرض السمة 1,اسم السمة 2,قيمة/قيم السمة 2,عرض السمة 2",
    "de": 'ID,Typ,Artikelnummer,Name,Veröffentlicht,Sichtbarkeit im Katalog,"Datum, an dem Angebotspreis beginnt",'
    '"Datum, an dem Angebotspreis endet",Vorrätig?,Bestand,Lieferrückstände erlaubt?,Gewicht (kg),Angebotspreis,Regulärer Preis,'
    "Kategorien,Bilder,Übergeordnetes Produkt,Attribut 1 Name,Attribut 1 Wert(e),Attribut 1 Sichtbar,Attribut 2 Name,"
    "Attribut 2 Wert(e),Attribut 2 Sichtbar",
    "es": "ID,Tipo,SKU,Nombre,Publicado,Visibilidad en el catálogo,Día en que empieza el precio rebajado,"
    "Día en que termina el precio rebajado,¿Existencias?,Inventario,¿Permitir reservas de productos agotados?,Peso (kg),"
    "Precio rebajado,Precio normal,Categorías,Imágenes,Superior,Nombre del atributo 1,Valor(es) del atributo 1,Atributo visible 1,"
    "Nombre del atributo 2,Valor(es) del atributo 2,Atributo visible 2",
    "fr": "ID,Type,UGS,Nom,Publié,Visibilité dans le catalogue,Date de début de promo,Date de fin de promo,En stock ?,Stock,"
    "Autoriser les commandes de produits en rupture ?,Poids (kg),Tarif promo,Tarif régulier,Catégories,Images,Parent,"
    "Nom de l’attribut 1,Valeur(s) de l’attribut 1 ,Attribut 1 visible,Nom de l’attribut 2,Valeur(s) de l’attribut 2 ,"
    "Attribut 2 visible",
    "ja": "ID,タイプ,SKU,名前,公開済み,カタログでの表示,セール価格の開始日,セール価格の終了日,在庫の有無,在庫,"
    "お取り寄せを許可する ?,重量 (kg),セール価格,標準価格,カテゴリー,画像,親,属性 1 名,属性 1 値,属性 1 表示,"
    "属性 2 名,属性 2 値,属性 2 表示",
    "zh": "ID,类型,SKU,名称,已发布,在列表页可见,促销开始日期,促销截止日期,有货？,库存,"
    "允许缺货下单？,重量(kg),促销价格,常规售价,分类,图片,父级,属性 1 名称,属性 1 值,属性 1 可见,属性 2 名称,属性 2 值,属性 2 可见",
}  # fmt: skip
ROWS = """
7,variable,,Tee &amp; Cap,1,visible,,,1,,0,,,,"Wear, Wear > Tees",https://a.example/1.jpg,,Size,"S, M",1,Colour,"Red\\, dark, Blue",1
8,variation,,,1,visible,2026-11-01,2026-11-30,1,5,0,"0,25","15,99","19,99",,,id:7,Size,S,,Colour,"Red\\, dark",
9,variation,,,1,visible,2026-12-01,2026-12-31,1,'-2,0,,"15,99","19,99",,,id:7,Size,M,,Colour,Blue,
"""


@pytest.mark.parametrize("language", EXPORTS)
def test_an_export_is_read_whatever_language_its_shop_speaks(language: str) -> None:
    [one] = listings((EXPORTS[language] + ROWS).encode())

    assert (one.handle, one.title, one.kind, one.live) == ("id:7", "Tee & Cap", "Wear", True)
    assert one.options == ("Size", "Colour")
    assert [(each.values, str(each.price), str(each.compare_at), each.pieces, each.weight_grams)
            for each in one.variants] == [
        (("S", "Red, dark"), "15.99", "19.99", 5, 250), (("M", "Blue"), "19.99", "None", 0, None),
    ]  # fmt: skip
    assert [image.url for image in one.images] == ["https://a.example/1.jpg"]


def test_an_error_names_the_column_as_the_file_does_and_its_rows_are_kept_together() -> None:
    content = EXPORTS["de"] + ROWS.replace('"0,25","15,99","19,99"', '"0,25","15,99",dear')

    assert errors(content.encode()) == [(3, "“dear” is not a price.")]

    rows: list[tuple[int, Row]] = [
        (2, {"id": "7", "typ": "variable"}),
        (3, {"typ": "variation", "übergeordnetes produkt": "id:7"}),
    ]
    table = woocommerce.Table(("id", "typ", "übergeordnetes produkt", "regulärer preis"), iter(rows))
    assert [key for key, _line, _row in woocommerce.keyed(table)] == ["id:7", "id:7"]


def test_a_variation_without_a_weight_has_that_of_its_product() -> None:
    content = EXPORTS["de"] + ROWS.replace('1,,0,,,,"Wear', '1,,0,"0,3",,,"Wear')

    assert [each.weight_grams for each in listings(content.encode())[0].variants] == [250, 300]


def test_attributes_that_no_variation_names_are_no_choices() -> None:
    head = "ID,Type,SKU,Name,Regular price,Parent," + ",".join(
        f"Attribute {number} name,Attribute {number} value(s)" for number in range(1, 6)
    )
    product = '1,variable,T,Tee,,,Care,Cold,Made in,Italy,Size,"S, M",Cut,Slim,Fibre,Linen'

    [one] = listings(
        f"{head}\n{product}\n2,variation,T-S,,10,T,Size,S,,,,,,,,\n3,variation,T-M,,12,T,Size,M,,,,,,,,\n".encode()
    )

    assert (one.options, [each.values for each in one.variants]) == (("Size",), [("S",), ("M",)])


def test_commands_of_wordpress_are_no_text() -> None:
    text = '[vc_row]<p>Hello [gallery ids=""1,2""] [sic] [XL]</p>[/vc_row][caption id=""3""]Seen[/caption] [woo_shop]'

    [one] = listings(f'ID,Type,Name,Regular price,Description\n1,simple,Mug,5,"{text}"\n'.encode())

    assert one.description == "<p>Hello  [sic] [XL]</p>Seen"
