"""Words that mean the same: as shipped, and as an administrator changes them."""

import pytest

from techfinder.activities.admin import SynonymForm
from techfinder.activities.models import ActivityChange, Synonym
from techfinder.activities.models.finding import SYNONYMS
from techfinder.activities.search.text import Synonyms

pytestmark = pytest.mark.django_db


def errors(words: str) -> list[str]:
    return SynonymForm({"words": words}).errors.get("words", [])


def test_other_names_of_a_word() -> None:
    synonyms = Synonyms.of(["pc, computer , laptop", "kunstmatige intelligentie, AI"])
    assert set(synonyms.others(["computers"])) == {("pc",), ("laptop",)}
    assert synonyms.others(["ai"]) == (("kunstmatige", "intelligentie"),)
    assert synonyms.others(["kunstmatige", "intelligentie"]) == (("ai",),)
    assert synonyms.others(["kunstmatige"]) == ()


def test_what_is_shipped_would_pass_the_form() -> None:
    shipped = list(Synonym.objects.all())
    assert len(shipped) > 60
    for each in shipped:
        form = SynonymForm({"words": each.words}, instance=each)
        assert form.is_valid(), (each.words, form.errors)


def test_two_to_twenty_words() -> None:
    assert errors("robotje")
    assert errors("xenon, , ,")
    assert errors(", ".join(f"woord{chr(97 + number)}" for number in range(21)))
    assert not errors("xenon, neon")


def test_a_word_is_in_one_group_in_whatever_form() -> None:
    Synonym.objects.create(words="xenon, neonlamp")
    assert "neonlampen" in errors("argon, neonlampen")[0]
    assert errors("argon, argons")


def test_only_words_and_short_phrases() -> None:
    assert errors("argon, !!!")
    assert errors("argon, een hele zin van veel woorden")


def test_words_are_kept_tidy() -> None:
    form = SynonymForm({"words": " xenon ,neon   licht,,"})
    assert form.is_valid()
    assert form.save().words == "xenon, neon licht"


def test_a_change_is_told_to_every_process() -> None:
    before = ActivityChange.objects.filter(activity_id=SYNONYMS).count()
    Synonym.objects.create(words="xenon, neon").delete()
    assert ActivityChange.objects.filter(activity_id=SYNONYMS).count() == before + 2
