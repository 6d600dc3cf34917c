"""The signed address of the page where the code is typed: it opens on any device, and nothing but that page."""

from uuid import UUID

from django.core import signing

SALT = "techfinder.requests.confirm"
MAX_AGE = 48 * 3600


def confirm_token(uuid: UUID) -> str:
    return signing.dumps(uuid.hex, salt=SALT)


def read_confirm_token(token: str) -> UUID | None:
    """The request that the token names; None when it is forged or too old."""
    try:
        return UUID(signing.loads(token, salt=SALT, max_age=MAX_AGE))
    except (signing.BadSignature, ValueError):
        return None
