"""Signed, opaque tokens for the links that must work without signing in."""

from django.core import signing

_unsubscribe = signing.Signer(salt="techfinder.mail.unsubscribe", sep=".")


def unsubscribe_token(*, user_id: int | None, email: str) -> str:
    """A token that stops the mail about matches: of a person, or of an address that has no account."""
    return _unsubscribe.sign_object({"user": user_id} if user_id else {"email": email.lower()})


def read_unsubscribe_token(token: str) -> dict[str, int | str] | None:
    """What the token says, or None when we did not make it."""
    try:
        return _unsubscribe.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
