from django.db import migrations

from techfinder.taxonomy import data


def load(apps, schema_editor):
    _levels(apps.get_model("taxonomy", "Level"))
    _terms(apps.get_model("taxonomy", "Theme"), data.THEMES)
    _terms(apps.get_model("taxonomy", "Kind"), data.KINDS)
    _regions(apps.get_model("taxonomy", "Region"))


def _levels(level_model):
    ids = {}
    for position, term in enumerate(data.LEVELS):
        level, _ = level_model.objects.update_or_create(
            code=term.code,
            defaults={
                "name": term.name,
                "name_en": term.name_en,
                "position": position,
                "parent_id": ids.get(term.parent),
                "bit": data.BITS.get(term.code),
                "sector": term.sector,
                "track": term.track,
                "year": term.year,
                "age_from": term.age_from,
                "age_until": term.age_until,
                "obk": term.obk,
                "obk_alias": term.obk_alias,
            },
        )
        ids[term.code] = level.pk


def _terms(model, terms):
    for position, term in enumerate(terms):
        model.objects.get_or_create(
            code=term.code, defaults={"name": term.name, "name_en": term.name_en, "position": position}
        )


def _regions(region_model):
    ids = {}
    for term in data.REGIONS:
        region, _ = region_model.objects.get_or_create(
            code=term.code,
            defaults={"name": term.name, "slug": term.slug, "type": term.type, "parent_id": ids.get(term.parent)},
        )
        ids[term.code] = region.pk


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
