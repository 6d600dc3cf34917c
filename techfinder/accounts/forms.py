from django import forms
from django.utils.translation import gettext_lazy as _

from techfinder.accounts.models import User


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["name", "language"]
        labels = {
            "name": _("Your name"),
            "language": _("Language of the site's mails"),
        }
        help_texts = {
            "name": _("Schools and companies you work with see it"),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "language": forms.RadioSelect,
        }


class DeleteForm(forms.Form):
    """One deliberate tick before everything goes."""

    sure = forms.BooleanField(
        label=_("Yes, delete my account"), error_messages={"required": _("Tick the box when you are sure")}
    )
