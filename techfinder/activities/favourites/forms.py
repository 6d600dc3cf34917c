"""A word for the team."""

from django import forms

from techfinder.activities.models import Favourite


class NoteForm(forms.ModelForm[Favourite]):
    class Meta:
        model = Favourite
        fields = ("note",)

    def clean_note(self) -> str:
        return " ".join(self.cleaned_data["note"].split())
