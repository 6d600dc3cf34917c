"""What a place becomes: a booking that is agreed, with which both sides go on."""

from __future__ import annotations

from techfinder.bookings.actions import Given, award
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.machine import Side
from techfinder.campaigns.models import Award, Campaign
from techfinder.campaigns.places import BOOKED


def settle(campaign: Campaign, *, request_id: int) -> list[Award]:
    """The places of a request that stand, the first day first, each with its booking: made here, and found again.

    In the transaction of the caller, who holds the request's row of the campaign.
    """
    standing = Award.objects.standing().filter(round__campaign=campaign, request=request_id)
    places = list(standing.select_related("activity__provider", "session", *BOOKED).order_by("date", "id"))
    new = [place for place in places if place.booking is None]
    given = [Given(place.activity, place.pupils, place.date, place.session) for place in new]
    if new:
        made = award(request_id=request_id, places=given, by=_who_gave(campaign), words=campaign.title)
        for place, booking in zip(new, made, strict=True):
            place.booking = booking
            place.save(update_fields=["booking"])
    return places


def _who_gave(campaign: Campaign) -> Actor:
    return person(campaign.published_by, Side.COORDINATOR) if campaign.published_by else Actor(Side.COORDINATOR)
