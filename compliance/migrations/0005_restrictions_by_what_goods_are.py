from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0004_the_compliance_desk")]

    operations = [
        migrations.AddField(
            model_name="goodsrestriction",
            name="topic",
            field=models.CharField(
                choices=[
                    ("goods", "Goods"),
                    ("lithium", "Lithium batteries"),
                    ("species", "Protected species"),
                    ("excise", "Excise goods"),
                    ("age", "Age of the buyer"),
                    ("sanctions", "Sanctions"),
                ],
                db_default="goods",
                default="goods",
                max_length=10,
                verbose_name="topic",
            ),
        ),
        migrations.AddField(
            model_name="goodsrestriction",
            name="traits",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="goods with"),
        ),
        migrations.AddField(
            model_name="goodsrestriction",
            name="origins",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="only from"),
        ),
        migrations.AddField(
            model_name="goodsrestriction",
            name="watt_hours_over",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=8,
                null=True,
                verbose_name="only batteries of more watt-hours than",
            ),
        ),
        migrations.AddField(
            model_name="goodsrestriction",
            name="batteries_over",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="only more batteries than"),
        ),
        migrations.AddField(
            model_name="goodsrestriction",
            name="minimum_age",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="age that the listing has to name"
            ),
        ),
        migrations.AddField(
            model_name="goodsrestriction",
            name="document",
            field=models.CharField(
                blank=True,
                choices=[
                    ("identity", "Identification document"),
                    ("bank", "Proof of the bank account"),
                    ("register", "Extract of the trade register"),
                    ("registration", "Proof of a registration"),
                    ("conformity", "Declaration of conformity"),
                    ("test_report", "Test report"),
                    ("un38_3", "UN 38.3 test summary"),
                    ("energy_label", "Energy label"),
                    ("permit", "Permit"),
                    ("other", "Other evidence"),
                ],
                db_default="",
                default="",
                max_length=14,
                verbose_name="only without this document",
            ),
        ),
        migrations.AlterField(
            model_name="forbiddenclaim",
            name="phrases",
            field=models.TextField(
                help_text="Separated by semicolons. An asterisk at the end: any word that begins so.",
                verbose_name="phrases",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsrestriction",
            constraint=models.CheckConstraint(
                condition=models.Q(("watt_hours_over__isnull", True), ("watt_hours_over__gte", 0), _connector="OR"),
                name="restriction_watt_hours_are_not_negative",
            ),
        ),
    ]
