from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


def without(pattern: str, column: str) -> models.Func:
    pieces = (models.F(column), models.Value(pattern), models.Value(""), models.Value("g"))
    return models.Func(*pieces, function="regexp_replace")


class Migration(migrations.Migration):
    atomic = False  # the shop goes on selling while the indexes are made

    dependencies = [("catalog", "0002_terms_of_the_listings")]

    operations = [
        AddIndexConcurrently(
            "variant",
            models.Index(Lower(without("[^[:alnum:]]+", "sku")), name="variants_by_sku", condition=~models.Q(sku="")),
        ),
        AddIndexConcurrently(
            "variant",
            models.Index(without("^0+|[^0-9]+", "gtin"), name="variants_by_gtin", condition=~models.Q(gtin="")),
        ),
    ]
