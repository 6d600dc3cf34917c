"""The forms with which a colleague takes over from whom a mail was meant for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ColleagueForm(forms.Form):
    """Who somebody is, and where the code goes."""

    email = forms.EmailField(
        max_length=254,
        label=_("Your own e-mail address at work"),
        help_text=_("We send you a code. With it you go on"),
        widget=forms.EmailInput({"autocomplete": "email", "class": "tf-w-mail"}),
        error_messages={
            "required": _("Write your e-mail address"),
            "invalid": _("Write an e-mail address such as name@school.nl"),
        },
    )
    name = forms.CharField(
        max_length=120,
        label=_("Your name"),
        widget=forms.TextInput({"autocomplete": "name", "class": "tf-w-mail"}),
        error_messages={"required": _("Write your name")},
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class ColleagueCodeForm(forms.Form):
    """The code, and whether the mails go to this colleague from now on."""

    code = forms.CharField(
        max_length=20,
        label=_("Code of 6 digits"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "tf-w-8"}),
        error_messages={"required": _("Type the code from the mail")},
    )
    contact = forms.BooleanField(
        required=False,
        label=_("I am the contact from now on"),
        help_text=_("The mails about this booking then go to you"),
    )
