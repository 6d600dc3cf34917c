"""What opens from a mail, without signing in."""

from techfinder.bookings.views.links.colleague import code, colleague
from techfinder.bookings.views.links.entry import done, link

__all__ = ["code", "colleague", "done", "link"]
