import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.nl import postcode as dutch_postcode
from stdnum.util import clean, isdigits

from techfinder.organisations.images import PictureField
from techfinder.organisations.models import Board, Provider, School
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.ui import DayField

LOGO_SIDE = 512
MOST_OPEN = 500
# The clock of an answer stands still meanwhile: a school would wait too long.
LONGEST_AWAY = timedelta(weeks=8)
# Asked of who is on the site already.
LATER = ("away_from", "away_until", "auto_promote")


def _size_words(size: Provider.Size) -> str:
    """Up to 10 people: 5 requests at once."""
    cap = Provider.CAPS[size]
    many = ngettext("%(cap)d request at once", "%(cap)d requests at once", cap or 0) % {"cap": cap or 0}
    return f"{capfirst(size.label)}: {many if cap else gettext('no limit')}"


class ProviderForm(forms.ModelForm[Provider]):
    """What a company tells about itself. After approval its name and number are settled."""

    # Wider than the columns: people write numbers with spaces.
    kvk = forms.CharField(
        label=_("KvK number"),
        max_length=20,
        help_text=_("8 digits, as in the trade register"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 10}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "size": 8}),
    )
    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        max_length=200,
        help_text=_("For example www.bedrijf.nl"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    logo = PictureField(
        label=_("Logo"), required=False, max_side=LOGO_SIDE, help_text=_("A PNG, JPEG or WebP file of at most 5 MB")
    )
    municipality = forms.ModelChoiceField(
        label=_("Municipality"),
        queryset=Region.objects.filter(type=Region.Type.MUNICIPALITY),
        required=False,
        empty_label=_("Find it by the postcode"),
    )
    logo_away = forms.BooleanField(label=_("Take the logo away"), required=False)
    size = forms.ChoiceField(
        label=_("How large is your organisation?"),
        help_text=_("We put no more requests before you at once than you can take"),
        choices=lambda: [(size.value, _size_words(size)) for size in Provider.Size],
        widget=forms.RadioSelect,
    )
    max_open = forms.IntegerField(
        label=_("How many open requests do you want at once?"),
        help_text=_("Only when it should differ from what goes with your size"),
        required=False,
        min_value=1,
        max_value=MOST_OPEN,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Write a whole number from 1 to 500")),
    )
    away_from = DayField(
        label=_("First day away"), required=False, widget=forms.TextInput({"class": "tf-w-8", "autocomplete": "off"})
    )
    away_until = DayField(
        label=_("Last day away"), required=False, widget=forms.TextInput({"class": "tf-w-8", "autocomplete": "off"})
    )
    auto_promote = forms.BooleanField(
        label=_("A place that falls free goes to the next in the queue at once"),
        help_text=_("Otherwise you choose yourself who gets it"),
        required=False,
    )

    class Meta:
        model = Provider
        fields = [
            "name", "kvk", "description", "email", "website", "logo",
            "street", "house_number", "postcode", "city", "municipality", "size", "max_open", *LATER,
        ]  # fmt: skip
        labels = {
            "name": _("Name of your organisation"),
            "description": _("What your organisation does"),
            "email": _("E-mail address for schools"),
        }
        help_texts = {
            "description": _("Two or three sentences, for teachers"),
            "email": _("Schools see it once something is agreed"),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 5}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "street": forms.TextInput(attrs={"autocomplete": "address-line1"}),
            "house_number": forms.TextInput(attrs={"size": 6}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["logo_away"]
        for name in ("description", "street", "house_number", "city"):
            self.fields[name].required = True
        if self.instance.pk is None:
            for name in LATER:
                del self.fields[name]
        # Who registered before we asked for it, or came by an import, may leave it open.
        self.fields["size"].required = self.instance.pk is None or bool(self.instance.size)
        if self.instance.status == Provider.Status.VERIFIED:
            # An imported provider may have no number yet.
            for name in ("name", "kvk") if self.instance.kvk else ("name",):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Settled when we approved your organisation. Ask us to change it.")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not re.search(r"\w", name):
            raise ValidationError(_("Write the name with letters or digits"))
        return name

    def clean_kvk(self) -> str:
        """The number has no check digit: eight digits is all its form says."""
        number = clean(self.cleaned_data["kvk"], " .-").strip()
        if self.fields["kvk"].disabled:
            return number
        if len(number) != 8 or not isdigits(number) or number == "00000000":
            raise ValidationError(_("A KvK number has 8 digits"))
        return number

    def clean_postcode(self) -> str:
        try:
            return str(dutch_postcode.validate(self.cleaned_data["postcode"]))
        except InvalidNumber as error:
            raise ValidationError(_("Write the postcode as 4389 PA")) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not {"away_from", "away_until"} & self.errors.keys():
            self._check_away(cleaned.get("away_from"), cleaned.get("away_until"))
        return cleaned

    def _check_away(self, first: date | None, last: date | None) -> None:
        """Two days, or none; days that are over do no harm."""
        if first and last is None:
            self.add_error("away_until", _("Write the last day too"))
        elif last and first is None:
            self.add_error("away_from", _("Write the first day too"))
        elif first and last and last < first:
            self.add_error("away_until", _("The last day comes before the first"))
        elif first and last and last - first > LONGEST_AWAY:
            self.add_error("away_until", _("Choose at most 8 weeks. Are you away longer? Pause your activities."))
        elif first and first > timezone.localdate() + timedelta(days=366):
            self.add_error("away_from", _("Choose a day in the coming year"))

    def values(self) -> dict[str, Any]:
        """What actions take: the cleaned fields, and a logo only when a new one came or the old one goes."""
        found = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}
        if "logo" not in self.changed_data:
            found.pop("logo")
            if self.cleaned_data.get("logo_away"):
                found["logo"] = ""
        return found


class ClaimForm(forms.Form):
    """For one school, or for all schools of its board."""

    scope = forms.ChoiceField(label=_("For whom do you ask and answer?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.board: Board | None = school.board
        scope = self.fields["scope"]
        assert isinstance(scope, forms.ChoiceField)
        scope.choices = [("school", _("For this school"))]
        scope.initial = "school"
        if self.board:
            scope.choices += [("board", _("For all schools of %(board)s") % {"board": self.board})]


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address of your colleague"), widget=forms.EmailInput)


class SchoolSearchForm(forms.Form):
    q = forms.CharField(
        label=_("Name or town of your school"),
        required=False,
        max_length=100,
        help_text=_("Part of it is enough"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
