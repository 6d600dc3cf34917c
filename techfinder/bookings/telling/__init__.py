"""What both sides and the coordinator are mailed."""

from techfinder.bookings.telling import contacts as contacts
from techfinder.bookings.telling import waiting_list as waiting_list
from techfinder.bookings.telling.registry import tell

__all__ = ["tell"]
