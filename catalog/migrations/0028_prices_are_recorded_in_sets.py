import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0027_lists_show_the_leading_offer"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="marketprice",
            name="record_price",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="variant",
            name="record_price",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="marketprice",
            trigger=pgtrigger.compiler.Trigger(
                name="record_prices_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_marketpricechange (market_price_id, price, price_currency, changed_at)\n    SELECT n.id, n.price, n.price_currency, clock_timestamp() FROM new_rows n ORDER BY n.id;\n    RETURN NULL;\n",
                    hash="0a1ff63c5f855e486a91de9ba5ac47eac9f55675",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_record_prices_added_24c68",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_marketprice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="marketprice",
            trigger=pgtrigger.compiler.Trigger(
                name="record_prices_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_marketpricechange (market_price_id, price, price_currency, changed_at)\n    SELECT n.id, n.price, n.price_currency, clock_timestamp() FROM new_rows n JOIN old_rows o ON o.id = n.id\n        AND (o.price, o.price_currency) IS DISTINCT FROM (n.price, n.price_currency) ORDER BY n.id;\n    RETURN NULL;\n",
                    hash="e584331c0bf0a07df2a0ad3752715810ad62e0e8",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_record_prices_changed_df0e3",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="catalog_marketprice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="variant",
            trigger=pgtrigger.compiler.Trigger(
                name="record_prices_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_pricechange (variant_id, price, price_currency, changed_at)\n    SELECT n.id, n.price, n.price_currency, clock_timestamp() FROM new_rows n ORDER BY n.id;\n    RETURN NULL;\n",
                    hash="544c1ff4b5b7b2d3ff531f116743c4402a759c8f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_record_prices_added_8d188",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_variant",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="variant",
            trigger=pgtrigger.compiler.Trigger(
                name="record_prices_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_pricechange (variant_id, price, price_currency, changed_at)\n    SELECT n.id, n.price, n.price_currency, clock_timestamp() FROM new_rows n JOIN old_rows o ON o.id = n.id\n        AND (o.price, o.price_currency) IS DISTINCT FROM (n.price, n.price_currency) ORDER BY n.id;\n    RETURN NULL;\n",
                    hash="68cf0cce6073a3dd8c4b81a323a64637723ee899",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_record_prices_changed_53048",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="catalog_variant",
                    when="AFTER",
                ),
            ),
        ),
    ]
