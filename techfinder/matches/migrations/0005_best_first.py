from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0009_told_in_alerts"),
        ("matches", "0004_rest"),
        ("requests", "0004_nameless"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="match", name="match_request"),
        migrations.RemoveIndex(model_name="match", name="match_place_left"),
        migrations.AddField(
            model_name="match", name="place_filled", field=models.BooleanField(default=False, editable=False)
        ),
        # A rank of zero said so until now.
        migrations.RunSQL("UPDATE matches_match SET place_filled = true WHERE rank = 0", migrations.RunSQL.noop),
        # With a default there is a way back, on which a full rematch numbers them.
        migrations.AlterField(model_name="match", name="rank", field=models.PositiveIntegerField(default=1)),
        migrations.RemoveField(model_name="match", name="rank"),
        migrations.AlterModelOptions(
            name="match",
            options={
                "ordering": ["request", "-score", "activity_id"],
                "verbose_name": "match",
                "verbose_name_plural": "matches",
            },
        ),
        migrations.AddIndex(model_name="match", index=models.Index(fields=["request", "state"], name="match_request")),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("place_filled", False), ("state__in", ["declined", "withdrawn", "hidden"])),
                fields=["request"],
                name="match_place_left",
            ),
        ),
    ]
