"""Widgets for what Django has no word for: picks, a unit behind the field, a type-ahead."""

from __future__ import annotations

from typing import Any

from django import forms

from techfinder.taxonomy.ui.shapes import Text

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
