from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lines keep what was known of their goods; orders are found by the moment of their payment. While the shop serves."""

    atomic = False

    dependencies = [("orders", "0002_paid_orders_have_an_invoice")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="made_of",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="what it is made of"),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("paid_at__isnull", False)), fields=["paid_at"], name="orders_by_payment"
            ),
        ),
    ]
