"""What a coordinator writes on the page of a region."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.moderation.models import RegionPage

PHONE = re.compile(r"\+?[0-9 ()\-]+")
FEWEST_DIGITS, MOST_DIGITS = 3, 15


class RegionPageForm(forms.ModelForm[RegionPage]):
    class Meta:
        model = RegionPage
        fields = ("words", "contact", "role", "email", "phone", "reachable")
        widgets = {
            "words": forms.Textarea(attrs={"rows": 8}),
            "contact": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        }
        help_texts = {
            "words": _(
                "What should a teacher or a company know about this region? Short sentences. An empty line makes a "
                "new paragraph. At most 2000 characters."
            ),
            "contact": _("This name is on the site for everybody. Ask the person first."),
            "role": _("Such as: coordinator of Techniekpact Zeeland"),
            "email": _("Choose an address that somebody reads every working day."),
            "phone": _("Such as 0118 123 456"),
            "reachable": _("Such as: Monday to Thursday, 9:00 to 16:00"),
        }

    def clean_words(self) -> str:
        return re.sub(r"\n{3,}", "\n\n", self.cleaned_data["words"].replace("\r\n", "\n")).strip()

    def clean_phone(self) -> str:
        """As somebody writes it, so long as it can be dialled."""
        phone = " ".join(self.cleaned_data["phone"].split())
        digits = sum(each.isdigit() for each in phone)
        if phone and (not PHONE.fullmatch(phone) or not FEWEST_DIGITS <= digits <= MOST_DIGITS):
            said = gettext("Write a telephone number with digits and spaces, such as 0118 123 456.")
            raise forms.ValidationError(said)
        return phone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        named = cleaned.get("contact") or cleaned.get("role") or cleaned.get("reachable")
        reached = cleaned.get("email") or cleaned.get("phone") or {"email", "phone"} & set(self.errors)
        if named and not reached:
            self.add_error("phone", gettext("Fill in a telephone number or an e-mail address too."))
        return cleaned
