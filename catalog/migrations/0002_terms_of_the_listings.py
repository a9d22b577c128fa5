from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import CreateExtension, TrigramExtension
from django.db import migrations, models

# The trigrams narrow the words down by their index, the distance puts them in order. Most of the right words are less
# similar than the usual threshold asks for, and the planner takes the comparison of trigrams for much cheaper than it is.
SIMILAR_TERMS = """
CREATE FUNCTION catalog_similar_terms(words text[], folded text[], reading text)
RETURNS TABLE (word text, term text, products integer, distance integer)
LANGUAGE sql STABLE ROWS 40 SET pg_trgm.similarity_threshold = 0.2 SET enable_seqscan = off AS $$
    SELECT typed.word, near.term, near.products, near.distance
    FROM unnest(words, folded) AS typed(word, folded) CROSS JOIN LATERAL (
        SELECT t.term, max(t.products) AS products, levenshtein_less_equal(t.folded, typed.folded, 3) AS distance
        FROM (SELECT * FROM catalog_searchterm s WHERE s.folded % typed.folded OFFSET 0) t
        WHERE t.language IN (reading, 'en') GROUP BY t.term, t.folded
        ORDER BY distance, t.term <> typed.word, max((t.language = reading)::integer) DESC, products DESC, t.term LIMIT 5
    ) near WHERE near.distance <= 3
$$
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        TrigramExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.CreateModel(
            name="SearchTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10)),
                ("term", models.CharField(max_length=40)),
                ("folded", models.CharField(max_length=80)),
                ("products", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [GinIndex(fields=["folded"], name="search_terms_by_trigrams", opclasses=["gin_trgm_ops"])],
                "constraints": [
                    models.UniqueConstraint(fields=["language", "term"], name="one_search_term_a_language")
                ],
            },
        ),
        migrations.RunSQL(SIMILAR_TERMS, "DROP FUNCTION catalog_similar_terms(text[], text[], text)"),
    ]
