"""Pictures from strangers: bounded, decoded as one of three formats, written anew without what came along."""

import uuid
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ["PNG", "JPEG", "WEBP"]


class PictureField(forms.FileField):
    """A PNG, JPEG or WebP picture; cleans to a new WebP file of at most `max_side`, under a name of our own."""

    default_error_messages = {
        "too_heavy": _("This picture is too large. Choose one of at most 5 MB"),
        "too_many_pixels": _("This picture has too many pixels. Make it smaller first"),
        "not_a_picture": _("This is not a picture that we can read. Choose a PNG, JPEG or WebP file"),
    }
    widget = forms.FileInput

    def __init__(self, *, max_side: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_side = max_side
        self.widget.attrs["accept"] = "image/png,image/jpeg,image/webp"

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the new file, or what was there when nothing new came."""
        upload = super().clean(data, initial)
        return self._rewritten(upload) if isinstance(upload, UploadedFile) else upload

    def _rewritten(self, upload: UploadedFile) -> ContentFile[bytes]:
        if (upload.size or 0) > MAX_BYTES:
            raise ValidationError(self.error_messages["too_heavy"], code="too_heavy")
        try:
            with Image.open(upload, formats=FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ValidationError(self.error_messages["too_many_pixels"], code="too_many_pixels")
                return rewritten(picture, max_side=self.max_side)
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
            raise ValidationError(self.error_messages["not_a_picture"], code="not_a_picture") from error


def rewritten(picture: Image.Image, *, max_side: int) -> ContentFile[bytes]:
    """Turn upright, shrink, drop place and camera, and write as WebP."""
    # Lets a JPEG decode at a fraction of its size.
    picture.draft("RGB", (max_side, max_side))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((max_side, max_side))
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    out = BytesIO()
    upright.convert("RGBA" if has_alpha else "RGB").save(out, "WEBP", quality=85)
    return ContentFile(out.getvalue(), name=f"{uuid.uuid4().hex}.webp")
