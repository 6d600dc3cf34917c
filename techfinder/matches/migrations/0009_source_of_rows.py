from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matches", "0008_match_indexes"),
    ]

    operations = [
        # No row was made of 0: all are made anew.
        migrations.AddField(
            model_name="askedrow",
            name="source",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="offeredrow",
            name="source",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
    ]
