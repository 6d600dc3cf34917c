"""Samples of the mails about signing in."""

from techfinder.mail.gallery import Sample, register

register("account_code", Sample("code", lambda: {"code": "482915"}))
