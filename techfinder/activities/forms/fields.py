"""Fields that read what people type."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from techfinder.activities.atlas import plain
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import region_names

POSTCODE = re.compile(r"^(\d{4})\s*([A-Za-z]{2})?$")
MOST_MUNICIPALITIES = 100


class MoneyField(forms.DecimalField):
    """Reads 12,50 and € 12,50."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(localize=True, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(re.sub(r"[€\s]", "", value) if isinstance(value, str) else value)


class PostcodeField(forms.CharField):
    """Reads 4389pa, shows 4389 PA."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if not text:
            return ""
        match = POSTCODE.match(text)
        if match is None:
            raise forms.ValidationError(gettext("Write the postcode as 4389 PA."), code="postcode")
        return f"{match[1]} {match[2].upper()}" if match[2] else match[1]


class ClockField(forms.TimeField):
    """Reads 9.30 and 9:30."""

    default_error_messages = {"invalid": gettext_lazy("Write the time as 9.30")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H.%M", "%H:%M:%S"], **kwargs)
        self.widget.format = "%H.%M"


class MunicipalitiesField(forms.CharField):
    """Names of municipalities, one after the other; cleans to their codes."""

    widget = forms.Textarea(attrs={"rows": 2})

    def prepare_value(self, value: Any) -> Any:
        """Codes are shown by their names."""
        return ", ".join(region_names(value).values()) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value) or ""
        names = [name.strip() for name in re.split(r"[,;\n]", text) if name.strip()][:MOST_MUNICIPALITIES]
        if not names:
            return []
        known = {
            plain(name): code
            for code, name in Region.objects.filter(type=Region.Type.MUNICIPALITY).values_list("code", "name")
        }
        unknown = [name for name in names if plain(name) not in known]
        if unknown:
            message = gettext("We do not know the municipality %(names)s.") % {"names": ", ".join(unknown)[:200]}
            raise forms.ValidationError(message, code="unknown")
        return list(dict.fromkeys(known[plain(name)] for name in names))


class LatLonField(forms.FloatField):
    def __init__(self, *, low: float, high: float, **kwargs: Any) -> None:
        outside = _("This point is not in the Netherlands.")
        super().__init__(required=False, localize=True, **kwargs)
        self.low, self.high, self.outside = low, high, outside

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not self.low <= value <= self.high:
            raise forms.ValidationError(self.outside, code="outside")
