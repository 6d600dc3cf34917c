"""What both sides and the coordinator are mailed."""

from techfinder.bookings.telling.registry import tell

__all__ = ["tell"]
