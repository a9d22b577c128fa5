import django.contrib.postgres.indexes
from django.db import migrations, models


def band_index(name: str, language: str, band: int) -> migrations.AddIndex:
    index = django.contrib.postgres.indexes.GinIndex(
        condition=models.Q(("band__lte", band), ("language", language)),
        fastupdate=False,
        fields=["document"],
        name=f"search_{name}_{language.replace('-', '_')}",
    )
    return migrations.AddIndex(model_name="searchentry", index=index)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0018_wish_lists_and_the_wishes_on_them")]

    operations = [
        migrations.AddField(
            model_name="searchentry",
            name="band",
            field=models.SmallIntegerField(db_default=2, default=2),
        ),
        *(
            band_index(name, language, band)
            for name, band in (("head", 0), ("middle", 1))
            for language in ("en", "zh-hans", "ja", "ar", "de", "fr", "es")
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                condition=models.Q(("status", "live")), fields=["origin"], name="products_on_sale_by_origin"
            ),
        ),
    ]
