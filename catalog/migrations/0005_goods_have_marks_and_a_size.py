import django.contrib.postgres.fields
from django.db import migrations, models

import catalog.models.products


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_facts_and_holds_of_listings")]

    operations = [
        migrations.RemoveIndex(
            model_name="product",
            name="products_to_screen",
        ),
        migrations.AddField(
            model_name="product",
            name="marks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), db_default=[], default=list, editable=False, size=None
            ),
        ),
        migrations.AddField(
            model_name="productfacts",
            name="height_mm",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="height in millimetres"),
        ),
        migrations.AddField(
            model_name="productfacts",
            name="length_mm",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="length in millimetres"),
        ),
        migrations.AddField(
            model_name="productfacts",
            name="width_mm",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="width in millimetres"),
        ),
        migrations.AlterField(
            model_name="product",
            name="held_in",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(blank=True, max_length=2),
                db_default=[""],
                default=catalog.models.products.everywhere,
                editable=False,
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                models.OrderBy(models.F("screened_at"), nulls_first=True),
                models.F("id"),
                condition=models.Q(("is_unscreened", True)),
                name="products_to_screen",
            ),
        ),
    ]
