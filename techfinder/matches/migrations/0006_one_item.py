from django.db import migrations, models

# What a full rematch would set: until it ran, each school would count as not served yet.
FOUND = """
    UPDATE matches_askedrow AS item SET found = true FROM requests_request AS request
    WHERE request.id = item.request_id AND (
        request.status = 'fulfilled' OR (request.status = 'withdrawn' AND request.withdrawn_reason = 'found_here')
    )
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matches", "0005_best_first"),
        ("organisations", "0003_away"),
        ("requests", "0004_nameless"),
    ]

    operations = [
        migrations.AddField(model_name="askedrow", name="found", field=models.BooleanField(default=False)),
        migrations.RunSQL(FOUND, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="askedrow",
            index=models.Index(condition=models.Q(("live", True)), fields=["school"], name="asked_school"),
        ),
        *(
            operation
            for mine, theirs, ids in (("activity", "request", []), ("request", "activity", ["id"]))
            for operation in (
                migrations.RemoveIndex(model_name="match", name=f"match_{mine}"),
                migrations.AddIndex(
                    model_name="match",
                    index=models.Index(fields=[mine, "state"], include=[theirs, "score", *ids], name=f"match_{mine}"),
                ),
            )
        ),
    ]
