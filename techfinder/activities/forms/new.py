"""The first question: for which provider, and what is it called?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from techfinder.organisations.models import Provider


class NewActivityForm(forms.Form):
    """Whoever acts for one provider is not asked which."""

    provider = forms.ModelChoiceField(Provider.objects.none(), label=_("For which provider?"), empty_label=None)
    title = forms.CharField(
        label=_("What is it called?"), max_length=120, help_text=_("A short name that makes a class curious.")
    )

    def __init__(self, *args: Any, providers: list[Provider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["provider"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = Provider.objects.filter(pk__in=[provider.pk for provider in providers])
        if len(providers) == 1:
            choice.widget = choice.hidden_widget()
            choice.initial = providers[0].pk
