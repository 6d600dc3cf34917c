"""The pieces of the look that need Python: forms, clocks, cards.

Forms get their markup without asking: templates/django/forms/ leads {{ form }} and {{ field.as_field_group }} to the
components of templates/components/. A plain form needs nothing of this.
"""

from techfinder.taxonomy.ui.days import MONTHS, DayField, read_day
from techfinder.taxonomy.ui.drawing import (
    ChoiceGroup,
    FormError,
    all_errors,
    choice_groups,
    control,
    described_by,
    error_texts,
)
from techfinder.taxonomy.ui.shapes import ART, Card, Clock, Fact, LevelRow, Trace, facts
from techfinder.taxonomy.ui.widgets import Choices, Measure, PickOne, Picks, TypeAhead, layout_of

__all__ = [
    "ART",
    "MONTHS",
    "Card",
    "ChoiceGroup",
    "Choices",
    "Clock",
    "DayField",
    "Fact",
    "FormError",
    "LevelRow",
    "Measure",
    "PickOne",
    "Picks",
    "Trace",
    "TypeAhead",
    "all_errors",
    "choice_groups",
    "control",
    "described_by",
    "error_texts",
    "facts",
    "layout_of",
    "read_day",
]
