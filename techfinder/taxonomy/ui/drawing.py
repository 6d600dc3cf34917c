"""How a bound field becomes our markup: its choices, its errors, what describes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from techfinder.taxonomy.ui.shapes import Text
from techfinder.taxonomy.ui.widgets import CHECKBOX, RADIO, input_class, is_group, layout_of


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
