"""Pictures from outside: bounded, and drawn anew, so that nothing but the picture is kept."""

from __future__ import annotations

import io
import uuid
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext
from PIL import Image, ImageOps

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")


def redrawn(upload: IO[bytes], *, size: int) -> ContentFile:
    """The picture as a fresh JPEG without metadata; ValidationError with a clear message when it is none."""
    if size > MOST_BYTES:
        raise ValidationError(gettext("The picture may be 8 MB at most."))
    try:
        return _jpeg(_opened(upload))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ValidationError(gettext("This is not a picture that we can read. Use JPG, PNG or WebP.")) from error


def _opened(upload: IO[bytes]) -> Image.Image:
    upload.seek(0)
    image = Image.open(upload, formats=FORMATS)
    # Read from the header, before a byte is unpacked.
    if image.width * image.height > MOST_PIXELS:
        raise ValidationError(gettext("The picture has too many pixels. Make it smaller first."))
    return image


def _jpeg(image: Image.Image) -> ContentFile:
    image = ImageOps.exif_transpose(image)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if image.mode in ("RGBA", "LA", "P"):
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=84, optimize=True)
    return ContentFile(out.getvalue(), name=f"{uuid.uuid4().hex}.jpg")
