import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_goods_have_marks_and_a_size")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="economicoperator",
            trigger=pgtrigger.compiler.Trigger(
                name="operators_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (\n    SELECT f.product_id FROM catalog_productfacts f JOIN new_rows n ON n.id IN (f.manufacturer_id, f.responsible_person_id)\n) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="18e91a52075f79c5058327e5b664125eede44169",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_operators_changed_b299d",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_economicoperator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="screen_what_is_said",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.category_id IS DISTINCT FROM NEW.category_id OR OLD.brand_name IS DISTINCT FROM NEW.brand_name OR OLD.status IS DISTINCT FROM NEW.status OR OLD.hs_code IS DISTINCT FROM NEW.hs_code OR OLD.origin IS DISTINCT FROM NEW.origin OR OLD.customs_description IS DISTINCT FROM NEW.customs_description OR OLD.lithium IS DISTINCT FROM NEW.lithium OR OLD.name_en IS DISTINCT FROM NEW.name_en OR OLD.name_zh_hans IS DISTINCT FROM NEW.name_zh_hans OR OLD.name_ja IS DISTINCT FROM NEW.name_ja OR OLD.name_ar IS DISTINCT FROM NEW.name_ar OR OLD.name_de IS DISTINCT FROM NEW.name_de OR OLD.name_fr IS DISTINCT FROM NEW.name_fr OR OLD.name_es IS DISTINCT FROM NEW.name_es OR OLD.summary_en IS DISTINCT FROM NEW.summary_en OR OLD.summary_zh_hans IS DISTINCT FROM NEW.summary_zh_hans OR OLD.summary_ja IS DISTINCT FROM NEW.summary_ja OR OLD.summary_ar IS DISTINCT FROM NEW.summary_ar OR OLD.summary_de IS DISTINCT FROM NEW.summary_de OR OLD.summary_fr IS DISTINCT FROM NEW.summary_fr OR OLD.summary_es IS DISTINCT FROM NEW.summary_es OR OLD.description_en IS DISTINCT FROM NEW.description_en OR OLD.description_zh_hans IS DISTINCT FROM NEW.description_zh_hans OR OLD.description_ja IS DISTINCT FROM NEW.description_ja OR OLD.description_ar IS DISTINCT FROM NEW.description_ar OR OLD.description_de IS DISTINCT FROM NEW.description_de OR OLD.description_fr IS DISTINCT FROM NEW.description_fr OR OLD.description_es IS DISTINCT FROM NEW.description_es)",
                    func="NEW.is_unscreened := true; RETURN NEW;",
                    hash="ae20da9c23fd165920069cba0c33c637d8f41ab4",
                    operation='UPDATE OF "category_id", "brand_name", "status", "hs_code", "origin", "customs_description", "lithium", "name_en", "name_zh_hans", "name_ja", "name_ar", "name_de", "name_fr", "name_es", "summary_en", "summary_zh_hans", "summary_ja", "summary_ar", "summary_de", "summary_fr", "summary_es", "description_en", "description_zh_hans", "description_ja", "description_ar", "description_de", "description_fr", "description_es"',
                    pgid="pgtrigger_screen_what_is_said_90257",
                    table="catalog_product",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="screen_first_picture",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((OLD.card_image = '') <> (NEW.card_image = ''))",
                    func="NEW.is_unscreened := true; RETURN NEW;",
                    hash="1ba2d91d6a8bb530a773d2d09525e130e70d6883",
                    operation='UPDATE OF "card_image"',
                    pgid="pgtrigger_screen_first_picture_55a92",
                    table="catalog_product",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="documents_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (SELECT product_id FROM new_rows) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="4445572a27755ad7868425da8f13951648365273",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_documents_added_70924",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_productdocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="documents_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (SELECT product_id FROM new_rows UNION SELECT product_id FROM old_rows) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="b47059dc1ff14ab91a82a634de8714401daa36c6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_documents_changed_446e6",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="catalog_productdocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="documents_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (SELECT product_id FROM old_rows) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="a9379b8e1f72d352bdb0b66d4cce27720a3f9f1e",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_documents_removed_08062",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="catalog_productdocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productfacts",
            trigger=pgtrigger.compiler.Trigger(
                name="facts_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (SELECT product_id FROM new_rows) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="6c7b3c2063cc395c2016f3366ccf67f9536c0237",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_facts_added_038fe",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_productfacts",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productfacts",
            trigger=pgtrigger.compiler.Trigger(
                name="facts_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (SELECT product_id FROM new_rows UNION SELECT product_id FROM old_rows) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="f797a1e70450009fd0a5494ca1e35aaff42da115",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_facts_changed_7f674",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="catalog_productfacts",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productfacts",
            trigger=pgtrigger.compiler.Trigger(
                name="facts_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (SELECT product_id FROM old_rows) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="1d723ed5609a0b1a976e6f90f060aa98f84bac05",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_facts_removed_c162c",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="catalog_productfacts",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="variant",
            trigger=pgtrigger.compiler.Trigger(
                name="screen_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (SELECT product_id FROM new_rows) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="02ba87834de5d6abdd49dcb2e2ffe02563369e73",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_screen_added_8b8d0",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_variant",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="variant",
            trigger=pgtrigger.compiler.Trigger(
                name="screen_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (\n    SELECT n.product_id FROM new_rows n JOIN old_rows o ON o.id = n.id\n    WHERE (n.sku, n.price, n.price_currency, n.compare_at, n.weight_grams, n.is_active, n.product_id) IS DISTINCT FROM (o.sku, o.price, o.price_currency, o.compare_at, o.weight_grams, o.is_active, o.product_id)\n) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="cf7149032532d68960d209bab125108274476a3a",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_screen_changed_b8dd2",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="catalog_variant",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="variant",
            trigger=pgtrigger.compiler.Trigger(
                name="screen_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    UPDATE catalog_product p SET is_unscreened = true\n    WHERE p.id IN (SELECT product_id FROM old_rows) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);\n    RETURN NULL;\n",
                    hash="245f88263ae3e22bcf66e35c610144b9351285a2",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_screen_removed_a02f2",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="catalog_variant",
                    when="AFTER",
                ),
            ),
        ),
    ]
