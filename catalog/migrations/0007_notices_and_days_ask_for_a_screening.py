import django.contrib.postgres.fields
from django.db import migrations, models

# A notice points at its listing by the kind of the row and the key in words.
NOTE = """
CREATE FUNCTION catalog_note_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_product p SET is_unscreened = true
    FROM django_content_type t
    WHERE t.id = NEW.content_type_id AND t.app_label = 'catalog' AND t.model = 'product' AND p.id = CASE
        WHEN NEW.object_id ~ '^[0-9]{1,18}$' THEN NEW.object_id::bigint END;
    RETURN NULL;
END
$$;
CREATE TRIGGER catalog_note_notice AFTER INSERT OR UPDATE OF state ON compliance_notice
    FOR EACH ROW EXECUTE FUNCTION catalog_note_notice()
"""
FORGET = """
DROP TRIGGER catalog_note_notice ON compliance_notice;
DROP FUNCTION catalog_note_notice()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0006_changes_ask_for_a_screening"),
        ("compliance", "0004_the_compliance_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScreeningRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dated_on", models.DateField()),
                (
                    "destinations",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_screening_round")],
            },
        ),
        migrations.RunSQL(NOTE, FORGET),
    ]
