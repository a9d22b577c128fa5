"""Translations that the shop has already were shown and screened as they are: they count as reviewed."""

from django.db import migrations

_LANGUAGES = (("zh-hans", "zh_hans"), ("ja", "ja"), ("ar", "ar"), ("de", "de"), ("fr", "fr"), ("es", "es"))
_TABLES = (
    ("catalog_product r", "r.id", (("'name'", "name"), ("'summary'", "summary"), ("'description'", "description"))),
    ("catalog_option r", "r.product_id", (("'option-' || r.id", "name"),)),
    (
        "catalog_optionvalue r JOIN catalog_option o ON o.id = r.option_id",
        "o.product_id",
        (("'choice-' || r.id", "name"),),
    ),
    ("catalog_productimage r", "r.product_id", (("'picture-' || r.id", "alt"),)),
    ("catalog_productfacts r", "r.product_id", (("'warnings'", "warnings"), ("'instructions'", "instructions"))),
)
_AT_ONCE = 20_000
_INSERT = """
    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)
    SELECT {listing}, t.field, t.language, 'reviewed', 'seller', md5(coalesce(t.source, '')), '', now()
    FROM {table} CROSS JOIN LATERAL (VALUES {rows}) AS t (field, language, text, source)
    WHERE t.text <> '' AND {listing} BETWEEN %s AND %s
    ON CONFLICT (product_id, field, language) DO NOTHING
"""


def count_as_reviewed(apps, schema_editor):
    """Some thousands of listings at a time, so that nothing waits long for a lock."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM catalog_product")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, _AT_ONCE) if first is not None else ():
            for table, listing, columns in _TABLES:
                rows = ", ".join(
                    f"({key}, '{code}', r.{column}_{suffix}, r.{column}_en)"
                    for key, column in columns
                    for code, suffix in _LANGUAGES
                )
                statement = _INSERT.format(listing=listing, table=table, rows=rows)
                cursor.execute(statement, [start, start + _AT_ONCE - 1])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0015_translations_have_a_state")]

    operations = [migrations.RunPython(count_as_reviewed, migrations.RunPython.noop)]
