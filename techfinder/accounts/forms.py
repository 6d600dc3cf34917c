from django import forms
from django.utils.translation import gettext_lazy as _

from techfinder.accounts.models import User


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["name", "language", "match_mail"]
        labels = {
            "name": _("Your name"),
            "language": _("Language of the site's mails"),
            "match_mail": _("How often do you want mail about matches?"),
        }
        help_texts = {
            "name": _("Schools and companies you work with see it"),
            "match_mail": _("The first matches of a request always come at once"),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "language": forms.RadioSelect,
            "match_mail": forms.RadioSelect,
        }


class DeleteForm(forms.Form):
    """One deliberate tick before everything goes."""

    sure = forms.BooleanField(
        label=_("Yes, delete my account"), error_messages={"required": _("Tick the box when you are sure")}
    )
