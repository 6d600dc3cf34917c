"""What the coordinator of Zeeland tells on the page of the region."""

from techfinder.accounts.models import User
from techfinder.moderation.actions import save_region_page
from techfinder.pages.demo.people import MODERATOR
from techfinder.taxonomy.models import Region

WORDS = (
    "In Zeeland werken scholen, bedrijven en het Huis van de Techniek samen. Elke basisschool kan dit jaar een keer "
    "naar een bedrijf.\n\nVind je niets wat past? Bel of mail. Dan zoeken we mee."
)


def make_region_page() -> None:
    """Words and a contact who does not exist."""
    moderator = User.objects.get(email=MODERATOR)
    save_region_page(
        region=Region.objects.get(code="NL-ZE"),
        moderator=moderator,
        words=WORDS,
        contact=moderator.name,
        role="coördinator voor Zeeland",
        email=MODERATOR,
        phone="0118 000 000",
        reachable="maandag tot en met donderdag, 9.00 tot 16.00 uur",
    )
