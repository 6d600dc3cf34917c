"""Giving a place back after it was published: asked once, with a reason, by whoever acts for one of the sides."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from techfinder.accounts.models import User
from techfinder.bookings.machine import Side
from techfinder.campaigns import actions, words
from techfinder.campaigns.access import given_place
from techfinder.campaigns.forms import CallOffForm
from techfinder.campaigns.models import Award
from techfinder.taxonomy.http import either, status_of


@login_required
@either
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """What calling a place off does, and the doing of it; how it stands when it was done already, or is too late."""
    assert isinstance(request.user, User)
    award, side = given_place(request.user, pk)
    form = CallOffForm(request.POST if request.method == "POST" else None, side=side)
    if award.can_be_called_off and form.is_valid():
        return _call_off(request, award, side, form)
    context = {
        "award": award,
        "form": form,
        "side": side,
        "words": words.place_of(award),
        "off": words.off_line(award),
        "others": Award.objects.standing().filter(round=award.round_id, request=award.request_id).count() - 1,
        "back_url": award.page_of(side),
    }
    status = status_of(form) if award.can_be_called_off else 200
    return render(request, "campaigns/call_off.html", context, status=status)


def _call_off(request: HttpRequest, award: Award, side: Side, form: CallOffForm) -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        new = actions.call_off(award_id=award.pk, side=side, user=request.user, **form.cleaned_data)
    except actions.CampaignError as error:
        messages.error(request, str(error))
    else:
        if new:
            messages.success(request, _("Called off. Everybody concerned has a mail."))
        else:
            messages.info(request, _("It was called off already. Nobody is mailed twice."))
    return redirect(award.page_of(side))
