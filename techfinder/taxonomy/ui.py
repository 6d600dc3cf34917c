"""The pieces of the look that need Python: forms, clocks, cards.

Forms get their markup without asking: templates/django/forms/ leads {{ form }}
and {{ field.as_field_group }} to the components of templates/components/.
Widgets of a plain form need nothing; the classes below are for what Django
has no word for (picks, a unit behind the field, a date as people write it).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# ------------------------------------------------------------------ drawing


@dataclass(frozen=True)
class Trace:
    """The line on the art of a card, in a box of 240 by 104, and the dot at its end."""

    path: str
    x: int
    y: int


ART = (
    Trace("M0 52h56l26-26h44", 130, 26),
    Trace("M0 52h34l28 28h70", 136, 80),
    Trace("M0 52h92l20-20h20", 136, 32),
)


@dataclass(frozen=True)
class Clock:
    """The time left for an answer, as a ring of segments, one per working day."""

    filled: int
    of: int
    tone: str
    figure: str

    @classmethod
    def of_days(cls, days_left: int, of: int = 10) -> Clock:
        """Late is full and crimson, the last two days are amber."""
        if days_left < 0:
            return cls(filled=of, of=of, tone="late", figure="!")
        tone = "soon" if days_left <= 2 else ""
        return cls(filled=min(days_left, of), of=of, tone=tone, figure=str(days_left))


@dataclass(frozen=True)
class Fact:
    """A fact in one line: an icon and a few words."""

    icon: str
    text: Text


@dataclass(frozen=True)
class Card:
    """What components/card.html shows of an activity. Words come translated."""

    url: str
    title: str
    provider: str
    kind: Text
    icon: str
    place: str = ""
    text: str = ""
    facts: tuple[Fact, ...] = ()
    far: Text = ""
    far_note: Text = ""
    states: tuple[Fact, ...] = ()
    reasons: tuple[Text, ...] = ()
    shortfalls: tuple[Text, ...] = ()
    full: bool = False
    best: bool = False
    seed: str = ""
    picture: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def wide(self) -> bool:
        """A card with a distance or a state has a column for it."""
        return bool(self.far or self.states)


@dataclass(frozen=True)
class LevelRow:
    """A sector in the table of levels; text is empty when it is not meant."""

    name: str
    text: str
    ages: str = ""
    years: tuple[tuple[str, bool], ...] = ()


# -------------------------------------------------------------------- forms

INPUT_CLASSES = {
    forms.Textarea: "utrecht-textarea utrecht-textarea--html-textarea",
    forms.Select: "utrecht-select utrecht-select--html-select",
    forms.CheckboxInput: "utrecht-checkbox utrecht-checkbox--custom utrecht-checkbox--html-input",
    forms.widgets.Input: "utrecht-textbox utrecht-textbox--html-input",
}
CHECKBOX = "utrecht-checkbox utrecht-checkbox--custom utrecht-checkbox--html-input"
RADIO = "utrecht-radio-button utrecht-radio-button--html-input"


class Choices(forms.CheckboxSelectMultiple):
    """Checkboxes in columns: 1, 2 or 3. What comes after the first `few` is folded below `all_words` ("all %(n)d")."""

    def __init__(self, *args: Any, columns: int = 3, few: int = 0, all_words: Text = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns, self.few, self.all_words = columns, few, all_words


class Picks(forms.CheckboxSelectMultiple):
    """Pick several from a short ordered set, as tiles: look is "months" or "groups".

    A choice label "7|10-11 jaar" shows its second part smaller.
    """

    layout = "picks"

    def __init__(self, *args: Any, look: str = "months", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look = look


class PickOne(forms.RadioSelect):
    """As Picks, one only."""

    layout = "picks"

    def __init__(self, *args: Any, look: str = "months", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look = look


class Measure(forms.TextInput):
    """A short number with its unit behind it: km, euro, pupils."""

    def __init__(self, unit: Text = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", **(attrs or {})})
        self.unit = unit


class TypeAhead(forms.TextInput):
    """A text field that suggests while one types; without scripts it is a text field.

    url answers {"results": [{"id", "label", "detail"}]} to ?q=; the chosen id goes into the
    hidden field named target, and the text stays what is shown.
    """

    def __init__(self, url: Text = "", target: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.url, self.target = url, target

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the address and the target late, so that both may be lazy."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-typeahead": str(self.url),
            "data-typeahead-target": self.target,
        }
        return context


def is_group(widget: forms.Widget) -> bool:
    """Say whether a widget is several controls under one legend."""
    return isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


def layout_of(widget: forms.Widget) -> str:
    """Name the part of components/field.html that draws a widget."""
    named = getattr(widget, "layout", None)
    if isinstance(named, str):
        return named
    if is_group(widget):
        return "choices"
    return "check" if isinstance(widget, forms.CheckboxInput) else "input"


def input_class(widget: forms.Widget) -> str:
    """Return the utrecht classes of a single control."""
    if widget.is_hidden:
        return ""
    if isinstance(widget, forms.FileInput):
        return "tf-file"
    for kind, classes in INPUT_CLASSES.items():
        if isinstance(widget, kind):
            return classes
    return ""


@dataclass(frozen=True)
class Choice:
    """One checkbox or radio: its attributes ready to print, and its words."""

    attrs: SafeString
    id: str
    label: str
    note: str
    chosen: bool = False


@dataclass(frozen=True)
class ChoiceGroup:
    """The choices under one heading; name is empty when there is none."""

    name: str
    choices: tuple[Choice, ...]
    folded: tuple[Choice, ...] = ()
    unfold: str = ""

    @property
    def is_open(self) -> bool:
        """What is chosen is never hidden."""
        return any(choice.chosen for choice in self.folded)

    def fold(self, few: int, all_words: Text) -> ChoiceGroup:
        """Keep the first few in view; to fold one alone saves nothing."""
        total = len(self.choices)
        if not few or total <= few + 1:
            return self
        return ChoiceGroup(self.name, self.choices[:few], self.choices[few:], str(all_words) % {"n": total})


def choice_groups(bound: forms.BoundField) -> list[ChoiceGroup]:
    """Lay out the choices of a bound field by optgroup."""
    widget = bound.field.widget
    attrs = {"id": bound.auto_id} if bound.auto_id else {}
    context = widget.get_context(bound.html_name, bound.value(), attrs)["widget"]
    groups: list[tuple[str, list[Choice]]] = []
    for name, options, _index in context["optgroups"]:
        # Django puts every choice without a group into a nameless group of its own.
        if not groups or name or groups[-1][0]:
            groups.append((str(name or ""), []))
        groups[-1][1].extend(_choices(bound, options))
    few, all_words = getattr(widget, "few", 0), getattr(widget, "all_words", "")
    return [ChoiceGroup(name, tuple(choices)).fold(few, all_words) for name, choices in groups]


def _choices(bound: forms.BoundField, options: list[dict[str, Any]]) -> Iterator[Choice]:
    for option in options:
        is_radio = option["type"] == "radio"
        attrs = {key: value for key, value in option["attrs"].items() if key != "class"}
        attrs |= {"type": option["type"], "name": option["name"], "value": str(option["value"])}
        if layout_of(bound.field.widget) != "picks":
            attrs["class"] = RADIO if is_radio else CHECKBOX
        label, _bar, note = str(option["label"]).partition("|")
        yield Choice(flatatt(attrs), attrs.get("id", ""), label.strip(), note.strip(), bool(option["selected"]))


def error_texts(bound: forms.BoundField) -> list[str]:
    """Say what is wrong with a field; where Django only says "required", name the field."""
    generic = forms.Field.default_error_messages["required"]
    named = _("Choose: %(label)s") if is_choice(bound.field.widget) else _("Fill in: %(label)s")
    return [
        str(named % {"label": bound.label}) if error.code == "required" and error.message == generic else str(text)
        for error, text in zip(bound.errors.as_data(), bound.errors, strict=True)
    ]


def is_choice(widget: forms.Widget) -> bool:
    """Say whether one chooses instead of typing."""
    return isinstance(widget, forms.Select | forms.RadioSelect | forms.CheckboxSelectMultiple | forms.CheckboxInput)


def described_by(bound: forms.BoundField) -> str:
    """Point to the error first, then to the hint, then to the unit."""
    ids = []
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    if bound.help_text:
        ids.append(f"{bound.auto_id}_helptext")
    if getattr(bound.field.widget, "unit", ""):
        ids.append(f"{bound.auto_id}_unit")
    return " ".join(ids)


def control(bound: forms.BoundField) -> SafeString:
    """Draw the control of a field with its classes and its descriptions."""
    widget = bound.field.widget
    widget.is_localized = widget.is_localized or bound.field.localize
    attrs = bound.build_widget_attrs({"id": bound.auto_id} if bound.auto_id else {}, widget)
    classes = [input_class(widget), widget.attrs.get("class", "")]
    if bound.errors:
        classes.append(_invalid_class(widget))
    attrs["class"] = " ".join(part for part in classes if part)
    if described := described_by(bound):
        attrs["aria-describedby"] = described
    # The server says what is wrong, in words: the browser's own bubbles stay away.
    attrs.pop("required", None)
    if "placeholder" in widget.attrs:
        attrs["placeholder"] = False  # a label and a hint say it, and stay
    return widget.render(bound.html_name, bound.value(), attrs, renderer=bound.form.renderer)


def _invalid_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Textarea):
        return "utrecht-textarea--invalid"
    if isinstance(widget, forms.Select):
        return "utrecht-select--invalid"
    return "utrecht-textbox--invalid"


@dataclass(frozen=True)
class FormError:
    """One line of the error summary."""

    anchor: str
    text: str


def all_errors(form: Any) -> list[FormError]:
    """List the errors of a form, of a formset and its forms, or of several, in order of the page."""
    if isinstance(form, list | tuple):
        return [line for each in form if each is not None for line in all_errors(each)]
    if hasattr(form, "forms"):
        lines = [FormError("", str(text)) for text in form.non_form_errors()]
        return lines + [line for each in form.forms for line in all_errors(each)]
    lines = [FormError("", str(text)) for text in form.non_field_errors()]
    for bound in form:
        lines += [FormError(_anchor(bound), text) for text in error_texts(bound)]
    return lines


def _anchor(bound: forms.BoundField) -> str:
    # A link goes to something that can have the focus: the first box of a group.
    return f"{bound.auto_id}_0" if is_group(bound.field.widget) else str(bound.auto_id)


# -------------------------------------------------------------------- dates

MONTHS = {
    name: index
    for index, names in enumerate(
        (
            "jan januari january",
            "feb februari february",
            "mrt maart mar march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "aug augustus august",
            "sep sept september",
            "okt oktober oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
NUMERIC = re.compile(r"^(\d{1,2})\s*[-/. ]\s*(\d{1,2})(?:\s*[-/. ]\s*(\d{4}|\d{2}))?$")
ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
WORDED = re.compile(r"^(?:[a-z]+dag\s+)?(\d{1,2})\s+([a-z]+)\.?(?:\s+(\d{4}))?$")


def read_day(text: str, *, today: dt.date) -> dt.date | None:
    """Read 3-5-2027, 3 mei, zaterdag 3 mei 2027, 2027-05-03; None when it is no date.

    Without a year the next such day is meant.
    """
    text = " ".join(text.lower().split())
    if match := ISO.match(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMERIC.match(text):
        return _soonest(int(match[1]), int(match[2]), match[3], today)
    if match := WORDED.match(text):
        return _soonest(int(match[1]), MONTHS.get(match[2], 0), match[3], today)
    return None


def _soonest(day: int, month: int, year: str | None, today: dt.date) -> dt.date | None:
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    # 29 February may need a few years to come round.
    for offset in range(9):
        found = _date(today.year + offset, month, day)
        if found and found >= today:
            return found
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


class DayField(forms.DateField):
    """A date as people write it: 3-5-2027, 3 mei, 2027-05-03."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write the day as 3-5-2027 or 3 May")}

    def to_python(self, value: Any) -> dt.date | None:
        """Read a day, or say how to write it."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        found = read_day(str(value), today=timezone.localdate())
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show 3-5-2027."""
        return f"{value.day}-{value.month}-{value.year}" if isinstance(value, dt.date) else value


def facts(*pairs: tuple[str, Text | None]) -> tuple[Fact, ...]:
    """Make the facts of a card, leaving out what is empty."""
    return tuple(Fact(icon, text) for icon, text in pairs if text)


def texts(values: Iterable[object]) -> tuple[str, ...]:
    """Make a tuple of words of whatever can be written."""
    return tuple(str(value) for value in values)
