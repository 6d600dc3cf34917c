"""Samples of the mails of bookings, for the gallery: people and organisations that do not exist."""

from importlib import import_module

for _name in ("after", "asking", "coordinating", "day", "overdue", "talking"):
    import_module(f"{__name__}.{_name}")
