"""Batteries have a weight, which registers of producers ask for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0025_search_texts_have_an_edition"),
    ]

    operations = [
        migrations.AddField(
            model_name="productfacts",
            name="battery_grams",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="weight of the batteries in grams"),
        ),
    ]
