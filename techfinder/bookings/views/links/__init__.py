"""What opens from a mail, without signing in."""

from techfinder.bookings.views.links.entry import link

__all__ = ["link"]
