from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the shop goes on selling while the indexes are made

    dependencies = [
        ("catalog", "0028_prices_are_recorded_in_sets"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="placement",
            index=models.Index(
                fields=["category", "-popularity", "-product", "sort_price"], name="shelf_by_popularity_and_price"
            ),
        ),
        AddIndexConcurrently(
            model_name="placement",
            index=models.Index(
                fields=["category", "-published_at", "-product", "sort_price"], name="shelf_by_age_and_price"
            ),
        ),
        AddIndexConcurrently(
            model_name="placement",
            index=models.Index(
                fields=["category", "-rating_rank", "-product", "sort_price"], name="shelf_by_rating_and_price"
            ),
        ),
        AddIndexConcurrently(
            model_name="product",
            index=models.Index(
                fields=["id"], include=("seller", "origin", "in_stock", "brand_name"), name="products_by_choice"
            ),
        ),
        AddIndexConcurrently(
            model_name="product",
            index=models.Index(
                fields=["origin", "seller"],
                include=("id", "in_stock", "brand_name", "sort_price"),
                condition=models.Q(("status", "live")),
                name="on_sale_by_origin_and_seller",
            ),
        ),
        AddIndexConcurrently(
            model_name="product",
            index=models.Index(
                fields=["brand_name", "seller"],
                include=("id", "in_stock", "origin", "sort_price"),
                condition=models.Q(("status", "live"), models.Q(("brand_name", ""), _negated=True)),
                name="on_sale_by_brand_and_seller",
            ),
        ),
        RemoveIndexConcurrently(model_name="placement", name="shelf_by_popularity"),
        RemoveIndexConcurrently(model_name="placement", name="shelf_by_age"),
        RemoveIndexConcurrently(model_name="placement", name="shelf_by_rating"),
        RemoveIndexConcurrently(model_name="product", name="products_on_sale_by_origin"),
        RemoveIndexConcurrently(model_name="product", name="products_on_sale_by_brand"),
    ]
