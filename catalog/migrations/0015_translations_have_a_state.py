import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0014_offers_bundles_and_orders_ahead"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GlossaryTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source_language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("zh-hans", "简体中文"),
                            ("ja", "日本語"),
                            ("ar", "العربية"),
                            ("de", "Deutsch"),
                            ("fr", "Français"),
                            ("es", "Español"),
                        ],
                        default="en",
                        max_length=10,
                        verbose_name="from",
                    ),
                ),
                ("term", models.CharField(max_length=120, verbose_name="term")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("zh-hans", "简体中文"),
                            ("ja", "日本語"),
                            ("ar", "العربية"),
                            ("de", "Deutsch"),
                            ("fr", "Français"),
                            ("es", "Español"),
                        ],
                        max_length=10,
                        verbose_name="into",
                    ),
                ),
                ("target", models.CharField(max_length=120, verbose_name="translation")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
            ],
            options={
                "verbose_name": "term of the glossary",
                "verbose_name_plural": "glossary",
                "ordering": ("source_language", "term", "language"),
            },
        ),
        migrations.CreateModel(
            name="TextState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=40, verbose_name="text")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("zh-hans", "简体中文"),
                            ("ja", "日本語"),
                            ("ar", "العربية"),
                            ("de", "Deutsch"),
                            ("fr", "Français"),
                            ("es", "Español"),
                        ],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("missing", "Missing"),
                            ("draft", "Draft"),
                            ("reviewed", "Reviewed"),
                            ("stale", "Out of date"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("seller", "Seller"),
                            ("import", "File"),
                            ("machine", "Machine"),
                            ("person", "Translator"),
                        ],
                        default="seller",
                        max_length=8,
                        verbose_name="origin",
                    ),
                ),
                ("source_digest", models.CharField(blank=True, editable=False, max_length=32)),
                ("proposal", models.TextField(blank=True, verbose_name="proposal")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed at")),
            ],
            options={
                "verbose_name": "state of a translation",
                "verbose_name_plural": "states of translations",
                "ordering": ("product", "field", "language"),
                "permissions": [("review_texts", "Can mark translations as reviewed")],
            },
        ),
        migrations.CreateModel(
            name="TranslationJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("zh-hans", "简体中文"),
                            ("ja", "日本語"),
                            ("ar", "العربية"),
                            ("de", "Deutsch"),
                            ("fr", "Français"),
                            ("es", "Español"),
                        ],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("texts", models.PositiveIntegerField(default=0, verbose_name="texts")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="next attempt at")),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="last error")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created at")),
            ],
            options={
                "verbose_name": "translation by machine",
                "verbose_name_plural": "translations by machine",
                "ordering": ("-created_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="ListingTexts",
            fields=[],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("catalog.product",),
        ),
        migrations.AddField(
            model_name="product",
            name="source_language",
            field=models.CharField(
                choices=[
                    ("en", "English"),
                    ("zh-hans", "简体中文"),
                    ("ja", "日本語"),
                    ("ar", "العربية"),
                    ("de", "Deutsch"),
                    ("fr", "Français"),
                    ("es", "Español"),
                ],
                db_default="en",
                default="en",
                max_length=10,
                verbose_name="language of the listing",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="option",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n    SELECT p.id, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp()\n    FROM (SELECT * FROM new_rows r WHERE concat(r.name_zh_hans, r.name_ja, r.name_ar, r.name_de, r.name_fr, r.name_es) <> '') n JOIN catalog_product p ON p.id = n.product_id\n    CROSS JOIN LATERAL (VALUES ('option-' || n.id, 'en', n.name_en, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('option-' || n.id, 'zh-hans', n.name_zh_hans, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('option-' || n.id, 'ja', n.name_ja, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('option-' || n.id, 'ar', n.name_ar, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('option-' || n.id, 'de', n.name_de, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('option-' || n.id, 'fr', n.name_fr, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('option-' || n.id, 'es', n.name_es, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END)) AS t (field, language, text, source)\n    WHERE t.text <> '' AND t.language <> p.source_language\n    ON CONFLICT (product_id, field, language) DO NOTHING;\n    RETURN NULL;\n",
                    hash="66117cd805743a6538065551ea4561736e1aaf78",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_texts_added_88357",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_option",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="option",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.name_en IS DISTINCT FROM NEW.name_en OR OLD.name_zh_hans IS DISTINCT FROM NEW.name_zh_hans OR OLD.name_ja IS DISTINCT FROM NEW.name_ja OR OLD.name_ar IS DISTINCT FROM NEW.name_ar OR OLD.name_de IS DISTINCT FROM NEW.name_de OR OLD.name_fr IS DISTINCT FROM NEW.name_fr OR OLD.name_es IS DISTINCT FROM NEW.name_es)",
                    declare="DECLARE t record; listing bigint; own text;",
                    func="\n    SELECT p.id, p.source_language INTO listing, own FROM (SELECT NEW.id, NEW.product_id) AS n (id, product_id) JOIN catalog_product p ON p.id = n.product_id;\n    FOR t IN\n        SELECT v.* FROM (VALUES ('option-' || NEW.id, 'en', OLD.name_en, NEW.name_en, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('option-' || NEW.id, 'zh-hans', OLD.name_zh_hans, NEW.name_zh_hans, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('option-' || NEW.id, 'ja', OLD.name_ja, NEW.name_ja, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('option-' || NEW.id, 'ar', OLD.name_ar, NEW.name_ar, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('option-' || NEW.id, 'de', OLD.name_de, NEW.name_de, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('option-' || NEW.id, 'fr', OLD.name_fr, NEW.name_fr, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('option-' || NEW.id, 'es', OLD.name_es, NEW.name_es, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END)) AS v (field, language, before, text, was, source)\n        WHERE v.language <> own AND (coalesce(v.before, '') <> coalesce(v.text, '')\n                                     OR coalesce(v.was, '') <> coalesce(v.source, ''))\n    LOOP\n        IF coalesce(t.before, '') = coalesce(t.text, '') THEN\n            UPDATE catalog_textstate s\n            SET state = CASE WHEN s.source_digest = md5(coalesce(t.source, '')) THEN 'reviewed' ELSE 'stale' END,\n                changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language\n              AND s.state IN ('reviewed', 'stale');\n        ELSIF coalesce(t.text, '') = '' THEN\n            DELETE FROM catalog_textstate s\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language AND s.proposal = '';\n            UPDATE catalog_textstate s SET state = 'draft', author_id = NULL, changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language;\n        ELSE\n            INSERT INTO catalog_textstate\n                (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n            VALUES (listing, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp())\n            ON CONFLICT (product_id, field, language) DO UPDATE SET state = 'draft', origin = EXCLUDED.origin,\n                source_digest = EXCLUDED.source_digest, proposal = '', author_id = NULL,\n                changed_at = EXCLUDED.changed_at;\n        END IF;\n    END LOOP;\n    RETURN NULL;\n",
                    hash="3853021b37edc54f10c37f49f5c4cc785f5bc079",
                    operation='UPDATE OF "name_en", "name_zh_hans", "name_ja", "name_ar", "name_de", "name_fr", "name_es"',
                    pgid="pgtrigger_texts_changed_e040a",
                    table="catalog_option",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="option",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    DELETE FROM catalog_textstate s USING old_rows o \n    WHERE s.product_id = o.product_id AND s.field = ANY (ARRAY['option-' || o.id]);\n    RETURN NULL;\n",
                    hash="ab4c4d25dfad411dcadfb1e973178ad7b56f9e67",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_texts_removed_a894b",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="catalog_option",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="optionvalue",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n    SELECT p.id, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp()\n    FROM (SELECT * FROM new_rows r WHERE concat(r.name_zh_hans, r.name_ja, r.name_ar, r.name_de, r.name_fr, r.name_es) <> '') n JOIN catalog_option op ON op.id = n.option_id JOIN catalog_product p ON p.id = op.product_id\n    CROSS JOIN LATERAL (VALUES ('choice-' || n.id, 'en', n.name_en, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('choice-' || n.id, 'zh-hans', n.name_zh_hans, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('choice-' || n.id, 'ja', n.name_ja, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('choice-' || n.id, 'ar', n.name_ar, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('choice-' || n.id, 'de', n.name_de, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('choice-' || n.id, 'fr', n.name_fr, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('choice-' || n.id, 'es', n.name_es, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END)) AS t (field, language, text, source)\n    WHERE t.text <> '' AND t.language <> p.source_language\n    ON CONFLICT (product_id, field, language) DO NOTHING;\n    RETURN NULL;\n",
                    hash="8651e86fc61b96f4c338b35693fa587e9e4b165a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_texts_added_6d1da",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_optionvalue",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="optionvalue",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.name_en IS DISTINCT FROM NEW.name_en OR OLD.name_zh_hans IS DISTINCT FROM NEW.name_zh_hans OR OLD.name_ja IS DISTINCT FROM NEW.name_ja OR OLD.name_ar IS DISTINCT FROM NEW.name_ar OR OLD.name_de IS DISTINCT FROM NEW.name_de OR OLD.name_fr IS DISTINCT FROM NEW.name_fr OR OLD.name_es IS DISTINCT FROM NEW.name_es)",
                    declare="DECLARE t record; listing bigint; own text;",
                    func="\n    SELECT p.id, p.source_language INTO listing, own FROM (SELECT NEW.id, NEW.option_id) AS n (id, option_id) JOIN catalog_option op ON op.id = n.option_id JOIN catalog_product p ON p.id = op.product_id;\n    FOR t IN\n        SELECT v.* FROM (VALUES ('choice-' || NEW.id, 'en', OLD.name_en, NEW.name_en, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('choice-' || NEW.id, 'zh-hans', OLD.name_zh_hans, NEW.name_zh_hans, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('choice-' || NEW.id, 'ja', OLD.name_ja, NEW.name_ja, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('choice-' || NEW.id, 'ar', OLD.name_ar, NEW.name_ar, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('choice-' || NEW.id, 'de', OLD.name_de, NEW.name_de, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('choice-' || NEW.id, 'fr', OLD.name_fr, NEW.name_fr, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('choice-' || NEW.id, 'es', OLD.name_es, NEW.name_es, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END)) AS v (field, language, before, text, was, source)\n        WHERE v.language <> own AND (coalesce(v.before, '') <> coalesce(v.text, '')\n                                     OR coalesce(v.was, '') <> coalesce(v.source, ''))\n    LOOP\n        IF coalesce(t.before, '') = coalesce(t.text, '') THEN\n            UPDATE catalog_textstate s\n            SET state = CASE WHEN s.source_digest = md5(coalesce(t.source, '')) THEN 'reviewed' ELSE 'stale' END,\n                changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language\n              AND s.state IN ('reviewed', 'stale');\n        ELSIF coalesce(t.text, '') = '' THEN\n            DELETE FROM catalog_textstate s\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language AND s.proposal = '';\n            UPDATE catalog_textstate s SET state = 'draft', author_id = NULL, changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language;\n        ELSE\n            INSERT INTO catalog_textstate\n                (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n            VALUES (listing, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp())\n            ON CONFLICT (product_id, field, language) DO UPDATE SET state = 'draft', origin = EXCLUDED.origin,\n                source_digest = EXCLUDED.source_digest, proposal = '', author_id = NULL,\n                changed_at = EXCLUDED.changed_at;\n        END IF;\n    END LOOP;\n    RETURN NULL;\n",
                    hash="b5168cd5f98f20a60fb234ad887a55ab52b30374",
                    operation='UPDATE OF "name_en", "name_zh_hans", "name_ja", "name_ar", "name_de", "name_fr", "name_es"',
                    pgid="pgtrigger_texts_changed_d7cbf",
                    table="catalog_optionvalue",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="optionvalue",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    DELETE FROM catalog_textstate s USING old_rows o JOIN catalog_option op ON op.id = o.option_id\n    WHERE s.product_id = op.product_id AND s.field = ANY (ARRAY['choice-' || o.id]);\n    RETURN NULL;\n",
                    hash="f4c69bc5b5d8c5c4dee0aaa0e08f79ac14a0c341",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_texts_removed_2bd02",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="catalog_optionvalue",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n    SELECT p.id, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp()\n    FROM (SELECT * FROM new_rows r WHERE concat(r.name_zh_hans, r.name_ja, r.name_ar, r.name_de, r.name_fr, r.name_es, r.summary_zh_hans, r.summary_ja, r.summary_ar, r.summary_de, r.summary_fr, r.summary_es, r.description_zh_hans, r.description_ja, r.description_ar, r.description_de, r.description_fr, r.description_es) <> '') n JOIN catalog_product p ON p.id = n.id\n    CROSS JOIN LATERAL (VALUES ('name', 'en', n.name_en, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('name', 'zh-hans', n.name_zh_hans, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('name', 'ja', n.name_ja, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('name', 'ar', n.name_ar, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('name', 'de', n.name_de, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('name', 'fr', n.name_fr, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('name', 'es', n.name_es, CASE p.source_language WHEN 'en' THEN n.name_en WHEN 'zh-hans' THEN n.name_zh_hans WHEN 'ja' THEN n.name_ja WHEN 'ar' THEN n.name_ar WHEN 'de' THEN n.name_de WHEN 'fr' THEN n.name_fr WHEN 'es' THEN n.name_es END), ('summary', 'en', n.summary_en, CASE p.source_language WHEN 'en' THEN n.summary_en WHEN 'zh-hans' THEN n.summary_zh_hans WHEN 'ja' THEN n.summary_ja WHEN 'ar' THEN n.summary_ar WHEN 'de' THEN n.summary_de WHEN 'fr' THEN n.summary_fr WHEN 'es' THEN n.summary_es END), ('summary', 'zh-hans', n.summary_zh_hans, CASE p.source_language WHEN 'en' THEN n.summary_en WHEN 'zh-hans' THEN n.summary_zh_hans WHEN 'ja' THEN n.summary_ja WHEN 'ar' THEN n.summary_ar WHEN 'de' THEN n.summary_de WHEN 'fr' THEN n.summary_fr WHEN 'es' THEN n.summary_es END), ('summary', 'ja', n.summary_ja, CASE p.source_language WHEN 'en' THEN n.summary_en WHEN 'zh-hans' THEN n.summary_zh_hans WHEN 'ja' THEN n.summary_ja WHEN 'ar' THEN n.summary_ar WHEN 'de' THEN n.summary_de WHEN 'fr' THEN n.summary_fr WHEN 'es' THEN n.summary_es END), ('summary', 'ar', n.summary_ar, CASE p.source_language WHEN 'en' THEN n.summary_en WHEN 'zh-hans' THEN n.summary_zh_hans WHEN 'ja' THEN n.summary_ja WHEN 'ar' THEN n.summary_ar WHEN 'de' THEN n.summary_de WHEN 'fr' THEN n.summary_fr WHEN 'es' THEN n.summary_es END), ('summary', 'de', n.summary_de, CASE p.source_language WHEN 'en' THEN n.summary_en WHEN 'zh-hans' THEN n.summary_zh_hans WHEN 'ja' THEN n.summary_ja WHEN 'ar' THEN n.summary_ar WHEN 'de' THEN n.summary_de WHEN 'fr' THEN n.summary_fr WHEN 'es' THEN n.summary_es END), ('summary', 'fr', n.summary_fr, CASE p.source_language WHEN 'en' THEN n.summary_en WHEN 'zh-hans' THEN n.summary_zh_hans WHEN 'ja' THEN n.summary_ja WHEN 'ar' THEN n.summary_ar WHEN 'de' THEN n.summary_de WHEN 'fr' THEN n.summary_fr WHEN 'es' THEN n.summary_es END), ('summary', 'es', n.summary_es, CASE p.source_language WHEN 'en' THEN n.summary_en WHEN 'zh-hans' THEN n.summary_zh_hans WHEN 'ja' THEN n.summary_ja WHEN 'ar' THEN n.summary_ar WHEN 'de' THEN n.summary_de WHEN 'fr' THEN n.summary_fr WHEN 'es' THEN n.summary_es END), ('description', 'en', n.description_en, CASE p.source_language WHEN 'en' THEN n.description_en WHEN 'zh-hans' THEN n.description_zh_hans WHEN 'ja' THEN n.description_ja WHEN 'ar' THEN n.description_ar WHEN 'de' THEN n.description_de WHEN 'fr' THEN n.description_fr WHEN 'es' THEN n.description_es END), ('description', 'zh-hans', n.description_zh_hans, CASE p.source_language WHEN 'en' THEN n.description_en WHEN 'zh-hans' THEN n.description_zh_hans WHEN 'ja' THEN n.description_ja WHEN 'ar' THEN n.description_ar WHEN 'de' THEN n.description_de WHEN 'fr' THEN n.description_fr WHEN 'es' THEN n.description_es END), ('description', 'ja', n.description_ja, CASE p.source_language WHEN 'en' THEN n.description_en WHEN 'zh-hans' THEN n.description_zh_hans WHEN 'ja' THEN n.description_ja WHEN 'ar' THEN n.description_ar WHEN 'de' THEN n.description_de WHEN 'fr' THEN n.description_fr WHEN 'es' THEN n.description_es END), ('description', 'ar', n.description_ar, CASE p.source_language WHEN 'en' THEN n.description_en WHEN 'zh-hans' THEN n.description_zh_hans WHEN 'ja' THEN n.description_ja WHEN 'ar' THEN n.description_ar WHEN 'de' THEN n.description_de WHEN 'fr' THEN n.description_fr WHEN 'es' THEN n.description_es END), ('description', 'de', n.description_de, CASE p.source_language WHEN 'en' THEN n.description_en WHEN 'zh-hans' THEN n.description_zh_hans WHEN 'ja' THEN n.description_ja WHEN 'ar' THEN n.description_ar WHEN 'de' THEN n.description_de WHEN 'fr' THEN n.description_fr WHEN 'es' THEN n.description_es END), ('description', 'fr', n.description_fr, CASE p.source_language WHEN 'en' THEN n.description_en WHEN 'zh-hans' THEN n.description_zh_hans WHEN 'ja' THEN n.description_ja WHEN 'ar' THEN n.description_ar WHEN 'de' THEN n.description_de WHEN 'fr' THEN n.description_fr WHEN 'es' THEN n.description_es END), ('description', 'es', n.description_es, CASE p.source_language WHEN 'en' THEN n.description_en WHEN 'zh-hans' THEN n.description_zh_hans WHEN 'ja' THEN n.description_ja WHEN 'ar' THEN n.description_ar WHEN 'de' THEN n.description_de WHEN 'fr' THEN n.description_fr WHEN 'es' THEN n.description_es END)) AS t (field, language, text, source)\n    WHERE t.text <> '' AND t.language <> p.source_language\n    ON CONFLICT (product_id, field, language) DO NOTHING;\n    RETURN NULL;\n",
                    hash="8296e4590e13c516c95b4afedbc39eef098c2e1b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_texts_added_e9eae",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.name_en IS DISTINCT FROM NEW.name_en OR OLD.name_zh_hans IS DISTINCT FROM NEW.name_zh_hans OR OLD.name_ja IS DISTINCT FROM NEW.name_ja OR OLD.name_ar IS DISTINCT FROM NEW.name_ar OR OLD.name_de IS DISTINCT FROM NEW.name_de OR OLD.name_fr IS DISTINCT FROM NEW.name_fr OR OLD.name_es IS DISTINCT FROM NEW.name_es OR OLD.summary_en IS DISTINCT FROM NEW.summary_en OR OLD.summary_zh_hans IS DISTINCT FROM NEW.summary_zh_hans OR OLD.summary_ja IS DISTINCT FROM NEW.summary_ja OR OLD.summary_ar IS DISTINCT FROM NEW.summary_ar OR OLD.summary_de IS DISTINCT FROM NEW.summary_de OR OLD.summary_fr IS DISTINCT FROM NEW.summary_fr OR OLD.summary_es IS DISTINCT FROM NEW.summary_es OR OLD.description_en IS DISTINCT FROM NEW.description_en OR OLD.description_zh_hans IS DISTINCT FROM NEW.description_zh_hans OR OLD.description_ja IS DISTINCT FROM NEW.description_ja OR OLD.description_ar IS DISTINCT FROM NEW.description_ar OR OLD.description_de IS DISTINCT FROM NEW.description_de OR OLD.description_fr IS DISTINCT FROM NEW.description_fr OR OLD.description_es IS DISTINCT FROM NEW.description_es)",
                    declare="DECLARE t record; listing bigint; own text;",
                    func="\n    SELECT p.id, p.source_language INTO listing, own FROM catalog_product p WHERE p.id = NEW.id;\n    FOR t IN\n        SELECT v.* FROM (VALUES ('name', 'en', OLD.name_en, NEW.name_en, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('name', 'zh-hans', OLD.name_zh_hans, NEW.name_zh_hans, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('name', 'ja', OLD.name_ja, NEW.name_ja, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('name', 'ar', OLD.name_ar, NEW.name_ar, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('name', 'de', OLD.name_de, NEW.name_de, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('name', 'fr', OLD.name_fr, NEW.name_fr, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('name', 'es', OLD.name_es, NEW.name_es, CASE own WHEN 'en' THEN OLD.name_en WHEN 'zh-hans' THEN OLD.name_zh_hans WHEN 'ja' THEN OLD.name_ja WHEN 'ar' THEN OLD.name_ar WHEN 'de' THEN OLD.name_de WHEN 'fr' THEN OLD.name_fr WHEN 'es' THEN OLD.name_es END, CASE own WHEN 'en' THEN NEW.name_en WHEN 'zh-hans' THEN NEW.name_zh_hans WHEN 'ja' THEN NEW.name_ja WHEN 'ar' THEN NEW.name_ar WHEN 'de' THEN NEW.name_de WHEN 'fr' THEN NEW.name_fr WHEN 'es' THEN NEW.name_es END), ('summary', 'en', OLD.summary_en, NEW.summary_en, CASE own WHEN 'en' THEN OLD.summary_en WHEN 'zh-hans' THEN OLD.summary_zh_hans WHEN 'ja' THEN OLD.summary_ja WHEN 'ar' THEN OLD.summary_ar WHEN 'de' THEN OLD.summary_de WHEN 'fr' THEN OLD.summary_fr WHEN 'es' THEN OLD.summary_es END, CASE own WHEN 'en' THEN NEW.summary_en WHEN 'zh-hans' THEN NEW.summary_zh_hans WHEN 'ja' THEN NEW.summary_ja WHEN 'ar' THEN NEW.summary_ar WHEN 'de' THEN NEW.summary_de WHEN 'fr' THEN NEW.summary_fr WHEN 'es' THEN NEW.summary_es END), ('summary', 'zh-hans', OLD.summary_zh_hans, NEW.summary_zh_hans, CASE own WHEN 'en' THEN OLD.summary_en WHEN 'zh-hans' THEN OLD.summary_zh_hans WHEN 'ja' THEN OLD.summary_ja WHEN 'ar' THEN OLD.summary_ar WHEN 'de' THEN OLD.summary_de WHEN 'fr' THEN OLD.summary_fr WHEN 'es' THEN OLD.summary_es END, CASE own WHEN 'en' THEN NEW.summary_en WHEN 'zh-hans' THEN NEW.summary_zh_hans WHEN 'ja' THEN NEW.summary_ja WHEN 'ar' THEN NEW.summary_ar WHEN 'de' THEN NEW.summary_de WHEN 'fr' THEN NEW.summary_fr WHEN 'es' THEN NEW.summary_es END), ('summary', 'ja', OLD.summary_ja, NEW.summary_ja, CASE own WHEN 'en' THEN OLD.summary_en WHEN 'zh-hans' THEN OLD.summary_zh_hans WHEN 'ja' THEN OLD.summary_ja WHEN 'ar' THEN OLD.summary_ar WHEN 'de' THEN OLD.summary_de WHEN 'fr' THEN OLD.summary_fr WHEN 'es' THEN OLD.summary_es END, CASE own WHEN 'en' THEN NEW.summary_en WHEN 'zh-hans' THEN NEW.summary_zh_hans WHEN 'ja' THEN NEW.summary_ja WHEN 'ar' THEN NEW.summary_ar WHEN 'de' THEN NEW.summary_de WHEN 'fr' THEN NEW.summary_fr WHEN 'es' THEN NEW.summary_es END), ('summary', 'ar', OLD.summary_ar, NEW.summary_ar, CASE own WHEN 'en' THEN OLD.summary_en WHEN 'zh-hans' THEN OLD.summary_zh_hans WHEN 'ja' THEN OLD.summary_ja WHEN 'ar' THEN OLD.summary_ar WHEN 'de' THEN OLD.summary_de WHEN 'fr' THEN OLD.summary_fr WHEN 'es' THEN OLD.summary_es END, CASE own WHEN 'en' THEN NEW.summary_en WHEN 'zh-hans' THEN NEW.summary_zh_hans WHEN 'ja' THEN NEW.summary_ja WHEN 'ar' THEN NEW.summary_ar WHEN 'de' THEN NEW.summary_de WHEN 'fr' THEN NEW.summary_fr WHEN 'es' THEN NEW.summary_es END), ('summary', 'de', OLD.summary_de, NEW.summary_de, CASE own WHEN 'en' THEN OLD.summary_en WHEN 'zh-hans' THEN OLD.summary_zh_hans WHEN 'ja' THEN OLD.summary_ja WHEN 'ar' THEN OLD.summary_ar WHEN 'de' THEN OLD.summary_de WHEN 'fr' THEN OLD.summary_fr WHEN 'es' THEN OLD.summary_es END, CASE own WHEN 'en' THEN NEW.summary_en WHEN 'zh-hans' THEN NEW.summary_zh_hans WHEN 'ja' THEN NEW.summary_ja WHEN 'ar' THEN NEW.summary_ar WHEN 'de' THEN NEW.summary_de WHEN 'fr' THEN NEW.summary_fr WHEN 'es' THEN NEW.summary_es END), ('summary', 'fr', OLD.summary_fr, NEW.summary_fr, CASE own WHEN 'en' THEN OLD.summary_en WHEN 'zh-hans' THEN OLD.summary_zh_hans WHEN 'ja' THEN OLD.summary_ja WHEN 'ar' THEN OLD.summary_ar WHEN 'de' THEN OLD.summary_de WHEN 'fr' THEN OLD.summary_fr WHEN 'es' THEN OLD.summary_es END, CASE own WHEN 'en' THEN NEW.summary_en WHEN 'zh-hans' THEN NEW.summary_zh_hans WHEN 'ja' THEN NEW.summary_ja WHEN 'ar' THEN NEW.summary_ar WHEN 'de' THEN NEW.summary_de WHEN 'fr' THEN NEW.summary_fr WHEN 'es' THEN NEW.summary_es END), ('summary', 'es', OLD.summary_es, NEW.summary_es, CASE own WHEN 'en' THEN OLD.summary_en WHEN 'zh-hans' THEN OLD.summary_zh_hans WHEN 'ja' THEN OLD.summary_ja WHEN 'ar' THEN OLD.summary_ar WHEN 'de' THEN OLD.summary_de WHEN 'fr' THEN OLD.summary_fr WHEN 'es' THEN OLD.summary_es END, CASE own WHEN 'en' THEN NEW.summary_en WHEN 'zh-hans' THEN NEW.summary_zh_hans WHEN 'ja' THEN NEW.summary_ja WHEN 'ar' THEN NEW.summary_ar WHEN 'de' THEN NEW.summary_de WHEN 'fr' THEN NEW.summary_fr WHEN 'es' THEN NEW.summary_es END), ('description', 'en', OLD.description_en, NEW.description_en, CASE own WHEN 'en' THEN OLD.description_en WHEN 'zh-hans' THEN OLD.description_zh_hans WHEN 'ja' THEN OLD.description_ja WHEN 'ar' THEN OLD.description_ar WHEN 'de' THEN OLD.description_de WHEN 'fr' THEN OLD.description_fr WHEN 'es' THEN OLD.description_es END, CASE own WHEN 'en' THEN NEW.description_en WHEN 'zh-hans' THEN NEW.description_zh_hans WHEN 'ja' THEN NEW.description_ja WHEN 'ar' THEN NEW.description_ar WHEN 'de' THEN NEW.description_de WHEN 'fr' THEN NEW.description_fr WHEN 'es' THEN NEW.description_es END), ('description', 'zh-hans', OLD.description_zh_hans, NEW.description_zh_hans, CASE own WHEN 'en' THEN OLD.description_en WHEN 'zh-hans' THEN OLD.description_zh_hans WHEN 'ja' THEN OLD.description_ja WHEN 'ar' THEN OLD.description_ar WHEN 'de' THEN OLD.description_de WHEN 'fr' THEN OLD.description_fr WHEN 'es' THEN OLD.description_es END, CASE own WHEN 'en' THEN NEW.description_en WHEN 'zh-hans' THEN NEW.description_zh_hans WHEN 'ja' THEN NEW.description_ja WHEN 'ar' THEN NEW.description_ar WHEN 'de' THEN NEW.description_de WHEN 'fr' THEN NEW.description_fr WHEN 'es' THEN NEW.description_es END), ('description', 'ja', OLD.description_ja, NEW.description_ja, CASE own WHEN 'en' THEN OLD.description_en WHEN 'zh-hans' THEN OLD.description_zh_hans WHEN 'ja' THEN OLD.description_ja WHEN 'ar' THEN OLD.description_ar WHEN 'de' THEN OLD.description_de WHEN 'fr' THEN OLD.description_fr WHEN 'es' THEN OLD.description_es END, CASE own WHEN 'en' THEN NEW.description_en WHEN 'zh-hans' THEN NEW.description_zh_hans WHEN 'ja' THEN NEW.description_ja WHEN 'ar' THEN NEW.description_ar WHEN 'de' THEN NEW.description_de WHEN 'fr' THEN NEW.description_fr WHEN 'es' THEN NEW.description_es END), ('description', 'ar', OLD.description_ar, NEW.description_ar, CASE own WHEN 'en' THEN OLD.description_en WHEN 'zh-hans' THEN OLD.description_zh_hans WHEN 'ja' THEN OLD.description_ja WHEN 'ar' THEN OLD.description_ar WHEN 'de' THEN OLD.description_de WHEN 'fr' THEN OLD.description_fr WHEN 'es' THEN OLD.description_es END, CASE own WHEN 'en' THEN NEW.description_en WHEN 'zh-hans' THEN NEW.description_zh_hans WHEN 'ja' THEN NEW.description_ja WHEN 'ar' THEN NEW.description_ar WHEN 'de' THEN NEW.description_de WHEN 'fr' THEN NEW.description_fr WHEN 'es' THEN NEW.description_es END), ('description', 'de', OLD.description_de, NEW.description_de, CASE own WHEN 'en' THEN OLD.description_en WHEN 'zh-hans' THEN OLD.description_zh_hans WHEN 'ja' THEN OLD.description_ja WHEN 'ar' THEN OLD.description_ar WHEN 'de' THEN OLD.description_de WHEN 'fr' THEN OLD.description_fr WHEN 'es' THEN OLD.description_es END, CASE own WHEN 'en' THEN NEW.description_en WHEN 'zh-hans' THEN NEW.description_zh_hans WHEN 'ja' THEN NEW.description_ja WHEN 'ar' THEN NEW.description_ar WHEN 'de' THEN NEW.description_de WHEN 'fr' THEN NEW.description_fr WHEN 'es' THEN NEW.description_es END), ('description', 'fr', OLD.description_fr, NEW.description_fr, CASE own WHEN 'en' THEN OLD.description_en WHEN 'zh-hans' THEN OLD.description_zh_hans WHEN 'ja' THEN OLD.description_ja WHEN 'ar' THEN OLD.description_ar WHEN 'de' THEN OLD.description_de WHEN 'fr' THEN OLD.description_fr WHEN 'es' THEN OLD.description_es END, CASE own WHEN 'en' THEN NEW.description_en WHEN 'zh-hans' THEN NEW.description_zh_hans WHEN 'ja' THEN NEW.description_ja WHEN 'ar' THEN NEW.description_ar WHEN 'de' THEN NEW.description_de WHEN 'fr' THEN NEW.description_fr WHEN 'es' THEN NEW.description_es END), ('description', 'es', OLD.description_es, NEW.description_es, CASE own WHEN 'en' THEN OLD.description_en WHEN 'zh-hans' THEN OLD.description_zh_hans WHEN 'ja' THEN OLD.description_ja WHEN 'ar' THEN OLD.description_ar WHEN 'de' THEN OLD.description_de WHEN 'fr' THEN OLD.description_fr WHEN 'es' THEN OLD.description_es END, CASE own WHEN 'en' THEN NEW.description_en WHEN 'zh-hans' THEN NEW.description_zh_hans WHEN 'ja' THEN NEW.description_ja WHEN 'ar' THEN NEW.description_ar WHEN 'de' THEN NEW.description_de WHEN 'fr' THEN NEW.description_fr WHEN 'es' THEN NEW.description_es END)) AS v (field, language, before, text, was, source)\n        WHERE v.language <> own AND (coalesce(v.before, '') <> coalesce(v.text, '')\n                                     OR coalesce(v.was, '') <> coalesce(v.source, ''))\n    LOOP\n        IF coalesce(t.before, '') = coalesce(t.text, '') THEN\n            UPDATE catalog_textstate s\n            SET state = CASE WHEN s.source_digest = md5(coalesce(t.source, '')) THEN 'reviewed' ELSE 'stale' END,\n                changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language\n              AND s.state IN ('reviewed', 'stale');\n        ELSIF coalesce(t.text, '') = '' THEN\n            DELETE FROM catalog_textstate s\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language AND s.proposal = '';\n            UPDATE catalog_textstate s SET state = 'draft', author_id = NULL, changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language;\n        ELSE\n            INSERT INTO catalog_textstate\n                (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n            VALUES (listing, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp())\n            ON CONFLICT (product_id, field, language) DO UPDATE SET state = 'draft', origin = EXCLUDED.origin,\n                source_digest = EXCLUDED.source_digest, proposal = '', author_id = NULL,\n                changed_at = EXCLUDED.changed_at;\n        END IF;\n    END LOOP;\n    RETURN NULL;\n",
                    hash="35b4906a88c22f2672202db9109916ed888ab860",
                    operation='UPDATE OF "name_en", "name_zh_hans", "name_ja", "name_ar", "name_de", "name_fr", "name_es", "summary_en", "summary_zh_hans", "summary_ja", "summary_ar", "summary_de", "summary_fr", "summary_es", "description_en", "description_zh_hans", "description_ja", "description_ar", "description_de", "description_fr", "description_es"',
                    pgid="pgtrigger_texts_changed_be1e9",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_in_another_language",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.source_language <> NEW.source_language)",
                    func="\n    DELETE FROM catalog_textstate s WHERE s.product_id = NEW.id AND s.language = NEW.source_language;\n    UPDATE catalog_textstate s SET state = 'stale', changed_at = clock_timestamp()\n    WHERE s.product_id = NEW.id AND s.state = 'reviewed';\n    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n    SELECT NEW.id, t.field, OLD.source_language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp()\n    FROM (SELECT 'name', CASE OLD.source_language WHEN 'en' THEN r.name_en WHEN 'zh-hans' THEN r.name_zh_hans WHEN 'ja' THEN r.name_ja WHEN 'ar' THEN r.name_ar WHEN 'de' THEN r.name_de WHEN 'fr' THEN r.name_fr WHEN 'es' THEN r.name_es END, CASE NEW.source_language WHEN 'en' THEN r.name_en WHEN 'zh-hans' THEN r.name_zh_hans WHEN 'ja' THEN r.name_ja WHEN 'ar' THEN r.name_ar WHEN 'de' THEN r.name_de WHEN 'fr' THEN r.name_fr WHEN 'es' THEN r.name_es END FROM catalog_product r JOIN catalog_product p ON p.id = r.id WHERE p.id = NEW.id UNION ALL SELECT 'summary', CASE OLD.source_language WHEN 'en' THEN r.summary_en WHEN 'zh-hans' THEN r.summary_zh_hans WHEN 'ja' THEN r.summary_ja WHEN 'ar' THEN r.summary_ar WHEN 'de' THEN r.summary_de WHEN 'fr' THEN r.summary_fr WHEN 'es' THEN r.summary_es END, CASE NEW.source_language WHEN 'en' THEN r.summary_en WHEN 'zh-hans' THEN r.summary_zh_hans WHEN 'ja' THEN r.summary_ja WHEN 'ar' THEN r.summary_ar WHEN 'de' THEN r.summary_de WHEN 'fr' THEN r.summary_fr WHEN 'es' THEN r.summary_es END FROM catalog_product r JOIN catalog_product p ON p.id = r.id WHERE p.id = NEW.id UNION ALL SELECT 'description', CASE OLD.source_language WHEN 'en' THEN r.description_en WHEN 'zh-hans' THEN r.description_zh_hans WHEN 'ja' THEN r.description_ja WHEN 'ar' THEN r.description_ar WHEN 'de' THEN r.description_de WHEN 'fr' THEN r.description_fr WHEN 'es' THEN r.description_es END, CASE NEW.source_language WHEN 'en' THEN r.description_en WHEN 'zh-hans' THEN r.description_zh_hans WHEN 'ja' THEN r.description_ja WHEN 'ar' THEN r.description_ar WHEN 'de' THEN r.description_de WHEN 'fr' THEN r.description_fr WHEN 'es' THEN r.description_es END FROM catalog_product r JOIN catalog_product p ON p.id = r.id WHERE p.id = NEW.id UNION ALL SELECT 'option-' || r.id, CASE OLD.source_language WHEN 'en' THEN r.name_en WHEN 'zh-hans' THEN r.name_zh_hans WHEN 'ja' THEN r.name_ja WHEN 'ar' THEN r.name_ar WHEN 'de' THEN r.name_de WHEN 'fr' THEN r.name_fr WHEN 'es' THEN r.name_es END, CASE NEW.source_language WHEN 'en' THEN r.name_en WHEN 'zh-hans' THEN r.name_zh_hans WHEN 'ja' THEN r.name_ja WHEN 'ar' THEN r.name_ar WHEN 'de' THEN r.name_de WHEN 'fr' THEN r.name_fr WHEN 'es' THEN r.name_es END FROM catalog_option r JOIN catalog_product p ON p.id = r.product_id WHERE p.id = NEW.id UNION ALL SELECT 'choice-' || r.id, CASE OLD.source_language WHEN 'en' THEN r.name_en WHEN 'zh-hans' THEN r.name_zh_hans WHEN 'ja' THEN r.name_ja WHEN 'ar' THEN r.name_ar WHEN 'de' THEN r.name_de WHEN 'fr' THEN r.name_fr WHEN 'es' THEN r.name_es END, CASE NEW.source_language WHEN 'en' THEN r.name_en WHEN 'zh-hans' THEN r.name_zh_hans WHEN 'ja' THEN r.name_ja WHEN 'ar' THEN r.name_ar WHEN 'de' THEN r.name_de WHEN 'fr' THEN r.name_fr WHEN 'es' THEN r.name_es END FROM catalog_optionvalue r JOIN catalog_option op ON op.id = r.option_id JOIN catalog_product p ON p.id = op.product_id WHERE p.id = NEW.id UNION ALL SELECT 'picture-' || r.id, CASE OLD.source_language WHEN 'en' THEN r.alt_en WHEN 'zh-hans' THEN r.alt_zh_hans WHEN 'ja' THEN r.alt_ja WHEN 'ar' THEN r.alt_ar WHEN 'de' THEN r.alt_de WHEN 'fr' THEN r.alt_fr WHEN 'es' THEN r.alt_es END, CASE NEW.source_language WHEN 'en' THEN r.alt_en WHEN 'zh-hans' THEN r.alt_zh_hans WHEN 'ja' THEN r.alt_ja WHEN 'ar' THEN r.alt_ar WHEN 'de' THEN r.alt_de WHEN 'fr' THEN r.alt_fr WHEN 'es' THEN r.alt_es END FROM catalog_productimage r JOIN catalog_product p ON p.id = r.product_id WHERE p.id = NEW.id UNION ALL SELECT 'warnings', CASE OLD.source_language WHEN 'en' THEN r.warnings_en WHEN 'zh-hans' THEN r.warnings_zh_hans WHEN 'ja' THEN r.warnings_ja WHEN 'ar' THEN r.warnings_ar WHEN 'de' THEN r.warnings_de WHEN 'fr' THEN r.warnings_fr WHEN 'es' THEN r.warnings_es END, CASE NEW.source_language WHEN 'en' THEN r.warnings_en WHEN 'zh-hans' THEN r.warnings_zh_hans WHEN 'ja' THEN r.warnings_ja WHEN 'ar' THEN r.warnings_ar WHEN 'de' THEN r.warnings_de WHEN 'fr' THEN r.warnings_fr WHEN 'es' THEN r.warnings_es END FROM catalog_productfacts r JOIN catalog_product p ON p.id = r.product_id WHERE p.id = NEW.id UNION ALL SELECT 'instructions', CASE OLD.source_language WHEN 'en' THEN r.instructions_en WHEN 'zh-hans' THEN r.instructions_zh_hans WHEN 'ja' THEN r.instructions_ja WHEN 'ar' THEN r.instructions_ar WHEN 'de' THEN r.instructions_de WHEN 'fr' THEN r.instructions_fr WHEN 'es' THEN r.instructions_es END, CASE NEW.source_language WHEN 'en' THEN r.instructions_en WHEN 'zh-hans' THEN r.instructions_zh_hans WHEN 'ja' THEN r.instructions_ja WHEN 'ar' THEN r.instructions_ar WHEN 'de' THEN r.instructions_de WHEN 'fr' THEN r.instructions_fr WHEN 'es' THEN r.instructions_es END FROM catalog_productfacts r JOIN catalog_product p ON p.id = r.product_id WHERE p.id = NEW.id) AS t (field, text, source) WHERE t.text <> ''\n    ON CONFLICT (product_id, field, language) DO NOTHING;\n    RETURN NULL;\n",
                    hash="af783e1072a49f42de81a73a6396a537227063d8",
                    operation='UPDATE OF "source_language"',
                    pgid="pgtrigger_texts_in_another_language_50d6e",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="screen_other_language",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.source_language <> NEW.source_language)",
                    func="NEW.is_unscreened := true; RETURN NEW;",
                    hash="72026f73870c1f0b6faf6661c4ad0bbb67f682c4",
                    operation='UPDATE OF "source_language"',
                    pgid="pgtrigger_screen_other_language_aba14",
                    table="catalog_product",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productfacts",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n    SELECT p.id, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp()\n    FROM (SELECT * FROM new_rows r WHERE concat(r.warnings_zh_hans, r.warnings_ja, r.warnings_ar, r.warnings_de, r.warnings_fr, r.warnings_es, r.instructions_zh_hans, r.instructions_ja, r.instructions_ar, r.instructions_de, r.instructions_fr, r.instructions_es) <> '') n JOIN catalog_product p ON p.id = n.product_id\n    CROSS JOIN LATERAL (VALUES ('warnings', 'en', n.warnings_en, CASE p.source_language WHEN 'en' THEN n.warnings_en WHEN 'zh-hans' THEN n.warnings_zh_hans WHEN 'ja' THEN n.warnings_ja WHEN 'ar' THEN n.warnings_ar WHEN 'de' THEN n.warnings_de WHEN 'fr' THEN n.warnings_fr WHEN 'es' THEN n.warnings_es END), ('warnings', 'zh-hans', n.warnings_zh_hans, CASE p.source_language WHEN 'en' THEN n.warnings_en WHEN 'zh-hans' THEN n.warnings_zh_hans WHEN 'ja' THEN n.warnings_ja WHEN 'ar' THEN n.warnings_ar WHEN 'de' THEN n.warnings_de WHEN 'fr' THEN n.warnings_fr WHEN 'es' THEN n.warnings_es END), ('warnings', 'ja', n.warnings_ja, CASE p.source_language WHEN 'en' THEN n.warnings_en WHEN 'zh-hans' THEN n.warnings_zh_hans WHEN 'ja' THEN n.warnings_ja WHEN 'ar' THEN n.warnings_ar WHEN 'de' THEN n.warnings_de WHEN 'fr' THEN n.warnings_fr WHEN 'es' THEN n.warnings_es END), ('warnings', 'ar', n.warnings_ar, CASE p.source_language WHEN 'en' THEN n.warnings_en WHEN 'zh-hans' THEN n.warnings_zh_hans WHEN 'ja' THEN n.warnings_ja WHEN 'ar' THEN n.warnings_ar WHEN 'de' THEN n.warnings_de WHEN 'fr' THEN n.warnings_fr WHEN 'es' THEN n.warnings_es END), ('warnings', 'de', n.warnings_de, CASE p.source_language WHEN 'en' THEN n.warnings_en WHEN 'zh-hans' THEN n.warnings_zh_hans WHEN 'ja' THEN n.warnings_ja WHEN 'ar' THEN n.warnings_ar WHEN 'de' THEN n.warnings_de WHEN 'fr' THEN n.warnings_fr WHEN 'es' THEN n.warnings_es END), ('warnings', 'fr', n.warnings_fr, CASE p.source_language WHEN 'en' THEN n.warnings_en WHEN 'zh-hans' THEN n.warnings_zh_hans WHEN 'ja' THEN n.warnings_ja WHEN 'ar' THEN n.warnings_ar WHEN 'de' THEN n.warnings_de WHEN 'fr' THEN n.warnings_fr WHEN 'es' THEN n.warnings_es END), ('warnings', 'es', n.warnings_es, CASE p.source_language WHEN 'en' THEN n.warnings_en WHEN 'zh-hans' THEN n.warnings_zh_hans WHEN 'ja' THEN n.warnings_ja WHEN 'ar' THEN n.warnings_ar WHEN 'de' THEN n.warnings_de WHEN 'fr' THEN n.warnings_fr WHEN 'es' THEN n.warnings_es END), ('instructions', 'en', n.instructions_en, CASE p.source_language WHEN 'en' THEN n.instructions_en WHEN 'zh-hans' THEN n.instructions_zh_hans WHEN 'ja' THEN n.instructions_ja WHEN 'ar' THEN n.instructions_ar WHEN 'de' THEN n.instructions_de WHEN 'fr' THEN n.instructions_fr WHEN 'es' THEN n.instructions_es END), ('instructions', 'zh-hans', n.instructions_zh_hans, CASE p.source_language WHEN 'en' THEN n.instructions_en WHEN 'zh-hans' THEN n.instructions_zh_hans WHEN 'ja' THEN n.instructions_ja WHEN 'ar' THEN n.instructions_ar WHEN 'de' THEN n.instructions_de WHEN 'fr' THEN n.instructions_fr WHEN 'es' THEN n.instructions_es END), ('instructions', 'ja', n.instructions_ja, CASE p.source_language WHEN 'en' THEN n.instructions_en WHEN 'zh-hans' THEN n.instructions_zh_hans WHEN 'ja' THEN n.instructions_ja WHEN 'ar' THEN n.instructions_ar WHEN 'de' THEN n.instructions_de WHEN 'fr' THEN n.instructions_fr WHEN 'es' THEN n.instructions_es END), ('instructions', 'ar', n.instructions_ar, CASE p.source_language WHEN 'en' THEN n.instructions_en WHEN 'zh-hans' THEN n.instructions_zh_hans WHEN 'ja' THEN n.instructions_ja WHEN 'ar' THEN n.instructions_ar WHEN 'de' THEN n.instructions_de WHEN 'fr' THEN n.instructions_fr WHEN 'es' THEN n.instructions_es END), ('instructions', 'de', n.instructions_de, CASE p.source_language WHEN 'en' THEN n.instructions_en WHEN 'zh-hans' THEN n.instructions_zh_hans WHEN 'ja' THEN n.instructions_ja WHEN 'ar' THEN n.instructions_ar WHEN 'de' THEN n.instructions_de WHEN 'fr' THEN n.instructions_fr WHEN 'es' THEN n.instructions_es END), ('instructions', 'fr', n.instructions_fr, CASE p.source_language WHEN 'en' THEN n.instructions_en WHEN 'zh-hans' THEN n.instructions_zh_hans WHEN 'ja' THEN n.instructions_ja WHEN 'ar' THEN n.instructions_ar WHEN 'de' THEN n.instructions_de WHEN 'fr' THEN n.instructions_fr WHEN 'es' THEN n.instructions_es END), ('instructions', 'es', n.instructions_es, CASE p.source_language WHEN 'en' THEN n.instructions_en WHEN 'zh-hans' THEN n.instructions_zh_hans WHEN 'ja' THEN n.instructions_ja WHEN 'ar' THEN n.instructions_ar WHEN 'de' THEN n.instructions_de WHEN 'fr' THEN n.instructions_fr WHEN 'es' THEN n.instructions_es END)) AS t (field, language, text, source)\n    WHERE t.text <> '' AND t.language <> p.source_language\n    ON CONFLICT (product_id, field, language) DO NOTHING;\n    RETURN NULL;\n",
                    hash="26985b3e17416dcca4f3624fd38cffda2bf83ea6",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_texts_added_d5978",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_productfacts",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productfacts",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.warnings_en IS DISTINCT FROM NEW.warnings_en OR OLD.warnings_zh_hans IS DISTINCT FROM NEW.warnings_zh_hans OR OLD.warnings_ja IS DISTINCT FROM NEW.warnings_ja OR OLD.warnings_ar IS DISTINCT FROM NEW.warnings_ar OR OLD.warnings_de IS DISTINCT FROM NEW.warnings_de OR OLD.warnings_fr IS DISTINCT FROM NEW.warnings_fr OR OLD.warnings_es IS DISTINCT FROM NEW.warnings_es OR OLD.instructions_en IS DISTINCT FROM NEW.instructions_en OR OLD.instructions_zh_hans IS DISTINCT FROM NEW.instructions_zh_hans OR OLD.instructions_ja IS DISTINCT FROM NEW.instructions_ja OR OLD.instructions_ar IS DISTINCT FROM NEW.instructions_ar OR OLD.instructions_de IS DISTINCT FROM NEW.instructions_de OR OLD.instructions_fr IS DISTINCT FROM NEW.instructions_fr OR OLD.instructions_es IS DISTINCT FROM NEW.instructions_es)",
                    declare="DECLARE t record; listing bigint; own text;",
                    func="\n    SELECT p.id, p.source_language INTO listing, own FROM (SELECT NEW.id, NEW.product_id) AS n (id, product_id) JOIN catalog_product p ON p.id = n.product_id;\n    FOR t IN\n        SELECT v.* FROM (VALUES ('warnings', 'en', OLD.warnings_en, NEW.warnings_en, CASE own WHEN 'en' THEN OLD.warnings_en WHEN 'zh-hans' THEN OLD.warnings_zh_hans WHEN 'ja' THEN OLD.warnings_ja WHEN 'ar' THEN OLD.warnings_ar WHEN 'de' THEN OLD.warnings_de WHEN 'fr' THEN OLD.warnings_fr WHEN 'es' THEN OLD.warnings_es END, CASE own WHEN 'en' THEN NEW.warnings_en WHEN 'zh-hans' THEN NEW.warnings_zh_hans WHEN 'ja' THEN NEW.warnings_ja WHEN 'ar' THEN NEW.warnings_ar WHEN 'de' THEN NEW.warnings_de WHEN 'fr' THEN NEW.warnings_fr WHEN 'es' THEN NEW.warnings_es END), ('warnings', 'zh-hans', OLD.warnings_zh_hans, NEW.warnings_zh_hans, CASE own WHEN 'en' THEN OLD.warnings_en WHEN 'zh-hans' THEN OLD.warnings_zh_hans WHEN 'ja' THEN OLD.warnings_ja WHEN 'ar' THEN OLD.warnings_ar WHEN 'de' THEN OLD.warnings_de WHEN 'fr' THEN OLD.warnings_fr WHEN 'es' THEN OLD.warnings_es END, CASE own WHEN 'en' THEN NEW.warnings_en WHEN 'zh-hans' THEN NEW.warnings_zh_hans WHEN 'ja' THEN NEW.warnings_ja WHEN 'ar' THEN NEW.warnings_ar WHEN 'de' THEN NEW.warnings_de WHEN 'fr' THEN NEW.warnings_fr WHEN 'es' THEN NEW.warnings_es END), ('warnings', 'ja', OLD.warnings_ja, NEW.warnings_ja, CASE own WHEN 'en' THEN OLD.warnings_en WHEN 'zh-hans' THEN OLD.warnings_zh_hans WHEN 'ja' THEN OLD.warnings_ja WHEN 'ar' THEN OLD.warnings_ar WHEN 'de' THEN OLD.warnings_de WHEN 'fr' THEN OLD.warnings_fr WHEN 'es' THEN OLD.warnings_es END, CASE own WHEN 'en' THEN NEW.warnings_en WHEN 'zh-hans' THEN NEW.warnings_zh_hans WHEN 'ja' THEN NEW.warnings_ja WHEN 'ar' THEN NEW.warnings_ar WHEN 'de' THEN NEW.warnings_de WHEN 'fr' THEN NEW.warnings_fr WHEN 'es' THEN NEW.warnings_es END), ('warnings', 'ar', OLD.warnings_ar, NEW.warnings_ar, CASE own WHEN 'en' THEN OLD.warnings_en WHEN 'zh-hans' THEN OLD.warnings_zh_hans WHEN 'ja' THEN OLD.warnings_ja WHEN 'ar' THEN OLD.warnings_ar WHEN 'de' THEN OLD.warnings_de WHEN 'fr' THEN OLD.warnings_fr WHEN 'es' THEN OLD.warnings_es END, CASE own WHEN 'en' THEN NEW.warnings_en WHEN 'zh-hans' THEN NEW.warnings_zh_hans WHEN 'ja' THEN NEW.warnings_ja WHEN 'ar' THEN NEW.warnings_ar WHEN 'de' THEN NEW.warnings_de WHEN 'fr' THEN NEW.warnings_fr WHEN 'es' THEN NEW.warnings_es END), ('warnings', 'de', OLD.warnings_de, NEW.warnings_de, CASE own WHEN 'en' THEN OLD.warnings_en WHEN 'zh-hans' THEN OLD.warnings_zh_hans WHEN 'ja' THEN OLD.warnings_ja WHEN 'ar' THEN OLD.warnings_ar WHEN 'de' THEN OLD.warnings_de WHEN 'fr' THEN OLD.warnings_fr WHEN 'es' THEN OLD.warnings_es END, CASE own WHEN 'en' THEN NEW.warnings_en WHEN 'zh-hans' THEN NEW.warnings_zh_hans WHEN 'ja' THEN NEW.warnings_ja WHEN 'ar' THEN NEW.warnings_ar WHEN 'de' THEN NEW.warnings_de WHEN 'fr' THEN NEW.warnings_fr WHEN 'es' THEN NEW.warnings_es END), ('warnings', 'fr', OLD.warnings_fr, NEW.warnings_fr, CASE own WHEN 'en' THEN OLD.warnings_en WHEN 'zh-hans' THEN OLD.warnings_zh_hans WHEN 'ja' THEN OLD.warnings_ja WHEN 'ar' THEN OLD.warnings_ar WHEN 'de' THEN OLD.warnings_de WHEN 'fr' THEN OLD.warnings_fr WHEN 'es' THEN OLD.warnings_es END, CASE own WHEN 'en' THEN NEW.warnings_en WHEN 'zh-hans' THEN NEW.warnings_zh_hans WHEN 'ja' THEN NEW.warnings_ja WHEN 'ar' THEN NEW.warnings_ar WHEN 'de' THEN NEW.warnings_de WHEN 'fr' THEN NEW.warnings_fr WHEN 'es' THEN NEW.warnings_es END), ('warnings', 'es', OLD.warnings_es, NEW.warnings_es, CASE own WHEN 'en' THEN OLD.warnings_en WHEN 'zh-hans' THEN OLD.warnings_zh_hans WHEN 'ja' THEN OLD.warnings_ja WHEN 'ar' THEN OLD.warnings_ar WHEN 'de' THEN OLD.warnings_de WHEN 'fr' THEN OLD.warnings_fr WHEN 'es' THEN OLD.warnings_es END, CASE own WHEN 'en' THEN NEW.warnings_en WHEN 'zh-hans' THEN NEW.warnings_zh_hans WHEN 'ja' THEN NEW.warnings_ja WHEN 'ar' THEN NEW.warnings_ar WHEN 'de' THEN NEW.warnings_de WHEN 'fr' THEN NEW.warnings_fr WHEN 'es' THEN NEW.warnings_es END), ('instructions', 'en', OLD.instructions_en, NEW.instructions_en, CASE own WHEN 'en' THEN OLD.instructions_en WHEN 'zh-hans' THEN OLD.instructions_zh_hans WHEN 'ja' THEN OLD.instructions_ja WHEN 'ar' THEN OLD.instructions_ar WHEN 'de' THEN OLD.instructions_de WHEN 'fr' THEN OLD.instructions_fr WHEN 'es' THEN OLD.instructions_es END, CASE own WHEN 'en' THEN NEW.instructions_en WHEN 'zh-hans' THEN NEW.instructions_zh_hans WHEN 'ja' THEN NEW.instructions_ja WHEN 'ar' THEN NEW.instructions_ar WHEN 'de' THEN NEW.instructions_de WHEN 'fr' THEN NEW.instructions_fr WHEN 'es' THEN NEW.instructions_es END), ('instructions', 'zh-hans', OLD.instructions_zh_hans, NEW.instructions_zh_hans, CASE own WHEN 'en' THEN OLD.instructions_en WHEN 'zh-hans' THEN OLD.instructions_zh_hans WHEN 'ja' THEN OLD.instructions_ja WHEN 'ar' THEN OLD.instructions_ar WHEN 'de' THEN OLD.instructions_de WHEN 'fr' THEN OLD.instructions_fr WHEN 'es' THEN OLD.instructions_es END, CASE own WHEN 'en' THEN NEW.instructions_en WHEN 'zh-hans' THEN NEW.instructions_zh_hans WHEN 'ja' THEN NEW.instructions_ja WHEN 'ar' THEN NEW.instructions_ar WHEN 'de' THEN NEW.instructions_de WHEN 'fr' THEN NEW.instructions_fr WHEN 'es' THEN NEW.instructions_es END), ('instructions', 'ja', OLD.instructions_ja, NEW.instructions_ja, CASE own WHEN 'en' THEN OLD.instructions_en WHEN 'zh-hans' THEN OLD.instructions_zh_hans WHEN 'ja' THEN OLD.instructions_ja WHEN 'ar' THEN OLD.instructions_ar WHEN 'de' THEN OLD.instructions_de WHEN 'fr' THEN OLD.instructions_fr WHEN 'es' THEN OLD.instructions_es END, CASE own WHEN 'en' THEN NEW.instructions_en WHEN 'zh-hans' THEN NEW.instructions_zh_hans WHEN 'ja' THEN NEW.instructions_ja WHEN 'ar' THEN NEW.instructions_ar WHEN 'de' THEN NEW.instructions_de WHEN 'fr' THEN NEW.instructions_fr WHEN 'es' THEN NEW.instructions_es END), ('instructions', 'ar', OLD.instructions_ar, NEW.instructions_ar, CASE own WHEN 'en' THEN OLD.instructions_en WHEN 'zh-hans' THEN OLD.instructions_zh_hans WHEN 'ja' THEN OLD.instructions_ja WHEN 'ar' THEN OLD.instructions_ar WHEN 'de' THEN OLD.instructions_de WHEN 'fr' THEN OLD.instructions_fr WHEN 'es' THEN OLD.instructions_es END, CASE own WHEN 'en' THEN NEW.instructions_en WHEN 'zh-hans' THEN NEW.instructions_zh_hans WHEN 'ja' THEN NEW.instructions_ja WHEN 'ar' THEN NEW.instructions_ar WHEN 'de' THEN NEW.instructions_de WHEN 'fr' THEN NEW.instructions_fr WHEN 'es' THEN NEW.instructions_es END), ('instructions', 'de', OLD.instructions_de, NEW.instructions_de, CASE own WHEN 'en' THEN OLD.instructions_en WHEN 'zh-hans' THEN OLD.instructions_zh_hans WHEN 'ja' THEN OLD.instructions_ja WHEN 'ar' THEN OLD.instructions_ar WHEN 'de' THEN OLD.instructions_de WHEN 'fr' THEN OLD.instructions_fr WHEN 'es' THEN OLD.instructions_es END, CASE own WHEN 'en' THEN NEW.instructions_en WHEN 'zh-hans' THEN NEW.instructions_zh_hans WHEN 'ja' THEN NEW.instructions_ja WHEN 'ar' THEN NEW.instructions_ar WHEN 'de' THEN NEW.instructions_de WHEN 'fr' THEN NEW.instructions_fr WHEN 'es' THEN NEW.instructions_es END), ('instructions', 'fr', OLD.instructions_fr, NEW.instructions_fr, CASE own WHEN 'en' THEN OLD.instructions_en WHEN 'zh-hans' THEN OLD.instructions_zh_hans WHEN 'ja' THEN OLD.instructions_ja WHEN 'ar' THEN OLD.instructions_ar WHEN 'de' THEN OLD.instructions_de WHEN 'fr' THEN OLD.instructions_fr WHEN 'es' THEN OLD.instructions_es END, CASE own WHEN 'en' THEN NEW.instructions_en WHEN 'zh-hans' THEN NEW.instructions_zh_hans WHEN 'ja' THEN NEW.instructions_ja WHEN 'ar' THEN NEW.instructions_ar WHEN 'de' THEN NEW.instructions_de WHEN 'fr' THEN NEW.instructions_fr WHEN 'es' THEN NEW.instructions_es END), ('instructions', 'es', OLD.instructions_es, NEW.instructions_es, CASE own WHEN 'en' THEN OLD.instructions_en WHEN 'zh-hans' THEN OLD.instructions_zh_hans WHEN 'ja' THEN OLD.instructions_ja WHEN 'ar' THEN OLD.instructions_ar WHEN 'de' THEN OLD.instructions_de WHEN 'fr' THEN OLD.instructions_fr WHEN 'es' THEN OLD.instructions_es END, CASE own WHEN 'en' THEN NEW.instructions_en WHEN 'zh-hans' THEN NEW.instructions_zh_hans WHEN 'ja' THEN NEW.instructions_ja WHEN 'ar' THEN NEW.instructions_ar WHEN 'de' THEN NEW.instructions_de WHEN 'fr' THEN NEW.instructions_fr WHEN 'es' THEN NEW.instructions_es END)) AS v (field, language, before, text, was, source)\n        WHERE v.language <> own AND (coalesce(v.before, '') <> coalesce(v.text, '')\n                                     OR coalesce(v.was, '') <> coalesce(v.source, ''))\n    LOOP\n        IF coalesce(t.before, '') = coalesce(t.text, '') THEN\n            UPDATE catalog_textstate s\n            SET state = CASE WHEN s.source_digest = md5(coalesce(t.source, '')) THEN 'reviewed' ELSE 'stale' END,\n                changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language\n              AND s.state IN ('reviewed', 'stale');\n        ELSIF coalesce(t.text, '') = '' THEN\n            DELETE FROM catalog_textstate s\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language AND s.proposal = '';\n            UPDATE catalog_textstate s SET state = 'draft', author_id = NULL, changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language;\n        ELSE\n            INSERT INTO catalog_textstate\n                (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n            VALUES (listing, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp())\n            ON CONFLICT (product_id, field, language) DO UPDATE SET state = 'draft', origin = EXCLUDED.origin,\n                source_digest = EXCLUDED.source_digest, proposal = '', author_id = NULL,\n                changed_at = EXCLUDED.changed_at;\n        END IF;\n    END LOOP;\n    RETURN NULL;\n",
                    hash="bc430c117cfca24c5a17b4eaad5873df5547cfe6",
                    operation='UPDATE OF "warnings_en", "warnings_zh_hans", "warnings_ja", "warnings_ar", "warnings_de", "warnings_fr", "warnings_es", "instructions_en", "instructions_zh_hans", "instructions_ja", "instructions_ar", "instructions_de", "instructions_fr", "instructions_es"',
                    pgid="pgtrigger_texts_changed_ac45d",
                    table="catalog_productfacts",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productfacts",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    DELETE FROM catalog_textstate s USING old_rows o \n    WHERE s.product_id = o.product_id AND s.field = ANY (ARRAY['warnings', 'instructions']);\n    RETURN NULL;\n",
                    hash="1bd44675d890b39cfb32369154fdb486d9f2a244",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_texts_removed_2eee3",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="catalog_productfacts",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productimage",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n    SELECT p.id, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp()\n    FROM (SELECT * FROM new_rows r WHERE concat(r.alt_zh_hans, r.alt_ja, r.alt_ar, r.alt_de, r.alt_fr, r.alt_es) <> '') n JOIN catalog_product p ON p.id = n.product_id\n    CROSS JOIN LATERAL (VALUES ('picture-' || n.id, 'en', n.alt_en, CASE p.source_language WHEN 'en' THEN n.alt_en WHEN 'zh-hans' THEN n.alt_zh_hans WHEN 'ja' THEN n.alt_ja WHEN 'ar' THEN n.alt_ar WHEN 'de' THEN n.alt_de WHEN 'fr' THEN n.alt_fr WHEN 'es' THEN n.alt_es END), ('picture-' || n.id, 'zh-hans', n.alt_zh_hans, CASE p.source_language WHEN 'en' THEN n.alt_en WHEN 'zh-hans' THEN n.alt_zh_hans WHEN 'ja' THEN n.alt_ja WHEN 'ar' THEN n.alt_ar WHEN 'de' THEN n.alt_de WHEN 'fr' THEN n.alt_fr WHEN 'es' THEN n.alt_es END), ('picture-' || n.id, 'ja', n.alt_ja, CASE p.source_language WHEN 'en' THEN n.alt_en WHEN 'zh-hans' THEN n.alt_zh_hans WHEN 'ja' THEN n.alt_ja WHEN 'ar' THEN n.alt_ar WHEN 'de' THEN n.alt_de WHEN 'fr' THEN n.alt_fr WHEN 'es' THEN n.alt_es END), ('picture-' || n.id, 'ar', n.alt_ar, CASE p.source_language WHEN 'en' THEN n.alt_en WHEN 'zh-hans' THEN n.alt_zh_hans WHEN 'ja' THEN n.alt_ja WHEN 'ar' THEN n.alt_ar WHEN 'de' THEN n.alt_de WHEN 'fr' THEN n.alt_fr WHEN 'es' THEN n.alt_es END), ('picture-' || n.id, 'de', n.alt_de, CASE p.source_language WHEN 'en' THEN n.alt_en WHEN 'zh-hans' THEN n.alt_zh_hans WHEN 'ja' THEN n.alt_ja WHEN 'ar' THEN n.alt_ar WHEN 'de' THEN n.alt_de WHEN 'fr' THEN n.alt_fr WHEN 'es' THEN n.alt_es END), ('picture-' || n.id, 'fr', n.alt_fr, CASE p.source_language WHEN 'en' THEN n.alt_en WHEN 'zh-hans' THEN n.alt_zh_hans WHEN 'ja' THEN n.alt_ja WHEN 'ar' THEN n.alt_ar WHEN 'de' THEN n.alt_de WHEN 'fr' THEN n.alt_fr WHEN 'es' THEN n.alt_es END), ('picture-' || n.id, 'es', n.alt_es, CASE p.source_language WHEN 'en' THEN n.alt_en WHEN 'zh-hans' THEN n.alt_zh_hans WHEN 'ja' THEN n.alt_ja WHEN 'ar' THEN n.alt_ar WHEN 'de' THEN n.alt_de WHEN 'fr' THEN n.alt_fr WHEN 'es' THEN n.alt_es END)) AS t (field, language, text, source)\n    WHERE t.text <> '' AND t.language <> p.source_language\n    ON CONFLICT (product_id, field, language) DO NOTHING;\n    RETURN NULL;\n",
                    hash="6e550da8ffa339e170a41dbba1fc9b7aa6cce9ec",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_texts_added_aa94c",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_productimage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productimage",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.alt_en IS DISTINCT FROM NEW.alt_en OR OLD.alt_zh_hans IS DISTINCT FROM NEW.alt_zh_hans OR OLD.alt_ja IS DISTINCT FROM NEW.alt_ja OR OLD.alt_ar IS DISTINCT FROM NEW.alt_ar OR OLD.alt_de IS DISTINCT FROM NEW.alt_de OR OLD.alt_fr IS DISTINCT FROM NEW.alt_fr OR OLD.alt_es IS DISTINCT FROM NEW.alt_es)",
                    declare="DECLARE t record; listing bigint; own text;",
                    func="\n    SELECT p.id, p.source_language INTO listing, own FROM (SELECT NEW.id, NEW.product_id) AS n (id, product_id) JOIN catalog_product p ON p.id = n.product_id;\n    FOR t IN\n        SELECT v.* FROM (VALUES ('picture-' || NEW.id, 'en', OLD.alt_en, NEW.alt_en, CASE own WHEN 'en' THEN OLD.alt_en WHEN 'zh-hans' THEN OLD.alt_zh_hans WHEN 'ja' THEN OLD.alt_ja WHEN 'ar' THEN OLD.alt_ar WHEN 'de' THEN OLD.alt_de WHEN 'fr' THEN OLD.alt_fr WHEN 'es' THEN OLD.alt_es END, CASE own WHEN 'en' THEN NEW.alt_en WHEN 'zh-hans' THEN NEW.alt_zh_hans WHEN 'ja' THEN NEW.alt_ja WHEN 'ar' THEN NEW.alt_ar WHEN 'de' THEN NEW.alt_de WHEN 'fr' THEN NEW.alt_fr WHEN 'es' THEN NEW.alt_es END), ('picture-' || NEW.id, 'zh-hans', OLD.alt_zh_hans, NEW.alt_zh_hans, CASE own WHEN 'en' THEN OLD.alt_en WHEN 'zh-hans' THEN OLD.alt_zh_hans WHEN 'ja' THEN OLD.alt_ja WHEN 'ar' THEN OLD.alt_ar WHEN 'de' THEN OLD.alt_de WHEN 'fr' THEN OLD.alt_fr WHEN 'es' THEN OLD.alt_es END, CASE own WHEN 'en' THEN NEW.alt_en WHEN 'zh-hans' THEN NEW.alt_zh_hans WHEN 'ja' THEN NEW.alt_ja WHEN 'ar' THEN NEW.alt_ar WHEN 'de' THEN NEW.alt_de WHEN 'fr' THEN NEW.alt_fr WHEN 'es' THEN NEW.alt_es END), ('picture-' || NEW.id, 'ja', OLD.alt_ja, NEW.alt_ja, CASE own WHEN 'en' THEN OLD.alt_en WHEN 'zh-hans' THEN OLD.alt_zh_hans WHEN 'ja' THEN OLD.alt_ja WHEN 'ar' THEN OLD.alt_ar WHEN 'de' THEN OLD.alt_de WHEN 'fr' THEN OLD.alt_fr WHEN 'es' THEN OLD.alt_es END, CASE own WHEN 'en' THEN NEW.alt_en WHEN 'zh-hans' THEN NEW.alt_zh_hans WHEN 'ja' THEN NEW.alt_ja WHEN 'ar' THEN NEW.alt_ar WHEN 'de' THEN NEW.alt_de WHEN 'fr' THEN NEW.alt_fr WHEN 'es' THEN NEW.alt_es END), ('picture-' || NEW.id, 'ar', OLD.alt_ar, NEW.alt_ar, CASE own WHEN 'en' THEN OLD.alt_en WHEN 'zh-hans' THEN OLD.alt_zh_hans WHEN 'ja' THEN OLD.alt_ja WHEN 'ar' THEN OLD.alt_ar WHEN 'de' THEN OLD.alt_de WHEN 'fr' THEN OLD.alt_fr WHEN 'es' THEN OLD.alt_es END, CASE own WHEN 'en' THEN NEW.alt_en WHEN 'zh-hans' THEN NEW.alt_zh_hans WHEN 'ja' THEN NEW.alt_ja WHEN 'ar' THEN NEW.alt_ar WHEN 'de' THEN NEW.alt_de WHEN 'fr' THEN NEW.alt_fr WHEN 'es' THEN NEW.alt_es END), ('picture-' || NEW.id, 'de', OLD.alt_de, NEW.alt_de, CASE own WHEN 'en' THEN OLD.alt_en WHEN 'zh-hans' THEN OLD.alt_zh_hans WHEN 'ja' THEN OLD.alt_ja WHEN 'ar' THEN OLD.alt_ar WHEN 'de' THEN OLD.alt_de WHEN 'fr' THEN OLD.alt_fr WHEN 'es' THEN OLD.alt_es END, CASE own WHEN 'en' THEN NEW.alt_en WHEN 'zh-hans' THEN NEW.alt_zh_hans WHEN 'ja' THEN NEW.alt_ja WHEN 'ar' THEN NEW.alt_ar WHEN 'de' THEN NEW.alt_de WHEN 'fr' THEN NEW.alt_fr WHEN 'es' THEN NEW.alt_es END), ('picture-' || NEW.id, 'fr', OLD.alt_fr, NEW.alt_fr, CASE own WHEN 'en' THEN OLD.alt_en WHEN 'zh-hans' THEN OLD.alt_zh_hans WHEN 'ja' THEN OLD.alt_ja WHEN 'ar' THEN OLD.alt_ar WHEN 'de' THEN OLD.alt_de WHEN 'fr' THEN OLD.alt_fr WHEN 'es' THEN OLD.alt_es END, CASE own WHEN 'en' THEN NEW.alt_en WHEN 'zh-hans' THEN NEW.alt_zh_hans WHEN 'ja' THEN NEW.alt_ja WHEN 'ar' THEN NEW.alt_ar WHEN 'de' THEN NEW.alt_de WHEN 'fr' THEN NEW.alt_fr WHEN 'es' THEN NEW.alt_es END), ('picture-' || NEW.id, 'es', OLD.alt_es, NEW.alt_es, CASE own WHEN 'en' THEN OLD.alt_en WHEN 'zh-hans' THEN OLD.alt_zh_hans WHEN 'ja' THEN OLD.alt_ja WHEN 'ar' THEN OLD.alt_ar WHEN 'de' THEN OLD.alt_de WHEN 'fr' THEN OLD.alt_fr WHEN 'es' THEN OLD.alt_es END, CASE own WHEN 'en' THEN NEW.alt_en WHEN 'zh-hans' THEN NEW.alt_zh_hans WHEN 'ja' THEN NEW.alt_ja WHEN 'ar' THEN NEW.alt_ar WHEN 'de' THEN NEW.alt_de WHEN 'fr' THEN NEW.alt_fr WHEN 'es' THEN NEW.alt_es END)) AS v (field, language, before, text, was, source)\n        WHERE v.language <> own AND (coalesce(v.before, '') <> coalesce(v.text, '')\n                                     OR coalesce(v.was, '') <> coalesce(v.source, ''))\n    LOOP\n        IF coalesce(t.before, '') = coalesce(t.text, '') THEN\n            UPDATE catalog_textstate s\n            SET state = CASE WHEN s.source_digest = md5(coalesce(t.source, '')) THEN 'reviewed' ELSE 'stale' END,\n                changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language\n              AND s.state IN ('reviewed', 'stale');\n        ELSIF coalesce(t.text, '') = '' THEN\n            DELETE FROM catalog_textstate s\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language AND s.proposal = '';\n            UPDATE catalog_textstate s SET state = 'draft', author_id = NULL, changed_at = clock_timestamp()\n            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language;\n        ELSE\n            INSERT INTO catalog_textstate\n                (product_id, field, language, state, origin, source_digest, proposal, changed_at)\n            VALUES (listing, t.field, t.language, 'draft', coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller'), md5(coalesce(t.source, '')), '', clock_timestamp())\n            ON CONFLICT (product_id, field, language) DO UPDATE SET state = 'draft', origin = EXCLUDED.origin,\n                source_digest = EXCLUDED.source_digest, proposal = '', author_id = NULL,\n                changed_at = EXCLUDED.changed_at;\n        END IF;\n    END LOOP;\n    RETURN NULL;\n",
                    hash="171af6b26cbedbef26ac10f951ccc4b433fc1f20",
                    operation='UPDATE OF "alt_en", "alt_zh_hans", "alt_ja", "alt_ar", "alt_de", "alt_fr", "alt_es"',
                    pgid="pgtrigger_texts_changed_6a6c2",
                    table="catalog_productimage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productimage",
            trigger=pgtrigger.compiler.Trigger(
                name="texts_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    DELETE FROM catalog_textstate s USING old_rows o \n    WHERE s.product_id = o.product_id AND s.field = ANY (ARRAY['picture-' || o.id]);\n    RETURN NULL;\n",
                    hash="0a49cc5286b44320554c0c4cb65e37fabfe8ec83",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_texts_removed_5bb00",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="catalog_productimage",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="glossaryterm",
            constraint=models.UniqueConstraint(
                models.F("source_language"),
                django.db.models.functions.text.Lower("term"),
                models.F("language"),
                name="term_has_one_translation_in_a_language",
            ),
        ),
        migrations.AddConstraint(
            model_name="glossaryterm",
            constraint=models.CheckConstraint(
                condition=models.Q(("source_language", models.F("language")), _negated=True),
                name="term_is_translated_into_another_language",
            ),
        ),
        migrations.AddField(
            model_name="textstate",
            name="author",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="textstate",
            name="product",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="text_states",
                to="catalog.product",
                verbose_name="product",
            ),
        ),
        migrations.AddField(
            model_name="translationjob",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked for by",
            ),
        ),
        migrations.AddField(
            model_name="translationjob",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translation_jobs",
                to="catalog.product",
                verbose_name="product",
            ),
        ),
        migrations.AddIndex(
            model_name="textstate",
            index=models.Index(fields=["language", "state", "product"], name="texts_to_translate"),
        ),
        migrations.AddIndex(
            model_name="textstate",
            index=models.Index(
                condition=models.Q(("author__isnull", False)), fields=["author"], name="texts_of_a_translator"
            ),
        ),
        migrations.AddConstraint(
            model_name="textstate",
            constraint=models.UniqueConstraint(
                fields=("product", "field", "language"), name="text_has_one_state_in_a_language"
            ),
        ),
        migrations.AddConstraint(
            model_name="textstate",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("draft", "reviewed", "stale"))), name="missing_texts_have_no_state"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="textstate",
            trigger=pgtrigger.compiler.Trigger(
                name="screen_reviewed_warnings",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.field = 'warnings')",
                    func="\n    UPDATE catalog_product p SET is_unscreened = true WHERE p.id = NEW.product_id AND NOT p.is_unscreened;\n    RETURN NULL;\n",
                    hash="c0442c1886aa2f3e4ccb6b0fa0d600654255916c",
                    operation='INSERT OR UPDATE OF "state"',
                    pgid="pgtrigger_screen_reviewed_warnings_1a274",
                    table="catalog_textstate",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="translationjob",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["due_at"], name="texts_for_the_machine"
            ),
        ),
        migrations.AddConstraint(
            model_name="translationjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "queued")),
                fields=("product", "language"),
                name="one_open_job_for_a_language",
            ),
        ),
    ]
