from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the shop goes on selling while the index is made

    dependencies = [("catalog", "0022_people_review_what_was_delivered")]

    operations = [
        AddIndexConcurrently(
            "placement", models.Index(fields=["category", "-rating_rank", "-product"], name="shelf_by_rating")
        ),
    ]
