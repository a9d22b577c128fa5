"""The groups exist; which rights they have is said by the command sync_roles, when all apps have their tables."""

from django.db import migrations

NAMES = ("compliance officer", "operations", "finance", "support", "translator", "seller")


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    group.objects.bulk_create([group(name=name) for name in NAMES], ignore_conflicts=True)


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=NAMES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
