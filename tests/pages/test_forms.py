"""What the form components draw, and what the fields read."""

import datetime as dt

import pytest
from django import forms
from django.utils import translation

from techfinder.taxonomy import ui


class Sample(forms.Form):
    title = forms.CharField(label="Titel", help_text="Bedrijven zien deze zin")
    note = forms.CharField(label="Toelichting", required=False)
    themes = forms.MultipleChoiceField(label="Thema", choices=[("a", "A"), ("b", "B")], widget=ui.Choices)
    groups = forms.MultipleChoiceField(
        label="Groep", choices=[("7", "7|10-11 jaar"), ("8", "8|11-12 jaar")], widget=ui.Picks(look="groups")
    )
    one = forms.ChoiceField(label="Soort", choices=[("x", "X"), ("y", "Y")], widget=forms.RadioSelect)
    distance = forms.IntegerField(label="Afstand", required=False, widget=ui.Measure("km"))
    agreed = forms.BooleanField(label="Gelezen")


@pytest.fixture(autouse=True)
def _dutch():
    with translation.override("nl"):
        yield


def test_every_field_is_drawn():
    html = Sample().render()
    for label in ("Titel", "Toelichting", "Thema", "Groep", "Soort", "Afstand", "Gelezen"):
        assert label in html
    assert html.count("utrecht-radio-button ") == 2
    assert html.count("(mag je overslaan)") == 2
    assert 'id="id_distance_unit"' in html
    assert " required" not in html
    assert "placeholder" not in html
    assert "style=" not in html


def test_a_hint_and_an_error_are_tied_to_the_control():
    html = Sample({})["title"].as_field_group()
    assert 'aria-describedby="id_title_error id_title_helptext"' in html
    assert 'aria-invalid="true"' in html
    assert "utrecht-textbox--invalid" in html
    assert "Vul in: Titel" in html


def test_a_group_points_to_its_error_and_the_summary_to_its_first_box():
    form = Sample({})
    assert 'aria-describedby="id_themes_error"' in form["themes"].as_field_group()
    errors = {error.anchor: error.text for error in ui.all_errors(form)}
    assert errors["id_themes_0"] == "Kies: Thema"
    assert errors["id_title"] == "Vul in: Titel"
    assert errors["id_agreed"] == "Kies: Gelezen"


def test_choices_without_a_group_stand_together():
    groups = ui.choice_groups(Sample()["themes"])
    assert len(groups) == 1
    assert [choice.label for choice in groups[0].choices] == ["A", "B"]


def test_a_tile_has_its_second_line():
    (group,) = ui.choice_groups(Sample({"groups": ["8"]})["groups"])
    assert [choice.note for choice in group.choices] == ["10-11 jaar", "11-12 jaar"]
    assert "checked" in group.choices[1].attrs
    assert "checked" not in group.choices[0].attrs


def test_what_was_typed_stays():
    html = Sample({"title": '"><b>', "themes": ["b"], "one": "y"}).render()
    assert "&quot;&gt;&lt;b&gt;" in html
    assert "<b>" not in html.replace("<b>7</b>", "").replace("<b>8</b>", "")
    assert html.count("checked") == 2


def test_errors_of_a_formset_in_order():
    formset = forms.formset_factory(Sample, extra=1)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-note": "x"}
    )
    assert ui.all_errors(formset)[0].anchor == "id_form-0-title"


TODAY = dt.date(2027, 3, 2)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3-5-2027", dt.date(2027, 5, 3)),
        ("3/5/27", dt.date(2027, 5, 3)),
        ("03.05.2027", dt.date(2027, 5, 3)),
        ("3 mei", dt.date(2027, 5, 3)),
        ("3 Mei 2028", dt.date(2028, 5, 3)),
        ("maandag 3 mei", dt.date(2027, 5, 3)),
        ("1 mrt", dt.date(2028, 3, 1)),
        ("2-3", TODAY),
        ("2027-05-03", dt.date(2027, 5, 3)),
        ("29 februari", dt.date(2028, 2, 29)),
        ("31-2-2027", None),
        ("32-1", None),
        ("binnenkort", None),
        ("3 smarch", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_a_day_as_people_write_it(text, day):
    assert ui.read_day(text, today=TODAY) == day


def test_a_day_field_shows_and_keeps():
    field = ui.DayField()
    assert field.prepare_value(dt.date(2027, 5, 3)) == "3-5-2027"
    assert field.clean("3-5-2027") == dt.date(2027, 5, 3)
    with pytest.raises(forms.ValidationError, match="Schrijf de dag als"):
        field.clean("ooit")


def test_the_clock():
    assert ui.Clock.of_days(7) == ui.Clock(filled=7, of=10, tone="", figure="7")
    assert ui.Clock.of_days(2).tone == "soon"
    assert ui.Clock.of_days(-1) == ui.Clock(filled=10, of=10, tone="late", figure="!")
