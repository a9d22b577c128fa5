import django.contrib.postgres.fields
from django.db import migrations, models

GATHERED = """
WITH gathered AS (
    SELECT min(id) AS id, array_agg(country ORDER BY country) AS countries FROM catalog_markethold GROUP BY product_id, flag_id
)
UPDATE catalog_markethold h SET countries = g.countries FROM gathered g WHERE g.id = h.id
"""
OTHERS = "DELETE FROM catalog_markethold WHERE countries = '{}'"
APART = """
INSERT INTO catalog_markethold (product_id, flag_id, since, countries, country)
SELECT product_id, flag_id, since, '{}', unnest(countries) FROM catalog_markethold
"""
GATHERED_ONES = "DELETE FROM catalog_markethold WHERE countries <> '{}'"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0030_a_file_may_have_an_encoding")]

    operations = [
        migrations.AddField(
            model_name="markethold",
            name="countries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(blank=True, max_length=2), default=list, size=None, verbose_name="countries"
            ),
        ),
        migrations.RemoveConstraint(model_name="markethold", name="listing_is_held_once_for_each_flag"),
        migrations.AlterField(
            model_name="markethold",
            name="country",
            field=models.CharField(blank=True, default="", max_length=2, verbose_name="country"),
        ),
        migrations.RunSQL([GATHERED, OTHERS], [APART, GATHERED_ONES]),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveField(model_name="markethold", name="country"),
        migrations.AlterField(
            model_name="markethold",
            name="countries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(blank=True, max_length=2), size=None, verbose_name="countries"
            ),
        ),
        migrations.AddConstraint(
            model_name="markethold",
            constraint=models.UniqueConstraint(fields=("product", "flag"), name="listing_is_held_once_for_a_flag"),
        ),
    ]
