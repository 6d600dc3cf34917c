"""Samples of the mails about signing in."""

from techfinder.mail.compose import absolute
from techfinder.mail.gallery import Sample, register

register("account_code", Sample("code", lambda: {"code": "482915"}))
register("mail_again", Sample("asked", lambda: {"button_url": absolute("/uit/opnieuw/voorbeeld/")}))
