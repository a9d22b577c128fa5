from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0024_text_answers_are_screened")]

    operations = [
        migrations.AddField(
            model_name="searchentry",
            name="edition",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(condition=models.Q(("language", "en")), fields=["edition"], name="search_texts_to_make"),
        ),
    ]
