from django.db import migrations

# Puts a text search query together: each step is a configuration with a word to be stemmed by it, "&" or "|" for the two
# queries before, or "?" and a configuration, which leaves out the query before if the word is one of those that texts are
# searched without. So a search is one statement, whatever the words are, and is planned once for a connection.
QUERY = """
CREATE FUNCTION catalog_query(steps text[], words text[]) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    made tsquery[] := '{}';
    top integer := 0;
BEGIN
    FOR place IN 1 .. cardinality(steps) LOOP
        CASE left(steps[place], 1)
            WHEN '&' THEN
                top := top - 1;
                made[top] := made[top] && made[top + 1];
            WHEN '|' THEN
                top := top - 1;
                made[top] := made[top] || made[top + 1];
            WHEN '?' THEN
                IF numnode(to_tsquery(substr(steps[place], 2)::regconfig, words[place])) = 0 THEN
                    made[top] := ''::tsquery;
                END IF;
            ELSE
                top := top + 1;
                made[top] := to_tsquery(steps[place]::regconfig, words[place]);
        END CASE;
    END LOOP;
    RETURN made[1];
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0032_a_file_may_have_a_language")]

    operations = [migrations.RunSQL(QUERY, "DROP FUNCTION catalog_query(text[], text[])")]
