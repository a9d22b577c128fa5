from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the shop goes on selling while the index is made

    dependencies = [("catalog", "0020_prices_in_another_currency_are_forgotten")]

    operations = [
        AddIndexConcurrently(
            "product",
            models.Index(
                condition=models.Q(("status", "live"), models.Q(("brand_name", ""), _negated=True)),
                fields=["brand_name"],
                name="products_on_sale_by_brand",
            ),
        ),
    ]
