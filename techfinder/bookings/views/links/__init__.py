"""What opens from a mail, without signing in."""

from techfinder.bookings.views.links.colleague import code, colleague
from techfinder.bookings.views.links.entry import done, link
from techfinder.bookings.views.links.others import ask_other

__all__ = ["ask_other", "code", "colleague", "done", "link"]
