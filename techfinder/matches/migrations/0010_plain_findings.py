from django.db import migrations


class Migration(migrations.Migration):
    """Numbers that look random: squeezing them costs seconds per run and saves nothing."""

    dependencies = [("matches", "0009_source_of_rows")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE matches_rematchshard ALTER COLUMN best SET STORAGE EXTERNAL",
            "ALTER TABLE matches_rematchshard ALTER COLUMN best SET STORAGE EXTENDED",
        )
    ]
