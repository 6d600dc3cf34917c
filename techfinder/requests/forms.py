"""The form of a request: one page, in the order in which a teacher thinks."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.organisations.models import School
from techfinder.requests.levels import leaves_in_order, level_choices, offered_levels
from techfinder.requests.models import Request
from techfinder.requests.pupil_data import suspicions
from techfinder.taxonomy.models import Audience, Delivery, Kind, Theme
from techfinder.taxonomy.ui import Choices, DayField, Measure, Picks, TypeAhead

FARTHEST = timedelta(days=550)
MOST_THEMES = 3
LONGEST_SLUG = 140
FARTHEST_KM = 400
MOST_COST = 100_000
FEW = 6
FREE_TEXT = ("title", "date_note", "goals", "prior_knowledge", "practicalities")
NO_PUPILS = _("Do not write names or details of pupils here")


def _text(name: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(max_length=getattr(Request, name).field.max_length, **kwargs)


def _area(name: str, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return _text(name, required=False, widget=forms.Textarea({"rows": rows}), **kwargs)


def _number(low: int, high: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=low, max_value=high, localize=True, **kwargs)


class QuestionForm(forms.Form):
    """What is asked: the fields that can be changed afterwards too."""

    title = _text(
        "title",
        label=_("Your question in one sentence"),
        help_text=_("Companies see this sentence first"),
        error_messages={"required": _("Write your question in one sentence")},
    )
    themes = forms.MultipleChoiceField(
        label=_("Theme"),
        required=False,
        widget=Choices(columns=3, few=FEW, all_words=_("Show all %(n)d themes")),
        help_text=_("Choose at most 3"),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kind of help"),
        required=False,
        widget=Choices(columns=3, few=FEW, all_words=_("Show all %(n)d kinds")),
    )
    levels = forms.MultipleChoiceField(
        label=_("For which classes?"),
        widget=Picks(look="groups"),
        error_messages={
            "required": _("Choose at least one class"),
            "invalid_choice": _("Choose a class that this school has"),
        },
    )
    group_size = _number(
        1,
        2000,
        label=_("How many pupils take part?"),
        widget=forms.TextInput({"inputmode": "numeric", "class": "tf-w-5"}),
        error_messages={
            "required": _("Write how many pupils take part"),
            "invalid": _("Write the number of pupils in figures, such as 28"),
        },
    )
    audience = forms.MultipleChoiceField(
        label=_("Who is it for?"),
        required=False,
        choices=[(value, capfirst(label)) for value, label in Audience.choices],
        widget=Choices(columns=3),
        help_text=_("Nothing chosen? Then it is for pupils"),
    )
    date_from = DayField(
        label=_("First day"),
        widget=forms.TextInput({"class": "tf-w-8"}),
        error_messages={"required": _("Choose a first day")},
    )
    date_until = DayField(
        label=_("Last day"),
        widget=forms.TextInput({"class": "tf-w-8"}),
        error_messages={"required": _("Choose a last day")},
    )
    date_note = _text(
        "date_note",
        required=False,
        label=_("Days and times that suit"),
        help_text=_("For example: Tuesday or Thursday morning"),
    )
    minutes = _number(10, 2000, label=_("How much time do you have?"), required=False, widget=Measure(_("minutes")))
    delivery = forms.MultipleChoiceField(
        label=_("Where may it be?"),
        required=False,
        widget=Choices(columns=3),
        choices=[
            (Delivery.AT_SCHOOL, _("At our school")),
            (Delivery.AT_PROVIDER, _("At the company")),
            (Delivery.ONLINE, _("Online")),
        ],
        help_text=_("Nothing chosen? Then we look everywhere"),
    )
    max_travel_km = _number(1, FARTHEST_KM, label=_("How far can you travel?"), required=False, widget=Measure(_("km")))
    max_cost = forms.DecimalField(
        min_value=0,
        max_value=MOST_COST,
        max_digits=8,
        decimal_places=2,
        localize=True,
        label=_("Budget"),
        required=False,
        widget=Measure(_("euro"), {"inputmode": "decimal"}),
    )
    goals = _area("goals", label=_("What should the pupils learn?"), help_text=NO_PUPILS)
    prior_knowledge = _area("prior_knowledge", label=_("What do they know already?"), help_text=NO_PUPILS)
    practicalities = _area(
        "practicalities",
        label=_("Practical matters"),
        help_text=_("Room, screen, sockets, parking, access with a wheelchair"),
    )
    no_pupil_data = forms.BooleanField(required=False, label=_("There is nothing about one pupil in my text"))

    def __init__(self, *args: Any, school: School | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = school
        self.suspicions: list[str] = []
        self._choices("themes").choices = _terms(Theme)
        self._choices("kinds").choices = _terms(Kind)
        self._offer_levels()

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def _offer_levels(self) -> None:
        offered = offered_levels(self.chosen)
        groups = level_choices(offered)
        # One group needs no heading: the legend says it.
        self._choices("levels").choices = groups if len(groups) > 1 else groups[0][1]
        if {level.sector for level in offered} == {"po"}:
            self.fields["levels"].label = _("Group")

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_themes(self) -> list[str]:
        themes: list[str] = self.cleaned_data["themes"]
        if len(themes) > MOST_THEMES:
            raise ValidationError(_("Choose at most 3 themes"))
        return themes

    def clean_date_from(self) -> date:
        first: date = self.cleaned_data["date_from"]
        if first < timezone.localdate() and first != self.initial.get("date_from"):
            raise ValidationError(gettext("Choose a first day from today on"))
        return first

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_last_day(cleaned.get("date_from"), cleaned.get("date_until"))
        self._check_pupil_data(cleaned)
        return cleaned

    def _check_last_day(self, first: date | None, last: date | None) -> None:
        if last is None:
            return
        if first and last < first:
            self.add_error(
                "date_until", gettext("Choose a last day after %(day)s") % {"day": date_format(first, "j F Y")}
            )
        elif last < timezone.localdate():
            self.add_error("date_until", gettext("Choose a last day from today on"))
        elif last > timezone.localdate() + FARTHEST:
            self.add_error("date_until", gettext("Choose a last day within a year and a half"))

    def _check_pupil_data(self, cleaned: Mapping[str, Any]) -> None:
        """Warn once; who has looked ticks the box and goes on."""
        for name in FREE_TEXT:
            found = suspicions(cleaned.get(name) or "", today=timezone.localdate())
            self.suspicions += found
            if found and not cleaned.get("no_pupil_data"):
                words = gettext("Is this about one pupil: “%(text)s”? Take it out, or tick the box at the end")
                self.add_error(name, words % {"text": found[0]})

    def question(self) -> dict[str, Any]:
        """The fields of the row."""
        return {name: value for name, value in self.cleaned_data.items() if name in QUESTION_FIELDS}


QUESTION_FIELDS = frozenset(QuestionForm.base_fields) - {"no_pupil_data"}


class NewRequestForm(QuestionForm):
    """A question with who asks it. The school stands in the data as its code in the register."""

    school = forms.CharField(
        max_length=8,
        label=_("School"),
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose your school from the list")},
    )
    school_q = forms.CharField(
        max_length=100,
        required=False,
        label=_("Name or town of your school"),
        help_text=_("We look in the national school register"),
        widget=TypeAhead(url=reverse_lazy("organisations:school_search"), target="id_school"),
    )
    email = forms.EmailField(
        max_length=254,
        label=_("Your e-mail address"),
        help_text=_("We send you a code. With it you open your question"),
        widget=forms.EmailInput({"autocomplete": "email", "class": "tf-w-mail"}),
        error_messages={
            "required": _("Write your e-mail address"),
            "invalid": _("Write an e-mail address such as name@school.nl"),
        },
    )
    name = forms.CharField(
        max_length=120,
        required=False,
        label=_("Your name"),
        widget=forms.TextInput({"autocomplete": "name", "class": "tf-w-mail"}),
    )

    # The address of an activity that is asked for once the question is open.
    wanted = forms.Field(required=False, widget=forms.HiddenInput)

    field_order = ["school_q", "school"]

    def __init__(self, *args: Any, known_email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The school's error is shown at the box in which one searches for it.
        self.known_email = known_email
        if known_email:
            self.fields["email"].required = False

    def clean_school(self) -> str:
        if self.chosen is None:
            raise ValidationError(_("Choose your school from the list"))
        return self.chosen.code

    def clean_wanted(self) -> str:
        """Nobody typed it: what cannot be an address is no reason to stop."""
        wanted: str = self.cleaned_data["wanted"] or ""
        is_slug = validators.slug_re.fullmatch(wanted)
        return wanted if is_slug and len(wanted) <= LONGEST_SLUG else ""

    def question(self) -> dict[str, Any]:
        return {**super().question(), "wanted": self.cleaned_data["wanted"]}

    def clean_email(self) -> str:
        return self.known_email or self.cleaned_data["email"].lower()


def _terms(model: type[Theme] | type[Kind]) -> list[tuple[str, str]]:
    return [(term.code, capfirst(str(term))) for term in model.objects.filter(active=True)]


def initial_of_request(request: Request) -> dict[str, Any]:
    """What the form shows of a request: levels as leaves."""
    from_row = {name: getattr(request, name) for name in QUESTION_FIELDS}
    return {**from_row, "levels": leaves_in_order(request.levels)}


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=20,
        label=_("Code of 6 digits"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "tf-w-8"}),
        error_messages={"required": _("Type the code from the mail")},
    )


class ExtendForm(forms.Form):
    date_until = DayField(
        label=_("New last day"),
        help_text=_("For example 3-5-2027 or 3 May"),
        widget=forms.TextInput({"class": "tf-w-8"}),
        error_messages={"required": _("Choose a last day")},
    )

    def __init__(self, *args: Any, current: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current

    def clean_date_until(self) -> date:
        last: date = self.cleaned_data["date_until"]
        earliest = max(self.current, timezone.localdate() - timedelta(days=1))
        if last <= earliest:
            raise ValidationError(gettext("Choose a last day after %(day)s") % {"day": date_format(earliest, "j F Y")})
        if last > timezone.localdate() + FARTHEST:
            raise ValidationError(gettext("Choose a last day within a year and a half"))
        return last


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why do you take your question back?"),
        choices=[(value, capfirst(label)) for value, label in Request.Withdrawn.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason")},
    )
    note = _text("withdrawn_note", required=False, label=_("Explanation"), help_text=NO_PUPILS)
