import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matches", "0003_rematch_cause")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="due_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(model_name="notification", name="is_answer", field=models.BooleanField(default=False)),
        # What waits already does not wait anew.
        migrations.RunSQL(
            "UPDATE matches_notification SET due_at = created_at WHERE told_at IS NULL", migrations.RunSQL.noop
        ),
    ]
